"""The page of the dashboard: who gets it, what it allows, what it carries, and how big it is."""

import gzip
import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from agents.dashboard_words import WORDS, catalogue
from agents.views.dashboard import MODULES, STATIC
from chat.models import Membership, Site, Team, User

SCRIPTS = sorted((STATIC / "dashboard").glob("*.js"))
SPOKEN = re.compile(r'\bt\(\s*"([^"]*)"')
ICONS = re.compile(r'\b(?:icon|mark|notice)\(\s*"([a-z0-9-]+)"|\bicon: "([a-z0-9-]+)"')


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana", password="correct horse battery", display_name="Ana")


@pytest.fixture
def shop(ana: User) -> Site:
    shop = Site.objects.create(name="Shop")
    Membership.objects.create(user=ana, site=shop, role=Membership.Role.AGENT)
    return shop


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    ana.refresh_from_db()  # a new membership has ended older sessions
    client.force_login(ana)
    return client


def boot_of(client: Client) -> dict[str, Any]:
    page = client.get("/app/").content.decode()
    block = re.search(r'<script id="boot" type="application/json">(.*?)</script>', page, re.S)
    assert block
    return json.loads(block[1])


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login_page(client: Client) -> None:
    response = client.get("/app/")
    assert response.status_code == 302
    assert response["Location"] == "/app/login?next=/app/"


def test_the_policy_allows_our_own_files_and_one_template_policy(signed_in: Client) -> None:
    policy = signed_in.get("/app/")["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "media-src 'self'; font-src 'self'; connect-src 'self' ws://testserver; "
        "worker-src 'self'; manifest-src 'self'; frame-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; "
        "trusted-types lit-html"
    )


def test_the_page_holds_no_inline_script_or_style(signed_in: Client) -> None:
    page = signed_in.get("/app/").content.decode()
    assert " style=" not in page
    assert not re.search(r"\son[a-z]+=", page)
    for attributes in re.findall(r"<script\b([^>]*)>", page):
        assert "src=" in attributes or 'type="application/json"' in attributes


def test_the_page_is_never_kept_by_caches(signed_in: Client) -> None:
    assert "no-store" in signed_in.get("/app/")["Cache-Control"]


def test_the_boot_block_names_the_person_the_socket_and_the_teams(
    shop: Site, signed_in: Client, ana: User
) -> None:
    team = Team.objects.create(site=shop, name="Refunds")
    boot = boot_of(signed_in)
    assert boot["user"] == {"id": f"ag_{ana.pk}", "name": "Ana", "state": "online"}
    assert boot["member"] is True
    assert boot["teams"] == [{"id": f"tm_{team.pk}", "name": "Refunds", "site": shop.key}]
    assert boot["socket_url"] == "ws://testserver/ws/v1/agent"
    assert boot["ticket_url"] == "/api/v1/ws-ticket"
    assert boot["csrf"]


def test_people_without_a_site_are_told_so(signed_in: Client) -> None:
    assert boot_of(signed_in)["member"] is False


def test_teams_of_other_sites_stay_unknown(shop: Site, signed_in: Client) -> None:
    Team.objects.create(site=Site.objects.create(name="Other"), name="Secret")
    assert boot_of(signed_in)["teams"] == []


def test_names_cannot_leave_the_boot_block(signed_in: Client, ana: User) -> None:
    ana.display_name = "</script><script>alert(1)</script>"
    ana.save(update_fields=["display_name"])
    assert "alert(1)</script>" not in signed_in.get("/app/").content.decode()
    assert boot_of(signed_in)["user"]["name"] == ana.display_name


def test_every_word_of_the_scripts_is_in_the_catalogue() -> None:
    spoken = {word for script in SCRIPTS for word in SPOKEN.findall(script.read_text())}
    assert spoken == set(WORDS)


def test_every_word_has_a_chinese_translation() -> None:
    with translation.override("zh-hans"):
        missing = [source for source, words in catalogue().items() if source == words]
    assert missing == []


def test_words_keep_their_places_in_chinese() -> None:
    places = re.compile(r"\{\w+\}")
    with translation.override("zh-hans"):
        for source, words in catalogue().items():
            assert sorted(places.findall(source)) == sorted(places.findall(words)), source


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (STATIC / "img" / "icons.svg").read_text()
    for script in SCRIPTS:
        for names in ICONS.findall(script.read_text()):
            name = "".join(names)
            assert f'id="{name}"' in sprite, f"{script.name}: {name}"


def test_the_first_load_stays_within_its_budget() -> None:
    scripts = sum(_packed(module) for module in MODULES)
    sheets = [
        *(STATIC / "css").glob("dashboard*.css"),
        STATIC / "css/tokens.css",
        STATIC / "css/base.css",
    ]
    styles = sum(_packed(str(path.relative_to(STATIC))) for path in sheets)
    assert scripts <= 60 * 1024
    assert styles <= 12 * 1024


def test_every_import_gets_the_hashed_name_of_its_file() -> None:
    statement = re.compile(r'^(?:import|export)\b.*"\.{1,2}/.*$', re.M)
    for script in SCRIPTS:
        for line in statement.findall(script.read_text()):
            assert line.endswith('";'), f"{script.name}: Django rewrites no import without `;`"


def test_visitors_text_is_never_put_into_the_page_as_markup() -> None:
    for script in SCRIPTS:
        source = script.read_text()
        for way in ("innerHTML", "unsafeHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
            assert way not in source, f"{script.name} uses {way}"


def _packed(name: str) -> int:
    return len(gzip.compress((settings.BASE_DIR / "static" / name).read_bytes()))
