"""What the parser takes, and what it refuses with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chat import protocol
from chat.errors import BadFrame, BadVersion, ChatError, Empty, TooLong, UnknownType
from chat.protocol import AGENT_ONLY, GRAMMAR, dump, parse, refusal
from chat.vocabulary import Kind, Presence

CID = "01976b1e-5b7a-7c30-8f00-000000000001"
CONV = "cv_b7Lw0Zp4Tn2XqS9e"
HELLO = {"t": "hello", "v": 1, "role": "visitor"}


def send(**values: Any) -> str:
    """The text of a `send`."""
    return json.dumps({"t": "send", "cid": CID, "conv": CONV, "body": "Hello"} | values)


def hello(**values: Any) -> protocol.Hello:
    """A parsed `hello`."""
    frame = parse(json.dumps(HELLO | values))
    assert isinstance(frame, protocol.Hello)
    return frame


def refused(text: str) -> ChatError:
    """The refusal of a frame."""
    with pytest.raises(ChatError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{not json",
        "hello",
        "\ufeff{}",
        "null",
        "1",
        '"ping"',
        '[{"t":"ping"}]',
        "{}",
        '{"t":1,"data":1}',
        '{"t":null}',
        '{"t":["ping"]}',
        '{"t":""}',
        '{"t":"PING"}',
        '{"t":"' + "a" * 25 + '"}',
        '{"t":"ping","t":"ping"}',
        '{"t":"ping","x":{"a":1,"a":2}}',
        '{"t":"ping","x":NaN}',
        '{"t":"ping","x":-Infinity}',
        '{"t":"ping","x":1e999}',
        '{"t":"ping","x":"a\ud800b"}',
        '{"t":"ping","x":"a\\ud800b"}',
        '{"t":"ping","x":"\\udc00\\ud800"}',
        '{"t":"ping","x":"a\\u0000b"}',
        '{"t":"ping","\\u0000":1}',
        '{"t":"ping","\\ud800":1}',
        '{"t":"ping","x":"a\nb"}',
        '{"t":"ping"}{"t":"ping"}',
        '{"t":"ping","n":' + "9" * 17 + "}",
        '{"t":"ping","x":' + "9" * 5_000 + "}",
        '{"t":"ping","x":-' + "9" * 5_000 + "}",
        '{"t":"send","x":' + "[" * 900 + "]" * 900 + "}",
        '{"t":"send","x":' + "[" * 30_000,
        '{"t":"ping","x":' + '{"a":' * 8 + "1" + "}" * 8 + "}",
        json.dumps({"t": "ping", "x": list(range(257))}),
        json.dumps({"t": "ping", "x": {str(number): 1 for number in range(65)}}),
        json.dumps({"t": "ping"} | {str(number): 1 for number in range(64)}),
    ],
)
def test_text_outside_the_grammar_is_a_bad_frame(text: str) -> None:
    assert isinstance(refused(text), BadFrame)


@pytest.mark.parametrize(
    "text",
    [
        '{"t":"ping","x":' + "[" * 7 + "]" * 7 + "}",
        '{"t":"ping","x":"' + "[" * 900 + '"}',
        '{"t":"ping","x":"\\"[[[[[[[[[[[[\\\\"}',
        '{"t":"ping","x":"\\ud83d\\ude00"}',
        '{"t":"ping","x":[1.5,-3,null,true]}',
        json.dumps({"t": "ping", "x": list(range(256))}),
        json.dumps({"t": "ping"} | {str(number): 1 for number in range(63)}),
    ],
)
def test_text_at_the_edge_of_the_grammar_is_taken(text: str) -> None:
    assert parse(text) == protocol.Ping()


@pytest.mark.parametrize("t", ["zz", "shutdown", "welcome", "constructor", "__init__"])
def test_an_unknown_type_is_called_unknown(t: str) -> None:
    assert isinstance(refused(json.dumps({"t": t, "rid": "r1"})), UnknownType)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"t": "read", "conv": CONV, "up_to": True}, "up_to"),
        ({"t": "read", "conv": CONV, "up_to": 1.0}, "up_to"),
        ({"t": "read", "conv": CONV, "up_to": "1"}, "up_to"),
        ({"t": "read", "conv": CONV, "up_to": None}, "up_to"),
        ({"t": "read", "conv": CONV}, "up_to"),
        ({"t": "read", "up_to": 1}, "conv"),
        ({"t": "sync", "conv": CONV, "have": -5}, "have"),
        ({"t": "sync", "conv": CONV, "have": 9_007_199_254_740_992}, "have"),
        ({"t": "sync", "conv": CONV, "have": 1, "limit": 201}, "limit"),
        ({"t": "history", "conv": CONV, "before": 1, "limit": 0}, "limit"),
        ({"t": "got", "conv": "short", "up_to": 1}, "conv"),
        ({"t": "got", "conv": CONV + "\n", "up_to": 1}, "conv"),
        ({"t": "got", "conv": {"$ne": ""}, "up_to": 1}, "conv"),
        ({"t": "typing", "conv": CONV, "on": 1}, "on"),
        ({"t": "send", "cid": "tooshort", "body": "x"}, "cid"),
        ({"t": "send", "body": "x"}, "cid"),
        ({"t": "send", "cid": CID, "body": None}, "body"),
        ({"t": "send", "cid": CID, "body": ["x"]}, "body"),
        ({"t": "send", "cid": CID, "body": "x", "kind": "event"}, "kind"),
        ({"t": "send", "cid": CID, "body": "x", "kind": ["text"]}, "kind"),
        ({"t": "send", "cid": CID, "body": "x", "note": "yes"}, "note"),
        ({"t": "send", "cid": CID, "body": "x", "reply_to": "7"}, "reply_to"),
        ({"t": "send", "cid": CID, "body": "x", "rid": "a b"}, "rid"),
        ({"t": "rate", "cid": CID, "conv": CONV, "score": 6}, "score"),
        ({"t": "transfer", "cid": CID, "conv": CONV, "to": "ana"}, "to"),
        ({"t": "presence", "state": "asleep"}, "state"),
        ({"t": "watch", "inbox": "theirs"}, "inbox"),
        (HELLO | {"role": "operator"}, "role"),
        (HELLO | {"v": "1"}, "v"),
        (HELLO | {"token": {"$gt": ""}}, "token"),
        (HELLO | {"embed": {"mode": "window"}}, "embed.mode"),
        (HELLO | {"embed": "widget"}, "embed"),
        (HELLO | {"identity": {"user_id": 17}}, "identity.user_id"),
        (HELLO | {"page": {"url": 1}}, "page.url"),
        (HELLO | {"have": {CONV: {"last": -1, "epoch": "e1"}}}, "have.last"),
        (HELLO | {"have": {CONV: 3}}, "have"),
        (HELLO | {"have": {"x": {"last": 1, "epoch": "e1"}}}, "have"),
    ],
)
def test_a_wrong_field_is_named(values: dict[str, Any], field: str) -> None:
    error = refused(json.dumps(values))
    assert isinstance(error, BadFrame)
    assert f"The field {field} must be" in str(error)
    assert "%" not in str(error)


def test_unknown_keys_are_ignored() -> None:
    text = send(
        **{"from": {"k": "agent", "id": "1"}, "type": "kefu", "sender": "a:1", "note": True}
    )
    assert parse(text) == protocol.Send(cid=CID, conv=CONV, body="Hello", note=True)


def test_a_message_needs_only_its_id_and_its_words() -> None:
    frame = parse(json.dumps({"t": "send", "cid": CID, "body": "Hello"}))
    assert frame == protocol.Send(cid=CID, kind=Kind.TEXT, body="Hello")


@pytest.mark.parametrize(
    "body", ["", " ", "\n\t ", "\u200b\u200d\u2060\ufeff", "\u3164\u2800", "\u0007", "\u202e", None]
)
def test_a_message_that_shows_nothing_is_refused_by_name(body: str | None) -> None:
    values = {"t": "send", "cid": CID, "conv": CONV, "rid": "r1"}
    error = refused(json.dumps(values if body is None else values | {"body": body}))
    assert isinstance(error, Empty)
    assert (error.cid, error.conv, error.rid, error.retry) == (CID, CONV, "r1", False)


@pytest.mark.parametrize("body", ["a" * 4_001, "😀" * 4_001, "a" + "\u0301" * 4_001])
def test_a_message_that_is_too_long_is_refused_by_name(body: str) -> None:
    error = refused(send(body=body))
    assert isinstance(error, TooLong)
    assert (error.cid, error.conv, error.retry) == (CID, CONV, False)


@pytest.mark.parametrize("body", ["a" * 4_000, "😀" * 4_000, "a" + "\u0301" * 3_999])
def test_a_message_of_the_full_length_is_taken(body: str) -> None:
    frame = parse(send(body=body))
    assert isinstance(frame, protocol.Send)
    assert len(frame.body) in (4_000, 3_999)


def test_text_is_stored_composed_and_without_control_characters() -> None:
    frame = parse(send(body="Cafe\u0301\r\n\u001b[31m\ttea\u0085 \u202ebidi stays"))
    assert isinstance(frame, protocol.Send)
    assert frame.body == "Café\n[31m\ttea \u202ebidi stays"


def test_markup_is_stored_as_it_was_written() -> None:
    body = '"><img src=x onerror=alert(1)> [x](javascript:alert(1)) {{7*7}} %(x)s'
    assert getattr(parse(send(body=body)), "body") == body  # noqa: B009  (any frame may come)


def test_a_file_needs_no_words_and_words_need_no_file() -> None:
    frame = parse(send(kind="image", body="", file="fl_0123456789"))
    assert frame == protocol.Send(cid=CID, conv=CONV, kind=Kind.IMAGE, file="fl_0123456789")
    assert "names its file" in str(refused(send(kind="file")))


def test_an_edit_has_to_say_something() -> None:
    values = {"t": "edit", "cid": CID, "conv": CONV, "seq": 3}
    assert parse(json.dumps(values | {"body": "new"})) == protocol.Edit(
        cid=CID, conv=CONV, seq=3, body="new"
    )
    assert isinstance(refused(json.dumps(values | {"body": " "})), Empty)


def test_a_long_comment_on_a_rating_is_refused_with_its_own_limit() -> None:
    error = refused(
        json.dumps({"t": "rate", "cid": CID, "conv": CONV, "score": 5, "text": "a" * 1_001})
    )
    assert (error.code, error.cid) == ("too_long", CID)
    assert "1,000" in str(error)


def test_an_old_widget_learns_which_versions_are_spoken() -> None:
    error = refused(json.dumps({"t": "hello", "v": 2, "role": {"new": "shape"}}))
    assert isinstance(error, BadVersion)
    assert refusal(error)["supported"] == [1]


def test_hints_that_do_not_fit_are_dropped_instead_of_shutting_the_visitor_out() -> None:
    frame = hello(
        page={"url": "javascript:alert(1)", "title": "T" * 500, "referrer": "https://a.example/x"},
        lang="<script>",
        tz="Europe/Paris",
        identity={"user_id": "u-17", "hmac": "00", "name": "N" * 500, "email": "no address"},
    )
    assert frame.page == protocol.Page(url="", title="T" * 300, referrer="https://a.example/x")
    assert (frame.lang, frame.tz) == ("", "Europe/Paris")
    assert frame.identity == protocol.Identity(user_id="u-17", hmac="00", name="N" * 120)


@pytest.mark.parametrize("length", [2_048, 2_049])
def test_a_page_address_is_kept_up_to_its_limit(length: int) -> None:
    url = "https://shop.example/".ljust(length, "a")
    page = hello(page={"url": url}).page
    assert page is not None
    assert page.url == (url if length <= 2_048 else "")


def test_what_the_site_signed_is_not_touched() -> None:
    decomposed = "Cafe\u0301"
    identity = hello(identity={"user_id": decomposed, "hmac": "AB"}).identity
    assert identity == protocol.Identity(user_id=decomposed, hmac="AB")


def test_an_agent_may_have_two_hundred_conversations() -> None:
    have = {f"cv_{number:012}": {"last": number, "epoch": "e1"} for number in range(200)}
    assert len(hello(role="agent", have=have).have) == 200
    one_more = json.dumps(HELLO | {"have": have | {"cv_one_more_": {"last": 1, "epoch": "e1"}}})
    assert isinstance(refused(one_more), BadFrame)


def test_null_stands_for_nothing_where_nothing_is_allowed() -> None:
    assert parse(send(conv=None, reply_to=None, file=None)) == protocol.Send(cid=CID, body="Hello")


def test_a_refusal_repeats_the_request_it_answers() -> None:
    error = refused('{"t":"read","rid":"r-7","conv":"cv_12345678","up_to":true}')
    assert (error.rid, error.conv, error.cid) == ("r-7", "cv_12345678", None)
    assert refusal(error) == {
        "t": "error",
        "code": "bad_frame",
        "rid": "r-7",
        "text": "The field up_to must be an integer from 0 to 9007199254740991.",
        "after_ms": 0,
    }


@pytest.mark.parametrize("rid", [1, None, "", "a b", "x" * 37, "\\ud800"])
def test_a_refusal_never_repeats_an_id_that_breaks_the_rules(rid: object) -> None:
    assert refused(json.dumps({"t": "zz", "rid": rid})).rid is None


def test_agents_frames_are_marked() -> None:
    names = {t for t, kind in GRAMMAR.items() if kind in AGENT_ONLY}
    assert names == {
        "open", "leave", "claim", "assign", "transfer", "release", "resolve", "reopen", "presence",
        "watch",
    }  # fmt: skip
    assert parse('{"t":"presence","state":"away"}') == protocol.SetPresence(state=Presence.AWAY)


def test_every_frame_may_carry_a_request_id() -> None:
    assert all("rid" in kind.__dataclass_fields__ for kind in GRAMMAR.values())


def test_a_deep_or_long_frame_is_refused_without_delay() -> None:
    for text in ("[" * 131_072, '{"t":"' + "\\" * 131_000, '"' * 131_072, "{" + '"a":[' * 20_000):
        assert isinstance(refused(text), BadFrame)


def test_what_we_send_is_compact_and_keeps_every_language() -> None:
    assert dump({"t": "notice", "text": "你好"}) == '{"t":"notice","text":"你好"}'
    assert dump({"t": "ping"}) == protocol.PING
    assert dump({"t": "pong"}) == protocol.PONG
