"""What the API refuses, and how: one shape, fixed codes, never a 5xx."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client, override_settings

from chat.api import throttles
from chat.models import ApiToken, IdempotentAnswer
from chat.vocabulary import Scope
from tests.chat.api import Api, World, code_of, make_world, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world("aurora")


@pytest.mark.parametrize(
    "token", ["gf_12345678_" + "0" * 64, "gf_", "x", "gf_\u00e9", "a" * 5000, "gf_1 gf_2"]
)
def test_a_wrong_token_is_not_known(world: World, token: str) -> None:
    answer = Api(token.encode().decode("latin-1")).get("sites")
    assert code_of(answer) == (401, "auth")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_without_credentials_nothing_is_shown() -> None:
    for path in ("sites", "visitors", "conversations", "agents", "tokens", "me"):
        assert code_of(Api().get(path)) == (401, "auth")


def test_a_bad_token_is_not_mended_by_a_good_session(world: World) -> None:
    ana = signed_in(world.agent)
    ana.headers["Authorization"] = "Bearer gf_wrong"
    assert code_of(ana.get("me")) == (401, "auth")


def test_scopes_bound_what_a_token_does(world: World) -> None:
    reader = world.api(Scope.READ)
    assert reader.get("visitors").status_code == 200
    assert code_of(reader.post("visitors", {"name": "x"})) == (403, "forbidden")
    path = f"conversations/{world.conversation.public_id}/messages"
    assert code_of(reader.post(path, {"body": "x"})) == (403, "forbidden")


DEEP = '{"name":' + "[" * 100_000 + "]" * 100_000 + "}"
WIDE = '{"attributes":{' + ",".join(f'"{number}":1' for number in range(100)) + "}}"
LONG = '{"name":' + "9" * 5000 + "}"
BODIES = [
    "", "null", "[]", "1", '"text"', "{", "{}{}", '{"name":NaN}', '{"name":1e999}', DEEP, WIDE,
    LONG, '{"name":"a","name":"b"}', r'{"name":"\u0000"}', r'{"name":"\ud800"}',
    b'{"name":"\xff"}', b"\x00",
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_not_proper_json_is_malformed(world: World, body: str | bytes) -> None:
    answer = world.api().post("visitors", body)
    empty = body == ""
    assert answer.status_code == (201 if empty else 400)
    if not empty:
        assert code_of(answer) == (400, "malformed")
        assert answer.json()["fields"]["body"]


WRONG = [{"$ne": ""}, {"$gt": ""}, ["a"], 1, 1.5, True, {"a": {"b": []}}]


@pytest.mark.parametrize("value", WRONG, ids=map(str, WRONG))
def test_http_01_an_object_where_a_scalar_is_due_is_a_field_error(world: World, value: Any) -> None:
    """Stands for the password door of the catalogue, which this product does not have."""
    api = world.api()
    before = ApiToken.objects.count()
    texts = {
        "tokens": ("name", "scope", "expires_at", "site"),
        "visitors": ("name", "email", "phone", "external_id", "language", "site"),
        "conversations": ("visitor",),
        f"conversations/{world.conversation.public_id}/messages": ("body",),
    }
    for path, names in texts.items():
        for name in names:
            answer = api.post(path, {"name": "x", name: value})
            assert code_of(answer) == (400, "malformed"), (path, name)
            assert name in answer.json()["fields"]
    assert ApiToken.objects.count() == before
    assert code_of(api.post("auth/token", {"username": value, "password": value}))[0] == 404


def test_numbers_flags_and_lists_are_what_they_say(world: World) -> None:
    site, thread = f"sites/{world.site.key}", f"conversations/{world.conversation.public_id}"
    cases = [
        (site, {"is_active": "yes"}),
        (site, {"is_active": 1}),
        (site, {"allowed_origins": "https://a.test"}),
        (site, {"allowed_origins": [{"$ne": 1}]}),
        (site, {"widget": "x"}),
        (site, {"widget": []}),
        (site, {"widget": {"color": {"$ne": 1}}}),
        (site, {"widget": {"sound": None}}),
        (thread, {"version": "1", "team": None}),
        (thread, {"version": True, "team": None}),
        (thread, {"version": 1.0, "team": None}),
    ]
    for path, body in cases:
        assert world.api().patch(path, body).status_code in (400, 422), body


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x" * 121},
        {"attributes": {"a": "x" * 9_000}},
        {"name": None},
    ],
)
def test_valid_json_against_a_rule_is_invalid(world: World, body: dict[str, Any]) -> None:
    answer = world.api().post("visitors", body)
    assert code_of(answer) == (422, "invalid")
    assert list(answer.json()["fields"]) == list(body)


def test_control_characters_are_taken_out_of_names(world: World) -> None:
    made = world.api().post("visitors", {"name": "A\u001b[31mna\u0007"})
    assert made.json()["name"] == "A[31mna"


def test_other_media_types_sizes_and_methods_are_named(world: World) -> None:
    api = world.api()
    form = api.client.post("/api/v1/visitors", {"name": "x"}, headers=api.headers)
    assert code_of(form) == (415, "unsupported_type")
    assert code_of(api.post("visitors", '{"name":"' + "x" * 1_100_000 + '"}')) == (413, "too_big")
    refused = api.send("put", "visitors")
    assert code_of(refused) == (405, "method_not_allowed")
    assert refused["Allow"] == "GET, HEAD, POST"
    assert code_of(api.delete(f"visitors/{world.visitor.public_id}"))[0] == 405
    assert api.send("options", "visitors").status_code == 405
    html = api.client.get("/api/v1/sites", headers=api.headers | {"Accept": "text/html"})
    assert code_of(html) == (406, "not_acceptable")


@pytest.mark.parametrize(
    "path", ["unknown", "", "sites/", "sites/%00", "sites/../me", "agents/ag_99999999999999999999",
             "agents/7", "tokens", "conversations/filter/x", "visitors/" + "v" * 300]
)  # fmt: skip
def test_unknown_addresses_answer_in_the_same_shape(world: World, path: str) -> None:
    answer = world.api(Scope.READ).get(path)
    if path == "tokens":
        assert code_of(answer) == (403, "forbidden")
    else:
        assert code_of(answer) == (404, "not_found")


def test_http_02_filters_are_names_from_a_list(world: World) -> None:
    hostile = {
        "status) OR 1=1--": "x",
        "status__in": "x",
        "site__identity_secrets__contains": "a",
        "visitor__email__startswith": "a",
        "query_operator": "AND 1=(SELECT pg_sleep(5))",
        "format": "json",
        "cursor ": "",
        "\x00": "",
    }
    began = time.monotonic()
    for name, value in hostile.items():
        answer = world.api().get("conversations", **{name: value})
        assert code_of(answer) == (400, "unknown_filter")
    payload = {"payload": [{"attribute_key": "status) OR 1=1--", "filter_operator": "equal_to"}]}
    assert world.api().post("conversations/filter", payload).status_code in (400, 404, 405)
    assert time.monotonic() - began < 1
    assert code_of(world.api().get("me", site="x")) == (400, "unknown_filter")


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"}, {"limit": "201"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "9" * 5000},
        {"limit": "\u0661"}, {"order": "last_body"}, {"order": "-site__identity_secrets"},
        {"cursor": "x"}, {"cursor": "\x00"}, {"cursor": ":"}, {"cursor": "é:é:é"},
        {"status": "x"}, {"status": "open' OR 1=1--"}, {"opened_after": "yesterday"},
        {"opened_after": "9" * 400}, {"owner": "\x00"}, {"visitor": "a\x00b"},
    ],
)  # fmt: skip
def test_bad_parameters_are_malformed(world: World, parameters: dict[str, str]) -> None:
    answer = world.api().get("conversations", **parameters)
    assert code_of(answer) == (400, "malformed")
    assert list(answer.json()["fields"]) == list(parameters)


def test_a_cursor_is_bound_to_its_order(world: World) -> None:
    world.api().post("visitors", {"name": "second"})
    following = world.api().get("visitors", limit=1).json()["next"]
    assert code_of(world.api().get(following + "&order=last_seen_at")) == (400, "malformed")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"])
def test_extreme_times_break_nothing(world: World, moment: str) -> None:
    assert world.api().get("conversations", opened_after=moment).status_code in (200, 400)
    body = {"name": "x", "expires_at": moment}
    assert code_of(world.api().post("tokens", body)) == (422, "invalid")


def test_600_requests_a_minute_then_a_pause(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "PER_MINUTE", 3)
    throttles.forget_all()
    api = world.api()
    left = [api.get("me")["RateLimit-Remaining"] for _ in range(3)]
    refused = api.get("me")
    assert left == ["2", "1", "0"]
    assert code_of(refused) == (429, "rate")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["after_ms"] == int(refused["Retry-After"]) * 1000
    assert refused["RateLimit-Limit"] == "3"
    assert world.api().get("me").status_code == 200


def test_every_answer_carries_the_headers_of_the_api(world: World) -> None:
    api = world.api()
    answers = [
        api.get("me"),
        Api().get("me"),
        api.get("unknown"),
        api.post("visitors", "{"),
        api.get("visitors", limit="x"),
    ]
    for answer in answers:
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "application/json"
        assert answer["Cache-Control"] == "no-store"
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_mistake_of_ours_names_the_request_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("chat.services.records.create_visitor", broken)
    answer = world.api().post("visitors", {"name": "x"}, key="k-5")
    assert code_of(answer) == (500, "internal")
    assert "secret" not in answer.content.decode()
    assert not IdempotentAnswer.objects.exists()


@override_settings(ALLOWED_HOSTS=["gofly.example"])
def test_a_foreign_host_is_malformed() -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/sites", headers={"Host": "evil"})
    assert code_of(answer) == (400, "malformed")


def test_refusals_speak_the_callers_language(world: World) -> None:
    signed = signed_in(world.agent)
    signed.headers["Accept-Language"] = "zh-hans"
    assert code_of(signed.get("sites/unknown")) == (404, "not_found")
