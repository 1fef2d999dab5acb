"""Errors that other products published, each as a test of ours (design: security 3).

Those about accounts are in test_accounts.py, about tenants in test_api_tenancy.py, about links that
change something in test_every_route.py.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from agents.consumers import AgentConsumer
from chat import protocol, sharding
from chat.consumers.base import live
from chat.consumers.database import in_database
from chat.consumers.visitor import VisitorConsumer
from chat.errors import ChatError
from chat.models import Conversation, Message
from tests import make, sockets
from tests.chat import back_office
from tests.make import Shop
from tests.security.routes import addresses, everything
from tests.security.stage import hello, stage

WRONG_TYPES = [0, 1, True, None, 1.5, [], ["v1"], {}, {"$ne": ""}, "0", "1", "null", "true"]
SECRET = "s" * 40
RANDOM_BITS = 96
NESTED = {"identity", "embed", "page", "have"}
LEAST: dict[str, Any] = {
    "v": 1,
    "role": "visitor",
    "cid": "01976b1e-5b7a-7c30-8f00-000000000001",
    "conv": "cv_12345678",
    "body": "Hello",
    "seq": 1,
    "up_to": 1,
    "have": 1,
    "before": 1,
    "score": 5,
    "on": True,
    "to": "ag_1",
    "state": "online",
}
OPEN_TO_STRANGERS = (
    *("/favicon.ico", "/healthz", "/readyz", "/metrics", "/w.js", "/w/", "/c/", "/demo/shop"),
    *(
        "/app/login",
        "/app/language",
        "/app/logout",
        "/admin/login/",
        "/admin/logout/",
        "/api/docs",
        "/api/schema",
    ),
)


async def test_two_sockets_never_share_scope(shop: Shop) -> None:
    """CVE-2020-35681: Channels mixed up the scopes of connections."""
    async with (
        sockets.visitor(shop.site) as one,
        sockets.visitor(shop.neighbour) as other,
        sockets.agent(shop.ana) as ana,
        sockets.agent(shop.chen) as chen,
    ):
        consumers = [each for each in live if each.greeted]
        assert len({id(each.scope) for each in consumers}) == len(consumers) == 4
        visitors = [each for each in consumers if isinstance(each, VisitorConsumer)]
        assert {each.site.id for each in visitors if each.site} == {shop.site.pk, shop.neighbour.pk}
        agents = [each for each in consumers if isinstance(each, AgentConsumer)]
        assert {each.desk.agent_id for each in agents} == {shop.ana.pk, shop.chen.pk}
        await asyncio.gather(one.say("to Northlight"), other.say("to Elsewhere"))
        first, second = (await one.frame("ack"))["conv"], (await other.frame("ack"))["conv"]
        rows = await in_database(
            lambda: dict(Conversation.objects.values_list("public_id", "site"))
        )
        assert rows == {first: shop.site.pk, second: shop.neighbour.pk}
        for desk, foreign in ((ana, second), (chen, first)):
            await desk.put("open", conv=foreign)
            assert (await desk.frame("nack", "opened"))["code"] == "not_found"


async def test_tokens_of_wrong_type_are_refused(shop: Shop) -> None:
    """CVE-2022-1176: Live Helper Chat compared loosely, and 0 opened every chat."""
    for token in WRONG_TYPES:
        socket = await hello(shop, token=token)
        assert (await socket.frame("error", "welcome"))["t"] == "error", token
        await socket.leave()


async def test_tickets_of_wrong_type_are_refused(shop: Shop) -> None:
    session = await in_database(make.session, shop.ana)
    await in_database(make.ticket, shop.ana, session)
    for ticket in (*WRONG_TYPES, ""):
        socket = await sockets.seated(session)
        await socket.put("hello", v=1, role="agent", ticket=ticket)
        assert (await socket.frame("error", "welcome"))["t"] == "error", ticket
        await socket.leave()


def test_public_ids_have_96_random_bits() -> None:
    """CVE-2022-1235: Live Helper Chat's secrets could be guessed."""
    made = [sharding.new_public_id("cv_") for _ in range(2_000)]
    assert len(set(made)) == len(made)
    raw = [base64.urlsafe_b64decode(each[3:] + "==") for each in made]
    assert {len(each) * 8 >= RANDOM_BITS for each in raw} == {True}
    for position in range(len(raw[0])):  # no byte is a clock or a counter
        assert len({each[position] for each in raw}) > 200


async def test_identity_needs_hmac(shop: Shop) -> None:
    """CVE-2026-55666: Rocket.Chat believed whoever named an e-mail address."""
    shop.site.identity_policy, shop.site.identity_secrets = "optional", [SECRET]
    await in_database(shop.site.save)
    victim = {"user_id": "u-17", "email": "vera@example.com", "name": "Vera"}
    async with sockets.visitor(shop.site, identity=signed(victim)) as widget:
        assert widget.welcome["identity"] == "ok"
        await widget.say("my address is 1 Main Street")
        await widget.frame("ack")
    for proof in ("", "0", "00" * 32, signed({"user_id": "u-18"})["hmac"]):
        async with sockets.visitor(shop.site, identity=victim | {"hmac": proof}) as thief:
            assert (thief.welcome["identity"], thief.welcome["conv"]) == ("rejected", None)
            assert thief.welcome["visitor"] != widget.welcome["visitor"]
            assert not [frame for frame in await thief.silence() if frame["t"] == "msg"]
    async with sockets.visitor(shop.site, identity={"email": "vera@example.com"}) as thief:
        assert (thief.welcome["identity"], thief.welcome["conv"]) == ("rejected", None)


def signed(person: dict[str, str]) -> dict[str, str]:
    """A person as the shop's server vouches for them."""
    proof = hmac.new(SECRET.encode(), person["user_id"].encode(), hashlib.sha256).hexdigest()
    return person | {"hmac": proof}


def test_scalars_refuse_objects() -> None:
    """CVE-2021-22910 and its kin: Rocket.Chat took an operator where a text was due."""
    tried = 0
    for t, kind in protocol.GRAMMAR.items():
        for field in set(kind.__dataclass_fields__) - NESTED:
            tried += 1
            with pytest.raises(ChatError):
                protocol.parse(json.dumps({"t": t, **LEAST, field: {"$ne": ""}}))
    assert tried > 50


async def test_site_is_never_taken_from_the_request(shop: Shop) -> None:
    """CVE-2022-0266: Live Helper Chat let the caller choose whose rights apply."""
    async with stage(shop) as scene:
        theirs = {"site": shop.neighbour.key, "site_id": shop.neighbour.pk}
        await scene.widget.say("to my own shop", **theirs)
        await scene.widget.frame("ack")
        (row,) = await scene.stored()
        assert row["body"] == "to my own shop"
        await scene.desk.put("open", conv=scene.places["other_site_conv"], **theirs)
        assert (await scene.desk.frame("nack", "opened"))["t"] == "nack"
        await scene.desk.put("watch", inbox="all", **theirs)
        inbox = await scene.desk.frame("inbox")
        assert {item["site"] for item in inbox["rows"]} == {shop.site.key}


@pytest.mark.django_db
def test_no_route_without_declared_permission() -> None:
    """go-fly at ea2fdcd1: anybody could post as an agent and read every history."""
    paths = addresses(everything(back_office.cast()))
    stored = Message.objects.count()
    for path in paths:
        answer = Client().get(path)
        if not path.startswith(OPEN_TO_STRANGERS):
            to_login = answer.status_code == 302 and "login" in answer["Location"]
            assert to_login or answer.status_code in {401, 403, 404, 405}, path
            assert b"Is anybody there?" not in answer.content
    assert Message.objects.count() == stored
