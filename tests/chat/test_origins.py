"""Which pages may embed the widget, and which may open a socket."""

from __future__ import annotations

import pytest

from chat import origins
from chat.origins import BadOrigin, frame_ancestors, is_own_origin, may_embed, origin_of

OURS = ["https://chat.example", "http://localhost:8000"]
HOST = "chat.example"

# The twelve of HANDSHAKE-02 in the catalogue of hostile inputs.
TRICKS = [
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://shop.example@evil.example",
    "http://shop.example",
    "https://shop.example:444",
    "null",
    "",
    f"https://{HOST}.evil.example",
    f"https://evil{HOST}",
    f"https://{HOST}@evil.example",
    f"http://{HOST}",
    f"https://{HOST}:444",
]


@pytest.mark.parametrize("origin", TRICKS)
def test_no_origin_trick_opens_a_socket(origin: str) -> None:
    assert not is_own_origin(origin, OURS)


@pytest.mark.parametrize("origin", TRICKS)
def test_no_origin_trick_embeds_the_widget(origin: str) -> None:
    assert not may_embed(origin, ["https://shop.example", "https://*.shop.example"], OURS)


@pytest.mark.parametrize("origin", ["https://shop.example", None])
def test_the_embedding_page_itself_opens_no_socket(origin: str | None) -> None:
    assert not is_own_origin(origin, OURS)


@pytest.mark.parametrize(
    "origin",
    ["https://chat.example", "https://CHAT.example", "https://chat.example:443", OURS[1]],
)
def test_our_own_pages_open_sockets_and_embed(origin: str) -> None:
    assert is_own_origin(origin, OURS)
    assert may_embed(origin, [], OURS)


@pytest.mark.parametrize(
    ("entry", "origin", "is_let_in"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", "https://www.shop.example", False),
        ("https://*.shop.example", "https://www.shop.example", True),
        ("https://*.shop.example", "https://a.b.shop.example", True),
        ("https://*.shop.example", "https://shop.example", False),
        ("https://*.shop.example", "https://evilshop.example", False),
        ("https://*.shop.example", "http://www.shop.example", False),
        ("https://*.shop.example:8443", "https://www.shop.example:8443", True),
        ("http://localhost:8080", "http://localhost:8080", True),
        ("http://localhost:8080", "http://localhost", False),
        ("https://Bücher.example", "https://xn--bcher-kva.example", True),
        ("https://straße.example", "https://xn--strae-oqa.example", True),
        ("https://商店.example", "https://xn--czrs0t.example", True),
        ("*", "http://anything.example:99", True),
        ("*", "null", False),
    ],
)
def test_a_page_is_let_in_by_the_sites_list(entry: str, origin: str, is_let_in: bool) -> None:
    assert may_embed(origin, [entry], OURS) is is_let_in


@pytest.mark.parametrize(
    ("entry", "advice"),
    [
        ("shop.example", "Begin with https://"),
        ("", "Begin with https://"),
        ("https://shop.example/", "after the host"),
        ("https://shop.example?x", "after the host"),
        ("https://ana@shop.example", "user name"),
        ("ftp://shop.example", "begins with https://"),
        ("https://shop.example:0", "1 to 65535"),
        ("https://shop.example:70000", "1 to 65535"),
        ("https://", "Write an address"),
        ("https://*", "not a host name"),
        ("https://a.*.example", "not a host name"),
        ("https://*.*.example", "not a host name"),
        ("https://shop.example.", "not a host name"),
        ("https://-shop.example", "not a host name"),
        ("https://a..example", "not a host name"),
        ("https://shop.example;script-src", "not a host name"),
        ("https://shop.example 'self'", "Write an address"),
        ("https://shop.example\n", "Write an address"),
        ("https://" + "a" * 64 + ".example", "not a host name"),
        ("https://\u200d.example", "not a host name"),
        ("https://[::1]:8000", "IPv6"),
    ],
)
def test_a_wrong_entry_is_refused_with_advice(entry: str, advice: str) -> None:
    with pytest.raises(BadOrigin, match=advice.replace("*", r"\*")):
        origins.parse_pattern(entry)


def test_an_ipv6_installation_is_its_own_origin() -> None:
    assert is_own_origin("http://[::1]:8000", ["http://[::1]:8000"])


def test_the_browser_is_told_the_same_list() -> None:
    entries = ["https://Shop.example:443", "https://*.bücher.example", "http://localhost:8080"]
    told = "'self' https://shop.example https://*.xn--bcher-kva.example http://localhost:8080"
    assert frame_ancestors(entries) == told
    assert frame_ancestors([]) == "'self'"
    assert frame_ancestors(["https://shop.example", "*"]) == "*"


@pytest.mark.parametrize(
    ("referer", "origin"),
    [
        ("https://shop.example/cart?x=1", "https://shop.example"),
        ("https://shop.example", "https://shop.example"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("https://shop.example?x", "https://shop.example"),
        ("https://shop.example@evil.example/", ""),
        ("https:///shop.example", ""),
        ("about:blank", ""),
        ("", ""),
    ],
)
def test_the_origin_of_a_referer_is_found(referer: str, origin: str) -> None:
    assert origin_of(referer) == origin
