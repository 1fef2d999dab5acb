"""The address a request really comes from, behind proxies that we trust and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

_WITH_PORT = re.compile(r"\[(?P<v6>[0-9A-Fa-f:.]+)\](?::\d+)?|(?P<v4>[0-9.]+):\d+")


def client_ip(
    headers: Iterable[tuple[bytes, bytes]],
    peer: Sequence[object] | None,
    trusted_proxies: Iterable[str],
) -> str:
    """The right-most hop that is no trusted proxy of ours; empty when the peer has no address."""
    found = _read(str(peer[0])) if peer else None
    if found is None:
        return ""
    trusted = _networks(tuple(trusted_proxies))
    for hop in reversed(_forwarded(headers)):
        if not _is_in(found, trusted):
            break
        # What stands left of an unreadable hop was written by nobody we know.
        if (further := _read(hop)) is None:
            break
        found = further
    return str(found)


def _forwarded(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """All hops of X-Forwarded-For, the nearest last."""
    values = [value for name, value in headers if name.lower() == b"x-forwarded-for"]
    return b",".join(values).decode("latin-1").split(",") if values else []


def _read(text: str) -> Address | None:
    """An address with or without a port; IPv4 inside IPv6 counts as IPv4."""
    text = text.strip()
    if form := _WITH_PORT.fullmatch(text):
        text = form["v6"] or form["v4"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks)


@lru_cache(maxsize=16)
def _networks(texts: tuple[str, ...]) -> Networks:
    return tuple(ip_network(text, strict=False) for text in texts)
