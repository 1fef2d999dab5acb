"""API tokens: who makes them, what ends them, and that their text is shown once."""

from __future__ import annotations

import re

import pytest

from chat.models import ApiToken, Site, User
from chat.services import tokens
from chat.vocabulary import Role, Scope
from tests.chat.api import Api, World, code_of, make_world, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world("aurora")


def test_a_token_says_what_it_is_and_changes_nobody(world: World) -> None:
    api = world.api(Scope.ADMIN)
    me = api.get("me").json()
    assert me["token"]["scope"] == "admin"
    assert [site["id"] for site in me["sites"]] == [world.site.key]
    assert code_of(api.patch("me", {"display_name": "Mallory"})) == (403, "forbidden")


def test_owners_make_tokens_and_see_each_text_once(world: World) -> None:
    owen = signed_in(world.owner)
    made = owen.post("tokens", {"name": "CRM", "scope": "send", "site": world.site.key})
    assert made.status_code == 201
    token = made.json()
    assert re.fullmatch(r"gf_[0-9a-f]{8}_[0-9a-f]{64}", token["token"])
    assert Api(token["token"]).get("me").json()["token"]["id"] == token["id"]
    listed = owen.get("tokens", site=world.site.key)
    assert token["token"] not in listed.content.decode()
    assert token["id"] in [one["id"] for one in listed.json()["results"]]
    assert ApiToken.objects.get(name="CRM").digest == tokens.digest(token["token"])


def test_agents_and_lesser_tokens_do_not_see_tokens(world: World) -> None:
    assert signed_in(world.agent).get("tokens").json()["results"] == []
    body = {"name": "x", "site": world.site.key}
    assert code_of(signed_in(world.agent).post("tokens", body)) == (403, "forbidden")
    for scope in (Scope.READ, Scope.SEND):
        assert code_of(world.api(scope).get("tokens")) == (403, "forbidden")


def test_a_revoked_token_opens_nothing(world: World) -> None:
    api, admin = world.api(Scope.SEND), world.api()
    token_id = api.get("me").json()["token"]["id"]
    assert admin.delete(f"tokens/{token_id}").status_code == 204
    assert code_of(api.get("me")) == (401, "auth")
    assert admin.delete(f"tokens/{token_id}").status_code == 204


def test_a_token_makes_none_that_outlives_it(world: World) -> None:
    body = {"name": "a", "scope": "admin", "expires_at": "2100-01-01T00:00:00Z"}
    shorter = Api(world.api().post("tokens", body).json()["token"])
    assert code_of(shorter.post("tokens", {"name": "b"})) == (422, "invalid")
    assert shorter.post("tokens", body).status_code == 201
    past = body | {"expires_at": "2000-01-01T00:00:00Z"}
    assert code_of(shorter.post("tokens", past)) == (422, "invalid")


@pytest.mark.parametrize("change", ["password", "disabled", "role", "expired", "site", "epoch"])
def test_a_token_ends_with_what_it_stands_for(world: World, change: str) -> None:
    api = world.api()
    assert api.get("me").status_code == 200
    _CHANGES[change](world)
    assert code_of(api.get("me")) == (401, "auth")


def _set_password(world: World) -> None:
    world.owner.set_password("another long password")
    world.owner.save()


def _disable(world: World) -> None:
    User.objects.filter(pk=world.owner.pk).update(is_active=False)


def _change_role(world: World) -> None:
    membership = world.owner.memberships.get()
    membership.role = Role.AGENT
    membership.save()


_CHANGES = {
    "password": _set_password,
    "disabled": _disable,
    "role": _change_role,
    "expired": lambda world: ApiToken.objects.update(expires_at="2000-01-01T00:00:00Z"),
    "site": lambda world: Site.objects.update(is_active=False),
    "epoch": lambda world: world.owner.raise_auth_epoch(),
}


def test_the_last_use_of_a_token_is_written_once_a_minute(world: World) -> None:
    api = world.api()
    api.get("me")
    first = ApiToken.objects.get(name="tests").last_used_at
    api.get("me")
    assert first is not None
    assert ApiToken.objects.get(name="tests").last_used_at == first
