"""POST twice with one Idempotency-Key is done once, and answered twice, for 24 hours."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.errors import Malformed
from chat.errors import Busy, CidReused
from chat.models import IdempotentAnswer
from chat.services.housekeeping import ANSWERS_KEPT_FOR

if TYPE_CHECKING:
    from chat.api.base import Endpoint

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,100}")
ANSWERED_WITHIN = timedelta(minutes=1)  # after this a request without answer died on its way
UNANSWERED = 0

Action = Callable[..., Response]


def once(action: Action) -> Action:
    """Answer a repeated POST as the first one was; only successes are kept."""

    @wraps(action)
    def answered(view: Endpoint, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = read_key(request, KEY)
        if key is None:
            return action(view, request, *args, **kwargs)
        kept, is_first = _reserve(view.caller.principal, key, _digest(request))
        if not is_first:
            return Response(kept.answer, status=kept.status)
        try:
            answer = action(view, request, *args, **kwargs)
        except BaseException:
            kept.delete()
            raise
        _keep(kept, answer, view.shown_once)
        return answer

    return answered


def read_key(request: Request, pattern: re.Pattern[str]) -> str | None:
    """The request's key, or None; refuses one that cannot be a key."""
    key = request.headers.get(HEADER)
    if key is None or pattern.fullmatch(key):
        return key
    raise Malformed(fields={HEADER: [_("Must match %(pattern)s.") % {"pattern": pattern.pattern}]})


def _reserve(principal: str, key: str, digest: str) -> tuple[IdempotentAnswer, bool]:
    IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT_FOR).delete()
    fresh = {"request_digest": digest, "status": UNANSWERED, "answer": {}}
    kept, is_first = IdempotentAnswer.objects.get_or_create(
        principal=principal, key=key, defaults=fresh
    )
    if kept.request_digest != digest:
        raise CidReused
    if is_first or kept.status != UNANSWERED:
        return kept, is_first
    if not _take_over(kept):
        raise Busy(after_ms=1_000)
    return kept, True


def _take_over(kept: IdempotentAnswer) -> bool:
    """Answer in the place of a request that died on its way; of several only one may."""
    now = timezone.now()
    if now - kept.created_at < ANSWERED_WITHIN:
        return False
    same = IdempotentAnswer.objects.filter(pk=kept.pk, created_at=kept.created_at)
    return bool(same.update(created_at=now))


def _keep(kept: IdempotentAnswer, answer: Response, hidden: frozenset[str]) -> None:
    kept.status = answer.status_code
    kept.answer = {
        name: None if name in hidden else value for name, value in (answer.data or {}).items()
    }
    kept.save(update_fields=["status", "answer"])


def _digest(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
