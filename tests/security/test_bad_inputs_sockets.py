"""Cases of the catalogue whose input is more than frames: names, headers, races, two hellos."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest

from chat.consumers.database import in_database
from chat.models import Conversation, Message, Visitor
from tests import make, sockets
from tests.make import Shop
from tests.security.catalogue import CASES
from tests.security.stage import answer, hello, nothing_failed, stage
from tests.sockets import Frame, Socket

SECRET = "s" * 40


async def test_protocol_03_the_first_hello_stays(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as other:
        await other.say("of B alone")
        theirs = (await other.frame("ack"))["conv"]
    async with stage(shop) as scene:
        await scene.widget.raw(json.dumps(sockets.hello(shop.site, token=other.welcome["token"])))
        assert (await answer(scene.widget, "error"))["code"] == "bad_frame"
        await scene.goes_on(scene.widget)
        await scene.widget.silence()
        assert theirs not in scene.words()
        assert "of B alone" not in scene.words()


async def test_protocol_05_one_cid_on_three_sockets_is_one_row(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = CASES["PROTOCOL-05"].input["parallel_send"]
    cid = make.cid()
    async with stage(shop) as scene, sockets.visitor(shop.site, token_of(scene.widget)) as third:
        senders = [scene.widget, scene.tab, third][: wanted["sockets"]]
        for _ in range(wanted["times"]):
            await asyncio.gather(*(each.say("refund me", cid=cid) for each in senders))
        frames = [
            await answer(each, "ack", "nack") for each in senders for _ in range(wanted["times"])
        ]
        acks = [frame for frame in frames if frame["t"] == "ack"]
        assert len({ack["seq"] for ack in acks}) == 1
        assert [ack["dup"] for ack in acks].count(False) == 1
        assert {frame["code"] for frame in frames if frame["t"] == "nack"} <= {"rate"}
        assert [row["body"] for row in await scene.stored()] == ["refund me"]
        assert {each.code for each in senders} == {None}
    nothing_failed(caplog)


def token_of(socket: Socket) -> str:
    """The token that the socket was given."""
    return str(socket.welcome["token"])


async def test_protocol_11_a_receipt_ends_at_the_last_row(shop: Shop) -> None:
    case = CASES["PROTOCOL-11"]
    async with stage(shop) as scene:
        await scene.widget.say("still unread")
        await scene.desk.frame("msg")
        for text in case.texts(scene.places):
            await scene.desk.raw(text)
        receipt = await answer(scene.desk, "receipt")
        row = await in_database(Conversation.objects.get, pk=scene.conversation.pk)
        assert receipt["read"] == row.agent_read == row.last_seq
        assert row.unread == 0
        await scene.goes_on(scene.desk)


async def card(shop: Shop, conv: str) -> Frame:
    """What Ana is shown of the visitor."""
    async with sockets.agent(shop.ana) as desk:
        await desk.put("open", conv=conv)
        shown: Frame = (await desk.frame("opened"))["visitor"]
        return shown


async def written(socket: Socket, body: str = "hello") -> str:
    """Send a message; returns the conversation."""
    await socket.say(body)
    return str((await answer(socket, "ack"))["conv"])


@pytest.mark.parametrize("signed", [True, False])
async def test_content_08_a_name_is_text_or_nothing(shop: Shop, signed: bool) -> None:
    name = CASES["CONTENT-08"].input["value"]
    await change(shop, identity_policy="optional", identity_secrets=[SECRET])
    proof = hmac.new(SECRET.encode(), b"u-17", hashlib.sha256).hexdigest() if signed else "00"
    claimed = {"user_id": "u-17", "hmac": proof, "name": name}
    async with sockets.visitor(shop.site, identity=claimed) as widget:
        conv = await written(widget)
        assert widget.welcome["identity"] == ("ok" if signed else "rejected")
        assert (await card(shop, conv))["name"] == (name if signed else "")


async def test_content_10_a_script_address_is_no_referrer(shop: Shop) -> None:
    value = CASES["CONTENT-10"].input["value"]
    page = {"url": value, "title": "Cart", "referrer": value}
    async with sockets.visitor(shop.site, page=page) as widget:
        conv = await written(widget)
        await widget.put("page", url=value, title="Cart", referrer=value)
        await widget.put("ping")
        await widget.frame("pong")
        shown = await card(shop, conv)
        assert (shown["referrer"], shown["trail"], shown["page"]) == ("", [], None)


async def test_content_11_a_user_agent_is_text(shop: Shop) -> None:
    value = CASES["CONTENT-11"].input["value"]
    widget = await sockets.bare(shop.site, **{"user-agent": value.encode("latin-1")})
    await widget.raw(json.dumps(sockets.hello(shop.site)))
    await widget.frame("welcome")
    conv = await written(widget)
    stored = await in_database(Visitor.objects.get)
    assert stored.user_agent == value
    assert value not in json.dumps(await card(shop, conv))
    await widget.leave()


async def test_content_13_an_answer_of_a_form_is_text(shop: Shop) -> None:
    value = CASES["CONTENT-13"].input["value"]
    async with stage(shop) as scene:
        await scene.widget.put(
            "send", cid=make.cid(), kind="form", body=value, form={"order_no": value}
        )
        await answer(scene.widget, "ack")
        (row,) = await scene.stored()
        assert (row["kind"], row["body"], row["data"]) == ("form", value, {})
        await scene.goes_on(scene.widget)


async def test_http_13_a_frame_on_a_foreign_page_is_told_to_go(shop: Shop) -> None:
    for origin in ("https://evil.example", "null", "", "https://shop.example.evil.example"):
        socket = await hello(shop, embed={"mode": "widget", "origin": origin})
        assert await socket.closed() == 4403
    assert await in_database(Visitor.objects.count) == 0
    assert await in_database(Message.objects.count) == 0


async def change(shop: Shop, **fields: Any) -> None:
    """Change the shop's site."""
    for name, value in fields.items():
        setattr(shop.site, name, value)
    await in_database(shop.site.save)
