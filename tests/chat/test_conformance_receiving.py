"""Conformance of receiving, resuming and receipts: protocol.md section 13, by its names."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chat.comet import hub as hubs
from chat.consumers.database import in_database
from chat.events import MessageStored
from chat.models import Conversation
from chat.services import sweep
from tests import make, sockets
from tests.make import Shop
from tests.sockets import Socket

BODIES = [f"text {number}" for number in range(1, 11)]


async def conversation(shop: Shop, count: int) -> tuple[str, str, Conversation]:
    """A visitor's token, the conversation's name, and the row, with so many texts in it."""
    async with sockets.visitor(shop.site) as widget:
        await widget.say("text 1")
        conv = (await widget.frame("ack"))["conv"]
        row = await in_database(Conversation.objects.select_related("visitor").get)
        for number in range(2, count + 1):
            await in_database(make.say, row, f"text {number}")
        return widget.welcome["token"], conv, row


async def resumed(shop: Shop, token: str, have: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """The head and the numbers of the rows that a returning visitor is given."""
    async with sockets.visitor(shop.site, token, have=have) as widget:
        rows = [frame["seq"] for frame in await widget.silence() if frame["t"] == "msg"]
        (head,) = widget.welcome["heads"].values()
        return head, rows


@pytest.mark.parametrize(
    ("last", "resume", "rows"),
    [
        (0, "ok", list(range(1, 11))),
        (10, "ok", []),
        (9, "ok", [10]),
        (15, "reset", list(range(1, 11))),
    ],
    ids=["from 0", "from n", "from n-1", "from n+5"],
)
async def test_p07_resume(shop: Shop, last: int, resume: str, rows: list[int]) -> None:
    token, conv, _row = await conversation(shop, 10)
    head, given = await resumed(shop, token, {conv: {"last": last, "epoch": "e1"}})
    assert (head["last"], head["resume"], given) == (10, resume, rows)


async def test_p08_another_epoch_starts_anew(shop: Shop) -> None:
    token, conv, row = await conversation(shop, 3)
    await in_database(Conversation.objects.filter(pk=row.pk).update, epoch="e2")
    head, given = await resumed(shop, token, {conv: {"last": 2, "epoch": "e1"}})
    assert (head, given) == ({"last": 3, "epoch": "e2", "resume": "reset"}, [1, 2, 3])


async def test_p09_more_than_200_behind_begins_with_the_last_page(shop: Shop) -> None:
    token, conv, _row = await conversation(shop, 215)
    head, given = await resumed(shop, token, {conv: {"last": 5, "epoch": "e1"}})
    assert (head["resume"], given) == ("page", list(range(166, 216)))
    async with sockets.visitor(shop.site, token) as widget:
        await widget.silence()
        await widget.put("history", conv=conv, before=166, limit=100)
        page = await widget.frame("page")
        assert [row["seq"] for row in page["rows"]] == list(range(66, 166))
        assert page["complete"] is True


def collected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, tuple[str, ...]]]:
    """Catch the hints about rows instead of delivering them."""
    caught: list[tuple[Any, tuple[str, ...]]] = []
    publish = hubs.Hub.publish

    def catch(hub: hubs.Hub, event: Any, *, to: Any) -> None:
        if isinstance(event, MessageStored):
            caught.append((event, tuple(to)))
        else:
            publish(hub, event, to=to)

    monkeypatch.setattr(hubs.Hub, "publish", catch)
    return caught


async def test_p05_with_all_hints_lost_the_sweep_delivers(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("text 1")
        assert (await widget.frame("msg"))["seq"] == 1
        row = await in_database(Conversation.objects.select_related("visitor").get)
        collected(monkeypatch)
        for number in range(2, 6):
            await in_database(make.say, row, f"text {number}", agent=shop.ana)
        assert not [frame for frame in await widget.silence() if frame["t"] == "msg"]
        await in_database(sweep.repeat_hints)
        # The agent's first word took the conversation, which is a row of its own.
        assert [frame["seq"] for frame in await widget.frames("msg", 5)] == [2, 3, 4, 5, 6]


async def test_p06_doubled_and_reordered_hints_show_each_row_once_in_order(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("text 1")
        await widget.frame("msg")
        row = await in_database(Conversation.objects.select_related("visitor").get)
        with monkeypatch.context() as catching:
            hints = collected(catching)
            for body in BODIES[1:]:
                await in_database(make.say, row, body)
        shuffled = hints * 2
        random.Random(7).shuffle(shuffled)
        for event, keys in shuffled:
            hubs.hub.publish(event, to=keys)
        shown = [frame["body"] for frame in await widget.silence() if frame["t"] == "msg"]
        assert shown == BODIES[1:]


async def ten_rows(widget: Socket) -> str:
    """Write ten texts; returns the conversation."""
    for body in BODIES:
        await widget.say(body)
    acks = await widget.frames("ack", 10)
    return str(acks[0]["conv"])


async def test_p18_receipts_never_go_back_and_never_past_the_end(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as desk:
        conv = await ten_rows(widget)
        await desk.put("open", conv=conv)
        await desk.frame("synced")
        receipts = []
        for up_to in (4, 2, 7, 999_999, 5):
            await desk.put("read", conv=conv, up_to=up_to)
            receipts.append(await widget.frame("receipt"))
        shown = [(each["got"], each["read"]) for each in receipts]
        assert shown == [(4, 4), (4, 4), (7, 7), (10, 10), (10, 10)]


async def test_the_receipts_of_a_moment_arrive_as_one(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as desk:
        conv = await ten_rows(widget)
        await desk.put("open", conv=conv)
        await desk.frame("synced")
        for up_to in (2, 9, 5):
            await desk.put("read", conv=conv, up_to=up_to)
        assert (await widget.frame("receipt"))["read"] == 9
        assert not [frame for frame in await widget.silence(0.3) if frame["t"] == "receipt"]


async def test_reading_history_marks_nothing_read(shop: Shop) -> None:
    token, conv, row = await conversation(shop, 3)
    async with sockets.visitor(shop.site, token) as widget, sockets.agent(shop.ana) as desk:
        await desk.put("open", conv=conv)
        await desk.put("history", conv=conv, before=3)
        await desk.frame("page")
        await widget.put("sync", conv=conv, have=0)
        await widget.frame("synced")
        await in_database(row.refresh_from_db)
        assert (row.agent_read, row.visitor_read, row.unread) == (0, 0, 3)


async def test_internal_notes_leave_only_a_hole_for_the_visitor(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as desk:
        await widget.say("text 1")
        conv = (await widget.frame("ack"))["conv"]
        await desk.put("claim", conv=conv, cid=make.cid())
        await desk.frame("ack")
        await desk.say("a secret between us", conv=conv, note=True)
        await desk.frame("ack")
        await desk.say("another secret", conv=conv, note=True)
        await desk.frame("ack")
        await desk.say("good morning", conv=conv)
        holes = await widget.frames("hole", 2)
        assert [(hole["from"], hole["to"]) for hole in holes] == [(3, 3), (4, 4)]
        await widget.put("history", conv=conv, before=6)
        page = await widget.frame("page")
        assert page["rows"][2] == {"t": "hole", "conv": conv, "from": 3, "to": 4}
        assert "secret" not in str([page, *await widget.silence()])


async def test_the_list_repairs_itself_when_hints_were_lost(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sockets.agent(shop.ana, watch=True) as desk:
        with monkeypatch.context() as silent:
            silent.setattr(hubs.Hub, "publish", lambda *_, **__: None)
            row = await in_database(make.conversation, shop.site, "anybody there")
        assert not [frame for frame in await desk.silence() if frame["t"] == "inbox_delta"]
        await in_database(sweep.repeat_hints)
        delta = await desk.frame("inbox_delta")
        assert (delta["rev"], delta["conv"], delta["last"]) == (1, row.public_id, 1)
        await in_database(sweep.repeat_hints)
        assert not [frame for frame in await desk.silence() if frame["t"] == "inbox_delta"]
