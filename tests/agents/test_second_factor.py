"""The second factor: setting it up, entering it, and what a session is worth before."""

from __future__ import annotations

import re
from base64 import b32decode

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from agents.models import RecoveryCode, Session
from agents.services import second_factor
from chat.models import Membership, Ticket, User
from tests.agents.people import PASSWORD, Answer, code_of, person, sign_in, with_authenticator

pytestmark = pytest.mark.django_db

ENTER, SET_UP = "/app/second-factor", "/app/second-factor/setup"
REQUIRED = override_settings(GOFLY_SECOND_FACTOR="required")
CLOSED = ["/app/me", "/app/second-factor/off", "/app/second-factor/codes", "/admin/", "/app/login"]


def shown_key(page: Answer) -> str:
    """The key on the set-up page, as an authenticator takes it."""
    text = re.search(r'id="secret">([A-Z2-7 ]+)<', page.content.decode())
    assert text
    return b32decode(text[1].replace(" ", "")).hex()


def hidden(page: Answer, name: str) -> str:
    """The value of a hidden field."""
    value = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert value
    return value[1]


def set_up(client: Client) -> Answer:
    """Walk through the set-up; the page with the recovery codes."""
    page = client.get(SET_UP)
    form = {"enrolment": hidden(page, "enrolment"), "code": code_of(shown_key(page))}
    return client.post(SET_UP, form)


@pytest.mark.parametrize("path", CLOSED)
def test_before_the_code_a_session_opens_nothing_else(client: Client, path: str) -> None:
    user = person("ana")
    user.is_staff = user.is_superuser = True
    user.save()
    with_authenticator(user)
    sign_in(client, "ana")
    for method in (client.get, client.post):
        answer = method(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"{ENTER}?next=")


def test_before_the_code_there_is_no_ticket_and_no_api(client: Client) -> None:
    with_authenticator(person("ana"))
    sign_in(client, "ana")
    for path in ("/api/v1/ws-ticket", "/api/v1/conversations", "/api/v1/anything"):
        answer = client.post(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Ticket.objects.exists()


def test_before_the_code_nobody_can_set_up_another_authenticator(client: Client) -> None:
    with_authenticator(person("ana"))
    sign_in(client, "ana")
    assert client.get(SET_UP)["Location"].startswith(ENTER)
    assert TOTPDevice.objects.count() == 1


def test_the_code_opens_the_session_under_a_new_key(client: Client) -> None:
    device, _codes = with_authenticator(person("ana"))
    sign_in(client, "ana")
    before = client.cookies["sessionid"].value
    answer = client.post(f"{ENTER}?next=/app/me", {"code": code_of(device.key), "next": "/app/me"})
    assert answer["Location"] == "/app/me"
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.get("/app/me").status_code == 200
    assert client.post("/api/v1/ws-ticket").status_code == 200


def test_a_code_works_once(client: Client) -> None:
    device, _codes = with_authenticator(person("ana"))
    code = code_of(device.key)
    sign_in(client, "ana")
    assert client.post(ENTER, {"code": code}).status_code == 302
    thief = Client()
    sign_in(thief, "ana")
    answer = thief.post(ENTER, {"code": code})
    assert "not valid" in answer.content.decode()
    assert thief.get("/app/me").status_code == 302


def test_wrong_codes_make_the_next_one_wait(client: Client) -> None:
    device, _codes = with_authenticator(person("ana"))
    sign_in(client, "ana")
    wrong = "000000" if code_of(device.key) != "000000" else "111111"
    TOTPDevice.objects.update(
        throttling_failure_count=6, throttling_failure_timestamp=timezone.now()
    )
    for code in (wrong, code_of(device.key)):
        answer = client.post(ENTER, {"code": code})
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 32
        assert "Too many wrong codes" in answer.content.decode()


def test_a_recovery_code_stands_in_once(client: Client) -> None:
    _device, codes = with_authenticator(person("ana"))
    sign_in(client, "ana")
    typed = codes[3].upper().replace("-", " ")
    assert client.post(f"{ENTER}?recovery", {"code": typed}).status_code == 302
    assert client.get("/app/me").status_code == 200
    assert RecoveryCode.objects.count() == 9
    again = Client()
    sign_in(again, "ana")
    assert "not valid" in again.post(f"{ENTER}?recovery", {"code": codes[3]}).content.decode()


def test_recovery_codes_of_others_and_guesses_do_not_work(client: Client) -> None:
    with_authenticator(person("ana"))
    _device, codes_of_ben = with_authenticator(person("ben"))
    sign_in(client, "ana")
    assert client.post(f"{ENTER}?recovery", {"code": codes_of_ben[0]}).status_code == 200
    waiting = client.post(f"{ENTER}?recovery", {"code": "aaaaa-aaaaa"})
    assert waiting.status_code == 429
    assert RecoveryCode.objects.count() == 20


def test_recovery_codes_are_kept_as_digests(client: Client) -> None:
    _device, codes = with_authenticator(person("ana"))
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(set(codes)) == 10
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_set_up_stores_nothing_until_a_code_proves_it(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    page = client.get(SET_UP)
    form = {"enrolment": hidden(page, "enrolment"), "code": code_of(shown_key(page), steps=40)}
    refused = client.post(SET_UP, form)
    assert "does not match" in refused.content.decode()
    assert shown_key(refused) == shown_key(page)
    assert not TOTPDevice.objects.exists()


def test_set_up_hands_out_ten_codes_and_ends_other_sessions(client: Client) -> None:
    person("ana")
    other = Client()
    sign_in(other, "ana")
    sign_in(client, "ana")
    before = client.cookies["sessionid"].value
    page = set_up(client)
    codes = re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", page.content.decode())
    assert len(set(codes)) == 10
    assert client.cookies["sessionid"].value != before
    assert client.get("/app/me").status_code == 200
    assert other.get("/app/me")["Location"] == "/app/login?next=/app/me"
    assert client.get(SET_UP)["Location"] == "/app/me"


def test_the_code_of_the_set_up_does_not_also_sign_in(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    page = client.get(SET_UP)
    code = code_of(shown_key(page))
    client.post(SET_UP, {"enrolment": hidden(page, "enrolment"), "code": code})
    client.post("/app/logout")
    sign_in(client, "ana")
    assert "not valid" in client.post(ENTER, {"code": code}).content.decode()


def test_the_secret_of_one_person_is_not_taken_for_another(client: Client) -> None:
    person("ana")
    person("ben")
    sign_in(client, "ana")
    page = client.get(SET_UP)
    form = {"enrolment": hidden(page, "enrolment"), "code": code_of(shown_key(page))}
    thief = Client()
    sign_in(thief, "ben")
    assert shown_key(thief.post(SET_UP, form)) != shown_key(page)
    assert not TOTPDevice.objects.exists()


@REQUIRED
@pytest.mark.parametrize("role", ["owner", "manager"])
def test_leading_roles_must_set_it_up_where_it_is_required(client: Client, role: str) -> None:
    person("mia", role)
    sign_in(client, "mia")
    assert client.get("/app/me")["Location"].startswith(f"{SET_UP}?next=")
    assert client.get(ENTER)["Location"].startswith(SET_UP)
    assert client.post("/api/v1/ws-ticket").status_code == 403
    set_up(client)
    assert client.get("/app/me").status_code == 200
    assert client.post("/api/v1/ws-ticket").status_code == 200


@REQUIRED
def test_operators_must_set_it_up_and_agents_need_not(client: Client) -> None:
    operator = person("owen")
    operator.is_superuser = True
    operator.save()
    person("ana", Membership.Role.AGENT)
    sign_in(client, "owen")
    assert client.get("/admin/")["Location"].startswith(SET_UP)
    agent = Client()
    sign_in(agent, "ana")
    assert agent.get("/app/me").status_code == 200


def test_where_it_is_offered_owners_may_do_without(client: Client) -> None:
    person("owen", Membership.Role.OWNER)
    sign_in(client, "owen")
    assert client.get("/app/me").status_code == 200


def test_switching_off_asks_for_the_password_and_ends_other_sessions(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    set_up(client)
    refused = client.post("/app/second-factor/off", {"password": "a wrong one"})
    assert "not your current password" in refused.content.decode()
    assert client.post("/app/second-factor/off", {"password": PASSWORD})["Location"] == "/app/me"
    assert client.get("/app/me").status_code == 200
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_new_recovery_codes_replace_the_old_ones(client: Client) -> None:
    user = person("ana")
    sign_in(client, "ana")
    set_up(client)
    before = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert client.post("/app/second-factor/codes", {"password": PASSWORD}).status_code == 200
    after = set(RecoveryCode.objects.filter(user=user).values_list("digest", flat=True))
    assert len(after) == 10
    assert not before & after


def test_visitors_pages_know_nobody_even_with_a_finished_session(client: Client) -> None:
    person("ana")
    sign_in(client, "ana")
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.wsgi_request.user.is_anonymous
    assert async_to_sync(answer.wsgi_request.auser)().is_anonymous
    assert not answer.wsgi_request.session.accessed


def test_the_qr_code_holds_the_address_that_authenticators_read() -> None:
    enrolment = second_factor.begin_enrolment(User.objects.create(username="ana"))
    side, outline = enrolment.qr
    assert enrolment.address.startswith("otpauth://totp/gofly%3Aana?secret=")
    assert enrolment.secret.replace(" ", "") in enrolment.address
    assert side == outline_side(outline)


def outline_side(outline: str) -> int:
    """The side of the picture: the dark squares leave two free on every edge."""
    columns = [int(text) for text in re.findall(r"M(\d+) ", outline)]
    assert min(columns) == 2
    return max(columns) + 3
