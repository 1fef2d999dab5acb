"""Signing in by name and password."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.test import Client

from agents.models import Session
from tests.agents.people import PASSWORD, person, sign_in, without_token

pytestmark = pytest.mark.django_db


def test_name_and_password_let_a_person_in(client: Client) -> None:
    person("ana")
    answer = sign_in(client, "ana")
    assert (answer.status_code, answer["Location"]) == (302, "/app/")
    assert client.get("/app/me").status_code == 200


def test_unknown_name_wrong_password_and_closed_account_read_the_same(client: Client) -> None:
    person("ana")
    closed = person("ben")
    closed.is_active = False
    closed.save()
    answers = [
        sign_in(client, "ana", "a wrong password"),
        sign_in(client, "nobody", "a wrong password"),
        sign_in(client, "ben"),
    ]
    pages = [without_token(answer) for answer in answers]
    assert all("do not match" in page for page in pages)
    names = ["ana", "nobody", "ben"]
    assert len({page.replace(name, "") for page, name in zip(pages, names, strict=True)}) == 1


def test_unknown_names_cost_the_same_work_as_known_ones(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("ana")
    hashed: list[str] = []
    encode = ScryptPasswordHasher.encode

    def counted(self: ScryptPasswordHasher, password: str, *args: Any) -> str:
        hashed.append(password)
        return encode(self, password, *args)

    monkeypatch.setattr(ScryptPasswordHasher, "encode", counted)
    sign_in(client, "ana", "a wrong password")
    known = len(hashed)
    sign_in(client, "nobody", "a wrong password")
    assert known == 1
    assert len(hashed) == 2 * known


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "http://testserver/app/me",
        "app/me",
    ],
)
def test_next_never_leaves_our_own_paths(client: Client, wanted: str) -> None:
    person("ana")
    form = {"username": "ana", "password": PASSWORD, "next": wanted}
    assert client.post("/app/login", form)["Location"] == "/app/"


def test_next_leads_to_the_page_that_was_asked_for(client: Client) -> None:
    person("ana")
    to_login = client.get("/app/me")["Location"]
    assert to_login == "/app/login?next=/app/me"
    answer = client.post(to_login, {"username": "ana", "password": PASSWORD})
    assert answer["Location"] == "/app/me"


def test_the_session_key_changes_at_sign_in(client: Client) -> None:
    person("ana")
    planted = Client()
    sign_in(planted, "ana")
    key = planted.cookies["sessionid"].value
    client.cookies["sessionid"] = key
    client.post("/app/logout")
    client.cookies["sessionid"] = key
    sign_in(client, "ana")
    assert client.cookies["sessionid"].value != key
    assert not Session.objects.filter(session_key=key).exists()


def test_signing_out_is_a_post_and_ends_the_session(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    assert client.get("/app/logout").status_code == 405
    assert client.post("/app/logout")["Location"] == "/app/login"
    assert client.get("/app/me").status_code == 302
    assert not Session.objects.filter(user__isnull=False).exists()


def test_the_back_office_has_no_sign_in_page_of_its_own(client: Client) -> None:
    assert client.get("/admin/login/")["Location"] == "/app/login?next=%2Fadmin%2F"
    person("ana")
    sign_in(client, "ana")
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_the_page_speaks_chinese_and_remembers_it(client: Client) -> None:
    answer = client.post("/app/language", {"language": "zh-hans", "next": "/app/login"})
    assert answer["Location"] == "/app/login"
    assert 'lang="zh-hans"' in client.get("/app/login").content.decode()


def test_nobody_may_frame_or_script_the_page(client: Client) -> None:
    policy = client.get("/app/login")["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
