"""A Redis of the test's own."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from tests.ports import free_port


@contextmanager
def redis_server() -> Iterator[str]:
    """Start Redis in memory on a free port; the value is its address."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    try:
        await_own(port, process.pid)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def await_own(port: int, pid: int) -> None:
    """Wait until it answers, and make sure that it is the one we started."""
    deadline = time.monotonic() + 10
    with redis.Redis(port=port) as client:
        while True:
            try:
                info = client.info("server")
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline, "Redis does not answer"
                time.sleep(0.02)
    assert info["process_id"] == pid
