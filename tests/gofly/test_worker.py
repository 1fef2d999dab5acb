"""Background work, in this process and in its own; eager Celery would hide a wrong broker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils.timezone import now

from chat.models import IdempotentAnswer
from gofly.celery import app
from tests.services.redis_server import redis_server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The environment of an installation with a Redis of its own, on this run's test database."""
    database = os.environ["DATABASE_URL"].replace(
        "/gofly?", f"/{connection.settings_dict['NAME']}?"
    )
    with redis_server() as address:
        own = {"REDIS_URL": address, "DATABASE_URL": database, "GOFLY_LOG_LEVEL": "WARNING"}
        yield os.environ | own


@pytest.fixture
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A real `celery worker` with its clock, as the systemd unit starts it."""
    command = "-m celery -A gofly worker --beat --concurrency 1 --include tests.gofly.errand"
    process = subprocess.Popen([sys.executable, *command.split()], cwd=ROOT, env=environment)
    yield process
    process.terminate()
    process.wait(20)


def queue(path: Path, environment: dict[str, str]) -> None:
    """Queue the errand from another process, as a web process would."""
    in_shell(
        f"from tests.gofly.errand import leave_note; leave_note.delay({str(path)!r})", environment
    )


def in_shell(program: str, environment: dict[str, str]) -> None:
    """Run a line in a process of its own."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", program]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)


def await_note(path: Path) -> tuple[int, int]:
    """The number of the process that ran the errand, and what its database said."""
    deadline = time.monotonic() + 30
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, "nobody ran the errand"
        time.sleep(0.02)
    pid, answer = path.read_text().split()
    return int(pid), int(answer)


@pytest.mark.redis
@pytest.mark.usefixtures("worker")
def test_a_worker_of_its_own_takes_what_another_process_queues(
    environment: dict[str, str], tmp_path: Path
) -> None:
    queue(tmp_path / "note", environment)
    pid, answer = await_note(tmp_path / "note")
    assert pid != os.getpid()
    assert answer == 42


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
def test_a_worker_of_its_own_does_the_products_own_work(environment: dict[str, str]) -> None:
    """The task finds the database, its tables and the rows that this process has written."""
    old = IdempotentAnswer(principal="u1", key="old", request_digest="", status=200, answer={})
    old.created_at = now() - timedelta(hours=25)
    old.save()
    command = "from chat.tasks import clear_expired; clear_expired.delay()"
    in_shell(command, environment)
    deadline = time.monotonic() + 30
    while IdempotentAnswer.objects.exists():
        assert time.monotonic() < deadline, "nobody cleared it"
        time.sleep(0.02)


def test_the_clock_knows_only_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled == {"chat.tasks.prune_outbox", "chat.tasks.clear_expired"}
    assert scheduled <= set(app.tasks)


def test_the_threads_of_one_process_take_a_task_at_once(tmp_path: Path) -> None:
    program = f"""
import os, time
from pathlib import Path
from gofly.worker import BackgroundWork
from tests.gofly.errand import leave_note
note = Path({str(tmp_path / "note")!r})
work = BackgroundWork()
work.start()
leave_note.delay(str(note))
while not note.exists():
    time.sleep(0.005)
note.unlink()
began = time.monotonic()
leave_note.delay(str(note))
while not note.exists():
    time.sleep(0.005)
taken = time.monotonic() - began
began = time.monotonic()
work.stop()
print(f"{{taken:.3f}} {{time.monotonic() - began:.3f}}")
"""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", program]
    environment = {name: text for name, text in os.environ.items() if name != "REDIS_URL"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    taken, stopped = map(float, done.stdout.split())
    assert taken < 0.3  # 0.5 s and more with Celery's default polling
    assert stopped < 2
    assert done.stderr == ""
