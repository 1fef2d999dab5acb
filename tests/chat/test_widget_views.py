"""The widget as browsers get it: its doors, its policies, its words and its weight."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from chat.models import Site, WidgetSettings
from chat.services import widget_colors
from chat.services.widget_words import chat_words
from chat.views import bundle, minify

SHOP = "https://shop.example"
KB = 1024
# Syntax that ES2019 does not know: nullish, optional chaining, private fields, lookbehind.
TOO_NEW = re.compile(r"\?\?|\?\.(?!\d)|\bthis\.#|^\s*#[a-z]|\(\?<[=!]", re.MULTILINE)


@pytest.fixture
def site(db: None) -> Site:
    site = Site.objects.create(name="Northlight", allowed_origins=[SHOP, "https://*.lamps.example"])
    WidgetSettings.objects.create(site=site, title="Northlight support", tagline="We are here")
    return site


@pytest.fixture
def frame(site: Site) -> Any:
    """The chat page as a frame on a page of ours asks for it."""

    def get(**query: str) -> Any:
        return Client().get(f"/w/{site.key}/", query)

    return get


def config(answer: Any) -> dict[str, Any]:
    found = re.search(r'<script id="config"[^>]*>(.*?)</script>', answer.content.decode())
    assert found is not None
    return json.loads(found[1])


def directives(answer: Any) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: rest for name, _, rest in (part.partition(" ") for part in parts)}


# ---- the loader


def test_the_loader_is_one_file_for_every_site_and_cached_for_minutes(db: None) -> None:
    answer = Client().get("/w.js", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"].startswith("public, max-age=300, stale-while-revalidate")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert gzip.decompress(answer.content) == Client().get("/w.js").content
    assert not answer.cookies


def test_the_files_of_the_chat_page_are_kept_for_ever_under_their_hash(frame: Any) -> None:
    page = frame().content.decode()
    for path in re.findall(r"/w/chat-[0-9a-f]{8}\.(?:js|css)", page):
        answer = Client().get(path)
        assert (answer.status_code, "immutable" in answer["Cache-Control"]) == (200, True)


def test_a_page_from_before_an_update_gets_todays_files_and_asks_again_soon(db: None) -> None:
    answer = Client().get("/w/chat-00000000.js")
    assert answer.status_code == 200
    assert "immutable" not in answer["Cache-Control"]


# ---- the doors (EMBED-01, HTTP-13)


@pytest.mark.parametrize(
    "referer", [f"{SHOP}/cart", f"{SHOP}/", "https://www.lamps.example/", "http://127.0.0.1:8000/"]
)
def test_a_listed_page_and_our_own_get_the_frame(site: Site, referer: str) -> None:
    with override_settings(GOFLY_PUBLIC_URLS=["http://127.0.0.1:8000"]):
        answer = Client().get(f"/w/{site.key}/", headers={"Referer": referer})
    assert answer.status_code == 200
    assert directives(answer)["frame-ancestors"] == f"'self' {SHOP} https://*.lamps.example"
    assert "X-Frame-Options" not in answer


@pytest.mark.parametrize(
    "referer",
    ["https://evil.example/", "https://shop.example.evil.example/", "https://lamps.example/",
     "http://shop.example/", "https://shop.example:444/", "not an address"],
)  # fmt: skip
def test_http_13_a_foreign_page_gets_nothing(site: Site, referer: str) -> None:
    answer = Client().get(
        f"/w/{site.key}/", headers={"Referer": referer, "Sec-Fetch-Dest": "iframe"}
    )
    assert (answer.status_code, answer.content) == (403, b"")
    assert directives(answer)["frame-ancestors"] == "'none'"


def test_without_a_referer_the_browser_keeps_the_door(frame: Any) -> None:
    answer = frame()
    assert answer.status_code == 200
    assert directives(answer)["frame-ancestors"].startswith("'self' https://shop.example")


@pytest.mark.parametrize("path", ["/w/{}/", "/c/{}/"])
def test_embed_01_a_disabled_or_unknown_site_is_not_found(site: Site, path: str) -> None:
    Site.objects.filter(pk=site.pk).update(is_active=False)
    for key in (site.key, "st_nobody", "%00", "x" * 500):
        answer = Client().get(path.format(key))
        assert answer.status_code == 404
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_a_site_with_an_empty_list_is_for_our_own_pages(db: None) -> None:
    site = Site.objects.create(name="Alone")
    assert directives(Client().get(f"/w/{site.key}/"))["frame-ancestors"] == "'self'"
    answer = Client().get(f"/w/{site.key}/", headers={"Referer": "https://shop.example/"})
    assert answer.status_code == 403


# ---- the policy and what the page holds


def test_the_policy_is_the_one_of_the_security_design(frame: Any) -> None:
    assert directives(frame()) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "media-src": "'self'",
        "connect-src": "'self' ws://testserver",
        "frame-ancestors": f"'self' {SHOP} https://*.lamps.example",
        "base-uri": "'none'",
        "form-action": "'self'",
        "require-trusted-types-for": "'script'",
    }


def test_on_tls_the_socket_is_on_tls(site: Site) -> None:
    answer = Client().get(f"/w/{site.key}/", secure=True)
    assert directives(answer)["connect-src"] == "'self' wss://testserver"


def test_the_page_of_its_own_may_be_framed_by_us_alone(site: Site) -> None:
    answer = Client().get(f"/c/{site.key}/", headers={"Referer": "https://anywhere.example/"})
    policy = directives(answer)
    assert (answer.status_code, policy["frame-ancestors"]) == (200, "'self'")
    assert (policy["worker-src"], policy["manifest-src"]) == ("'self'", "'self'")
    assert config(answer)["framed"] is False


def test_the_page_obeys_its_own_policy(site: Site) -> None:
    for path in (f"/w/{site.key}/", f"/c/{site.key}/"):
        page = Client().get(path).content.decode()
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page)
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []


def test_the_page_holds_no_secret_and_sets_no_cookie(site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(identity_secrets=["very-secret"])
    answer = Client().get(f"/w/{site.key}/")
    page = answer.content.decode()
    assert "very-secret" not in page
    assert SHOP not in page
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, max-age=60"
    assert {"Referer", "Accept-Language"} <= set(answer["Vary"].split(", "))


def test_what_an_owner_writes_is_text(site: Site) -> None:
    hostile = "</script><script>alert(1)</script>"
    WidgetSettings.objects.filter(site=site).update(
        title=hostile[:60], tagline=hostile, welcome=hostile, away_text=hostile
    )
    page = Client().get(f"/w/{site.key}/").content.decode()
    assert "<script>alert" not in page


# ---- looks and words


def test_color_and_theme_are_taken_only_when_they_are_such(frame: Any) -> None:
    good = frame(color="#ffd54a", theme="dark")
    assert config(good)["colors"]["accent"] == "#ffd54a"
    assert 'data-theme="dark"' in good.content.decode()
    bad = frame(color="red;}", theme='"><b>')
    assert config(bad)["colors"]["accent"] == "#2456e6"
    assert 'data-theme="auto"' in bad.content.decode()


@pytest.mark.parametrize(
    "color", ["#ffffff", "#000000", "#ffd54a", "#2456e6", "#888888", "#0f0f0f"]
)
def test_any_brand_colour_can_be_read(color: str) -> None:
    colors = widget_colors.palette(color)
    pairs = [
        (colors["accent"], colors["on-accent"]),
        (colors["link-light"], widget_colors.LIGHT_PAGE),
        (colors["link-dark"], widget_colors.DARK_PAGE),
    ]
    assert all(widget_colors.contrast(*pair) >= 4.4 for pair in pairs)


@pytest.mark.parametrize(
    ("query", "browser", "chosen", "expected"),
    [
        ({"lang": "zh-CN"}, "en", "en", "zh-CN"),
        ({"lang": "xx"}, "zh-CN", "auto", "zh-CN"),
        ({"hint": "zh"}, "en", "auto", "zh-CN"),
        ({"hint": "zh"}, "en", "en", "en"),
        ({}, "zh-TW,en;q=0.5", "auto", "zh-CN"),
        ({}, "fr", "auto", "en"),
        ({"lang": "\x00" * 9, "hint": "a" * 4000}, "", "auto", "en"),
    ],
)
def test_the_language_is_asked_for_set_hinted_or_the_browsers(
    site: Site, query: dict[str, str], browser: str, chosen: str, expected: str
) -> None:
    WidgetSettings.objects.filter(site=site).update(language=chosen)
    answer = Client().get(f"/w/{site.key}/", query, headers={"Accept-Language": browser})
    assert config(answer)["lang"] == expected
    assert f'<html lang="{expected}"' in answer.content.decode()


def test_a_site_without_settings_speaks_all_the_same(db: None) -> None:
    site = Site.objects.create(name="Bare")
    page = Client().get(f"/w/{site.key}/", headers={"Accept-Language": "en"}).content.decode()
    assert "<h1>Bare</h1>" in page
    assert "Hello! How can we help you?" in page


def test_the_script_uses_every_word_it_is_given() -> None:
    script = "".join(path.read_text() for path in source_files("chat"))
    known = {"bot", "queued", "sent", "read", "identity"}
    unused = {word for word in chat_words() if word not in known and f"words.{word}" not in script}
    assert unused == set()


def test_the_page_is_packed_for_those_who_can_unpack_it(frame: Any, site: Site) -> None:
    sent = Client().get(f"/w/{site.key}/", headers={"Accept-Encoding": "gzip, br"})
    assert sent["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent.content) == frame().content


# ---- weight and syntax


def packed(answer: Any) -> int:
    return len(gzip.compress(answer.content, compresslevel=9))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("kind", ["w", "c"])
def test_the_whole_widget_weighs_at_most_fifteen_kilobytes(
    site: Site, lang: str, kind: str
) -> None:
    loader = packed(Client().get("/w.js"))
    page = Client().get(f"/{kind}/{site.key}/", {"lang": lang})
    parts = [Client().get(path) for path in re.findall(r"/w/chat-[^\"]+", page.content.decode())]
    chat = packed(page) + sum(packed(part) for part in parts)
    assert len(parts) == 2
    assert loader <= 5 * KB
    assert chat <= 11 * KB
    assert loader + chat <= 15 * KB


def source_files(folder: str) -> list[Path]:
    return sorted((settings.BASE_DIR / "static/widget" / folder).glob("*.js"))


def test_the_widget_is_written_in_es2019() -> None:
    for path in [*source_files("chat"), *source_files("loader")]:
        code = re.sub(r"//.*", "", path.read_text())
        assert TOO_NEW.findall(code) == [], path.name
    for served in (bundle.loader(), bundle.chat_script()):
        assert TOO_NEW.findall(served.body.decode()) == []


def test_served_scripts_can_be_parsed(tmp_path: Path) -> None:
    for name, served in {"w": bundle.loader(), "chat": bundle.chat_script()}.items():
        path = tmp_path / f"{name}.js"
        path.write_bytes(served.body)
        subprocess.run(["node", "--check", path], check=True)


def test_no_markup_is_made_from_strings() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\("
    )
    for path in [*source_files("chat"), *source_files("loader")]:
        assert forbidden.findall(path.read_text()) == [], path.name


def test_where_no_minifier_is_installed_the_sources_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(minify, "find_spec", lambda name: None)
    assert minify.minified("const long = 1 // why", "text/javascript") == "const long = 1 // why"


# ---- the demo shop


def test_the_demo_shop_holds_the_pasted_line(site: Site) -> None:
    answer = Client().get("/demo/shop", {"lang": "zh-CN", "color": '"><b>'})
    page = answer.content.decode()
    assert f'<script async src="/w.js" data-site="{site.key}" data-lang="zh-CN"' in page
    assert "<b>" not in page.partition("</header>")[2]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@override_settings(PRODUCTION=True)
def test_in_production_the_shop_must_be_told_which_site(site: Site) -> None:
    assert Client().get("/demo/shop").status_code == 404
    assert Client().get("/demo/shop", {"site": site.key}).status_code == 200
