"""Forwarding headers are believed from the proxies that the settings name, and from nobody else."""

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address, ip_network
from typing import Any

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

HEADERS = frozenset(
    {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip", b"forwarded"}
)
# Left in place of what was dropped: such a request came through somebody, so it is not local.
MARK = (b"x-forwarding-dropped", b"1")


class BelieveProxies:
    """Drops the forwarding headers of peers that are not trusted proxies."""

    def __init__(self, application: Application, *, proxies: Iterable[str]) -> None:
        """Wrap the application; `proxies` are networks such as 10.0.0.0/8."""
        self.application = application
        self.networks = [ip_network(proxy) for proxy in proxies]

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the connection on, without claims that nobody vouches for."""
        if "headers" in scope and not self.trusts(scope):
            scope = {**scope, "headers": without_claims(scope["headers"])}
        await self.application(scope, receive, send)

    def trusts(self, scope: Scope) -> bool:
        """Whether the other end of the connection is one of our proxies."""
        client = scope.get("client")
        if not client:
            return False
        return any(ip_address(client[0]) in network for network in self.networks)


def without_claims(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers without those that only a proxy may set, and a mark when there were any."""
    kept = [pair for pair in headers if pair[0].lower() not in HEADERS]
    return kept if len(kept) == len(headers) else [*kept, MARK]
