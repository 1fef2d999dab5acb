"""How sessions live, are listed, and end (HTTP-08, its pages; HTTP-10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from agents.models import Session
from agents.services import sessions
from chat.comet.hub import agent_key, hub
from chat.events import SessionEnded
from chat.models import Membership, User
from tests.agents.people import PASSWORD, code_of, person, sign_in, with_authenticator

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a wholly new one 42"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def change_password(user: User) -> None:
    user.set_password(NEW_PASSWORD)
    user.save()


def change_role(user: User) -> None:
    membership = user.memberships.get()
    membership.role = Membership.Role.AGENT
    membership.save(update_fields=["role"])


def lose_membership(user: User) -> None:
    user.memberships.get().delete()


def disable(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])


def add_factor(user: User) -> None:
    with_authenticator(user)


def make_operator(user: User) -> None:
    user.is_superuser = True
    user.save()


def raise_epoch(user: User) -> None:
    user.raise_auth_epoch()


@pytest.mark.parametrize(
    "change",
    [
        change_password,
        change_role,
        lose_membership,
        disable,
        add_factor,
        make_operator,
        raise_epoch,
    ],
)
def test_http_08_a_session_does_not_survive(client: Client, change: Callable[[User], None]) -> None:
    user = person("mia", Membership.Role.MANAGER)
    sign_in(client, "mia")
    key = client.cookies["sessionid"].value
    assert sessions.living([key]) == {key}
    change(User.objects.get(pk=user.pk))
    assert sessions.living([key]) == set()
    assert client.get("/app/me")["Location"] == "/app/login?next=/app/me"
    assert client.post("/api/v1/ws-ticket").status_code == 401


def test_http_08_a_lost_factor_ends_the_sessions_it_opened(client: Client) -> None:
    device, _codes = with_authenticator(person("ana"))
    sign_in(client, "ana")
    client.post("/app/second-factor", {"code": code_of(device.key)})
    assert client.get("/app/me").status_code == 200
    TOTPDevice.objects.get().delete()
    assert client.get("/app/me").status_code == 302


def test_an_unimportant_change_ends_nothing(client: Client) -> None:
    user = person("ana")
    sign_in(client, "ana")
    user = User.objects.get(pk=user.pk)
    user.display_name = "Ana"
    user.save()
    assert client.get("/app/me").status_code == 200


def test_a_person_can_be_removed_with_all_that_is_theirs() -> None:
    user = person("mia", Membership.Role.MANAGER)
    with_authenticator(user)
    user.delete()
    assert not User.objects.exists()


def test_changing_the_password_keeps_this_session_alone(client: Client) -> None:
    person("ana")
    other = Client()
    sign_in(other, "ana")
    sign_in(client, "ana")
    before = client.cookies["sessionid"].value
    form = {
        "password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }
    assert client.post("/app/me/password", form)["Location"] == "/app/me"
    assert client.cookies["sessionid"].value != before
    assert "Your password is changed" in client.get("/app/me").content.decode()
    assert other.get("/app/me").status_code == 302
    assert sign_in(other, "ana", NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"password": "a wrong one"}, "not your current password"),
        ({"new_password1": "short", "new_password2": "short"}, "at least 12 characters"),
        ({"new_password1": "password1234", "new_password2": "password1234"}, "too common"),
        ({"new_password2": "something else 42"}, "differ"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(
    client: Client, form: dict[str, str], sentence: str
) -> None:
    person("ana")
    sign_in(client, "ana")
    good = {
        "password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }
    answer = client.post("/app/me/password", good | form)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_the_list_names_device_and_address_and_marks_this_browser(client: Client) -> None:
    person("ana")
    sign_in(Client(), "ana", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.9")
    sign_in(client, "ana")
    page = client.get("/app/me").content.decode()
    assert "Firefox 140 on Windows" in page
    assert "203.0.113.9" in page
    assert page.count("This browser") == 1
    assert not any(row.session_key in page for row in Session.objects.all())


def test_one_session_can_be_ended_and_nobody_elses(client: Client) -> None:
    person("ana")
    person("ben")
    phone, stranger = Client(), Client()
    sign_in(phone, "ana")
    sign_in(stranger, "ben")
    sign_in(client, "ana")
    name = re.search(r'name="session" value="(\w+)"', client.get("/app/me").content.decode())
    assert name
    stranger.post("/app/me/sessions", {"session": name[1]})
    assert phone.get("/app/me").status_code == 200
    client.post("/app/me/sessions", {"session": name[1]})
    assert phone.get("/app/me").status_code == 302
    assert client.get("/app/me").status_code == 200
    assert stranger.get("/app/me").status_code == 200


def test_signing_out_everywhere_ends_every_session(client: Client) -> None:
    person("ana")
    phone = Client()
    sign_in(phone, "ana")
    sign_in(client, "ana")
    assert client.post("/app/me/sessions/all")["Location"] == "/app/login"
    assert "signed out everywhere" in client.get("/app/login").content.decode()
    assert client.get("/app/me").status_code == phone.get("/app/me").status_code == 302


def test_a_session_ends_after_twelve_idle_hours(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)
    Session.objects.update(expire_date=timezone.now())
    assert client.get("/app/me").status_code == 302


def test_a_busy_session_ends_after_fourteen_days(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    store = client.session
    store["started_at"] -= 14 * 24 * 3600 - 60
    store["seen_at"] -= 3600
    store.save()
    assert client.get("/app/me").status_code == 200
    left = Session.objects.get().expire_date - timezone.now()
    assert left <= timedelta(seconds=60)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] <= 60


def test_use_is_noted_at_most_once_in_ten_minutes(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    seen = Session.objects.get().seen_at
    client.get("/app/me")
    assert Session.objects.get().seen_at == seen
    store = client.session
    store["seen_at"] -= 601
    store.save()
    aged = Session.objects.get().seen_at
    client.get("/app/me")
    assert Session.objects.get().seen_at > aged


def test_expired_sessions_are_cleared_away_at_the_next_sign_in(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    Session.objects.update(expire_date=timezone.now())
    sign_in(Client(), "ana")
    assert Session.objects.count() == 1


def test_sockets_hear_at_once_that_their_session_ended(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    user = person("ana")
    sign_in(client, "ana")
    told: list[tuple[SessionEnded, list[str]]] = []
    monkeypatch.setattr(hub, "publish", lambda event, *, to: told.append((event, list(to))))
    with django_capture_on_commit_callbacks(execute=True):
        sessions.end_all(user)
    key = client.cookies["sessionid"].value
    assert told == [(SessionEnded(frozenset({key})), [agent_key(user.pk)])]


@pytest.mark.parametrize(
    "path",
    [
        "/app/login",
        "/app/logout",
        "/app/language",
        "/app/second-factor",
        "/app/second-factor/setup",
        "/app/second-factor/codes",
        "/app/second-factor/off",
        "/app/me",
        "/app/me/password",
        "/app/me/sessions",
        "/app/me/sessions/all",
        "/api/v1/ws-ticket",
    ],
)
def test_http_10_no_post_without_the_sessions_own_token(path: str) -> None:
    person("ana")
    person("ben")
    client, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="ana"))
    other.force_login(User.objects.get(username="ben"))
    other.get("/app/me")
    foreign = {"csrfmiddlewaretoken": other.cookies["csrftoken"].value}
    for form in ({}, foreign):
        assert client.post(path, form).status_code == 403
    assert client.get("/app/me").status_code == 200


def test_http_10_looking_at_pages_changes_nothing(client: Client) -> None:
    person("ana", Membership.Role.AGENT)
    sign_in(client, "ana")
    before = everything()
    for path in ("/app/me", "/app/second-factor/setup", "/app/second-factor", "/app/login"):
        client.get(path)
    for path in ("/app/logout", "/app/me/password", "/app/me/sessions", "/app/me/sessions/all"):
        assert client.get(path).status_code == 405
    assert client.get("/api/v1/ws-ticket").status_code == 405
    assert everything() == before


def test_the_profile_stores_its_three_fields_and_no_other(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    form = {
        "display_name": "Ana Lima",
        "email": "ana@example.com",
        "language": "zh-hans",
        "username": "root",
        "is_superuser": "1",
        "is_staff": "1",
    }
    assert client.post("/app/me", form)["Location"] == "/app/me"
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Ana Lima", "ana@example.com", "zh-hans")
    assert (user.username, user.is_superuser, user.is_staff) == ("ana", False, False)
    assert 'lang="zh-hans"' in client.get("/app/me").content.decode()


def everything() -> list[object]:
    """All rows that accounts keep."""
    kept = (User, Session, TOTPDevice, Membership)
    return [list(QuerySet(model).order_by("pk").values()) for model in kept]
