"""What holds for every address of the product: T02 (HTTP-10) and T04 of the security design."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from chat.models import User
from tests.chat import back_office
from tests.chat.back_office import Cast
from tests.security.routes import addresses, everything, tables

pytestmark = pytest.mark.django_db

EVIL = "https://evil.example"
REFUSED = {401, 403, 404, 405}
FEWEST, FEWEST_SHOWN = 90, 50
NOBODY = "'none'"
FRAMED_BY = {"/w/": "'self' https://shop.example", "/c/": "'self'", "/demo/": "'self'"}


@pytest.fixture
def cast() -> Cast:
    """The people of two sites."""
    return back_office.cast()


@pytest.fixture
def routes(cast: Cast) -> list[str]:
    """Every address, filled with things of the shop."""
    made = addresses(everything(cast))
    assert len(made) > FEWEST
    return made


def strict(user: User) -> Client:
    """A browser whose forms must carry the token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_http_10_get_changes_nothing(cast: Cast, routes: list[str]) -> None:
    """Live Helper Chat, 2021 to 2022: a link was enough to delete."""
    browser = back_office.browser(cast.rosa)
    before = tables()
    shown = 0
    for path in routes:
        for method in (browser.get, browser.head, browser.options):
            status = method(path).status_code
            assert status < 500, path
            shown += status == 200
    assert shown > FEWEST_SHOWN
    assert tables() == before


def test_http_10_no_post_without_the_sessions_own_token(cast: Cast, routes: list[str]) -> None:
    browser, other = strict(cast.rosa), strict(cast.owen)
    other.get("/app/me")
    foreign = {"X-CSRFToken": other.cookies["csrftoken"].value}
    before = tables()
    for path in routes:
        for headers in ({}, foreign):
            for method in (browser.post, browser.put, browser.patch, browser.delete):
                answer = method(path, headers=headers)
                assert answer.status_code in REFUSED, (path, answer.status_code)
    assert tables() == before


def test_http_10_a_token_does_not_help_a_foreign_page(cast: Cast) -> None:
    browser = strict(cast.ana)
    browser.get("/app/me")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.post("/api/v1/ws-ticket", headers=token).status_code == 200
    for headers in ({"Origin": EVIL}, {"Origin": "null"}):
        assert browser.post("/api/v1/ws-ticket", headers=token | headers).status_code == 403


def answers(client: Client, routes: list[str]) -> Iterator[tuple[str, Any]]:
    """What the routes say to another page's script, and to its question beforehand."""
    asks = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    for path in routes:
        yield path, client.get(path, headers={"Origin": EVIL})
        yield path, client.options(path, headers=asks)


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "operator"])
def test_every_answer_keeps_to_the_rules_of_browsers(
    cast: Cast, routes: list[str], known: bool
) -> None:
    for path, answer in answers(back_office.browser(cast.rosa if known else None), routes):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert not [name for name in headers if name.startswith("access-control-")], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin", path
        assert "camera=()" in headers["permissions-policy"], path
        policy = directives(headers["content-security-policy"])
        assert is_tight(path, policy), (path, policy)
        allowed = [sources for start, sources in FRAMED_BY.items() if path.startswith(start)]
        assert frames(policy, headers) in {NOBODY, *allowed}, path


def directives(policy: str) -> dict[str, str]:
    """The directives of a policy by name."""
    parts = (part.strip().partition(" ") for part in policy.split(";") if part.strip())
    return {name: sources for name, _, sources in parts}


def is_tight(path: str, policy: dict[str, str]) -> bool:
    """Only our own scripts, nothing evaluated, and inline style in the back office alone."""
    scripts = policy.get("script-src", policy["default-src"])
    inline = [name for name, sources in policy.items() if "'unsafe-inline'" in sources]
    return (
        scripts in {"'self'", "'none'"}
        and not any("unsafe-eval" in sources for sources in policy.values())
        and inline in ([], ["style-src"] if path.startswith("/admin/") else [])
        and ("sandbox" in policy or policy["base-uri"] == NOBODY)
    )


def frames(policy: dict[str, str], headers: dict[str, str]) -> str:
    """Who may put a frame around it; data without a page of its own says it the old way."""
    if "sandbox" in policy:
        return NOBODY if headers["x-frame-options"] == "DENY" else ""
    return policy["frame-ancestors"]
