"""Sites, visitors, conversations, agents and the caller's account over the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client

from chat.models import Conversation, Site, User
from chat.presence import people
from chat.vocabulary import Role, Scope
from tests.chat.api import Api, World, code_of, make_member, make_world, signed_in

pytestmark = pytest.mark.django_db
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def world() -> World:
    return make_world("aurora")


def test_a_token_shows_its_site_with_the_widget(world: World) -> None:
    [site] = world.api(Scope.READ).get("sites").json()["results"]
    assert (site["id"], site["name"]) == (world.site.key, "Site aurora")
    assert site["widget"]["title"] == "Title aurora"
    assert TIME.fullmatch(site["created_at"])
    assert world.api().get(f"sites/{world.site.key}").json() == site


def test_a_site_is_changed_by_those_who_administer_it(world: World) -> None:
    body = {"name": "Shop", "widget": {"color": "#112233"}, "allowed_origins": ["https://a.test"]}
    answer = world.api().patch(f"sites/{world.site.key}", body).json()
    assert (answer["name"], answer["widget"]["color"]) == ("Shop", "#112233")
    assert answer["widget"]["title"] == "Title aurora"
    assert answer["allowed_origins"] == ["https://a.test"]
    refused = signed_in(world.agent).patch(f"sites/{world.site.key}", body)
    assert code_of(refused) == (403, "forbidden")
    assert code_of(world.api(Scope.SEND).patch(f"sites/{world.site.key}", body))[0] == 403


def test_changes_of_the_configuration_are_in_the_audit_log(world: World) -> None:
    api = world.api()
    api.patch(f"sites/{world.site.key}", {"name": "Shop"})
    made = api.post("tokens", {"name": "CRM"}).json()
    api.delete(f"tokens/{made['id']}")
    entries = LogEntry.objects.filter(actor=world.owner)
    assert sorted(entry.content_type.model for entry in entries) == ["apitoken", "apitoken", "site"]
    assert made["token"] not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize("origin", ["javascript:alert(1)", "https://a.test/path", "null"])
def test_a_site_takes_only_origins(world: World, origin: str) -> None:
    answer = world.api().patch(f"sites/{world.site.key}", {"allowed_origins": [origin]})
    assert code_of(answer) == (422, "invalid")
    assert list(answer.json()["fields"]) == ["allowed_origins.0"]


def test_only_the_operator_makes_sites(world: World) -> None:
    operator = signed_in(User.objects.create_superuser("op", password="x" * 12))
    made = operator.post("sites", {"name": "New", "widget": {"title": "Hello"}})
    assert made.status_code == 201
    assert Site.objects.get(key=made.json()["id"]).widget.title == "Hello"
    for other in (signed_in(world.owner), world.api()):
        assert code_of(other.post("sites", {"name": "New"})) == (403, "forbidden")


def test_visitors_are_entered_found_and_corrected(world: World) -> None:
    api = world.api(Scope.SEND)
    body = {"name": "Chen", "external_id": "u-17", "attributes": {"plan": "pro"}}
    made = api.post("visitors", body)
    assert made.status_code == 201
    visitor = made.json()
    assert (visitor["name"], visitor["verified"], visitor["site"]) == (
        "Chen",
        False,
        world.site.key,
    )
    assert api.get("visitors", external_id="u-17").json()["results"] == [visitor]
    changed = api.patch(f"visitors/{visitor['id']}", {"email": "chen@example.org"}).json()
    assert changed == visitor | {"email": "chen@example.org"}
    assert api.get(f"visitors/{visitor['id']}").json() == changed


def test_a_person_names_the_site_of_a_new_visitor(world: World) -> None:
    ana = signed_in(world.agent)
    assert code_of(ana.post("visitors", {"name": "Chen"})) == (422, "invalid")
    assert ana.post("visitors", {"name": "Chen", "site": world.site.key}).status_code == 201


def test_a_verified_visitor_keeps_the_id_that_the_site_signed(world: World) -> None:
    world.visitor.external_id, world.visitor.verified = "u-1", True
    world.visitor.save(update_fields=["external_id", "verified"])
    path = f"visitors/{world.visitor.public_id}"
    assert code_of(world.api().patch(path, {"external_id": "u-2"})) == (422, "invalid")
    assert world.api().patch(path, {"external_id": "u-1"}).status_code == 200


def test_visitors_who_are_here_are_marked_and_found(world: World) -> None:
    assert world.api().get("visitors", online="true").json()["results"] == []
    people.visitor_came(world.visitor.public_id, world.site.pk)
    try:
        [visitor] = world.api().get("visitors", online="true").json()["results"]
    finally:
        people.visitor_left(world.visitor.public_id)
    assert visitor["online"] is True
    assert len(world.api().get("visitors", online="false").json()["results"]) == 1


def test_a_conversation_is_opened_once(world: World) -> None:
    chen = world.api().post("visitors", {"name": "Chen"}).json()
    opened = world.api().post("conversations", {"visitor": chen["id"]})
    again = world.api().post("conversations", {"visitor": chen["id"]})
    assert (opened.status_code, again.status_code) == (201, 200)
    assert opened.json() == again.json()
    assert opened.json()["status"] == "waiting"


def test_a_conversation_has_what_the_inbox_shows(world: World) -> None:
    shown = signed_in(world.agent).get(f"conversations/{world.conversation.public_id}").json()
    inbox = {
        "conv", "site", "status", "version", "last", "unread", "visitor", "agent", "team",
        "preview", "ts", "queued_at", "opened_at", "episode", "lang",
    }  # fmt: skip
    assert inbox <= shown.keys()
    assert shown["id"] == shown["conv"] == world.conversation.public_id
    assert TIME.fullmatch(shown["opened_at"])
    assert shown["visitor"] == {
        "id": world.visitor.public_id,
        "name": "Visitor aurora",
        "online": False,
        "verified": False,
    }


def test_a_conversation_goes_to_a_team_at_the_version_that_was_seen(world: World) -> None:
    path = f"conversations/{world.conversation.public_id}"
    body = {"version": 1, "team": f"tm_{world.team.pk}"}
    given = world.api().patch(path, body).json()
    assert (given["version"], given["team"], given["team_id"]) == (2, "Team aurora", body["team"])
    late = world.api().patch(path, body)
    assert code_of(late) == (409, "conflict")
    assert late.json()["current"] == given
    assert world.api().patch(path, {"version": 2, "team": None}).json()["team"] is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"status": "waiting"}, 1),
        ({"status": "closed"}, 0),
        ({"owner": "queue"}, 1),
        ({"agent": "ag_1"}, 0),
        ({"team": "tm_999999999999999999"}, 0),
        ({"opened_after": "2000-01-01T00:00:00Z"}, 1),
        ({"opened_before": "2000-01-01T00:00:00Z"}, 0),
        ({"updated_after": "2000-01-01T00:00:00Z"}, 1),
        ({"visitor": "vs_unknown"}, 0),
    ],
)
def test_conversations_are_narrowed(world: World, given: dict[str, Any], found: int) -> None:
    assert len(world.api().get("conversations", **given).json()["results"]) == found


def test_agents_come_with_the_state_others_see(world: World) -> None:
    people.agent_came(world.agent.pk, frozenset({world.site.pk}))
    try:
        shown = world.api(Scope.READ).get(f"agents/ag_{world.agent.pk}").json()
    finally:
        people.agent_left(world.agent.pk)
    assert shown == {
        "id": f"ag_{world.agent.pk}",
        "name": "agent aurora",
        "state": "online",
        "sites": [{"id": world.site.key, "name": "Site aurora", "role": "agent"}],
    }
    assert len(world.api(Scope.READ).get("agents").json()["results"]) == 2


def test_other_sites_of_an_agent_stay_hidden(world: World) -> None:
    other = make_world("borealis")
    other.site.memberships.create(user=world.agent, role=Role.MANAGER)
    shown = world.api(Scope.READ).get(f"agents/ag_{world.agent.pk}")
    assert [site["id"] for site in shown.json()["sites"]] == [world.site.key]


def test_http_05_nothing_but_name_and_language_can_be_changed_about_oneself(world: World) -> None:
    ana = signed_in(world.agent)
    hostile = {"is_superuser": True, "site_id": 2, "avatar_path": "/etc/passwd", "is_staff": True,
               "username": "root", "auth_epoch": 99, "password": "x"}  # fmt: skip
    before = User.objects.values().get(pk=world.agent.pk)
    assert ana.patch("me", hostile).status_code in (200, 400)
    assert User.objects.values().get(pk=world.agent.pk) == before
    changed = ana.patch("me", {"display_name": "Ana", "language": "zh-hans"}).json()
    assert (changed["display_name"], changed["language"]) == ("Ana", "zh-hans")
    assert User.objects.get(pk=world.agent.pk).name == "Ana"


def test_a_session_needs_the_csrf_token_to_change_something(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.agent, backend="django.contrib.auth.backends.ModelBackend")
    assert Api(client=client).get("me").status_code == 200
    assert code_of(Api(client=client).patch("me", {"display_name": "x"})) == (403, "forbidden")


def test_managers_administer_their_site(world: World) -> None:
    mia = signed_in(make_member(world.site, Role.MANAGER, "mia"))
    assert mia.patch(f"sites/{world.site.key}", {"name": "Shop"}).status_code == 200
    assert mia.get("tokens").json()["results"] != []


def test_conversations_are_read_in_pages_both_ways(world: World) -> None:
    for number in range(5):
        visitor = world.api().post("visitors", {"name": str(number)}).json()
        world.api().post("conversations", {"visitor": visitor["id"]})
    api, seen, address = world.api(), [], "conversations?limit=2"
    while address:
        page = api.get(f"/api/v1/{address}" if address.startswith("conv") else address).json()
        seen += [row["id"] for row in page["results"]]
        address, before = page["next"], page["previous"]
    expected = Conversation.objects.order_by("-changed_at", "-pk").values_list(
        "public_id", flat=True
    )
    assert seen == list(expected)
    assert [row["id"] for row in api.get(before).json()["results"]] == seen[2:4]
    first = api.get(api.get(before).json()["previous"]).json()
    assert [row["id"] for row in first["results"]] == seen[:2]
    assert first["previous"] is None


def test_a_page_stays_where_it_is_while_rows_come_in(world: World) -> None:
    world.api().post("visitors", {"name": "second"})
    first = world.api().get("visitors", limit=1).json()
    world.api().post("visitors", {"name": "third"})
    second = world.api().get(first["next"]).json()
    assert [row["name"] for row in second["results"]] == ["Visitor aurora"]
