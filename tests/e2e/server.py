"""The product as a real process, on the database server of the test run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
STORED = """
    SELECT m.body, m.kind, m.seq FROM message m JOIN chat_conversation c ON c.id = m.conversation_id
    WHERE c.site_id = %s ORDER BY c.id, m.seq
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A site and its people, as `prepare` made them."""

    id: int
    key: str
    people: dict[str, dict[str, Any]]


class Server:
    """One `manage.py up`."""

    def __init__(self, folder: Path, port: int, public: list[str]) -> None:
        """Nothing runs yet; `public` are the addresses that browsers use."""
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.database = os.environ["DATABASE_URL"]
        self._log = folder / "printed"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PORT": str(port),
            "DATABASE_URL": self.database,
            "GOFLY_DATA": str(folder / "var"),
            "GOFLY_PUBLIC_URLS": ",".join([self.url, *public]),
            "GOFLY_LIMIT_SOCKETS_PER_IP": "1000",
            "GOFLY_LIMIT_CONVERSATIONS_PER_IP_HOUR": "10000",
            "GOFLY_LIMIT_HELLO_FAILURES_PER_IP_MINUTE": "1000",
        }

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self._log.open("a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self._is_ready():
            assert self._process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.1)

    def stop(self) -> None:
        """Ctrl-C."""
        assert self._process
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def printed(self) -> str:
        """Everything on its terminal so far."""
        return self._log.read_text()

    def make_shops(self, count: int, origin: str) -> list[Shop]:
        """Sites that may be embedded at `origin`, with people who are signed in."""
        settings = {"GOFLY_ENV": "demo", "DJANGO_SETTINGS_MODULE": "gofly.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.prepare", str(count), origin],
            cwd=ROOT,
            env=self._environment | settings,
            stdout=subprocess.PIPE,
            check=True,
        )
        return [Shop(**shop) for shop in json.loads(done.stdout)]

    def stored(self, shop: Shop) -> list[str]:
        """The texts of the shop's messages as they lie in the database, in order."""
        rows = self.query(STORED, shop.id)
        assert [seq for _, _, seq in rows] == list(range(1, len(rows) + 1)), rows
        return [body for body, kind, _ in rows if kind == "text"]

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
