"""Database work of sockets: a few threads, each call with a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import close_old_connections

# Few, because each takes Python's lock from the event loop; the database is not what is scarce.
THREADS = 4

T = TypeVar("T")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="socket-database")


async def in_database(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a service away from the event loop and give its connection back to the pool."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _run, partial(call, *args, **kwargs))


def _run(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
