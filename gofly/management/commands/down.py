"""`manage.py down`: stop what `manage.py up` started in this folder."""

import os
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gofly import embedded, running

SECONDS_TO_STOP = 15


class Command(BaseCommand):
    """Ends the running process, and a database that a killed one left behind."""

    help = "Stop the installation that runs from this folder, database included."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask the process to leave, then make sure of the database."""
        other = running.runner(settings.GOFLY_DATA)
        if other:
            os.kill(other.pid, signal.SIGTERM)
            self.wait()
        try:
            stopped = embedded.stop(settings.GOFLY_DATA)
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Stopped." if other or stopped else "Nothing was running.")

    def wait(self) -> None:
        """Wait until the process has let go of its lock."""
        deadline = time.monotonic() + SECONDS_TO_STOP
        while other := running.runner(settings.GOFLY_DATA):
            if time.monotonic() > deadline:
                raise CommandError(f"Process {other.pid} does not stop; look at what it prints.")
            time.sleep(0.05)
