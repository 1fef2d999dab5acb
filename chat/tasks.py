"""Background work of the core; `CELERY_BEAT_SCHEDULE` says when."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import OperationalError

from chat.services import housekeeping, outbox

log = structlog.get_logger(__name__)


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def prune_outbox() -> None:
    """Forget the events that every reader has passed."""
    log.info("outbox.pruned", events=outbox.prune())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def clear_expired() -> None:
    """Forget expired tickets and repeated answers."""
    log.info("expired.cleared", rows=housekeeping.clear_expired())
