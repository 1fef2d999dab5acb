"""Who gets into the back office, and whose rows they see there."""

from typing import Any

import pytest
from django.test import Client

from chat.models import ApiToken, Membership, Team
from chat.services import tokens
from tests.chat import back_office as make
from tests.chat.back_office import Cast

LISTS = ["site", "membership", "team", "visitor", "conversation", "apitoken"]


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast()


@pytest.fixture
def rows(cast: Cast) -> dict[str, Any]:
    """One row of each kind on the shop's site, marked so that a leak is seen."""
    cast.shop.name = "CANARY shop"
    cast.shop.save()
    visitor = make.visitor(cast.shop, name="CANARY visitor", email="canary@shop.example")
    return {
        "site": cast.shop,
        "membership": Membership.objects.get(user=cast.ana),
        "team": Team.objects.create(site=cast.shop, name="CANARY team"),
        "visitor": visitor,
        "conversation": make.conversation(visitor, "CANARY text", agent=cast.ana),
        "apitoken": token(cast),
    }


def token(cast: Cast) -> ApiToken:
    return tokens.make_token(cast.shop.pk, maker=cast.owen, name="CANARY", scope="read").token


def listing(kind: str) -> str:
    return f"/admin/chat/{kind}/"


def page(kind: str, row: Any, what: str = "change") -> str:
    return f"/admin/chat/{kind}/{row.pk}/{what}/"


def test_a_stranger_is_asked_to_sign_in(cast: Cast) -> None:
    answer = make.browser().get("/admin/chat/site/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/app/login?next=")


def test_an_agent_is_refused(cast: Cast) -> None:
    ana = make.browser(cast.ana)
    for path in ("/admin/", "/admin/chat/conversation/", page("site", cast.shop)):
        assert ana.get(path, follow=True).status_code == 403


def test_staff_status_alone_opens_nothing(cast: Cast) -> None:
    cast.ana.is_staff = True
    cast.ana.save()
    assert make.browser(cast.ana).get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("kind", LISTS)
def test_owners_and_managers_see_the_rows_of_their_site(
    cast: Cast, rows: dict[str, Any], kind: str
) -> None:
    for who in (cast.owen, cast.mia, cast.rosa):
        answer = make.browser(who).get(listing(kind))
        hidden = kind == "apitoken" and who is cast.mia
        assert answer.status_code == (403 if hidden else 200)
        assert ("CANARY" in make.text_of(answer)) != hidden


@pytest.mark.parametrize("kind", LISTS)
def test_another_sites_owner_sees_none_of_them(cast: Cast, rows: dict[str, Any], kind: str) -> None:
    chen = make.browser(cast.chen)
    assert "CANARY" not in make.text_of(chen.get(listing(kind)))
    for what in ("change", "delete", "history"):
        foreign = chen.get(page(kind, rows[kind], what))
        absent = chen.get(f"/admin/chat/{kind}/999999/{what}/")
        assert (foreign.status_code, foreign.get("Location")) == (
            absent.status_code,
            absent.get("Location"),
        )
        assert b"CANARY" not in foreign.content


@pytest.mark.parametrize(
    ("kind", "deed"),
    [
        ("site", "new-secret"),
        ("site", "drop-secret"),
        ("visitor", "ban"),
        ("visitor", "unban"),
        ("apitoken", "revoke"),
        ("membership", "delete"),
    ],
)
def test_another_sites_owner_can_press_no_button_there(
    cast: Cast, rows: dict[str, Any], kind: str, deed: str
) -> None:
    before = state(rows)
    answer = make.browser(cast.chen).post(page(kind, rows[kind], deed), {"seen": ""})
    assert answer.status_code in (302, 404)
    assert state(rows) == before


def test_a_manager_has_neither_secrets_nor_deletion(cast: Cast, rows: dict[str, Any]) -> None:
    mia, before = make.browser(cast.mia), state(rows)
    for kind, deed in (("site", "new-secret"), ("site", "delete"), ("team", "delete")):
        assert mia.post(page(kind, rows[kind], deed), {"post": "yes"}).status_code == 403
    assert mia.post(page("apitoken", rows["apitoken"], "revoke")).status_code in (302, 403)
    assert mia.post(page("membership", rows["membership"], "delete")).status_code in (302, 403)
    assert state(rows) == before


def state(rows: dict[str, Any]) -> list[Any]:
    """Everything these tests try to change."""
    for row in rows.values():
        row.refresh_from_db()
    return [
        rows["site"].identity_secrets,
        rows["visitor"].is_banned,
        rows["apitoken"].revoked_at,
        rows["membership"].role,
    ]


@pytest.mark.parametrize(
    "path", ["/admin/chat/user/", "/admin/chat/user/add/", "/admin/chat/site/add/"]
)
def test_people_and_new_sites_are_not_a_managers(cast: Cast, path: str) -> None:
    assert make.browser(cast.mia).get(path).status_code == 403


def test_users_are_the_operators_alone(cast: Cast) -> None:
    assert make.browser(cast.owen).get("/admin/chat/user/").status_code == 403
    assert make.browser(cast.owen).get(page("user", cast.ana)).status_code == 403
    for deed in ("new-password", "new-factor", "close", "reopen"):
        path = page("user", cast.ana, deed)
        assert make.browser(cast.owen).post(path).status_code == 403


@pytest.mark.parametrize("kind", ["visitor", "conversation"])
def test_customers_rows_are_read_and_not_written(
    cast: Cast, rows: dict[str, Any], kind: str
) -> None:
    rosa = make.browser(cast.rosa)
    assert rosa.get(f"/admin/chat/{kind}/add/").status_code == 403
    assert rosa.post(page(kind, rows[kind]), {"name": "x"}).status_code == 403
    assert rosa.post(page(kind, rows[kind], "delete"), {"post": "yes"}).status_code == 403
    answer = rosa.get(page(kind, rows[kind]))
    assert answer.status_code == 200
    assert 'name="_save"' not in answer.content.decode()


def test_forms_offer_own_sites_and_known_people_only(cast: Cast) -> None:
    form = make.browser(cast.mia).get("/admin/chat/membership/add/").context["adminform"].form
    assert list(form.fields["site"].queryset) == [cast.shop]
    assert cast.chen not in form.fields["user"].queryset
    assert [value for value, _ in form.fields["role"].choices] == ["manager", "agent"]


def test_a_manager_can_not_make_an_owner_by_a_forged_form(cast: Cast) -> None:
    mia = make.browser(cast.mia)
    sent = {"site": cast.shop.pk, "role": "owner", "username": "evil", "user": ""}
    assert "Select a valid choice" in make.text_of(mia.post("/admin/chat/membership/add/", sent))
    sent = {"site": cast.other.pk, "role": "agent", "username": "evil", "user": ""}
    assert "Select a valid choice" in make.text_of(mia.post("/admin/chat/membership/add/", sent))
    assert not Membership.objects.filter(user__username="evil").exists()


def test_nobody_raises_themselves(cast: Cast) -> None:
    own = Membership.objects.get(user=cast.mia)
    answer = make.browser(cast.mia).post(page("membership", own), {"role": "owner"})
    assert answer.status_code == 200
    own.refresh_from_db()
    assert own.role == "manager"


def test_the_last_owner_is_told_why_they_stay(cast: Cast) -> None:
    owen, own = make.browser(cast.owen), Membership.objects.get(user=cast.owen)
    sent = make.fields(owen.get(page("membership", own))) | {"role": "agent"}
    answer = owen.post(page("membership", own), sent, follow=True)
    assert "needs an owner" in make.text_of(answer)


def test_every_page_of_the_back_office_opens(cast: Cast, rows: dict[str, Any]) -> None:
    rosa = make.browser(cast.rosa)
    paths = ["/admin/", "/admin/chat/", "/admin/auditlog/logentry/", "/admin/chat/user/add/"]
    paths += [listing(kind) for kind in LISTS]
    paths += [page(kind, row) for kind, row in rows.items()]
    paths += [f"/admin/chat/{kind}/add/" for kind in ("site", "membership", "team", "apitoken")]
    for path in paths:
        answer = rosa.get(path)
        assert answer.status_code == 200, path
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_the_back_office_speaks_chinese(cast: Cast) -> None:
    answer = Client(headers={"Accept-Language": "zh-CN"})
    answer.force_login(cast.rosa, "django.contrib.auth.backends.ModelBackend")
    assert 'lang="zh-hans"' in answer.get("/admin/").content.decode()
