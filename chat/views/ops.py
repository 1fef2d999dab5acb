"""What machines ask this process: is it alive, may it be given work, what does it measure."""

import math
import threading
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from chat.metrics import OUTBOX_LAG_SECONDS
from chat.services import outbox

# The last is what is left of the others when nobody vouches for them.
PASSED_ON = ("X-Forwarded-For", "Forwarded", "X-Forwarding-Dropped")
# Set when the process has been told to leave: it finishes what it holds and takes nothing new.
draining = threading.Event()
_migrated = threading.Event()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Work may be sent here: 200, or 503 with what is missing."""
    missing = "draining" if draining.is_set() else missing_database()
    if missing:
        answer = JsonResponse({"status": "not ready", "missing": missing}, status=503)
        answer.headers["Retry-After"] = "2"
        return answer
    return JsonResponse({"status": "ready"})


def missing_database() -> str:
    """What the database lacks, or nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated.is_set() and pending_migrations():
            return "migrations: run manage.py migrate"
    except DatabaseError:
        return "database"
    _migrated.set()  # a database does not lose migrations while we run
    return ""


def pending_migrations() -> int:
    """How many migrations of this version the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """What this process measures, for this machine or the holder of the token."""
    if is_local(request) or holds_token(request):
        OUTBOX_LAG_SECONDS.set(outbox_lag())
        return ExportToDjangoView(request)
    return HttpResponse(
        _("Ask from this machine, or set GOFLY_METRICS_TOKEN and send it as a bearer token."),
        status=403,
        content_type="text/plain; charset=utf-8",
    )


def outbox_lag() -> float:
    """Measured when asked for; unknown without a database, whose absence the others tell about."""
    try:
        return outbox.lag_seconds()
    except DatabaseError:
        return math.nan


def is_local(request: HttpRequest) -> bool:
    """Whether this machine itself asks; what a proxy passes on comes from somebody else."""
    passed_on = any(name in request.headers for name in PASSED_ON)
    return not passed_on and ip_address(request.META["REMOTE_ADDR"]).is_loopback


def holds_token(request: HttpRequest) -> bool:
    """Whether the request carries the token of this installation."""
    known = settings.GOFLY_METRICS_TOKEN
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(known) and compare_digest(sent.encode(), known.encode())
