"""A POST that comes twice under one Idempotency-Key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import IdempotentAnswer, Visitor
from tests.chat.api import World, code_of, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world("aurora")


def test_a_repeated_post_is_done_once(world: World) -> None:
    api = world.api()
    first = api.post("visitors", {"name": "Chen"}, key="k-1")
    again = api.post("visitors", {"name": "Chen"}, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Visitor.objects.filter(name="Chen").count() == 1
    assert code_of(api.post("visitors", {"name": "Mia"}, key="k-1")) == (409, "cid_reused")
    other = world.api().post("visitors", {"name": "Chen"}, key="k-1")
    assert other.json()["id"] != first.json()["id"]


def test_a_refused_post_leaves_its_key_free(world: World) -> None:
    api = world.api()
    assert api.post("visitors", {"name": "x" * 121}, key="k-2").status_code == 422
    assert api.post("visitors", {"name": "x"}, key="k-2").status_code == 201


def test_a_post_on_its_way_makes_its_twin_wait(world: World) -> None:
    api = world.api()
    api.post("visitors", {"name": "Chen"}, key="k-3")
    IdempotentAnswer.objects.update(status=0)
    waiting = api.post("visitors", {"name": "Chen"}, key="k-3")
    assert code_of(waiting) == (503, "busy")
    assert waiting["Retry-After"] == "1"
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert api.post("visitors", {"name": "Chen"}, key="k-3").status_code == 201


@pytest.mark.parametrize("key", ["with space", "k" * 101, "\x7f", "é"])
def test_a_key_is_short_and_visible(world: World, key: str) -> None:
    assert code_of(world.api().post("visitors", {}, key=key)) == (400, "malformed")


def test_a_kept_answer_holds_no_token(world: World) -> None:
    api = world.api()
    first = api.post("tokens", {"name": "CRM"}, key="k-4").json()
    again = api.post("tokens", {"name": "CRM"}, key="k-4").json()
    assert again == first | {"token": None}
    assert first["token"] not in str(IdempotentAnswer.objects.values())
