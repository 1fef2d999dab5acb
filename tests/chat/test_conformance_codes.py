"""Conformance of refusals and closes: protocol.md sections 11 and 13, by their names."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from chat.consumers import base, guests
from chat.consumers.database import in_database
from chat.models import Conversation, Site, Visitor
from chat.services import bans, messages
from chat.vocabulary import Close
from tests import make, sockets
from tests.make import Shop
from tests.sockets import Socket


async def refusal(socket: Socket) -> str:
    """The code of the next refusal."""
    return str((await socket.frame("error", "nack"))["code"])


async def said_hello(shop: Shop, **fields: Any) -> Socket:
    """A visitor's socket that has sent this `hello`."""
    socket = await sockets.bare(shop.site)
    await socket.raw(json.dumps(sockets.hello(shop.site, **fields)))
    return socket


async def change(shop: Shop, **fields: Any) -> None:
    """Change the shop's site."""

    def save() -> None:
        for name, value in fields.items():
            setattr(shop.site, name, value)
        shop.site.save()

    await in_database(save)


async def test_p12_without_hello_the_socket_closes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "HELLO_SECONDS", 0.05)
    socket = await sockets.bare(shop.site)
    assert await socket.closed() == 4408


async def test_p16_another_version_is_told_which_one_works(shop: Shop) -> None:
    socket = await said_hello(shop, v=7)
    error = await socket.frame("error")
    assert (error["code"], error["supported"]) == ("version", [1])
    assert await socket.closed() == 4406


async def test_p19_ten_agents_claim_and_one_wins(shop: Shop) -> None:
    def agents() -> tuple[Conversation, list[Any]]:
        people = [make.member(shop.site, f"agent{n}", make.Role.AGENT) for n in range(10)]
        return make.conversation(shop.site, "is anybody there"), people

    row, people = await in_database(agents)
    desks = [sockets.agent(person) for person in people]
    opened = [await desk.__aenter__() for desk in desks]
    claims = (
        desk.put("claim", conv=row.public_id, cid=make.cid(), if_version=1) for desk in opened
    )
    await asyncio.gather(*claims)
    answers = [await desk.frame("ack", "nack") for desk in opened]
    wins = [number for number, answer in enumerate(answers) if answer["t"] == "ack"]
    assert len(wins) == 1
    winner = {"id": f"ag_{people[wins[0]].pk}", "name": people[wins[0]].name}
    losers = [answer for answer in answers if answer["t"] == "nack"]
    assert {answer["code"] for answer in losers} == {"conflict"}
    assert all((each["agent"], each["version"]) == (winner, 2) for each in losers)
    for desk in desks:
        await desk.__aexit__(None, None, None)


async def test_p17_bad_frame_and_4400(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        for _ in range(3):
            await widget.raw("{not json")
            assert await refusal(widget) == "bad_frame"
        assert await widget.closed() == 4400


async def test_p17_unknown_type_and_4400_at_the_eleventh(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        for _ in range(11):
            await widget.put("zz")
        assert [await refusal(widget) for _ in range(11)] == ["unknown_type"] * 11
        assert await widget.closed() == 4400


async def test_p17_a_binary_frame_closes_4400(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.bytes(b"\x00\x01")
        assert await widget.closed() == 4400


async def test_p17_auth_and_4401(shop: Shop) -> None:
    for token in ("v1.vs_x.1.1.1.00", "nonsense"):
        socket = await said_hello(shop, token=token)
        assert (await refusal(socket), await socket.closed()) == ("auth", 4401)
    socket = await sockets.bare(shop.site)
    await socket.put("read", conv="cv_12345678", up_to=1)
    assert (await refusal(socket), await socket.closed()) == ("auth", 4401)


async def test_p17_identity_invalid_and_4401(shop: Shop) -> None:
    await change(shop, identity_policy="required", identity_secrets=["s" * 40])
    for identity in ({"user_id": "u-17", "hmac": "00"}, {"jwt": "a.b.c"}, None):
        socket = await said_hello(shop, identity=identity)
        assert (await refusal(socket), await socket.closed()) == ("identity_invalid", 4401)


async def test_p17_origin_and_4403(shop: Shop) -> None:
    socket = await said_hello(shop, embed={"mode": "widget", "origin": "https://evil.example"})
    assert (await refusal(socket), await socket.closed()) == ("origin", 4403)
    assert await in_database(Visitor.objects.count) == 0


async def test_p17_a_site_that_is_switched_off_closes_4403(shop: Shop) -> None:
    await change(shop, is_active=False)
    socket = await sockets.bare(shop.site)
    assert await socket.closed() == 4403


async def test_p17_an_unknown_site_closes_4404(shop: Shop) -> None:
    socket = await sockets.bare(Site(key="st_nobody"))
    assert await socket.closed() == 4404


async def test_p17_forbidden_and_not_found(shop: Shop) -> None:
    theirs = await in_database(make.conversation, shop.site, "mine alone")
    async with sockets.visitor(shop.site) as widget:
        await widget.put("claim", conv=theirs.public_id, cid=make.cid())
        assert await refusal(widget) == "forbidden"
        answers = []
        for conv in (theirs.public_id, "cv_does_not_exist"):
            await widget.say("hi", conv=conv)
            answer = await widget.frame("nack")
            answers.append({key: answer[key] for key in ("code", "text", "retry", "after_ms")})
        assert answers[0] == answers[1]
        assert answers[0]["code"] == "not_found"


async def test_p17_too_long_empty_and_file_rejected(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("a" * 4001)
        await widget.say(" \u200b\n")
        await widget.put("send", cid=make.cid(), kind="file", file="fl_12345678")
        codes = [await refusal(widget) for _ in range(3)]
        assert codes == ["too_long", "empty", "file_rejected"]


async def test_p17_rate_keeps_the_message_with_the_sender(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        for number in range(21):
            await widget.say(f"text {number}")
        await widget.frames("ack", 20)
        nack = await widget.frame("nack")
        assert (nack["code"], nack["retry"]) == ("rate", True)
        assert 0 < nack["after_ms"] <= 1000


async def test_p17_limit_on_open_conversations(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [await in_database(make.conversation, shop.site, "hi") for _ in range(51)]
    async with sockets.agent(shop.ana) as desk:
        for row in rows:
            await desk.put("open", conv=row.public_id)
        assert await refusal(desk) == "limit"


async def test_p17_banned_and_4403(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("hello")
        await widget.frame("ack")
        row = await in_database(Visitor.objects.get)
        await in_database(bans.ban_visitor, row)
        assert (await refusal(widget), await widget.closed()) == ("banned", 4403)
    socket = await said_hello(shop, token=widget.welcome["token"])
    assert (await refusal(socket), await socket.closed()) == ("banned", 4403)


async def test_p17_internal_names_an_incident_and_nothing_else(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("secret detail")

    async with sockets.visitor(shop.site) as widget:
        monkeypatch.setattr(messages, "post_message", broken)
        await widget.say("hello")
        error = await widget.frame("error")
        assert error["code"] == "internal"
        assert "secret" not in str(error)
        assert await widget.closed() == 1011


async def test_p17_bye_closes_1000(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.put("bye")
        assert await widget.closed() == 1000


async def test_p17_a_frame_above_the_visitors_limit_closes_1009(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.raw(json.dumps({"t": "typing", "x": "a" * 33_000}))
        assert await widget.closed() == 1009


async def test_p17_the_sixth_socket_of_a_visitor_closes_the_oldest_4409(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as first:
        token = first.welcome["token"]
        later = [sockets.visitor(shop.site, token) for _ in range(5)]
        for each in later:
            await each.__aenter__()
        assert await first.closed() == Close.REPLACED
        for each in later:
            await each.__aexit__(None, None, None)


async def test_p17_too_many_sockets_of_an_address_close_4429(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests.settings, "GOFLY_LIMIT_SOCKETS_PER_IP", 1)
    async with sockets.visitor(shop.site):
        second = await sockets.bare(shop.site)
        assert await second.closed() == 4429


async def test_p17_failed_hellos_bar_the_address_4429(shop: Shop) -> None:
    for _ in range(11):
        await (await said_hello(shop, token="nonsense")).closed()
    assert await (await sockets.bare(shop.site)).closed() == 4429


async def test_p17_an_ended_session_closes_4440(shop: Shop) -> None:
    async with sockets.agent(shop.ana) as desk:
        await in_database(shop.ana.set_password, "another long password")
        await in_database(shop.ana.save)
        assert await desk.closed() == 4440


async def test_a_used_ticket_or_anothers_session_closes_4401(shop: Shop) -> None:
    session = await in_database(make.session, shop.ana)
    ticket = await in_database(make.ticket, shop.ana, session)
    stolen = await sockets.seated(await in_database(make.session, shop.ben))
    await stolen.put("hello", v=1, role="agent", ticket=ticket)
    assert await stolen.closed() == 4401
    again = await sockets.seated(session)
    await again.put("hello", v=1, role="agent", ticket=ticket)
    assert await again.closed() == 4401
