"""`manage.py migrate`: Django's own, one at a time and without the time limits of web requests."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

# Any number, the same in every process of every version.
LOCK = 0x676F666C79


class Command(migrate.Command):
    """Applies migrations; two processes that start together wait for each other."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold an advisory lock for the whole run: `CREATE TABLE IF NOT EXISTS` alone races."""
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                super().handle(*args, **options)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
                cursor.execute("RESET lock_timeout; RESET statement_timeout")
