"""What nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now

from chat.models import IdempotentAnswer, Ticket

ANSWERS_KEPT_FOR = timedelta(hours=24)


def clear_expired() -> int:
    """Remove tickets that nobody used and answers that nobody will ask for again."""
    tickets, _each = Ticket.objects.filter(expires_at__lt=now()).delete()
    old = IdempotentAnswer.objects.filter(created_at__lt=now() - ANSWERS_KEPT_FOR)
    answers, _each = old.delete()
    return tickets + answers
