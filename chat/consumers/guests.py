"""What one address and one visitor may do in this process."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from cachetools import TTLCache
from django.conf import settings

from chat import protocol
from chat.limits import SlidingCounter, TokenBucket

MINUTE, HOUR = 60.0, 3600.0
BAN_SECONDS = 15 * 60
REMEMBERED = 200_000


class Closable(Protocol):
    """A socket that can be told to go."""

    def replace(self) -> None:
        """Close: a newer socket took the place; must not block."""


class Guests:
    """Sockets by address and by visitor, and their shared budgets."""

    def __init__(self, sockets_per_guest: int) -> None:
        self._sockets_per_guest = sockets_per_guest
        self._by_address: dict[str, int] = {}
        self._by_guest: dict[str, OrderedDict[Closable, None]] = {}
        self._failures = SlidingCounter(
            settings.GOFLY_LIMIT_HELLO_FAILURES_PER_IP_MINUTE, MINUTE, hold=BAN_SECONDS
        )
        self._opened = SlidingCounter(settings.GOFLY_LIMIT_CONVERSATIONS_PER_IP_HOUR, HOUR)
        self._messages: TTLCache[str, TokenBucket] = TTLCache(REMEMBERED, 10 * MINUTE)

    def enter(self, address: str) -> bool:
        """Count a socket of this address in; False when it has enough, or is barred."""
        held = self._by_address.get(address, 0)
        if self._failures.wait(address) or held >= settings.GOFLY_LIMIT_SOCKETS_PER_IP:
            return False
        self._by_address[address] = held + 1
        return True

    def leave(self, address: str) -> None:
        """Count a socket of this address out."""
        held = self._by_address.get(address, 0) - 1
        if held > 0:
            self._by_address[address] = held
        else:
            self._by_address.pop(address, None)

    def failed(self, address: str) -> None:
        """Count a failed hello; too many bar the address for a quarter of an hour."""
        self._failures.take(address)

    def open_wait_ms(self, address: str) -> int:
        """Spend one new conversation of this address; how long to wait when there is none left."""
        return self._opened.take(address)

    def settle(self, guest: str, socket: Closable) -> None:
        """Let a socket in under its guest's name; the oldest one goes when there are too many."""
        sockets = self._by_guest.setdefault(guest, OrderedDict())
        sockets[socket] = None
        if len(sockets) > self._sockets_per_guest:
            oldest, _ = sockets.popitem(last=False)
            oldest.replace()

    def unsettle(self, guest: str, socket: Closable) -> None:
        """Take a socket away from its guest."""
        sockets = self._by_guest.get(guest)
        if sockets is not None:
            sockets.pop(socket, None)
            if not sockets:
                del self._by_guest[guest]

    def message_wait_ms(self, guest: str, limits: protocol.SocketLimits) -> int:
        """Spend one message of this guest; how long to wait when there is none left."""
        bucket = self._messages.get(guest)
        if bucket is None:
            rate = limits.messages_per_minute / MINUTE
            bucket = TokenBucket(rate=rate, burst=limits.messages_burst)
        self._messages[guest] = bucket
        return bucket.take()


visitors = Guests(protocol.VISITOR.sockets)
agents = Guests(protocol.AGENT.sockets)
