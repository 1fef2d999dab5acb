"""Two sites with everything on them, and callers of the API, for the tests of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client

from chat import sharding
from chat.models import (
    ApiToken,
    Conversation,
    Membership,
    Site,
    Team,
    User,
    Visitor,
    WidgetSettings,
)
from chat.services import records, tokens
from chat.services.messages import agent_author, post_message, visitor_author
from chat.shapes import thread_of
from chat.vocabulary import Kind, Role, Scope
from chat.writer import Draft

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

STORED_WITHIN_SECONDS = 5


class Api:
    """A caller of /api/v1/: with a token, a session, or nothing."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **parameters: Any) -> Answer:
        """GET below /api/v1/."""
        return self.client.get(_at(path), parameters or None, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Answer:
        """POST an object, or a text as it stands."""
        return self.send("post", path, body, key=key)

    def patch(self, path: str, body: Any) -> Answer:
        """PATCH an object."""
        return self.send("patch", path, body)

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.client.delete(_at(path), headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        """Any method with a body."""
        content = (
            body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        )
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.generic(
            method.upper(), _at(path), content, content_type="application/json", headers=headers
        )


@dataclass(slots=True)
class World:
    """A site, its owner Owen, its agent Ana, a visitor, their conversation, a team and a token."""

    site: Site
    owner: User
    agent: User
    visitor: Visitor
    conversation: Conversation
    team: Team
    token: ApiToken

    def api(self, scope: Scope = Scope.ADMIN) -> Api:
        """A program with a fresh token of the owner's."""
        made = tokens.make_token(self.site.pk, maker=self.owner, name="tests", scope=scope)
        return Api(made.text)


def make_world(mark: str) -> World:
    """A site on which every text holds this mark."""
    site = Site.objects.create(name=f"Site {mark}", allowed_origins=[f"https://{mark}.example"])
    WidgetSettings.objects.create(site=site, title=f"Title {mark}")
    owner, agent = (make_member(site, name, mark) for name in (Role.OWNER, Role.AGENT))
    visitor = records.create_visitor(
        site.pk, facts={"name": f"Visitor {mark}", "email": f"{mark}@example.org"}
    )
    team = Team.objects.create(site=site, name=f"Team {mark}")
    conversation, _ = records.open_thread(visitor.pk)
    made = tokens.make_token(site.pk, maker=owner, name=f"Token {mark}", scope=Scope.READ)
    return World(site, owner, agent, visitor, conversation, team, made.token)


def make_member(site: Site, role: Role, mark: str) -> User:
    """Somebody with this role, and without a password: hashing one takes long."""
    user = User.objects.create_user(f"{role}-{mark}", display_name=f"{role} {mark}")
    Membership.objects.create(site=site, user=user, role=role)
    user.refresh_from_db()
    return user


def signed_in(user: User) -> Api:
    """A browser in which this person is signed in; it checks CSRF tokens as ours do."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    api = Api(client=client)
    client.get("/app/")
    if cookie := client.cookies.get("csrftoken"):
        api.headers["X-CSRFToken"] = cookie.value
    return api


def say(world: World, body: str, *, agent: User | None = None, note: bool = False) -> int:
    """Store a row of the world's conversation; returns its seq."""
    thread = thread_of(world.conversation)
    key, sender = agent_author(agent.pk, agent.name) if agent else visitor_author(thread)
    cid = sharding.new_public_id("cid-").replace("_", "-")
    draft = Draft(thread.id, key, sender, cid, Kind.TEXT, body, internal=note)
    return post_message(draft).result(STORED_WITHIN_SECONDS).seq


def code_of(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal, which has the one shape."""
    body = answer.json()
    assert {*body} - {"current"} == {"code", "detail", "fields", "request_id", "after_ms"}
    return answer.status_code, body["code"]


def _at(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"
