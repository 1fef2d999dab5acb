"""What is cleared away, and what is not."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now

from chat.models import IdempotentAnswer, Ticket
from chat.services.housekeeping import clear_expired
from tests import make
from tests.make import Shop


def test_expired_tickets_go_and_living_ones_stay(shop: Shop) -> None:
    session = make.session(shop.ana)
    make.ticket(shop.ana, session)
    Ticket.objects.update(expires_at=now() - timedelta(seconds=1))
    make.ticket(shop.ana, session)
    clear_expired()
    assert Ticket.objects.count() == 1


def test_answers_are_kept_for_a_day(shop: Shop) -> None:
    for key, hours in (("young", 23), ("old", 25)):
        IdempotentAnswer.objects.create(
            principal="u1",
            key=key,
            request_digest="",
            status=200,
            answer={},
            created_at=now() - timedelta(hours=hours),
        )
    assert clear_expired() == 1
    assert IdempotentAnswer.objects.get().key == "young"
