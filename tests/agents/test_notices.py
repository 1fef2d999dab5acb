"""A visitor writes and nobody is there: who gets a letter, and how often."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils.timezone import now

from agents import tasks
from agents.models import AbsenceNotice
from agents.services import notices
from chat.models import Conversation, User
from chat.presence import people
from chat.vocabulary import Presence
from chat.writer import announce
from tests import make, sockets
from tests.make import Shop

TEXT = "Where is order 10086?"


@pytest.fixture
def queued() -> Iterator[list[int]]:
    """The conversations for which the task was queued."""
    ids: list[int] = []
    with patch.object(tasks.notify_absent, "delay", ids.append):
        yield ids


def reachable(*users: User) -> None:
    """Give these people an address."""
    for user in users:
        user.email = f"{user.username}@example.com"
        user.save(update_fields=["email"])


def addressees() -> list[str]:
    """Who got a letter."""
    return sorted(address for letter in mail.outbox for address in letter.to)


def test_members_with_an_address_get_a_letter_each(shop: Shop) -> None:
    reachable(shop.ana, shop.mia, shop.chen)
    conversation = make.conversation(shop.site, TEXT)
    notices.notify_absent(conversation.pk)
    assert addressees() == ["ana@example.com", "mia@example.com"]
    letter = mail.outbox[0]
    assert letter.subject == "Northlight: a visitor is waiting"
    assert TEXT in letter.body
    assert f"http://127.0.0.1:8000/app/#{conversation.public_id}" in letter.body


def test_a_letter_speaks_the_language_of_its_reader(shop: Shop) -> None:
    reachable(shop.ana)
    shop.ana.language = "zh-hans"
    shop.ana.save(update_fields=["language"])
    notices.notify_absent(make.conversation(shop.site, TEXT).pk)
    assert mail.outbox[0].subject == "Northlight：有访客在等待"
    assert "当前没有客服在线" in mail.outbox[0].body


def test_one_episode_is_one_letter(shop: Shop) -> None:
    reachable(shop.ana)
    conversation = make.conversation(shop.site, TEXT)
    notices.notify_absent(conversation.pk)
    make.say(conversation, "Hello?")
    notices.notify_absent(conversation.pk)
    assert len(mail.outbox) == 1
    Conversation.objects.filter(pk=conversation.pk).update(episode=2)
    notices.notify_absent(conversation.pk)
    assert len(mail.outbox) == 2


def test_who_left_the_site_hears_nothing(shop: Shop) -> None:
    reachable(shop.ana, shop.ben)
    shop.ben.is_active = False
    shop.ben.save(update_fields=["is_active"])
    notices.notify_absent(make.conversation(shop.site, TEXT).pk)
    assert addressees() == ["ana@example.com"]


def test_an_answered_or_vanished_conversation_needs_no_letter(shop: Shop) -> None:
    reachable(shop.ana)
    conversation = make.conversation(shop.site, TEXT)
    make.say(conversation, "On its way.", agent=shop.ana)
    notices.notify_absent(conversation.pk)
    notices.notify_absent(conversation.pk + 1)
    assert mail.outbox == []


def test_after_a_failure_it_is_sent_again(shop: Shop) -> None:
    reachable(shop.ana)
    conversation = make.conversation(shop.site, TEXT)
    broken = patch.object(
        notices, "get_connection", side_effect=smtplib.SMTPServerDisconnected("away")
    )
    with broken, pytest.raises(smtplib.SMTPServerDisconnected):
        notices.notify_absent(conversation.pk)
    notices.notify_absent(conversation.pk)
    assert len(mail.outbox) == 1


def test_another_task_takes_over_from_one_that_died(shop: Shop) -> None:
    reachable(shop.ana)
    conversation = make.conversation(shop.site, TEXT)
    claim = {"conversation": conversation, "episode": 1}
    notice = AbsenceNotice.objects.create(**claim, claimed_at=now() - timedelta(minutes=4))
    notices.notify_absent(conversation.pk)
    assert mail.outbox == []
    notice.claimed_at = now() - timedelta(minutes=6)
    notice.save(update_fields=["claimed_at"])
    notices.notify_absent(conversation.pk)
    assert len(mail.outbox) == 1


def test_a_visitors_word_to_nobody_queues_the_task(shop: Shop, queued: list[int]) -> None:
    conversation = make.conversation(shop.site, TEXT)
    announce.drain()
    assert queued == [conversation.pk]


@pytest.mark.parametrize(
    ("state", "count"), [(Presence.ONLINE, 0), (Presence.AWAY, 1), (Presence.INVISIBLE, 1)]
)
async def test_an_agent_who_takes_chats_needs_no_letter(
    shop: Shop, queued: list[int], state: Presence, count: int
) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana):
        people.set_agent_state(shop.ana.pk, state)
        await widget.say(TEXT)
        await widget.frame("ack")
        announce.drain()
    people.agent_left(shop.ana.pk)
    assert len(queued) == count


def test_what_agents_write_queues_nothing(shop: Shop, queued: list[int]) -> None:
    conversation = make.conversation(shop.site)
    make.say(conversation, "Hello, may I help?", agent=shop.ana)
    announce.drain()
    assert queued == []
