"""CONFIG-04: storage that refuses while the product runs; no ack without a commit, no crash."""

from __future__ import annotations

import json
import os
import random
import re
import string
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from chat.consumers.database import in_database
from gofly import embedded
from tests import make, sockets
from tests.make import Shop
from tests.ports import free_port
from tests.running import Run
from tests.security.stage import answer, says_nothing_of_us, stage
from tests.sockets import Frame

ROOM_MB = 400
SECONDS = 10
REFUSALS = {
    "disk full": "53100",
    "out of memory": "53200",
    "read-only standby": "25006",
    "time limit": "57014",
    "shutting down": "57P01",
    "deadlock": "40P01",
}


@asynccontextmanager
async def refusing(table: str, state: str) -> AsyncIterator[None]:
    """Let every insert into a table fail with this SQLSTATE."""
    await in_database(
        execute,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END$$",
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    try:
        yield
    finally:
        await in_database(execute, "DROP FUNCTION refuse CASCADE")


def execute(*statements: str) -> None:
    """Run these statements."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("state", REFUSALS.values(), ids=REFUSALS)
async def test_config_04_what_can_not_be_stored_closes_1013(shop: Shop, state: str) -> None:
    async with stage(shop) as scene:
        async with refusing("message", state):
            cid = await scene.widget.say("is anybody there")
            error = await answer(scene.widget, "error", "ack", "nack")
            assert (error["t"], error["code"], error["after_ms"] > 0) == ("error", "busy", True)
            assert await scene.widget.closed() == 1013
            assert await scene.stored() == []
        async with sockets.visitor(shop.site, scene.widget.welcome["token"]) as again:
            await again.say("is anybody there", cid=cid)
            assert (await answer(again, "ack"))["dup"] is False
        await scene.goes_on(scene.tab)
        says_nothing_of_us(scene.words())
        stored, _next = await scene.stored()
        assert stored["cid"] == cid


@pytest.mark.parametrize("state", [REFUSALS["disk full"], REFUSALS["read-only standby"]])
async def test_config_04_a_first_word_that_can_not_be_stored(shop: Shop, state: str) -> None:
    async with sockets.visitor(shop.site) as widget, refusing("chat_visitor", state):
        await widget.say("hello")
        assert (await answer(widget, "error", "ack"))["code"] == "busy"
        assert await widget.closed() == 1013
    async with sockets.visitor(shop.site, widget.welcome["token"]) as again:
        await again.say("hello")
        assert (await answer(again, "ack"))["seq"] == 1


# ---- a disk that fills up for real


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, large enough for a first start."""
    folder = Path(tempfile.mkdtemp(prefix="gofly-disk-"))
    size = f"size={ROOM_MB}m,mode=755"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=False)
    if done.returncode:
        folder.rmdir()
        pytest.skip("needs root and a machine that lets it mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def resize(folder: Path, room: str) -> None:
    """Take the free space away, or give it back."""
    subprocess.run(["mount", "-o", f"remount,size={room}", str(folder)], check=True)


def full(folder: Path) -> str:
    """The size at which the disk is full."""
    used = os.statvfs(folder)
    return str((used.f_blocks - used.f_bfree) * used.f_frsize)


def attempt(run: Run, token: str, cid: str, body: str) -> tuple[str, Frame]:
    """Come as this visitor and send a message; the token, and the ack or how it ended."""
    key = re.search(r'data-site="(st_[\w-]+)"', run.printed())
    assert key
    address = f"ws://127.0.0.1:{run.port}/ws/v1/visitor?site={key[1]}"
    protocols = [Subprotocol("gofly.v1")]
    with connect(address, origin=Origin(run.url), subprotocols=protocols) as line:
        line.send(json.dumps({"t": "hello", "v": 1, "role": "visitor", "token": token}))
        welcome = json.loads(line.recv(timeout=SECONDS))
        line.send(json.dumps({"t": "send", "cid": cid, "body": body}))
        return welcome.get("token", token), outcome(line)


def outcome(line: ClientConnection) -> Frame:
    """The ack, or the close code."""
    try:
        while True:
            frame: Frame = json.loads(line.recv(timeout=SECONDS))
            if frame["t"] == "ack":
                return frame
    except ConnectionClosed as closed:
        return {"t": "close", "code": closed.rcvd and closed.rcvd.code}


def test_config_04_a_disk_that_fills_up_while_running(small_disk: Path) -> None:
    run = Run(small_disk, free_port())
    run.start()
    try:
        body = "".join(random.choices(string.ascii_letters, k=4000))
        token, ack = attempt(run, "", make.cid(), body)
        resize(small_disk, full(small_disk))
        acked, cid = [], make.cid()
        while ack["t"] == "ack":
            acked.append(ack["seq"])
            cid = make.cid()
            token, ack = attempt(run, token, cid, body)
        assert ack["code"] == 1013
        assert run.process
        assert run.process.poll() is None
        resize(small_disk, f"{ROOM_MB}m")
        _, ack = attempt(run, token, cid, body)
        assert [*acked, ack["seq"]] == list(range(1, len(acked) + 2))
        assert ack["dup"] is False
        assert run.status("/readyz") == 200
    finally:
        run.stop()
        embedded.stop(small_disk / "var")
    log = embedded.place(small_disk / "var").data / "server.log"
    assert "No space left on device" in log.read_text()
    assert body[:100] not in log.read_text() + run.printed()
