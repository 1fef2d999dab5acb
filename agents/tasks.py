"""Background work of the people at work."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from agents.services import notices


@shared_task(autoretry_for=(OperationalError, OSError), retry_backoff=5, max_retries=8)
def notify_absent(conversation_id: int) -> None:
    """Tell a site's members that a visitor found nobody; tried for twenty minutes."""
    notices.notify_absent(conversation_id)
