"""Who a visitor is, and what is kept of a visit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from chat import identity
from chat.consumers.database import in_database
from chat.models import Conversation, Visitor
from chat.services import visitors
from tests import sockets
from tests.make import Shop

SECRET = "a secret that only the shop and we know"


def signed(user_id: str, **more: str) -> dict[str, str]:
    """An identity as a shop's server signs it."""
    digest = hmac.new(SECRET.encode(), user_id.encode(), hashlib.sha256).hexdigest()
    return {"user_id": user_id, "hmac": digest, **more}


def token(shop: Shop, **claims: Any) -> dict[str, str]:
    """The same as a JWT."""
    now = int(time.time())
    body = {"sub": "u-17", "aud": shop.site.key, "iat": now, "exp": now + 600} | claims
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT"}, body)
    ]
    text = b".".join(parts)
    signature = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
    mark = base64.urlsafe_b64encode(signature).rstrip(b"=")
    return {"jwt": (text + b"." + mark).decode()}


@pytest.fixture
def signing_shop(shop: Shop) -> Shop:
    """A shop that signs who its customers are."""
    shop.site.identity_secrets = [SECRET]
    shop.site.save()
    return shop


async def test_a_page_view_writes_no_row(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        assert widget.welcome["visitor"].startswith("vs_")
        assert widget.welcome["conv"] is None
        await widget.put("page", url="https://shop.example/tea", title="Tea")
        await widget.put("ping")
        await widget.frame("pong")
        assert await in_database(Visitor.objects.count) == 0


async def test_the_pages_before_the_first_word_are_in_the_trail(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.put("page", url="https://shop.example/tea", title="Tea")
        await widget.say("which tea is strong")
        await widget.frame("ack")
        await widget.put("page", url="https://shop.example/cups", title="Cups")
        await widget.put("ping")
        await widget.frame("pong")
        row = await in_database(Visitor.objects.get)
        assert [page["title"] for page in row.trail] == ["Cart", "Tea", "Cups"]
        assert (row.language, row.timezone) == ("en", "Europe/Paris")


async def test_agents_see_the_visitor_move_and_leave(shop: Shop) -> None:
    async with sockets.agent(shop.ana, watch=True) as desk:
        async with sockets.visitor(shop.site) as widget:
            await widget.say("hi")
            await widget.frame("ack")
            await widget.put("page", url="https://shop.example/cups", title="Cups")
            moved = await desk.frame("presence")
            while moved.get("visitor") is None:
                moved = await desk.frame("presence")
            assert (moved["online"], moved["page"]["title"]) == (True, "Cups")
        assert (await desk.frame("presence"))["online"] is False


async def test_the_same_token_is_the_same_visitor(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("hi")
        conv = (await widget.frame("ack"))["conv"]
        assert widget.welcome["token"]
    async with sockets.visitor(shop.site, widget.welcome["token"]) as again:
        assert again.welcome["visitor"] == widget.welcome["visitor"]
        assert again.welcome["conv"] == conv
        assert "token" not in again.welcome


async def test_an_old_token_is_renewed(shop: Shop) -> None:
    issued = int(time.time()) - 31 * 24 * 3600
    old = identity.mint_token(
        "vs_aaaaaaaaaaaaaaaaaaaaaa",
        site_id=shop.site.pk,
        epoch=1,
        key=visitors.token_keys()[0],
        issued_at=issued,
    )
    async with sockets.visitor(shop.site, old) as widget:
        assert widget.welcome["visitor"] == "vs_aaaaaaaaaaaaaaaaaaaaaa"
        assert widget.welcome["token"] != old


@pytest.mark.parametrize("form", ["hmac", "jwt"])
async def test_a_signed_identity_marks_the_visitor_as_verified(
    signing_shop: Shop, form: str
) -> None:
    shop = signing_shop
    who = signed("u-17", name="Lena") if form == "hmac" else token(shop, name="Lena")
    async with sockets.visitor(shop.site, identity=who) as widget:
        assert widget.welcome["identity"] == "ok"
        row = await in_database(Visitor.objects.get)
        assert (row.external_id, row.verified, row.name) == ("u-17", True, "Lena")


@pytest.mark.parametrize(
    "claims",
    [{"aud": "st_other"}, {"exp": 1}, {"sub": ""}, {"exp": int(time.time()) + 10**6}],
    ids=["another site", "expired", "nobody", "too long a life"],
)
async def test_a_jwt_that_proves_nothing_is_dropped(
    signing_shop: Shop, claims: dict[str, Any]
) -> None:
    shop = signing_shop
    async with sockets.visitor(shop.site, identity=token(shop, **claims)) as widget:
        assert widget.welcome["identity"] == "rejected"
        assert await in_database(Visitor.objects.count) == 0


async def test_naming_somebody_without_proof_shows_nothing_of_theirs(signing_shop: Shop) -> None:
    shop = signing_shop
    async with sockets.visitor(shop.site, identity=signed("u-17")) as widget:
        await widget.say("my card number is a secret")
        await widget.frame("ack")
    claimed = {"user_id": "u-17", "hmac": "0" * 64, "email": "lena@mail.example"}
    async with sockets.visitor(shop.site, identity=claimed) as thief:
        assert (thief.welcome["identity"], thief.welcome["conv"]) == ("rejected", None)
        assert "secret" not in str(await thief.silence())


async def test_the_same_person_on_another_device_finds_the_thread(signing_shop: Shop) -> None:
    shop = signing_shop
    async with sockets.visitor(shop.site, identity=signed("u-17")) as phone:
        await phone.say("from my phone")
        conv = (await phone.frame("ack"))["conv"]
    async with sockets.visitor(shop.site, identity=signed("u-17")) as desktop:
        assert desktop.welcome["conv"] == conv
        assert (await desktop.frame("msg"))["body"] == "from my phone"
        again = desktop.welcome["token"]
    async with sockets.visitor(shop.site, again) as later:
        assert later.welcome["conv"] == conv


async def test_another_person_on_a_shared_device_begins_anew(signing_shop: Shop) -> None:
    shop = signing_shop
    async with sockets.visitor(shop.site, identity=signed("u-17")) as first:
        await first.say("mine")
        await first.frame("ack")
        shared = first.welcome["token"]
    async with sockets.visitor(shop.site, shared, identity=signed("u-18")) as second:
        assert second.welcome["visitor"] != first.welcome["visitor"]
        assert second.welcome["conv"] is None
        assert second.welcome["token"] != shared


async def test_a_native_client_needs_the_switch_and_a_signature(signing_shop: Shop) -> None:
    shop = signing_shop
    path = f"/ws/v1/visitor?site={shop.site.key}"
    assert not await sockets.Socket(path, {b"origin": None}).connect()
    shop.site.native_clients = True
    await in_database(shop.site.save)
    bold = sockets.Socket(path, {b"origin": None})
    assert await bold.connect()
    await bold.raw(json.dumps(sockets.hello(shop.site)))
    assert await bold.closed() == 4401
    signer = sockets.Socket(path, {b"origin": None})
    assert await signer.connect()
    await signer.raw(json.dumps(sockets.hello(shop.site, identity=signed("u-17"))))
    assert (await signer.frame("welcome"))["identity"] == "ok"
    await signer.leave()


async def test_a_second_tab_shows_the_conversation_the_first_one_began(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as first:
        shared = first.welcome["token"]
        async with sockets.visitor(shop.site, shared) as second:
            cid = await first.say("from the first tab")
            row = await second.frame("msg")
            assert (row["body"], row["seq"], row["cid"]) == ("from the first tab", 1, cid)
            await second.say("from the second")
            assert (await first.frame("ack"))["seq"] == 1
            assert [each["body"] for each in await first.frames("msg", 2)][-1] == "from the second"
            assert await in_database(Conversation.objects.count) == 1


async def test_a_reload_shows_how_far_both_sides_have_read(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget, sockets.agent(shop.ana) as desk:
        await widget.say("hi")
        conv = (await widget.frame("ack"))["conv"]
        await desk.put("open", conv=conv)
        await desk.put("read", conv=conv, up_to=1)
        await widget.frame("receipt")
    async with sockets.visitor(shop.site, widget.welcome["token"]) as again:
        receipts = await again.frames("receipt", 2)
        assert [(each["who"], each["read"]) for each in receipts] == [("agent", 1), ("visitor", 0)]
