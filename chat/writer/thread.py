"""The writer's thread: natural group commit.

It takes everything queued, stores it in one transaction, and answers all after COMMIT. There is
no waiting window: while one batch commits, the next one gathers.
"""

from __future__ import annotations

import os
import secrets
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread

import structlog
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
)

from chat import metrics
from chat.errors import ChatError, Conflict, Internal, Unavailable
from chat.writer.announce import announce
from chat.writer.drafts import Draft, Receipt
from chat.writer.store import Batch, store

MAX_MESSAGES = 256
MAX_BYTES = 1024 * 1024
ONE_OPEN = "conversation_one_open"  # the constraint's name

log = structlog.get_logger(__name__)

Job = tuple[Draft, "Future[Receipt]"]


class Writer:
    """A queue and the thread that empties it; started by the first draft."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()

    def post(self, draft: Draft) -> Future[Receipt]:
        """Queue a draft. The future holds its receipt after COMMIT, a ChatError, or Unavailable."""
        future: Future[Receipt] = Future()
        self._jobs.put((draft, future))
        if self._thread is None:
            self._start()
        return future

    def stop(self) -> None:
        """Store what is queued, then end the thread and its connection."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        try:
            while (jobs := self._take()) is not None:
                # From here a sender who leaves cannot cancel: the row is stored all the same.
                if wanted := [job for job in jobs if job[1].set_running_or_notify_cancel()]:
                    _store(wanted)
        finally:
            connection.close()

    def _take(self) -> list[Job] | None:
        """Wait for one job, then take what else is queued; None ends the thread."""
        first = self._jobs.get()
        if first is None:
            return None
        jobs, cost = [first], first[0].cost
        while len(jobs) < MAX_MESSAGES and cost < MAX_BYTES:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
            cost += job[0].cost
        return jobs


def _store(jobs: list[Job]) -> None:
    metrics.WRITER_BATCH.observe(len(jobs))
    try:
        batch = store([draft for draft, _ in jobs])
    except (OperationalError, InterfaceError, InternalError) as error:  # the last: a standby
        _give_up(jobs, error)
    except (IntegrityError, DataError) as error:
        _one_by_one(jobs, error)
    except Exception as error:
        _fail(jobs, _incident("writer.failed"), error)
    else:
        _answer(jobs, batch)


def _answer(jobs: list[Job], batch: Batch) -> None:
    for (_, future), outcome in zip(jobs, batch.outcomes, strict=True):
        if isinstance(outcome, ChatError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
    announce(batch)


def _give_up(jobs: list[Job], error: Exception) -> None:
    """The database is away: nothing is acked, every sender reconnects and sends again."""
    log.warning("writer.unavailable", batch=len(jobs), error=str(error).strip())
    connection.close()
    _fail(jobs, Unavailable(), error)


def _one_by_one(jobs: list[Job], error: Exception) -> None:
    """One row made the database refuse the batch: find it and refuse only that one."""
    if len(jobs) > 1:
        for job in jobs:
            _store([job])
        return
    _fail(jobs, Conflict() if _opens_a_second(error) else _incident("writer.refused"), error)


def _opens_a_second(error: Exception) -> bool:
    """A closed conversation was reopened while its visitor has another open one."""
    return ONE_OPEN in str(error)


def _incident(event: str) -> Internal:
    incident = secrets.token_hex(6)
    log.exception(event, incident=incident)
    return Internal(incident)


def _fail(jobs: list[Job], refusal: Exception, cause: Exception) -> None:
    refusal.__cause__ = cause
    for _, future in jobs:
        future.set_exception(refusal)


writer = Writer()


def _after_fork() -> None:
    global writer
    writer.__init__()  # type: ignore[misc]  # the thread did not come along


os.register_at_fork(after_in_child=_after_fork)
