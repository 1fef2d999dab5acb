"""Typed readers of the environment; a bad value is refused with what is allowed instead."""

import os
import sys
from collections.abc import Collection, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

ROOT = Path(__file__).resolve().parent.parent


def read_file(path: Path = ROOT / ".env") -> None:
    """Fill what the environment does not say from the `.env` file, when there is one."""
    if path.is_file():
        environ.Env.read_env(str(path), overwrite=False)


class Environment:
    """Reads values by name, keeps what it read, and collects every refusal for one clear exit."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Read from `values`, usually `os.environ`."""
        self.values = values
        self.known: set[str] = set()
        self.refusals: list[str] = []

    def refuse(self, name: str, rule: str, *, shown: str | None = None) -> None:
        """Note that the value of `name` breaks `rule`; `shown` stands in for a secret value."""
        value = self.values.get(name, "") if shown is None else shown
        self.refusals.append(f"{name}={value!r} is refused: {rule}.")

    def text(self, name: str, default: str = "") -> str:
        """A text without surrounding blanks."""
        self.known.add(name)
        return self.values.get(name, "").strip() or default

    def words(self, name: str, default: Collection[str] = ()) -> list[str]:
        """A list of words separated by commas."""
        text = self.text(name)
        return [word.strip() for word in text.split(",") if word.strip()] or list(default)

    def flag(self, name: str, default: bool = False) -> bool:
        """A switch: 1, true, yes, on or 0, false, no, off."""
        text = self.text(name, "on" if default else "off").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text not in {"0", "false", "no", "off"}:
            self.refuse(name, "allowed are 1, true, yes, on, 0, false, no, off")
        return False

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """One of the allowed words."""
        text = self.text(name, default)
        if text not in allowed:
            self.refuse(name, f"allowed are {', '.join(sorted(allowed))}")
            return default
        return text

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        text = self.text(name, str(default))
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 16 and low <= int(text) <= high:
            return int(text)
        self.refuse(name, f"allowed is a whole number from {low} to {high}")
        return default

    def address(self, name: str, schemes: Collection[str], default: str = "") -> str:
        """An address with one of the schemes, or nothing."""
        text = self.text(name, default)
        if text and urlsplit(text).scheme not in schemes:
            allowed = " or ".join(f"{scheme}://..." for scheme in schemes)
            self.refuse(name, f"allowed is an address like {allowed}", shown=without_password(text))
            return ""
        return text

    def origins(self, name: str, default: Collection[str] = ()) -> list[str]:
        """A list of origins such as https://chat.example.com, nothing after the host and port."""
        words = [word.rstrip("/") for word in self.words(name, default)]
        good = [word for word in words if is_origin(word)]
        if good != words:
            self.refuse(name, "allowed are origins like https://chat.example.com, comma separated")
        return good

    def networks(self, name: str) -> list[str]:
        """A list of addresses or networks such as 10.0.0.0/8."""
        words = self.words(name)
        try:
            return [str(ip_network(word)) for word in words]
        except ValueError:
            self.refuse(name, "allowed are addresses or networks like 10.0.0.0/8, comma separated")
            return []

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of a PostgreSQL address."""
        address = self.address(name, ("postgresql", "postgres"), default)
        return dict(environ.Env.db_url_config(address or default))

    def mail(self, name: str) -> dict[str, Any]:
        """Django's settings of a mail server, or nothing; smtp+tls is STARTTLS, smtp+ssl TLS."""
        address = self.address(name, ("smtp", "smtp+tls", "smtp+ssl"))
        return dict(environ.Env.email_url_config(address)) if address else {}

    def unknown(self, prefix: str) -> list[str]:
        """Names with our prefix that nothing has read: most likely typing mistakes."""
        return sorted(
            name for name in self.values if name.startswith(prefix) and name not in self.known
        )

    def leave_if_refused(self) -> None:
        """Write every refusal on a line of its own and end the process with status 2."""
        if self.refusals:
            sys.stderr.write("".join(f"gofly: {line}\n" for line in self.refusals))
            raise SystemExit(2)


def is_origin(text: str) -> bool:
    """Whether this is scheme, host and port and nothing else."""
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and text == f"{parts.scheme}://{parts.netloc}"


def without_password(address: str) -> str:
    """The address as it may be shown: without what stands before the host."""
    head, at, tail = address.rpartition("@")
    return f"{head.split('://')[0]}://...@{tail}" if at else address


def process_environment() -> Environment:
    """The environment of this process, with the `.env` file read."""
    read_file()
    return Environment(os.environ)
