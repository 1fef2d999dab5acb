"""The rows of a conversation over the API, stored by the writer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation, Message
from chat.services import names
from chat.vocabulary import Scope
from chat.writer import writer
from chat.writer.announce import drain
from tests.chat.api import World, code_of, make_world, say, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Iterator[World]:
    names.forget_all()
    yield make_world("aurora")
    writer.stop()
    drain()


def path_of(world: World) -> str:
    return f"conversations/{world.conversation.public_id}/messages"


def test_a_program_answers_and_the_visitor_waits_no_longer(world: World) -> None:
    say(world, "Hello?")
    answer = world.api(Scope.SEND).post(path_of(world), {"body": "Hi, Ben here."})
    assert answer.status_code == 201
    row = answer.json()
    assert (row["body"], row["kind"], row["note"], row["reply_to"]) == (
        "Hi, Ben here.", "text", False, None,
    )  # fmt: skip
    assert row["sender"] == {"id": f"ag_{world.owner.pk}", "name": "owner aurora", "kind": "agent"}
    assert row["data"] == {"origin": "api"}
    conversation = world.api().get(f"conversations/{row['conversation']}").json()
    assert (conversation["status"], conversation["agent"]["name"]) == ("assigned", "owner aurora")
    assert conversation["preview"] == {"k": "agent", "text": "Hi, Ben here.", "kind": "text"}


def test_the_same_key_stores_one_row_and_answers_alike(world: World) -> None:
    api, key = world.api(Scope.SEND), str(uuid.uuid4())
    first = api.post(path_of(world), {"body": "once"}, key=key)
    again = api.post(path_of(world), {"body": "once"}, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["cid"] == key
    assert code_of(api.post(path_of(world), {"body": "other"}, key=key)) == (409, "cid_reused")
    texts = Message.objects.of(world.conversation).filter(kind="text")
    assert [row.body for row in texts] == ["once"]


def test_a_key_of_a_message_is_a_cid(world: World) -> None:
    for key in ("short", "x" * 37, "under_score_under_score"):
        answer = world.api().post(path_of(world), {"body": "x"}, key=key)
        assert code_of(answer) == (400, "malformed")


def test_notes_are_marked(world: World) -> None:
    say(world, "Hello?")
    note = signed_in(world.agent).post(path_of(world), {"body": "VIP", "note": True}).json()
    assert (note["note"], note["data"]) == (True, {})
    conversation = world.api().get(f"conversations/{note['conversation']}").json()
    assert (conversation["status"], conversation["preview"]["text"]) == ("waiting", "Hello?")


@pytest.mark.parametrize("body", ["", "   ", "\u200b\u2060", "\n\t"])
def test_an_empty_message_is_refused(world: World, body: str) -> None:
    answer = world.api().post(path_of(world), {"body": body})
    assert code_of(answer) == (400, "empty")
    assert not Message.objects.of(world.conversation).exists()


def test_a_long_message_is_refused_and_the_longest_is_kept(world: World) -> None:
    longest = "问" * 4_000
    assert world.api().post(path_of(world), {"body": longest}).json()["body"] == longest
    assert code_of(world.api().post(path_of(world), {"body": longest + "?"})) == (413, "too_long")


def test_lines_spaces_and_emoji_are_kept(world: World) -> None:
    body = "  first\n\tsecond 👩‍👩‍👧 𠮷  "
    assert world.api().post(path_of(world), {"body": body}).json()["body"] == body


def test_the_sender_is_the_caller_whatever_the_body_says(world: World) -> None:
    hostile = {"body": "x", "sender": "v:1", "sender_key": "s:", "kind": "event", "seq": 99,
               "site_id": 2, "conversation": "cv_other", "data": {"reason": "x"}}  # fmt: skip
    row = world.api().post(path_of(world), hostile).json()
    assert (row["sender"]["id"], row["kind"], row["data"]) == (
        f"ag_{world.owner.pk}", "text", {"origin": "api"},
    )  # fmt: skip
    assert row["conversation"] == world.conversation.public_id


def test_rows_are_read_after_and_before_a_seq(world: World) -> None:
    for number in range(1, 6):
        say(world, str(number))
    api, path = world.api(Scope.READ), path_of(world)

    def bodies(**parameters: int) -> list[str]:
        return [row["body"] for row in api.get(path, **parameters).json()["results"]]

    assert bodies() == ["1", "2", "3", "4", "5"]
    assert bodies(limit=2) == ["4", "5"]
    assert bodies(after_seq=0, limit=2) == ["1", "2"]
    assert bodies(after_seq=3) == ["4", "5"]
    assert bodies(before_seq=3) == ["1", "2"]
    assert bodies(after_seq=5) == bodies(before_seq=1) == []
    assert code_of(api.get(path, after_seq=1, before_seq=3)) == (400, "malformed")
    assert code_of(api.get(path, after_seq="x")) == (400, "malformed")
    assert code_of(api.get(path, after_seq="9" * 17)) == (400, "malformed")
    assert code_of(api.get(path, cursor="x")) == (400, "unknown_filter")


def test_pages_of_rows_lead_to_one_another(world: World) -> None:
    for number in range(1, 6):
        say(world, str(number))
    api, seen = world.api(), []
    page = api.get(path_of(world), after_seq=0, limit=2).json()
    assert page["previous"] is None
    while True:
        seen += [row["seq"] for row in page["results"]]
        if page["next"] is None:
            break
        page = api.get(page["next"]).json()
    assert seen == [1, 2, 3, 4, 5]
    earlier = api.get(page["previous"]).json()
    assert [row["seq"] for row in earlier["results"]] == [3, 4]


def test_closed_conversations_are_listed_for_the_dashboard(world: World) -> None:
    say(world, "Hello?")
    Conversation.objects.update(
        owner="none", closed_at="2026-11-23T09:30:00.123456Z", queued_at=None
    )
    [row] = signed_in(world.agent).get("conversations", status="closed").json()["results"]
    assert (row["status"], row["closed_at"]) == ("closed", "2026-11-23T09:30:00.123Z")
    assert row["preview"]["text"] == "Hello?"


def test_lists_cost_the_same_however_long_they_are(world: World) -> None:
    api = world.api(Scope.READ)
    api.get("me")  # notes its use once a minute

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(path).status_code == 200
        return len(captured)

    say(world, "Hi", agent=world.agent)
    paths = ("conversations", "visitors", "agents", "sites", path_of(world))
    names.forget_all()
    few = {path: queries(path) for path in paths}
    for mark in ("b", "c", "d"):
        other = make_world(mark)
        other.site.visitors.update(site=world.site)
        other.site.conversations.update(site=world.site, team=world.team, agent=None)
        other.site.memberships.update(site=world.site)
        say(world, mark, agent=other.agent)
    names.forget_all()
    assert {path: queries(path) for path in paths} == few
    assert few == {"conversations": 2, "visitors": 2, "agents": 3, "sites": 2, path_of(world): 4}


def test_every_reading_of_rows_touches_one_partition(world: World) -> None:
    say(world, "Hello?")
    reads: tuple[dict[str, int], ...] = ({}, {"after_seq": 0}, {"before_seq": 9})
    for parameters in reads:
        with CaptureQueriesContext(connection) as captured:
            world.api().get(path_of(world), **parameters)
        [query] = [one["sql"] for one in captured if 'FROM "message"' in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert f"message_{world.conversation.shard}_" in plan or (
            f" message_{world.conversation.shard} " in plan
        )
        assert "Append" not in plan
