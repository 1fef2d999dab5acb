"""Sites as sockets and pages need them: read often, changed rarely."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from cachetools import TTLCache, cached

from chat.models import Site

CACHE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What a socket has to know about its site."""

    id: int
    key: str
    name: str
    is_active: bool
    allowed_origins: tuple[str, ...]
    identity_policy: str
    identity_secrets: tuple[str, ...]
    native_clients: bool
    typing_preview: bool


_cache: TTLCache[tuple[str, ...], SiteInfo | None] = TTLCache(maxsize=4096, ttl=CACHE_SECONDS)


@cached(_cache, lock=Lock())
def site_by_key(key: str) -> SiteInfo | None:
    """The site behind a public key, or None; at most 5 seconds old."""
    site = Site.objects.select_related("widget").filter(key=key).first()
    return None if site is None else _info(site)


def forget_all() -> None:
    """Read every site anew."""
    _cache.clear()


def _info(site: Site) -> SiteInfo:
    widget = getattr(site, "widget", None)
    return SiteInfo(
        id=site.pk,
        key=site.key,
        name=site.name,
        is_active=site.is_active,
        allowed_origins=tuple(site.allowed_origins),
        identity_policy=site.identity_policy,
        identity_secrets=tuple(site.identity_secrets),
        native_clients=site.native_clients,
        typing_preview=widget is not None and widget.typing_preview,
    )
