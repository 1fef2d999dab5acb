"""`manage.py serve`: one web process of a production installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Serves pages and sockets, and nothing else; background work has processes of its own."""

    help = "Serve pages and sockets on HOST:PORT; put a proxy with TLS in front."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address to listen on."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until told to stop."""
        # Imported here: Daphne makes its event loop when it is imported.
        from gofly.server import WebServer

        WebServer(host=options["host"], port=settings.PORT, on_ready=self.show_address).run()

    def show_address(self) -> None:
        """Tell the log that requests are answered."""
        self.stdout.write(f"gofly answers on port {settings.PORT}.")
