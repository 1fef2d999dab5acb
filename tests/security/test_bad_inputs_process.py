"""Cases that are about the server process: its sockets, its HTTP, and the memory it takes."""

from __future__ import annotations

import json
import re
import shutil
import socket
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from gofly import embedded
from tests.ports import free_port
from tests.running import Run
from tests.security.catalogue import CASES

MB = 1_000_000
SECONDS = 10
MASK = b"\0\0\0\0"
HIDDEN = re.compile(rb"Traceback|File \"|daphne|twisted|autobahn", re.IGNORECASE)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A server of its own; at the end it is the same process, and has said nothing alarming."""
    folder = Path(tempfile.mkdtemp(prefix="gofly-bad-input-"))
    folder.chmod(0o755)
    run = Run(folder, free_port())
    run.start()
    yield run
    assert run.stop()[0] == 0
    embedded.stop(folder / "var")
    printed = run.printed()
    shutil.rmtree(folder)
    assert "Traceback" not in printed, printed
    assert '"level": "error"' not in printed


@pytest.fixture
def server(run: Run) -> Iterator[Run]:
    """The server, which lives and answers as before when a test ends."""
    assert run.process
    yield run
    assert run.process.poll() is None
    assert run.status("/readyz") == 200
    with opened(run) as next_one:
        next_one.send(json.dumps({"t": "hello", "v": 1, "role": "visitor"}))
        assert json.loads(next_one.recv(timeout=SECONDS))["t"] == "welcome"


def memory(run: Run) -> int:
    """The bytes that the server process holds."""
    assert run.process
    return int(psutil.Process(run.process.pid).memory_info().rss)


def opened(run: Run, origin: str = "") -> ClientConnection:
    """A visitor's socket."""
    key = re.search(r'data-site="(st_[\w-]+)"', run.printed())
    assert key
    return connect(
        f"ws://127.0.0.1:{run.port}/ws/v1/visitor?site={key[1]}",
        origin=Origin(origin or run.url),
        subprotocols=[Subprotocol("gofly.v1")],
        compression="deflate",
    )


def sent_raw(connection: ClientConnection, parts: Iterable[bytes]) -> int:
    """Send bytes past the client's own rules; returns the close code."""
    try:
        for part in parts:
            connection.socket.sendall(part)
    except OSError:
        pass  # the server need not hear it all
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=SECONDS)
    assert closed.value.rcvd
    return closed.value.rcvd.code


def codes(name: str) -> set[int]:
    """The close codes that the catalogue allows."""
    return {int(code) for code in CASES[name].connection.split("|")}


def test_handshake_01_is_a_403_without_a_word(server: Run) -> None:
    for origin in CASES["HANDSHAKE-01"].input["each_origin"]:
        with pytest.raises(InvalidStatus) as refusal:
            opened(server, origin)
        assert refusal.value.response.status_code == 403
        assert not HIDDEN.search(refusal.value.response.body or b"")


def test_frame_19_a_frame_of_64_mb_is_not_kept(server: Run) -> None:
    size = CASES["FRAME-19"].input["frame_bytes"]
    header = b"\x81\xff" + struct.pack(">Q", size) + MASK
    before = memory(server)
    with opened(server) as connection:
        body = (b"a" * MB for _ in range(size // MB))
        assert sent_raw(connection, (header, *body)) in codes("FRAME-19")
    assert memory(server) - before < 20 * MB


def test_frame_19_a_frame_above_the_visitors_own_limit(server: Run) -> None:
    with opened(server) as connection:
        connection.send("x" * (32 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=SECONDS)
    assert closed.value.rcvd
    assert closed.value.rcvd.code in codes("FRAME-19")


def test_frame_22_a_compressed_frame_is_not_unpacked(server: Run) -> None:
    size = CASES["FRAME-22"].input["deflate_bomb"]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = (packer.compress(b"a" * size) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    header = b"\xc1\xfe" + struct.pack(">H", len(bomb)) + MASK
    before = memory(server)
    with opened(server) as connection:
        assert connection.protocol.extensions == []
        assert sent_raw(connection, [header + bomb]) in codes("FRAME-22")
    assert memory(server) - before < 20 * MB


# ---- HTTP-11

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
TOKEN = b"a" * 32
CHUNK = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
CHUNKS = 1_000_000_000 // 0x100000


def request(run: Run, line: str, headers: bytes = b"") -> bytes:
    """A request up to the end of its headers."""
    host = f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{run.port}\r\nConnection: close\r\n"
    return host.encode() + headers + b"\r\n"


def answered(run: Run, parts: Iterable[bytes]) -> bytes:
    """What the server says to these bytes, however many of them it takes."""
    with socket.create_connection(("127.0.0.1", run.port), timeout=SECONDS) as line:
        try:
            for part in parts:
                line.sendall(part)
        except OSError:
            pass  # it has heard enough
        said = b""
        while piece := line.recv(65536):
            said += piece
    return said


def status(run: Run, parts: Iterable[bytes]) -> int:
    """The status of the answer, which tells nothing about our insides."""
    before = memory(run)
    said = answered(run, parts)
    assert memory(run) - before < 50 * MB
    assert not HIDDEN.search(said)
    return int(said.split()[1])


def test_http_11_an_address_of_100_kb(server: Run) -> None:
    line = "GET /healthz?q=" + "a" * 100_000
    assert status(server, [request(server, line)]) in {400, 414}


def test_http_11_a_header_of_100_kb(server: Run) -> None:
    cookie = b"Cookie: a=" + b"a" * 100_000 + b"\r\n"
    assert status(server, [request(server, "GET /app/login", cookie)]) in {400, 431}


def test_http_11_ten_thousand_headers(server: Run) -> None:
    headers = b"".join(b"X-A%d: b\r\n" % number for number in range(10_000))
    assert status(server, [request(server, "GET /healthz", headers)]) in {400, 431}


def test_http_11_two_thousand_form_fields(server: Run) -> None:
    body = b"csrfmiddlewaretoken=" + TOKEN + b"".join(b"&f%d=1" % n for n in range(2_000))
    headers = FORM + b"Cookie: csrftoken=" + TOKEN + b"\r\nContent-Length: %d\r\n" % len(body)
    assert status(server, [request(server, "POST /app/login", headers), body]) in {400, 413}


@pytest.mark.parametrize(
    "path", ["/app/login", "/api/v1/sites", "/admin/", "/w.js", "/no/such/page"]
)
def test_http_11_a_body_of_1_gb_in_chunks(server: Run, path: str) -> None:
    headers = FORM + b"Transfer-Encoding: chunked\r\n"
    body = (CHUNK for _ in range(CHUNKS))
    assert status(server, (request(server, f"POST {path}", headers), *body)) == 413


def test_http_11_a_body_that_says_it_is_1_gb(server: Run) -> None:
    headers = FORM + b"Content-Length: 1000000000\r\n"
    assert status(server, [request(server, "POST /app/login", headers), b"a"]) == 413


def test_http_11_a_body_within_the_limit_is_read(server: Run) -> None:
    headers = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % (2 * MB)
    begun = [request(server, "POST /api/v1/sites", headers), b"a" * (2 * MB)]
    assert status(server, begun) in {401, 413}
