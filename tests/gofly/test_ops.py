"""What machines ask of a process, and the headers every answer carries."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from chat.views import ops


@pytest.fixture
def draining() -> Iterator[None]:
    """A process that has been told to leave."""
    ops.draining.set()
    yield
    ops.draining.clear()


def test_a_living_process_says_so() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_migrated_process_is_ready() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_without_a_database_it_is_not_ready() -> None:
    with patch.object(ops.connection, "cursor", side_effect=DatabaseError):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, "database")


@pytest.mark.django_db
def test_with_open_migrations_it_is_not_ready() -> None:
    ops._migrated.clear()
    with patch.object(ops, "pending_migrations", return_value=1):
        assert "migrate" in Client().get("/readyz").json()["missing"]
    assert ops.pending_migrations() == 0


@pytest.mark.usefixtures("draining")
def test_a_leaving_process_is_not_ready_and_still_alive() -> None:
    assert Client().get("/readyz").status_code == 503
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_metrics_are_for_this_machine() -> None:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert b"gofly_sockets" in answer.content


@pytest.mark.django_db
def test_the_lag_of_the_outbox_is_measured_when_asked_for() -> None:
    with patch.object(ops.outbox, "lag_seconds", return_value=12.5):
        assert b"gofly_outbox_lag_seconds 12.5\n" in Client().get("/metrics").content


def test_without_a_database_the_other_figures_are_there() -> None:
    with patch.object(ops.outbox, "lag_seconds", side_effect=DatabaseError):
        answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert b"gofly_outbox_lag_seconds NaN\n" in answer.content


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.5"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.5"},
        {"HTTP_FORWARDED": "for=203.0.113.5"},
        {"HTTP_X_FORWARDING_DROPPED": "1"},
        {"REMOTE_ADDR": "203.0.113.5", "HTTP_AUTHORIZATION": "Bearer "},
    ],
)
def test_metrics_are_for_nobody_else(headers: dict[str, Any]) -> None:
    assert Client().get("/metrics", **headers).status_code == 403


@pytest.mark.django_db
def test_metrics_are_for_the_holder_of_the_token(settings: Settings) -> None:
    settings.GOFLY_METRICS_TOKEN = "a-long-random-token"
    far: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.5"}
    right = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer a-long-random-token", **far)
    wrong = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer another", **far)
    assert (right.status_code, wrong.status_code) == (200, 403)


def test_every_answer_carries_the_headers() -> None:
    headers = Client().get("/healthz").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_missing_page_looks_like_the_product() -> None:
    answer = Client().get("/no/such/page")
    assert answer.status_code == 404
    assert b"css/tokens.css" in answer.content


def test_a_broken_page_names_the_request() -> None:
    client = Client(raise_request_exception=False)
    with patch.object(ops, "missing_database", side_effect=RuntimeError("secret detail")):
        answer = client.get("/readyz")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"].encode() in answer.content
    assert b"secret detail" not in answer.content
