"""Conformance of sending: protocol.md section 13, by its names."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection, transaction

from chat.consumers.database import in_database
from chat.errors import RateLimited
from chat.models import Conversation, EventOutbox, Message
from chat.writer import Draft, thread
from tests import make, sockets
from tests.make import Shop


def stored() -> list[tuple[int, str]]:
    """Every stored text with its number, on a site with one conversation."""
    rows = Message.objects.filter(shard__gte=0, kind="text").order_by("seq")
    return list(rows.values_list("seq", "body"))


@contextmanager
def held(row: Conversation) -> Iterator[None]:
    """Keep the conversation's row locked, as a slow transaction of another process does."""
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=row.pk)
            locked.set()
            release.wait()
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    try:
        yield
    finally:
        release.set()
        holder.join()


async def test_p01_ack_comes_only_after_commit(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("first")
        await widget.frame("ack")
        row = await in_database(Conversation.objects.get)
        with held(row):
            await widget.say("second")
            assert "ack" not in {frame["t"] for frame in await widget.silence(0.3)}
            assert await in_database(stored) == [(1, "first")]
        assert (await widget.frame("ack"))["seq"] == 2
        assert await in_database(stored) == [(1, "first"), (2, "second")]


async def test_p01_no_ack_when_the_database_fails(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(drafts: list[Draft]) -> None:
        raise OperationalError("the connection is lost")

    async with sockets.visitor(shop.site) as widget:
        with monkeypatch.context() as broken:
            broken.setattr(thread, "store", away)
            cid = await widget.say("hello")
            assert await widget.closed() == 1013
        assert not [frame for frame in widget.kept if frame["t"] in {"ack", "nack"}]
        assert await in_database(stored) == []
    async with sockets.visitor(shop.site, widget.welcome["token"]) as again:
        await again.say("hello", cid=cid)
        assert (await again.frame("ack"))["dup"] is False
        assert await in_database(stored) == [(1, "hello")]


async def test_p01_a_commit_whose_answer_was_lost_is_settled_by_sending_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = thread.store

    def commits_then_breaks(drafts: list[Draft]) -> None:
        real(drafts)
        raise OperationalError("server closed the connection unexpectedly")

    async with sockets.visitor(shop.site) as widget:
        with monkeypatch.context() as broken:
            broken.setattr(thread, "store", commits_then_breaks)
            cid = await widget.say("hello")
            assert await widget.closed() == 1013
    async with sockets.visitor(shop.site, widget.welcome["token"]) as again:
        await again.say("hello", cid=cid)
        ack = await again.frame("ack")
        assert (ack["seq"], ack["dup"]) == (1, True)
        assert await in_database(stored) == [(1, "hello")]


async def test_p02_the_same_cid_five_times_is_one_row(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        cid = make.cid()
        for _ in range(5):
            await widget.say("hello", cid=cid)
        acks = await widget.frames("ack", 5)
        assert {(ack["seq"], ack["id"]) for ack in acks} == {(1, acks[0]["id"])}
        assert [ack["dup"] for ack in acks] == [False, True, True, True, True]
        assert await in_database(stored) == [(1, "hello")]
        assert await in_database(EventOutbox.objects.count) == 1


async def test_p03_the_same_cid_with_another_body_is_refused_and_the_first_stays(
    shop: Shop,
) -> None:
    async with sockets.visitor(shop.site) as widget:
        cid = await widget.say("hello")
        await widget.frame("ack")
        await widget.say("something else", cid=cid)
        nack = await widget.frame("nack")
        assert (nack["code"], nack["cid"], nack["retry"]) == ("cid_reused", cid, False)
        assert await in_database(stored) == [(1, "hello")]


async def test_p04_when_the_third_of_sixteen_fails_the_order_is_kept(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.consumers.visitor import VisitorConsumer

    spend, calls = VisitorConsumer.spend_message, iter(range(100))

    def third_fails(consumer: Any) -> None:
        if next(calls) == 2:
            raise RateLimited(after_ms=10)
        spend(consumer)

    monkeypatch.setattr(VisitorConsumer, "spend_message", third_fails)
    async with sockets.visitor(shop.site) as widget:
        texts = [f"text {number}" for number in range(16)]
        cids = [await widget.say(text) for text in texts]
        assert [ack["cid"] for ack in await widget.frames("ack", 2)] == cids[:2]
        nacks = await widget.frames("nack", 14)
        assert [nack["code"] for nack in nacks] == ["rate", *["blocked"] * 13]
        assert all(nack["retry"] for nack in nacks)
        for cid, text in zip(cids[2:], texts[2:], strict=True):
            await widget.say(text, cid=cid)
        await widget.frames("ack", 14)
        assert await in_database(stored) == list(enumerate(texts, 1))


async def test_p04_skip_gives_a_refused_message_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.consumers import guests

    def full(*_: Any) -> int:
        return 500

    async with sockets.visitor(shop.site) as widget:
        await widget.say("first")
        conv = (await widget.frame("ack"))["conv"]
        with monkeypatch.context() as refusing:
            refusing.setattr(guests.Guests, "message_wait_ms", full)
            given_up = await widget.say("second", conv=conv)
            assert (await widget.frame("nack"))["after_ms"] == 500
        await widget.say("third", conv=conv)
        assert (await widget.frame("nack"))["code"] == "blocked"
        await widget.put("skip", conv=conv, cid=given_up)
        await widget.frame("ack")
        await widget.say("third", conv=conv)
        assert (await widget.frame("ack"))["seq"] == 2


async def test_one_bad_row_is_refused_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = thread.store

    def refuses_guilty(drafts: list[Draft]) -> Any:
        if any(draft.body == "guilty" for draft in drafts):
            raise DataError("invalid value")
        return real(drafts)

    monkeypatch.setattr(thread, "store", refuses_guilty)
    async with sockets.visitor(shop.site) as one, sockets.visitor(shop.site) as other:
        await asyncio.gather(one.say("guilty"), other.say("innocent"))
        assert (await one.frame("error"))["code"] == "internal"
        assert (await other.frame("ack"))["seq"] == 1
        assert await in_database(stored) == [(1, "innocent")]
