"""Whose address counts behind proxies."""

from __future__ import annotations

import pytest

from chat.addresses import client_ip

PROXIES = ["10.0.0.0/8", "2001:db8:1::/48"]


def seen(forwarded: str | None, peer: str, proxies: list[str] = PROXIES) -> str:
    """The address found for a request with this X-Forwarded-For."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return client_ip(headers, (peer, 40_000), proxies)


@pytest.mark.parametrize(
    ("forwarded", "peer", "address"),
    [
        (None, "192.0.2.1", "192.0.2.1"),
        (None, "10.0.0.1", "10.0.0.1"),
        ("192.0.2.1", "10.0.0.1", "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1, 10.0.0.2", "10.0.0.1", "192.0.2.1"),
        ("192.0.2.1:51234", "10.0.0.1", "192.0.2.1"),
        ("[2001:db8:9::1]:51234", "10.0.0.1", "2001:db8:9::1"),
        ("192.0.2.1", "2001:db8:1::5", "192.0.2.1"),
        ("192.0.2.1", "::ffff:10.0.0.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "10.0.0.1", "192.0.2.1"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.1", "10.0.0.3"),
    ],
)
def test_the_visitors_own_address_is_found(forwarded: str | None, peer: str, address: str) -> None:
    assert seen(forwarded, peer) == address


def test_a_stranger_cannot_choose_an_address() -> None:
    assert seen("127.0.0.1", "192.0.2.1") == "192.0.2.1"
    assert seen("127.0.0.1", "10.0.0.1", proxies=[]) == "10.0.0.1"


def test_what_a_visitor_wrote_in_front_of_our_proxy_does_not_count() -> None:
    assert seen("127.0.0.1, 192.0.2.1", "10.0.0.1") == "192.0.2.1"


@pytest.mark.parametrize(
    "forwarded", ["", "unknown", "127.0.0.1, <script>", "127.0.0.1,", "1" * 9_000, "é"]
)
def test_an_unreadable_hop_ends_the_search(forwarded: str) -> None:
    assert seen(forwarded, "10.0.0.1") == "10.0.0.1"


def test_several_headers_are_read_as_one() -> None:
    headers = [(b"X-Forwarded-For", b"127.0.0.1"), (b"x-forwarded-for", b"192.0.2.1")]
    assert client_ip(headers, ("10.0.0.1", 1), PROXIES) == "192.0.2.1"


@pytest.mark.parametrize("peer", [None, ("", 0), ("/run/gofly.sock", None)])
def test_a_peer_without_an_address_has_none(peer: tuple[str, int | None] | None) -> None:
    assert client_ip([(b"x-forwarded-for", b"192.0.2.1")], peer, PROXIES) == ""
