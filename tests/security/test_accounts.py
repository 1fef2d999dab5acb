"""Errors that other products made with accounts, each as a test of ours (design: security 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from agents.services import sessions, tickets
from chat.models import User
from tests.agents.people import PASSWORD, person, sign_in, with_authenticator, without_token

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a wholly new one 42"
PEOPLES_PATHS = ("app/", "admin/", "api/")
OPEN_BEFORE_THE_CODE = {"app/second-factor", "app/logout", "app/language"}


def test_login_limits_and_no_account_oracle(client: Client) -> None:
    """CVE-2022-3741: sign-in had no limit and told which accounts exist."""
    person("ana")
    known = [sign_in(client, "ana", "wrong") for _ in range(6)]
    unknown = [sign_in(client, "nobody", "wrong") for _ in range(6)]
    assert [answer.status_code for answer in known] == [200] * 4 + [429] * 2
    for ours, theirs in zip(known, unknown, strict=True):
        assert ours.status_code == theirs.status_code
        assert without_token(ours).replace("ana", "") == without_token(theirs).replace("nobody", "")


def test_password_change_ends_sessions_and_sockets(client: Client) -> None:
    """CVE-2021-3740: sessions survived a new password."""
    person("ana")
    thief = Client()
    sign_in(thief, "ana")
    key = thief.cookies["sessionid"].value
    ticket = thief.post("/api/v1/ws-ticket").json()["ticket"]
    sign_in(client, "ana")
    form = {"password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    client.post("/app/me/password", form)
    assert thief.get("/app/me").status_code == 302
    assert tickets.redeem(ticket, session_key=key) is None
    # Sockets ask this question every five seconds and close 4440 on the answer.
    assert sessions.living([key]) == set()


def test_a_disabled_person_gets_no_socket_with_an_older_ticket(client: Client) -> None:
    """CVE-2026-28514 and its kin: disabled people were let in, on the socket only."""
    user = person("ana")
    sign_in(client, "ana")
    ticket = client.post("/api/v1/ws-ticket").json()["ticket"]
    # As an operator's SQL would do it: no signal is sent.
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert tickets.redeem(ticket, session_key=client.cookies["sessionid"].value) is None
    assert client.post("/api/v1/ws-ticket").status_code == 401


def test_no_route_of_people_opens_before_the_second_factor(client: Client) -> None:
    """CVE-2026-30831 and its kin: the second factor could be skipped on some doors."""
    user = person("owen", "owner")
    user.is_staff = user.is_superuser = True
    user.save()
    with_authenticator(user)
    sign_in(client, "owen")
    paths = [path for path in routes() if path.startswith(PEOPLES_PATHS)]
    assert len(paths) > 20
    for path in paths:
        if path not in OPEN_BEFORE_THE_CODE:
            answer = client.get(f"/{path}")
            assert is_closed(path, answer.status_code, answer.headers.get("Location", "")), path


def is_closed(path: str, status: int, location: str) -> bool:
    """The API refuses; pages lead to the second factor."""
    if path.startswith("api/"):
        return status == 403
    return status == 302 and location.startswith("/app/second-factor?")


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[str]:
    """Every address of the product, with 1 in the place of parameters."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + re.sub(r"<[^>]+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif "(" not in path:
            yield path
