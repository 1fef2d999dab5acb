"""The names agents are shown under, remembered for a minute."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from cachetools import TTLCache

from chat.events import Sender
from chat.models import User
from chat.shapes import agent_wire_id, sender_kind
from chat.vocabulary import SenderKind

CACHE_SECONDS = 60

_names: TTLCache[int, str] = TTLCache(maxsize=10_000, ttl=CACHE_SECONDS)
_lock = Lock()


def agent_names(ids: Iterable[int]) -> dict[int, str]:
    """Names by user id; one query for those not remembered."""
    wanted = set(ids)
    with _lock:
        known = {pk: _names[pk] for pk in wanted if pk in _names}
    missing = wanted - known.keys()
    if missing:
        found = {user.pk: user.name for user in User.objects.filter(pk__in=missing)}
        with _lock:
            _names.update(found)
        known |= found
    return known


def forget_all() -> None:
    """Read every name anew."""
    with _lock:
        _names.clear()


def senders(keys: Iterable[str], visitor_public_id: str) -> dict[str, Sender]:
    """Who stands behind stored senders such as v:12 and a:3."""
    wanted = set(keys)
    names = agent_names(int(key[2:]) for key in wanted if key.startswith("a:"))
    return {key: _sender(key, visitor_public_id, names) for key in wanted}


def _sender(key: str, visitor_public_id: str, names: dict[int, str]) -> Sender:
    kind = sender_kind(key)
    if kind == SenderKind.AGENT:
        agent_id = int(key[2:])
        return Sender(kind, agent_wire_id(agent_id), names.get(agent_id, ""))
    if kind == SenderKind.VISITOR:
        return Sender(kind, visitor_public_id)
    return Sender(kind)
