"""Log lines are JSON, carry the request's id, and hold no secrets and no message bodies."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from django.test import Client

from gofly import logs


@pytest.fixture
def lines() -> Any:
    """What a handler of ours writes while the test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    "name",
    ["token", "SECRET_KEY", "password", "set-cookie", "Authorization", "sessionid", "ws_ticket"],
)
def test_values_with_secret_names_are_masked(name: str) -> None:
    assert logs.mask({name: "s3cr3t"}) == {name: "***"}
    assert logs.mask({"outer": [{name: "s3cr3t"}]}) == {"outer": [{name: "***"}]}


@pytest.mark.parametrize("name", ["body", "text", "frame", "preview"])
def test_message_bodies_are_masked(name: str) -> None:
    assert logs.mask({name: "my card is 4111"}) == {name: "***"}


@pytest.mark.parametrize(
    "text",
    [
        "GET /x?token=s3cr3t&y=1",
        "Authorization: Bearer s3cr3t",
        "postgresql://me:s3cr3t@host/db",
        "key gf_s3cr3t-and-more used",
        '{"password": "s3cr3t"}',
        "sessionid=s3cr3t; path=/",
        "DETAIL:  Failing row contains (7, 12,\n my card is s3cr3t, null).\nmore",
    ],
)
def test_secrets_inside_texts_are_masked(text: str) -> None:
    assert "s3cr3t" not in logs.mask(text)


def test_a_library_with_arguments_is_masked_too(lines: Any) -> None:
    logging.getLogger("some.library").warning("login with %s", "password=s3cr3t")
    (line,) = lines()
    assert line["event"] == "login with password=***"
    assert line["level"] == "warning"


def test_an_exception_is_one_masked_line(lines: Any) -> None:
    try:
        raise ValueError("token=s3cr3t")
    except ValueError:
        structlog.get_logger("x").exception("failed", body="Hello")
    (line,) = lines()
    assert "s3cr3t" not in json.dumps(line)
    assert "ValueError" in line["exception"]
    assert line["body"] == "***"


def test_a_clients_fault_is_a_warning_without_a_trace(lines: Any) -> None:
    Client(headers={"host": "evil.example"}).get("/healthz")
    (line,) = [line for line in lines() if line["logger"].startswith("django.security.")]
    assert line["level"] == "warning"
    assert "exception" not in line


def test_a_request_is_logged_with_its_id_and_without_its_query(lines: Any) -> None:
    answer = Client().get("/healthz?token=s3cr3t")
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["path"], line["status"]) == ("/healthz", 200)
    assert "s3cr3t" not in json.dumps(line)
