"""Sending and receiving, as two people at two sockets see it."""

from __future__ import annotations

from tests import make, sockets
from tests.make import Shop


async def test_a_visitors_message_reaches_the_sites_agents(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana, watch=True) as desk:
        cid = await widget.say("Hello")
        ack = await widget.frame("ack")
        assert (ack["cid"], ack["seq"], ack["dup"]) == (cid, 1, False)
        row = await desk.frame("inbox_delta")
        assert (row["conv"], row["status"], row["last"]) == (ack["conv"], "waiting", 1)
        await desk.put("open", conv=ack["conv"])
        assert (await desk.frame("opened"))["visitor"]["id"] == widget.welcome["visitor"]
        assert (await desk.frame("msg"))["body"] == "Hello"


async def test_the_agents_answer_reaches_the_visitor(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana, watch=True) as desk:
        await widget.say("Hello")
        ack = await widget.frame("ack")
        await desk.put("claim", conv=ack["conv"], cid=make.cid(), if_version=1)
        assert (await desk.frame("ack"))["version"] == 2
        assert (await widget.frame("state"))["status"] in {"waiting", "assigned"}
        await desk.say("Good morning", conv=ack["conv"])
        assert (await desk.frame("ack"))["seq"] == 3
        mine, event, answer = await widget.frames("msg", 3)
        assert (mine["body"], event["kind"], answer["body"]) == ("Hello", "event", "Good morning")
        assert answer["from"] == {"k": "agent", "id": f"ag_{shop.ana.pk}", "name": "Ana"}
