"""Inviting, removing and closing accounts in the back office, and tokens."""

import re

import pytest

from chat.models import ApiToken, Membership, Team, User
from chat.services import tokens
from chat.writer import writer
from tests.chat import back_office as make
from tests.chat.back_office import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast()


PASSWORD = re.compile(r"<code>((?:[a-z0-9]{4}-){3}[a-z0-9]{4})</code>")


def member(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_an_invited_person_gets_a_password_that_is_shown_once(cast: Cast) -> None:
    mia = make.browser(cast.mia)
    sent = {"site": cast.shop.pk, "role": "agent", "username": "dee", "display_name": "Dee"}
    answer = mia.post("/admin/chat/membership/add/", sent)
    assert "no-store" in answer.headers["Cache-Control"]
    [password] = PASSWORD.findall(answer.content.decode())
    dee = User.objects.get(username="dee")
    assert dee.check_password(password)
    assert (
        password not in mia.get(f"/admin/chat/membership/{member(dee).pk}/change/").content.decode()
    )


def test_a_person_known_already_joins_without_a_new_password(cast: Cast) -> None:
    Membership.objects.create(user=cast.owen, site=cast.other, role="owner")
    sent = {"site": cast.other.pk, "role": "agent", "user": cast.ana.pk}
    answer = make.browser(cast.owen).post("/admin/chat/membership/add/", sent)
    assert answer.status_code == 302
    assert Membership.objects.filter(user=cast.ana).count() == 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose somebody known, or give a new person a user name."),
        ({"username": "OWEN"}, "This user name is taken"),
        ({"username": "not a name"}, "Enter a valid username"),
    ],
)
def test_a_wrong_invitation_says_what_to_do(cast: Cast, sent: dict[str, str], said: str) -> None:
    facts = {"site": cast.shop.pk, "role": "agent"} | sent
    answer = make.browser(cast.mia).post("/admin/chat/membership/add/", facts)
    assert said in make.text_of(answer)


def test_a_role_is_changed_on_its_page(cast: Cast) -> None:
    owen, path = make.browser(cast.owen), f"/admin/chat/membership/{member(cast.ana).pk}/change/"
    sent = make.fields(owen.get(path)) | {"role": "manager"}
    assert owen.post(path, sent).status_code == 302
    assert member(cast.ana).role == "manager"


def test_removing_asks_with_the_number_of_open_conversations(cast: Cast) -> None:
    for _ in range(2):
        make.conversation(make.visitor(cast.shop), "Hello", agent=cast.ana)
    path = f"/admin/chat/membership/{member(cast.ana).pk}/delete/"
    owen = make.browser(cast.owen)
    assert "2 open conversations go back into the queue" in make.text_of(owen.get(path))
    assert member(cast.ana)


@pytest.mark.django_db(transaction=True)
def test_closing_an_account_puts_its_conversations_back_and_ends_its_sessions() -> None:
    cast = make.cast()
    thread = make.conversation(make.visitor(cast.shop), "Hello", agent=cast.mia)
    mia, rosa = make.browser(cast.mia), make.browser(cast.rosa)
    path = f"/admin/chat/user/{cast.mia.pk}/close/"
    assert "1 open conversation goes back" in make.text_of(rosa.get(path))
    try:
        rosa.post(path)
    finally:
        writer.stop()
    thread.refresh_from_db()
    cast.mia.refresh_from_db()
    assert (thread.owner, cast.mia.is_active) == ("queue", False)
    assert mia.get("/admin/").status_code == 302
    rosa.post(f"/admin/chat/user/{cast.mia.pk}/reopen/")
    cast.mia.refresh_from_db()
    assert cast.mia.is_active


def test_the_operator_makes_new_passwords(cast: Cast) -> None:
    answer = make.browser(cast.rosa).post(f"/admin/chat/user/{cast.ana.pk}/new-password/")
    [password] = PASSWORD.findall(answer.content.decode())
    cast.ana.refresh_from_db()
    assert cast.ana.check_password(password)


def test_a_new_user_of_the_installation_gets_a_password(cast: Cast) -> None:
    sent = {"username": "eve", "display_name": "Eve"}
    answer = make.browser(cast.rosa).post("/admin/chat/user/add/", sent)
    [password] = PASSWORD.findall(answer.content.decode())
    assert User.objects.get(username="eve").check_password(password)


def test_signing_in_is_no_change_that_stops_a_form(cast: Cast) -> None:
    rosa, path = make.browser(cast.rosa), f"/admin/chat/user/{cast.ana.pk}/change/"
    sent = make.fields(rosa.get(path)) | {"display_name": "Ana S."}
    make.browser(cast.ana)
    answer = rosa.post(path, sent)
    assert answer.status_code == 302, answer.context["errors"]
    cast.ana.refresh_from_db()
    assert cast.ana.display_name == "Ana S."


def test_a_team_holds_members_of_its_own_site(cast: Cast) -> None:
    team = Team.objects.create(site=cast.shop, name="Returns")
    path, mia = f"/admin/chat/team/{team.pk}/change/", make.browser(cast.mia)
    sent = make.fields(mia.get(path))
    mia.post(path, sent | {"members": [member(cast.ana).pk]})
    assert list(team.members.all()) == [member(cast.ana)]
    sent = make.fields(mia.get(path)) | {"members": [member(cast.chen).pk]}
    assert "Select a valid choice" in make.text_of(mia.post(path, sent))


def test_a_token_is_shown_once_and_can_be_revoked(cast: Cast) -> None:
    owen = make.browser(cast.owen)
    sent = {"site": cast.shop.pk, "name": "CRM", "scope": "read"}
    answer = owen.post("/admin/chat/apitoken/add/", sent)
    [text] = re.findall(r"<code>(gf_[0-9a-f]{8}_[0-9a-f]{64})</code>", answer.content.decode())
    token = tokens.find_token(text)
    assert token is not None
    path = f"/admin/chat/apitoken/{token.pk}"
    assert text not in owen.get(f"{path}/change/").content.decode()
    owen.post(f"{path}/revoke/")
    assert tokens.find_token(text) is None
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
