"""Owners of conversations: what agents may do, and what both sides see of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.consumers.database import in_database
from chat.consumers.jobs import show_agents, show_queue
from chat.models import Conversation, Team
from tests import make, sockets
from tests.make import Shop
from tests.sockets import Socket


async def moved(desk: Socket, verb: str, conv: str, **fields: Any) -> dict[str, Any]:
    """Ask for a move; returns its answer."""
    await desk.put(verb, conv=conv, cid=make.cid(), **fields)
    return await desk.frame("ack", "nack")


async def owner(conv: str) -> tuple[str, str | None]:
    """Who owns a conversation now."""
    row = await in_database(Conversation.objects.select_related("agent").get, public_id=conv)
    return row.owner, row.agent.name if row.agent else None


async def test_a_transfer_tells_the_visitor_and_both_agents(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    conv = row.public_id
    async with sockets.agent(shop.ana, watch=True) as ana, sockets.agent(shop.ben, watch=True):
        await moved(ana, "claim", conv)
        answer = await moved(ana, "transfer", conv, to=f"ag_{shop.ben.pk}", reason="speaks French")
        assert (answer["t"], answer["version"]) == ("ack", 3)
        assert await owner(conv) == ("agent", "Ben")
    rows = await in_database(make.rows, row)
    assert rows[-1].data == {
        "agent": {"id": f"ag_{shop.ben.pk}", "name": "Ben"},
        "reason": "speaks French",
    }


async def test_the_visitor_hears_of_a_transfer_but_not_why(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as ana:
        await widget.say("hi")
        conv = (await widget.frame("ack"))["conv"]
        await moved(ana, "claim", conv)
        await moved(ana, "transfer", conv, to=f"ag_{shop.ben.pk}", reason="rude customer")
        events = [await widget.frame("msg") for _ in range(3)]
        assert events[-1]["body"] == "transferred"
        assert events[-1]["data"] == {"agent": {"id": f"ag_{shop.ben.pk}", "name": "Ben"}}


async def test_a_team_gets_the_conversation_into_its_queue(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    team = await in_database(Team.objects.create, site=shop.site, name="Returns")
    async with sockets.agent(shop.ana, watch=True) as ana:
        answer = await moved(ana, "assign", row.public_id, to=f"tm_{team.pk}")
        assert answer["t"] == "ack"
        assert (await ana.frame("inbox_delta"))["team"] == "Returns"
        assert await owner(row.public_id) == ("queue", None)


@pytest.mark.parametrize("stranger", ["chen", "nobody"])
async def test_nobody_outside_the_site_can_be_given_a_conversation(
    shop: Shop, stranger: str
) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    to = f"ag_{shop.chen.pk}" if stranger == "chen" else "ag_999999"
    async with sockets.agent(shop.ana) as ana:
        answer = await moved(ana, "assign", row.public_id, to=to)
        assert (answer["t"], answer["code"]) == ("nack", "not_found")
        assert await owner(row.public_id) == ("queue", None)


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("waiting", "transfer"),
        ("waiting", "release"),
        ("waiting", "reopen"),
        ("assigned", "claim"),
        ("assigned", "reopen"),
        ("closed", "claim"),
        ("closed", "transfer"),
        ("closed", "release"),
        ("closed", "resolve"),
    ],
)
async def test_illegal_moves_are_refused_and_change_nothing(
    shop: Shop, before: str, verb: str
) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    async with sockets.agent(shop.ana) as ana:
        for step in {"assigned": ["claim"], "closed": ["resolve"]}.get(before, []):
            await moved(ana, step, row.public_id)
        held = await owner(row.public_id)
        answer = await moved(ana, verb, row.public_id, **_to(shop, verb))
        assert (answer["t"], answer["code"], answer["status"]) == ("nack", "conflict", before)
        assert await owner(row.public_id) == held


def _to(shop: Shop, verb: str) -> dict[str, str]:
    return {"to": f"ag_{shop.ben.pk}"} if verb == "transfer" else {}


async def test_the_same_move_sent_twice_is_made_once(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    async with sockets.agent(shop.ana) as ana:
        cid = make.cid()
        for _ in range(2):
            await ana.put("claim", conv=row.public_id, cid=cid, if_version=1)
        first, second = await ana.frames("ack", 2)
        assert (first["seq"], first["version"]) == (second["seq"], second["version"]) == (2, 2)


async def test_an_agents_first_word_takes_a_waiting_conversation(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    async with sockets.agent(shop.ana) as ana:
        await ana.say("good morning", conv=row.public_id)
        await ana.frame("ack")
        assert await owner(row.public_id) == ("agent", "Ana")


async def test_a_note_takes_nothing(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    async with sockets.agent(shop.ana) as ana:
        await ana.say("looks familiar", conv=row.public_id, note=True)
        await ana.frame("ack")
        assert await owner(row.public_id) == ("queue", None)


async def test_writing_again_within_a_day_reopens_and_later_begins_anew(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("hi")
        conv = (await widget.frame("ack"))["conv"]
        await widget.put("close_conv", conv=conv, cid=make.cid())
        assert (await widget.frame("ack"))["seq"] == 2
        await widget.say("one more thing")
        ack = await widget.frame("ack")
        assert (ack["conv"], ack["seq"]) == (conv, 4)  # 3 says that it is open again
        await widget.put("close_conv", conv=conv, cid=make.cid())
        await widget.frame("ack")
        await sockets.settle()
        long_ago = timezone.now() - timedelta(hours=25)
        await in_database(Conversation.objects.filter(public_id=conv).update, closed_at=long_ago)
        await widget.say("it is me again")
        ack = await widget.frame("ack")
        assert (ack["conv"] != conv, ack["seq"]) == (True, 1)


async def test_an_old_thread_is_not_reopened_beside_a_new_one(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    async with sockets.agent(shop.ana) as ana:
        await moved(ana, "resolve", row.public_id)
        long_ago = timezone.now() - timedelta(hours=25)
        await in_database(Conversation.objects.filter(pk=row.pk).update, closed_at=long_ago)
        await in_database(_write_again, row)
        answer = await moved(ana, "reopen", row.public_id)
        assert (answer["t"], answer["code"]) == ("nack", "conflict")


def _write_again(row: Conversation) -> None:
    from chat.services.conversations import NewVisitor, thread_to_write_in

    thread = thread_to_write_in(NewVisitor(row.visitor.public_id, row.site_id))
    make.say(Conversation.objects.select_related("visitor").get(pk=thread.id), "again")


async def test_waiting_visitors_see_their_place_move_up(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "first")
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as ana:
        await widget.say("second")
        assert (await widget.frame("state"))["queue_pos"] == 2
        await moved(ana, "claim", row.public_id)
        await show_queue()
        state = await widget.frame("state")
        assert (state["status"], state["queue_pos"]) == ("waiting", 1)


async def test_visitors_see_when_the_last_agent_goes_busy(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as ana:
        await widget.say("hi")
        assert (await widget.frame("state"))["agents_online"] == 1
        await ana.put("presence", state="busy", rid="r1")
        assert (await ana.frame("ack"))["rid"] == "r1"
        await show_agents()
        assert (await widget.frame("state"))["agents_online"] == 0


async def test_an_invisible_agent_works_and_shows_as_offline(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "hi")
    async with sockets.agent(shop.ana) as ana, sockets.agent(shop.ben) as ben:
        await ana.put("presence", state="invisible", rid="r1")
        await ana.frame("ack")
        seen = [frame for frame in await ben.silence() if frame["t"] == "presence"]
        assert (seen[-1]["agent"], seen[-1]["state"]) == (f"ag_{shop.ana.pk}", "offline")
        assert (await moved(ana, "claim", row.public_id))["t"] == "ack"


async def test_an_agent_sees_nothing_of_another_site(shop: Shop) -> None:
    row = await in_database(make.conversation, shop.site, "a secret")
    async with sockets.agent(shop.chen, watch=True) as chen:
        await in_database(make.say, row, "another secret")
        for frame in ("open", "sync", "history", "read"):
            extra = {"have": 0} if frame == "sync" else {"before": 9, "up_to": 1}
            await chen.put(frame, conv=row.public_id, **extra)
            assert (await chen.frame("nack"))["code"] == "not_found"
        assert "secret" not in str(await chen.silence())
