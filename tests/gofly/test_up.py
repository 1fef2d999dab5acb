"""`manage.py up` as people use it: a real process, from its first line to Ctrl-C."""

import json
import re
import shutil
import signal
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from gofly import embedded
from gofly.embedded.process import lives
from tests.ports import free_port
from tests.running import Run


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A folder with a space in its name; whatever still runs at the end is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="gofly up "))
    folder.chmod(0o755)
    run = Run(folder, free_port())
    yield run
    if run.process and run.process.poll() is None:
        run.process.kill()
        run.process.wait()
    embedded.stop(folder / "var")
    shutil.rmtree(folder)


@pytest.fixture
def ready(run: Run) -> Run:
    """The run, started if it is not."""
    if not run.process or run.process.poll() is not None:
        run.start()
    return run


def test_a_first_start_is_ready_and_shows_where_to_look(run: Run) -> None:
    assert run.start() < 15
    text = run.printed()
    for path in ("/demo/shop", "/app/", "/admin/", "/api/docs"):
        assert run.url + path in text
    assert re.search(rf'<script async src="{run.url}/w.js" data-site="st_[\w-]+"></script>', text)
    passwords = re.findall(r"^  (owner|ana|ben) +((?:[a-z2-9]{4}-){3}[a-z2-9]{4})$", text, re.M)
    assert len({password for _, password in passwords}) == 3
    assert "Traceback" not in text
    assert "warning" not in text.lower()


def test_the_pages_it_names_answer(ready: Run) -> None:
    for path in ("/demo/shop", "/app/", "/admin/", "/api/docs", "/w.js", "/healthz"):
        assert ready.status(path) == 200, path


def test_no_header_tells_what_serves(ready: Run) -> None:
    with urllib.request.urlopen(ready.url + "/healthz", timeout=5) as answer:
        assert "Server" not in answer.headers


def test_an_unknown_socket_is_refused_without_a_traceback(ready: Run) -> None:
    with pytest.raises(InvalidStatus) as refusal, connect(f"ws://127.0.0.1:{ready.port}/ws/no"):
        pytest.fail("it must not open")
    assert refusal.value.response.status_code in {403, 404}
    assert "Traceback" not in ready.printed()


def test_a_frame_above_the_limit_closes_the_socket_1009(ready: Run) -> None:
    key = re.search(r'data-site="(st_[\w-]+)"', ready.printed())
    assert key
    with connect(
        f"ws://127.0.0.1:{ready.port}/ws/v1/visitor?site={key[1]}",
        origin=Origin(ready.url),
        subprotocols=[Subprotocol("gofly.v1")],
        compression="deflate",
    ) as socket_:
        assert socket_.protocol.extensions == []
        socket_.send("x" * (128 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            socket_.recv(timeout=5)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1009


def test_a_second_start_says_where_the_first_answers(ready: Run) -> None:
    done = ready.command("up")
    assert done.returncode == 0
    assert f"already running at {ready.url}" in done.stdout


def test_the_key_is_for_its_owner_alone(ready: Run) -> None:
    key = ready.folder / "var" / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) >= 50


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_soon_and_leaves_nothing_running(ready: Run, number: signal.Signals) -> None:
    pid = (embedded.place(ready.folder / "var").data / "postmaster.pid").read_text().split()[0]
    status, seconds = ready.stop(number)
    assert (status, seconds < 5) == (0, True), ready.printed()
    assert not lives(int(pid))
    assert "Traceback" not in ready.printed()


def test_a_later_start_is_quick_and_keeps_the_passwords(run: Run) -> None:
    assert run.start() < 10
    assert "printed at the first start" in run.printed()
    assert run.stop()[0] == 0


def test_new_passwords_are_made_when_asked_for(run: Run) -> None:
    run.start("--new-passwords")
    assert len(re.findall(r"^  (?:owner|ana|ben) +\S{19}$", run.printed(), re.M)) == 3


def test_down_stops_it_from_another_terminal(ready: Run) -> None:
    done = ready.command("down")
    assert (done.returncode, done.stdout) == (0, "Stopped.\n")
    assert ready.process
    assert ready.process.wait(10) == 0
    assert ready.command("down").stdout == "Nothing was running.\n"


def test_after_a_kill_it_starts_again(ready: Run) -> None:
    ready.stop(signal.SIGKILL)
    ready.start()
    assert ready.status("/readyz") == 200


def test_a_taken_port_is_one_sentence(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        folder = str(run.folder / "another")
        done = run.command("up", PORT=str(port), GOFLY_DATA=folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"Port {port} is taken" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_metrics_count_what_happened(ready: Run) -> None:
    with urllib.request.urlopen(ready.url + "/metrics", timeout=5) as answer:
        text = answer.read().decode()
    for name in ("gofly_sockets", "gofly_ack_seconds_bucket", "gofly_writer_batch_bucket"):
        assert name in text


def test_metrics_are_not_for_those_a_proxy_lets_through(ready: Run) -> None:
    through = urllib.request.Request(
        ready.url + "/metrics", headers={"X-Forwarded-For": "127.0.0.1"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(through, timeout=5)
    assert refusal.value.code == 403
    refusal.value.close()


def test_readiness_is_json(ready: Run) -> None:
    with urllib.request.urlopen(ready.url + "/readyz", timeout=5) as answer:
        assert json.load(answer) == {"status": "ready"}
