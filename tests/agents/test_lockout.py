"""Guessing passwords: who is stopped, and who is not (HTTP-07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client
from django.test.utils import override_settings

from chat.models import User
from tests.agents.people import PASSWORD, Answer, person, sign_in, without_token

pytestmark = pytest.mark.django_db

# The catalogue says a thousand; the attempts after these would only repeat the last answer.
MANY = 100
# The limits are what is tested here, so the passwords may be hashed fast.
FAST = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def guess(client: Client, name: str, times: int, address: str = "203.0.113.9") -> Answer:
    """Try so many wrong passwords; the last answer."""
    for number in range(times):
        answer = sign_in(client, name, f"wrong password {number}", REMOTE_ADDR=address)
    return answer


@FAST
def test_http_07_many_passwords_for_one_account(client: Client) -> None:
    person("ana")
    assert guess(client, "ana", 4).status_code == 200
    locked = guess(client, "ana", 1)
    assert locked.status_code == 429
    assert 0 < int(locked["Retry-After"]) <= 900
    assert "Wait 15 minutes" in locked.content.decode()
    assert guess(client, "ana", MANY).status_code == 429
    # The right password does not help the guesser either.
    assert sign_in(client, "ana", REMOTE_ADDR="203.0.113.9").status_code == 429
    assert sign_in(client, "ana", REMOTE_ADDR="198.51.100.7").status_code == 302
    assert User.objects.count() == 1


@FAST
def test_http_07_one_password_for_many_accounts(client: Client) -> None:
    statuses = [guess(client, f"person{number}", 1).status_code for number in range(MANY)]
    assert statuses.index(429) == 49
    assert set(statuses[49:]) == {429}


@FAST
def test_http_07_unknown_accounts_are_locked_like_known_ones(client: Client) -> None:
    person("ana")
    known = guess(client, "ana", 6)
    unknown = guess(client, "nobody", 6)
    assert known.status_code == unknown.status_code == 429
    assert without_token(known) == without_token(unknown)


@FAST
def test_http_07_a_known_device_is_not_locked_out_by_others(client: Client) -> None:
    person("ana")
    sign_in(client, "ana", REMOTE_ADDR="203.0.113.9")
    client.post("/app/logout")
    attacker = Client()
    guess(attacker, "ana", 20)
    for number in range(60):
        guess(attacker, f"person{number}", 1)
    assert sign_in(attacker, "ana", REMOTE_ADDR="203.0.113.9").status_code == 429
    assert sign_in(client, "ana", REMOTE_ADDR="203.0.113.9").status_code == 302


@FAST
def test_a_known_device_has_an_allowance_and_not_a_licence(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    client.post("/app/logout")
    assert guess(client, "ana", 5).status_code == 429
    assert sign_in(Client(), "ana", REMOTE_ADDR="203.0.113.9").status_code == 302


@FAST
def test_the_device_of_one_person_is_worth_nothing_for_another(client: Client) -> None:
    person("ana")
    person("ben")
    sign_in(client, "ben")
    client.post("/app/logout")
    guess(Client(), "ana", 5)
    assert sign_in(client, "ana", REMOTE_ADDR="203.0.113.9").status_code == 429


@FAST
def test_failures_are_forgotten_after_fifteen_minutes_and_after_a_success(client: Client) -> None:
    person("ana")
    guess(client, "ana", 5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert sign_in(client, "ana", REMOTE_ADDR="203.0.113.9").status_code == 302
    assert not AccessAttempt.objects.exists()


@FAST
@override_settings(GOFLY_TRUSTED_PROXIES=["10.0.0.0/8"])
def test_behind_a_proxy_the_visitors_address_counts_and_not_a_forged_one(client: Client) -> None:
    person("ana")
    for number in range(5):
        forged = f"192.0.2.{number}, 203.0.113.9"
        answer = sign_in(
            client, "ana", "wrong", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forged
        )
    assert answer.status_code == 429
    other = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
    assert sign_in(Client(), "ana", **other).status_code == 302


@FAST
def test_passwords_asked_for_again_are_counted_too(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    form = {"new_password1": "a wholly new one 42", "new_password2": "a wholly new one 42"}
    for number in range(5):
        answer = client.post("/app/me/password", form | {"password": f"wrong {number}"})
    assert answer.status_code == 429
    assert client.post("/app/me/password", form | {"password": PASSWORD}).status_code == 429


def test_no_password_is_kept_with_a_failed_attempt(client: Client) -> None:
    guess(client, "ana", 1)
    kept = AccessAttempt.objects.get()
    assert "wrong password" not in f"{kept.post_data}{kept.get_data}"
