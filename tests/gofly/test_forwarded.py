"""Forwarding headers are believed from the named proxies and from nobody else."""

from typing import Any

import pytest

from gofly.forwarded import MARK, BelieveProxies

FORWARDED = (b"x-forwarded-for", b"203.0.113.9")


async def seen_from(peer: str | None, *proxies: str) -> list[Any]:
    """The headers that reach the application when `peer` sends a forwarding header."""
    seen: list[Any] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])

    scope = {
        "type": "http",
        "client": [peer, 50_000] if peer else None,
        "headers": [(b"host", b"chat.example.com"), FORWARDED],
    }
    await BelieveProxies(application, proxies=proxies)(scope, None, None)
    return seen


async def test_a_named_proxy_is_believed() -> None:
    assert FORWARDED in await seen_from("10.1.2.3", "10.0.0.0/8")


@pytest.mark.parametrize("peer", ["203.0.113.5", "127.0.0.1", "::1", None])
async def test_nobody_else_is(peer: str | None) -> None:
    assert await seen_from(peer, "10.0.0.0/8") == [(b"host", b"chat.example.com"), MARK]


async def test_without_proxies_nobody_is() -> None:
    assert FORWARDED not in await seen_from("127.0.0.1")
