"""`manage.py up`: the whole product on this machine, until Ctrl-C."""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gofly import demo, embedded, running, static

HOST = "127.0.0.1"


class Command(BaseCommand):
    """Starts database, web server and background work, and shows where to look."""

    help = "Start everything on this machine and serve it on 127.0.0.1:PORT until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice there is."""
        parser.add_argument(
            "--new-passwords",
            action="store_true",
            help="give the demo people new passwords and print them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take each step in the open; what was started is stopped in the reverse order."""
        self.began = time.monotonic()
        self.url = f"http://{HOST}:{settings.PORT}"
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # also in a pipe
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
        try:
            with ExitStack() as started:
                started.enter_context(running.claimed(settings.GOFLY_DATA, self.url))
                self.start(started, renew=options["new_passwords"])
        except running.AlreadyRunningError as other:
            self.stdout.write(f"{other} Stop it with Ctrl-C there, or with `manage.py down`.")
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def start(self, started: ExitStack, *, renew: bool) -> None:
        """Database, tables, files, demo, then the servers."""
        require_port(settings.PORT)
        if "DATABASE_URL" not in os.environ:
            with self.step("Database"):
                embedded.start(settings.GOFLY_DATA)
                started.callback(embedded.stop, settings.GOFLY_DATA)
            self.show_rows()
        with self.step("Tables"):
            call_command("migrate", verbosity=0, interactive=False)
        with self.step("Static files"):
            static.collect()
        passwords = {}
        if settings.GOFLY_ENV == "demo":
            with self.step("Demo shop and people"):
                passwords = demo.prepare(origins=settings.GOFLY_PUBLIC_URLS)
            passwords = demo.new_passwords() if renew else passwords
        self.serve(started, passwords)

    def show_rows(self) -> None:
        """Name the folder of the rows, when it is not where one would look."""
        data = embedded.place(settings.GOFLY_DATA).data
        if settings.GOFLY_DATA not in data.parents:
            self.stdout.write(f"    in {data}: this folder is closed to the database's account")

    def serve(self, started: ExitStack, passwords: dict[str, str]) -> None:
        """Run background work and the web server until somebody stops us."""
        # Imported here: Daphne makes its event loop when imported, Celery reads every task.
        with self.step("Web server and background work"):
            from gofly.server import WebServer
            from gofly.worker import BackgroundWork

            work = BackgroundWork()
            web = WebServer(
                host=HOST, port=settings.PORT, on_ready=lambda: self.show_addresses(passwords)
            )
        work.start()
        started.callback(work.stop)
        web.run()
        self.stdout.write("Stopping ...")

    def show_addresses(self, passwords: dict[str, str]) -> None:
        """Where to look, who may sign in, and the line to paste."""
        seconds = time.monotonic() - self.began
        self.stdout.write(self.style.SUCCESS(f"\ngofly is ready after {seconds:.1f} s."))
        self.stdout.write("")
        for label, path in (
            ("Shop with the widget", "/demo/shop"),
            ("Dashboard", "/app/"),
            ("Back office", "/admin/"),
            ("API", "/api/docs"),
        ):
            self.stdout.write(f"  {label:22}{self.url}{path}")
        self.stdout.write("")
        self.stdout.write("Paste this line into a page of yours:\n")
        source = f'<script async src="{self.url}/w.js" data-site="{demo.site_key()}"></script>'
        self.stdout.write(f"  {source}")
        self.stdout.write("")
        if settings.GOFLY_ENV == "demo":
            self.show_people(passwords)
        self.stdout.write("")
        self.stdout.write("Ctrl-C stops everything.")

    def show_people(self, passwords: dict[str, str]) -> None:
        """The fresh passwords, once; later only how to get new ones."""
        if not passwords:
            self.stdout.write(
                "The passwords were printed at the first start; "
                "`.venv/bin/python manage.py up --new-passwords` makes new ones."
            )
            return
        self.stdout.write("Sign in to the dashboard with (shown this once):\n")
        for username, password in passwords.items():
            self.stdout.write(f"  {username:22}{password}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show a step as it begins, and how long it took."""
        began = time.monotonic()
        self.stdout.write(f"  {name} ...", ending="")
        self.stdout.flush()
        try:
            yield
        except BaseException:
            self.stdout.write("")
            raise
        self.stdout.write(f" {time.monotonic() - began:.1f} s")


def require_port(port: int) -> None:
    """Refuse a port that another program holds, before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CommandError(f"Port {port} needs root; choose one above 1023.") from None
            raise CommandError(
                f"Port {port} is taken by another program; choose another with PORT={port + 1}."
            ) from None
