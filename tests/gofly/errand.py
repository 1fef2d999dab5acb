"""A task for the tests of workers: it proves that it ran, where, and with the database."""

import os
from pathlib import Path

from celery import shared_task
from django.db import connection


@shared_task
def leave_note(path: str) -> None:
    """Write the number of this process and what the database says into a file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 6 * 7")
        (answer,) = cursor.fetchone()
    Path(path).write_text(f"{os.getpid()} {answer}")
