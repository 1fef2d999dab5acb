"""The one-time ticket of the agent socket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents.services import tickets
from chat.models import Ticket, User
from tests.agents.people import person, sign_in

pytestmark = pytest.mark.django_db

TICKET = "/api/v1/ws-ticket"


def ticket_of(client: Client) -> tuple[str, str]:
    """A fresh ticket and the key of its session."""
    answer = client.post(TICKET)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.json()["ticket"], client.cookies["sessionid"].value


def test_a_ticket_is_good_once(client: Client) -> None:
    user = person("ana")
    sign_in(client, "ana")
    ticket, key = ticket_of(client)
    assert len(ticket) == 43
    assert tickets.redeem(ticket, session_key=key) == user.pk
    assert tickets.redeem(ticket, session_key=key) is None
    assert not Ticket.objects.exists()


def test_only_a_digest_is_kept(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    ticket, _key = ticket_of(client)
    assert ticket not in str(Ticket.objects.values())


def test_a_ticket_ends_after_sixty_seconds_and_is_cleared_away(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    ticket, key = ticket_of(client)
    assert Ticket.objects.get().expires_at <= timezone.now() + timedelta(seconds=60)
    Ticket.objects.update(expires_at=timezone.now())
    assert tickets.redeem(ticket, session_key=key) is None
    ticket_of(client)
    Ticket.objects.update(expires_at=timezone.now())
    ticket_of(client)
    assert Ticket.objects.count() == 1


def test_a_ticket_of_another_session_is_used_up_and_worth_nothing(client: Client) -> None:
    person("ana")
    other = Client()
    sign_in(other, "ana")
    sign_in(client, "ana")
    ticket, key = ticket_of(client)
    assert tickets.redeem(ticket, session_key=other.cookies["sessionid"].value) is None
    assert tickets.redeem(ticket, session_key=key) is None


def test_a_ticket_of_an_ended_session_is_worth_nothing(client: Client) -> None:
    user = person("ana")
    sign_in(client, "ana")
    ticket, key = ticket_of(client)
    User.objects.get(pk=user.pk).raise_auth_epoch()
    assert Ticket.objects.exists()
    assert tickets.redeem(ticket, session_key=key) is None


def test_no_session_no_ticket(client: Client) -> None:
    answer = client.post(TICKET)
    assert (answer.status_code, answer.json()["code"]) == (401, "auth")
    assert not Ticket.objects.exists()
