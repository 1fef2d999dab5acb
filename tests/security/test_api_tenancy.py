"""T05 for the API, made from its own description: a caller of site B never sees site A.

Every operation is called with ids of site A in its path, its body and its filters. What comes
back is the answer for something that does not exist, and holds none of site A's marked texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from chat.api.permissions import RANK
from chat.models import (
    ApiToken,
    Conversation,
    EventOutbox,
    IdempotentAnswer,
    Membership,
    Message,
    Site,
    Team,
    User,
    Visitor,
)
from chat.vocabulary import Role, Scope
from chat.writer import writer
from chat.writer.announce import drain
from tests.chat.api import Api, World, make_member, make_world, say, signed_in

CANARY = "canary7f3a"
TABLES = (ApiToken, Conversation, EventOutbox, Membership, Message, Site, Team, Visitor)

if TYPE_CHECKING:
    from tests.chat.api import Answer

pytestmark = pytest.mark.django_db(transaction=True)


@cache
def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    schema = SchemaGenerator().get_schema(public=True)
    return [
        (method, path, operation | {"components": schema["components"]["schemas"]})
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


OPERATIONS = [(method, path) for method, path, _ in operations()]
TOKENS_MAY_NOT = {("patch", "/api/v1/me"), ("post", "/api/v1/sites")}
# Their bodies name other objects.
REFERRING = [
    ("post", "/api/v1/conversations"),
    ("post", "/api/v1/conversations/{id}/assign"),
    ("post", "/api/v1/conversations/{id}/transfer"),
    ("patch", "/api/v1/conversations/{id}"),
    ("post", "/api/v1/tokens"),
    ("post", "/api/v1/visitors"),
    ("patch", "/api/v1/visitors/{id}"),
]


@pytest.fixture
def ours() -> Iterator[World]:
    """Site A: everything on it is marked."""
    world = make_world(CANARY)
    say(world, f"text {CANARY}")
    say(world, f"note {CANARY}", agent=world.agent, note=True)
    yield world
    writer.stop()
    drain()


@pytest.fixture
def theirs() -> World:
    """Site B."""
    return make_world("stranger")


def callers(theirs: World) -> dict[str, Api]:
    """Everybody who may be somebody on site B, and those who are nobody."""
    expired = theirs.api()
    ApiToken.objects.filter(name="tests").update(expires_at="2000-01-01T00:00:00Z")
    manager = make_member(theirs.site, Role.MANAGER, "mia")
    return {
        "admin token": theirs.api(Scope.ADMIN),
        "send token": theirs.api(Scope.SEND),
        "read token": theirs.api(Scope.READ),
        "owner": signed_in(theirs.owner),
        "manager": signed_in(manager),
        "agent": signed_in(theirs.agent),
        "no member": signed_in(User.objects.create_user("nobody")),
        "expired token": expired,
        "anonymous": Api(),
    }


def ids_of(world: World) -> dict[str, str]:
    """What each kind of object of this site is called, by the resource it is in."""
    return {
        "sites": world.site.key,
        "visitors": world.visitor.public_id,
        "conversations": world.conversation.public_id,
        "agents": f"ag_{world.agent.pk}",
        "tokens": f"tk_{world.token.pk}",
    }


def absent() -> dict[str, str]:
    """Ids of the same look that name nothing."""
    nothing = "A" * 22
    return {
        "sites": f"st_{nothing}",
        "visitors": f"vs_{nothing}",
        "conversations": f"cv_{nothing}",
        "agents": "ag_999999999",
        "tokens": "tk_999999999",
    }


def filled(path: str, ids: dict[str, str]) -> str:
    """The path with the ids of its resources."""
    resource = path.removeprefix("/api/v1/").split("/")[0]
    return re.sub(r"\{\w+\}", ids.get(resource, ""), path)


def bodies(operation: dict[str, Any], world: World) -> list[dict[str, Any]]:
    """A valid body of the operation for each id of the world that it can hold."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return [{}]
    name = content["application/json"]["schema"].get("$ref", "").split("/")[-1]
    known = operation["components"].get(name, {}).get("properties", {})
    ids = {
        "site": [world.site.key],
        "visitor": [world.visitor.public_id],
        "team": [f"tm_{world.team.pk}"],
        "to": [f"ag_{world.agent.pk}", f"tm_{world.team.pk}"],
    }
    body = {field: _sample(field) for field in known if _sample(field) is not None}
    referring = [
        body | {field: value} for field, values in ids.items() if field in known for value in values
    ]
    return referring or [body]


def _sample(field: str) -> Any:
    samples = {"name": "x", "body": "x", "version": 1, "up_to": 1, "display_name": "x"}
    return samples.get(field)


def call(api: Api, method: str, path: str, body: Any = None) -> Answer:
    """One request; a read has no body."""
    return api.get(path) if method == "get" else api.send(method, path, body)


def shape(answer: Answer) -> tuple[int, Any]:
    """An answer without what differs by nature."""
    body = answer.json() if answer.content else None
    if isinstance(body, dict):
        body.pop("request_id", None)
    return answer.status_code, body


def rows_of(world: World) -> dict[str, list[dict[str, Any]]]:
    """Everything stored for the site of this world."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in TABLES:
        rows: Any = table.objects.order_by("pk").values()
        found[table.__name__] = [row for row in rows if _belongs(row, table, world)]
    return found


def _belongs(row: dict[str, Any], table: type[Any], world: World) -> bool:
    if table is Message:
        return bool(row["conversation_id"] == world.conversation.pk)
    return bool(row["id" if table is Site else "site_id"] == world.site.pk)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=map(" ".join, OPERATIONS))
def test_http_04_what_belongs_to_another_site_is_absent(
    ours: World, theirs: World, method: str, path: str
) -> None:
    operation = next(one for *key, one in operations() if key == [method, path])
    before = rows_of(ours)
    for name, api in callers(theirs).items():
        for body in bodies(operation, ours):
            answer = call(api, method, filled(path, ids_of(ours)), body)
            assert CANARY not in answer.content.decode(), (name, body)
            assert answer.status_code < 500, (name, body)
            if "{" in path:
                missing = call(api, method, filled(path, absent()), body)
                assert shape(answer) == shape(missing), (name, body)
                assert answer.status_code in (401, 403, 404), (name, body)
    assert rows_of(ours) == before
    assert CANARY not in str(list(IdempotentAnswer.objects.values()))


@pytest.mark.parametrize(("method", "path"), REFERRING, ids=map(" ".join, REFERRING))
def test_indirect_ids_of_other_sites_are_not_found(
    ours: World, theirs: World, method: str, path: str
) -> None:
    operation = next(one for *key, one in operations() if key == [method, path])
    api = theirs.api(Scope.ADMIN)
    say(theirs, "Hello?")
    before = rows_of(ours)
    for body in bodies(operation, ours):
        answer = call(api, method, filled(path, ids_of(theirs)), body)
        read_only = path == "/api/v1/visitors/{id}"  # a visitor's site is shown, never taken
        assert answer.status_code == (200 if read_only else 404), body
        assert CANARY not in answer.content.decode()
    assert rows_of(ours) == before


@pytest.mark.parametrize("path", [p for m, p in OPERATIONS if m == "get" and "{" not in p])
def test_filters_by_ids_of_another_site_find_nothing(ours: World, theirs: World, path: str) -> None:
    operation = next(one for method, at, one in operations() if (method, at) == ("get", path))
    values = {
        "site": ours.site.key,
        "agent": f"ag_{ours.agent.pk}",
        "team": f"tm_{ours.team.pk}",
        "visitor": ours.visitor.public_id,
        "email": f"{CANARY}@example.org",
    }
    names = [one["name"] for one in operation.get("parameters", []) if one["name"] in values]
    for api in (theirs.api(), signed_in(theirs.owner)):
        for name in names:
            answer = api.get(path, **{name: values[name]})
            assert answer.json() == {"results": [], "next": None, "previous": None}, name


def test_a_cursor_of_another_site_is_only_a_place(ours: World, theirs: World) -> None:
    for name in ("x", "y"):
        ours.api().post("visitors", {"name": f"{name} {CANARY}"})
    following = ours.api().get("visitors", limit=1).json()["next"]
    answer = theirs.api().get(following)
    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()


def test_each_scope_opens_what_it_says_and_no_more(theirs: World) -> None:
    apis = {scope: theirs.api(scope) for scope in Scope}
    for method, path in OPERATIONS:
        view: Any = resolve(filled(path, absent())).func
        needed = view.cls.scopes[view.actions[method]]
        for scope, api in apis.items():
            answer = call(api, method, filled(path, absent()))
            closed_to_tokens = (method, path) in TOKENS_MAY_NOT and scope == Scope.ADMIN
            assert (answer.status_code == 403) == (RANK[scope] < RANK[needed] or closed_to_tokens)


def test_every_body_that_names_others_is_tried(ours: World) -> None:
    names = {"site", "visitor", "team", "to"}
    found = [(m, p) for m, p, one in operations() if names & {*bodies(one, ours)[0]}]
    assert sorted(found) == sorted(REFERRING)


def test_the_matrix_would_notice(ours: World) -> None:
    """The marked texts are there for who may see them."""
    api = ours.api()
    seen = [
        path
        for method, path in OPERATIONS
        if method == "get"
        and CANARY in call(api, "get", filled(path, ids_of(ours))).content.decode()
    ]
    assert len(seen) == len([method for method, _ in OPERATIONS if method == "get"])
