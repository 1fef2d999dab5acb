"""The catalogue's handshakes: foreign origins, used-up tickets, altered tokens, ended sessions."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from agents.services import second_factor
from chat import identity
from chat.comet.hub import Hub
from chat.consumers.database import in_database
from chat.events import SessionEnded
from chat.models import Membership, Ticket, User, Visitor
from chat.vocabulary import Role
from tests import make, sockets
from tests.agents.people import with_authenticator
from tests.make import Shop
from tests.security.catalogue import CASES
from tests.security.stage import answer, hello, says_nothing_of_us
from tests.sockets import Socket

HOST = "chat.example.com"
CLOSED_SECONDS = 5.0


def origins() -> list[str]:
    """Every origin of HANDSHAKE-01 and HANDSHAKE-02, with our own host filled in."""
    listed = [
        origin
        for name in ("HANDSHAKE-01", "HANDSHAKE-02")
        for origin in CASES[name].input["each_origin"]
    ]
    return [origin.replace("{{host}}", HOST).partition(" ")[0] for origin in listed]


@pytest.mark.parametrize("path", ["/ws/v1/visitor?site={key}", "/ws/v1/agent"])
async def test_handshake_01_02_no_foreign_origin_is_let_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(settings, "GOFLY_PUBLIC_URLS", [f"https://{HOST}"])
    session = await in_database(make.session, shop.ana)

    async def is_let_in(origin: bytes | None) -> bool:
        socket = Socket(
            path.format(key=shop.site.key),
            {b"cookie": f"sessionid={session}".encode(), b"origin": origin},
        )
        connected = await socket.connect()
        await socket.leave()
        return connected

    assert len(origins()) == 14
    foreign = [*(origin.encode() for origin in origins()), None]
    assert [origin for origin in foreign if await is_let_in(origin)] == []
    assert await is_let_in(f"https://{HOST}".encode())


async def seat(session: str, ticket: str) -> Socket:
    """An agent's socket that has shown this ticket."""
    socket = await sockets.seated(session)
    await socket.put("hello", v=1, role="agent", ticket=ticket, client="dashboard/1.0.0")
    return socket


async def refused(socket: Socket) -> tuple[str, int]:
    """The words of the refusal and the close code."""
    error = await answer(socket, "error")
    assert error["code"] == "auth"
    return error["text"], await socket.closed()


async def test_handshake_04_a_ticket_is_good_once_for_a_minute_in_its_own_session(
    shop: Shop,
) -> None:
    session = await in_database(make.session, shop.ana)
    tickets = [await in_database(make.ticket, shop.ana, session) for _ in range(3)]
    first = await seat(session, tickets[0])
    await first.frame("welcome")
    answers = [await refused(await seat(session, tickets[0]))]
    other = await in_database(make.session, shop.ana)
    answers.append(await refused(await seat(other, tickets[1])))
    minute_ago = timezone.now() - timedelta(seconds=1)
    await in_database(Ticket.objects.update, expires_at=minute_ago)
    answers.append(await refused(await seat(session, tickets[2])))
    answers.append(await refused(await seat(session, "no ticket at all")))
    answers.append(await refused(await seat("no-session-at-all", tickets[2])))
    assert {code for _, code in answers} == {4401}
    assert len(set(answers)) == 1
    await first.leave()


def mutations(token: str, site: int) -> dict[str, str]:
    """The token, bent in the ways that the catalogue names."""
    version, visitor, _site, epoch, issued, signature = token.split(".")
    last = "A" if visitor[-1] != "A" else "B"
    return {
        "id+1": f"{version}.{visitor[:-1]}{last}.{site}.{epoch}.{issued}.{signature}",
        "site": f"{version}.{visitor}.{site + 1}.{epoch}.{issued}.{signature}",
        "epoch-1": f"{version}.{visitor}.{site}.{int(epoch) - 1}.{issued}.{signature}",
        "sig=''": f"{version}.{visitor}.{site}.{epoch}.{issued}.",
        "alg=none": f"none.{visitor}.{site}.{epoch}.{issued}.",
        "truncated": token[:-1],
    }


async def test_handshake_05_no_altered_token_is_believed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(mutations("v1.vs_a.1.1.1.0", 1)) == set(
        CASES["HANDSHAKE-05"].input["token_mutations"]
    )
    compared = noted_comparisons(monkeypatch)
    async with sockets.visitor(shop.site) as widget:
        await widget.say("my own words")
        await widget.frame("ack")
        answers = []
        for token in mutations(widget.welcome["token"], shop.site.pk).values():
            compared.clear()
            socket = await hello(shop, token=token)
            answers.append(await refused(socket))
            assert compared  # in constant time, whatever came
            says_nothing_of_us("\n".join(socket.heard))
            assert "my own words" not in "\n".join(socket.heard)
    assert {code for _, code in answers} == {4401}
    assert len(set(answers)) == 1


def noted_comparisons(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is compared in constant time from now on."""
    compared: list[bytes] = []
    compare = identity.hmac.compare_digest

    def note(given: Any, expected: Any) -> bool:
        compared.append(given)
        return compare(given, expected)

    monkeypatch.setattr(identity.hmac, "compare_digest", note)
    return compared


async def test_handshake_05_tokens_of_others_and_of_before_are_not_believed(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("hello")
        await widget.frame("ack")
        visitor = await in_database(Visitor.objects.get)
    await in_database(Visitor.objects.update, epoch=2)
    nobody = identity.mint_token(
        "vs_nobody", site_id=shop.site.pk, epoch=2, key=settings.SECRET_KEY
    )
    foreign = identity.mint_token(
        visitor.public_id, site_id=shop.neighbour.pk, epoch=2, key=settings.SECRET_KEY
    )
    known = "".join(reversed(visitor.public_id))
    forged = identity.mint_token(known, site_id=shop.site.pk, epoch=2, key="k" * 50)
    answers = [
        await refused(await hello(shop, token=token))
        for token in (widget.welcome["token"], nobody, foreign, forged)
    ]
    assert len(set(answers)) == 1  # nobody can learn which visitors exist


# ---- HTTP-08: open sockets close 4440 within five seconds


def new_password(user: User) -> None:
    user.set_password("another long password")
    user.save()


def no_role(user: User) -> None:
    Membership.objects.filter(user=user).get().delete()


def changed_role(user: User) -> None:
    membership = Membership.objects.get(user=user)
    membership.role = Role.MANAGER
    membership.save()


def new_factor(user: User) -> None:
    with_authenticator(user)


def disabled(user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize(
    "change",
    [new_password, no_role, changed_role, new_factor, disabled],
    ids=lambda f: f.__name__,
)
async def test_http_08_open_sockets_close_4440(shop: Shop, change: Callable[[User], None]) -> None:
    async with (
        sockets.agent(shop.ana) as first,
        sockets.agent(shop.ana) as second,
        sockets.agent(shop.ben) as colleague,
    ):
        began = time.monotonic()
        await in_database(change, await in_database(User.objects.get, pk=shop.ana.pk))
        assert [await first.closed(), await second.closed()] == [4440, 4440]
        assert time.monotonic() - began < CLOSED_SECONDS
        await colleague.put("ping")
        await colleague.frame("pong")


async def test_http_08_a_lost_factor_closes_4440(shop: Shop) -> None:
    await in_database(with_authenticator, shop.ana)
    async with sockets.agent(shop.ana) as desk:
        await in_database(second_factor.remove, shop.ana)
        assert await desk.closed() == 4440


async def test_http_08_a_lost_hint_costs_at_most_five_seconds(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Hub.publish

    def lossy(hub: Hub, event: Any, *, to: Any) -> None:
        if not isinstance(event, SessionEnded):
            publish(hub, event, to=to)

    monkeypatch.setattr(Hub, "publish", lossy)
    async with sockets.agent(shop.ana) as desk, sockets.agent(shop.ben) as colleague:
        began = time.monotonic()
        await in_database(disabled, await in_database(User.objects.get, pk=shop.ana.pk))
        assert await desk.closed() == 4440
        assert time.monotonic() - began < CLOSED_SECONDS
        await colleague.put("ping")
        await colleague.frame("pong")
