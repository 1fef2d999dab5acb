"""Origins: which pages may embed a widget, and which may open a socket."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import idna

from chat.errors import _

ANYWHERE = "*"
_PORTS = {"http": 80, "https": 443}
_FORM = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]\\]+)(?::(?P<port>[0-9]{1,5}))?"
)
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
                   r"(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")  # fmt: skip


class BadOrigin(ValueError):
    """An address that names no origin; the sentence says how to write one."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a browser calls the same place."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


@dataclass(frozen=True, slots=True)
class OriginPattern:
    """One entry of a site's list. A wildcard stands for one or more whole labels."""

    origin: Origin | None  # None: anywhere
    wildcard: bool = False

    def matches(self, origin: Origin) -> bool:
        """Whether a page of this origin may embed the widget."""
        if self.origin is None:
            return True
        if (origin.scheme, origin.port) != (self.origin.scheme, self.origin.port):
            return False
        if self.wildcard:
            return origin.host.endswith("." + self.origin.host)
        return origin.host == self.origin.host

    def __str__(self) -> str:
        if self.origin is None:
            return ANYWHERE
        return str(self.origin).replace("://", "://*.", 1) if self.wildcard else str(self.origin)


@lru_cache(maxsize=1_024)
def parse_origin(text: str) -> Origin:
    """The origin in a text such as https://shop.example:8443, or BadOrigin."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise BadOrigin(_explain(text))
    scheme = form["scheme"].lower()
    if scheme not in _PORTS:
        raise BadOrigin(_("An address begins with https:// or http://."))
    port = int(form["port"] or _PORTS[scheme])
    if not 0 < port < 65_536:
        raise BadOrigin(_("A port is a number from 1 to 65535."))
    return Origin(scheme, _parse_host(form["host"]), port)


def parse_pattern(text: str) -> OriginPattern:
    """An entry of a site's list, or BadOrigin."""
    if text == ANYWHERE:
        return OriginPattern(None)
    scheme, separator, rest = text.partition("://")
    wildcard = rest.startswith("*.")
    origin = parse_origin(scheme + separator + rest.removeprefix("*."))
    if origin.host.startswith("["):
        raise BadOrigin(_("Browsers cannot compare IPv6 addresses here; write a host name."))
    return OriginPattern(origin, wildcard)


def is_own_origin(origin: str | None, public_urls: Iterable[str]) -> bool:
    """Whether an Origin header names this installation: exact scheme, host and port."""
    found = _read(origin)
    return found is not None and any(found == parse_origin(own) for own in public_urls)


def may_embed(origin: str | None, allowed: Iterable[str], public_urls: Iterable[str]) -> bool:
    """Whether a page of this origin may show the widget; our own pages always may."""
    found = _read(origin)
    if found is None:
        return False
    return is_own_origin(origin, public_urls) or any(
        parse_pattern(entry).matches(found) for entry in allowed
    )


def origin_of(url: str) -> str:
    """The origin of an address such as a Referer, as text; empty when it names none."""
    found = _read(re.split(r"(?<=[^:/])[/?#]", url, maxsplit=1)[0])
    return "" if found is None else str(found)


def frame_ancestors(allowed: Iterable[str]) -> str:
    """The sources of a CSP `frame-ancestors`: ourselves and the site's list."""
    patterns = [str(parse_pattern(entry)) for entry in allowed]
    return ANYWHERE if ANYWHERE in patterns else " ".join(["'self'", *patterns])


def _read(text: str | None) -> Origin | None:
    """An origin from outside: what cannot be read is foreign, like `null` and nothing."""
    try:
        return parse_origin(text or "")
    except BadOrigin:
        return None


def _parse_host(host: str) -> str:
    if host.startswith("["):
        return host.lower()
    try:
        ascii_host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise BadOrigin(_("This is not a host name; write one like shop.example.")) from error
    if not _HOST.fullmatch(ascii_host):
        raise BadOrigin(_("This is not a host name; write one like shop.example."))
    return ascii_host


def _explain(text: str) -> str:
    if "://" not in text:
        return _("Begin with https:// or http://, as in https://shop.example.")
    if "@" in text:
        return _("Leave out user name and password; write only https://shop.example.")
    if re.search(r"://[^/?#]+[/?#]", text):
        return _("Leave out everything after the host, as in https://shop.example.")
    return _("Write an address like https://shop.example or https://*.shop.example.")
