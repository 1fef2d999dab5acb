"""What runs beside the sockets: heartbeats, and jobs that repeat while any socket is open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from chat.comet.registry import Life, Registry, Socket

Job = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Pulse:
    """Starts with the first socket of a process and rests after the last one."""

    def __init__(self) -> None:
        self._registry = Registry()
        self._jobs: list[tuple[float, Job]] = [(1.0, self._heartbeats)]
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, seconds: float, job: Job) -> None:
        """Repeat a job while sockets are open; it never overlaps itself."""
        self._jobs.append((seconds, job))

    def join(self, socket: Socket) -> Life:
        """Watch a socket."""
        if all(task.done() for task in self._tasks):
            self._tasks = [asyncio.ensure_future(_repeat(*job)) for job in self._jobs]
        return self._registry.add(socket)

    def leave(self, life: Life) -> None:
        """Forget a socket."""
        self._registry.remove(life)
        if not self._registry:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _heartbeats(self) -> None:
        for _ in self._registry.sweep(time.monotonic()):
            await asyncio.sleep(0)


async def _repeat(seconds: float, job: Job) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception:
            log.exception("pulse.failed", job=getattr(job, "__qualname__", repr(job)))


pulse = Pulse()
