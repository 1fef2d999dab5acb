"""Claim, assign, transfer, release, resolve, reopen and read over the API."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from chat.models import Message
from chat.vocabulary import Role, Scope
from chat.writer import writer
from chat.writer.announce import drain
from tests.chat.api import Api, World, code_of, make_member, make_world, say, signed_in

if TYPE_CHECKING:
    from tests.chat.api import Answer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Iterator[World]:
    yield make_world("aurora")
    writer.stop()
    drain()


def move(api: Api, world: World, verb: str, version: int, **more: str) -> Answer:
    path = f"conversations/{world.conversation.public_id}/{verb}"
    return api.post(path, {"version": version, **more})


def test_a_conversation_goes_through_all_hands(world: World) -> None:
    say(world, "Hello?")
    mia = make_member(world.site, Role.AGENT, "mia")
    ana = signed_in(world.agent)
    claimed = move(ana, world, "claim", 1)
    assert claimed.status_code == 200
    assert (claimed.json()["status"], claimed.json()["version"]) == ("assigned", 2)
    assert claimed.json()["agent"]["id"] == f"ag_{world.agent.pk}"
    handed = move(ana, world, "transfer", 2, to=f"ag_{mia.pk}", reason="Knows boats").json()
    assert handed["agent"] == {"id": f"ag_{mia.pk}", "name": "agent mia"}
    assert move(ana, world, "release", 3).json()["status"] == "waiting"
    given = move(ana, world, "assign", 4, to=f"tm_{world.team.pk}").json()
    assert (given["status"], given["team"]) == ("waiting", "Team aurora")
    assert move(ana, world, "resolve", 5).json()["status"] == "closed"
    again = move(ana, world, "reopen", 6).json()
    assert (again["status"], again["episode"]) == ("assigned", 2)
    rows = Message.objects.of(world.conversation).filter(kind="event")
    assert [row.body for row in rows] == [
        "assigned", "transferred", "released", "assigned", "resolved", "reopened",
    ]  # fmt: skip


def test_who_comes_second_sees_the_conversation_as_it_is(world: World) -> None:
    say(world, "Hello?")
    move(signed_in(world.agent), world, "claim", 1)
    late = move(signed_in(world.owner), world, "claim", 1)
    assert code_of(late) == (409, "conflict")
    current = late.json()["current"]
    assert (current["version"], current["agent"]["name"]) == (2, "agent aurora")
    assert code_of(move(signed_in(world.owner), world, "reopen", 2)) == (409, "conflict")


def test_of_many_who_claim_one_wins(world: World) -> None:
    say(world, "Hello?")
    callers = [world.api(Scope.SEND) for _ in range(4)]

    def claim(api: Api) -> int:
        try:
            return move(api, world, "claim", 1).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, callers)) == [200, 409, 409, 409]


def test_nobody_of_another_site_is_given_a_conversation(world: World) -> None:
    other = make_world("borealis")
    ana = signed_in(world.agent)
    for to in (f"ag_{other.agent.pk}", f"tm_{other.team.pk}", "ag_0", "ag_x", "tm_" + "9" * 18):
        assert code_of(move(ana, world, "assign", 1, to=to)) == (404, "not_found")


def test_a_move_needs_the_version(world: World) -> None:
    ana = signed_in(world.agent)
    path = f"conversations/{world.conversation.public_id}/claim"
    assert code_of(ana.post(path)) == (422, "invalid")
    assert code_of(ana.post(path, {"version": "1"})) == (400, "malformed")
    assert code_of(move(world.api(Scope.READ), world, "claim", 1)) == (403, "forbidden")


def test_a_repeated_move_is_one_move(world: World) -> None:
    say(world, "Hello?")
    api, path = world.api(Scope.SEND), f"conversations/{world.conversation.public_id}/claim"
    first = api.post(path, {"version": 1}, key="claim-1")
    again = api.post(path, {"version": 1}, key="claim-1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


def test_reading_lowers_the_unread_count(world: World) -> None:
    for body in ("one", "two"):
        say(world, body)
    ana, path = signed_in(world.agent), f"conversations/{world.conversation.public_id}/read"
    assert ana.post(path, {"up_to": 1}).json()["unread"] == 1
    assert ana.post(path, {"up_to": 2**53 - 1}).json()["unread"] == 0
    assert code_of(ana.post(path, {"up_to": 2**53})) == (422, "invalid")
