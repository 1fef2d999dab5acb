"""`manage.py replay`: what it says of a server, and of files that it cannot use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from gofly.replay import questions, stage
from gofly.replay.outbox import Message
from gofly.replay.run import Plan
from gofly.replay.tally import Tally

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "data" / "questions.jsonl"
ALL_WELL = {"lost": 0, "duplicated": 0, "out_of_order": 0}


def replay(
    *words: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    return subprocess.run(
        [sys.executable, "manage.py", "replay", *words],
        cwd=ROOT,
        env=environment or {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one line it printed."""
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_every_question_of_a_file_is_answered_and_accounted_for() -> None:
    done = replay(str(QUESTIONS), "--visitors", "5", "--rate", "20", "--messages", "50")
    found = report(done)
    counts = ("sent", "acked", "delivered", "answered", "answers_delivered")
    assert {name: found[name] for name in counts} == dict.fromkeys(counts, 50)
    assert {name: found[name] for name in ALL_WELL} == ALL_WELL
    assert found["ack_ms"]["p50"] <= found["ack_ms"]["p99"] <= found["ack_ms"]["max"]
    assert found["delivery_ms"]["p50"] > 0
    assert found["seconds"] >= 49 / 20
    assert found["machine"]["cores"] >= 1
    assert found["command"].startswith("manage.py replay")
    assert "--url" not in found["command"]
    assert "Starting a private server" in done.stderr


def test_a_running_server_is_replayed_and_tells_its_figures() -> None:
    with stage.private_server(sockets=20) as (url, environment):
        words = (str(QUESTIONS), "--visitors", "3", "--rate", "30", "--url", url)
        found = report(replay(*words, environment=environment))
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
            figures = metrics(answer.read().decode())
    assert found["acked"] == found["answered"] == 20
    assert figures['gofly_messages_total{sender="visitor"}'] == 20
    assert figures['gofly_messages_total{sender="agent"}'] == 20
    assert figures["gofly_ack_seconds_count"] == 40
    assert figures["gofly_writer_batch_sum"] == 40
    assert 1 <= figures["gofly_writer_batch_count"] <= 40
    assert figures['gofly_frames_total{direction="out"}'] > 100
    assert figures["gofly_outbox_lag_seconds"] == 0
    for kind in ("visitor", "agent"):
        assert figures[f'gofly_sockets{{kind="{kind}"}}'] == 0  # all have left


def metrics(text: str) -> dict[str, float]:
    """Series and their values."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {series: float(value) for series, _, value in lines}


def test_visitors_who_write_too_fast_wait_and_lose_nothing() -> None:
    words = (str(QUESTIONS), "--visitors", "1", "--rate", "100", "--messages", "24")
    found = report(replay(*words))
    assert found["acked"] == found["delivered"] == 24
    assert found["waits"]["rate"] >= 1
    assert {name: found[name] for name in ALL_WELL} == ALL_WELL


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"not json\n", "Line 1 of"),
        (b'{"text": "hi"}\n[1, 2]\n', "Line 2 of"),
        (b'{"question": "hi"}\n', "has no text"),
        (b'{"text": 7}\n', "has no text"),
        (b'{"text": " "}\n', "cannot be sent"),
        (b'{"text": "' + b"x" * 4001 + b'"}\n', "cannot be sent"),
        ("{“text”: “hi”}\n".encode(), "is not JSON"),
        ('{"text": "caf\u00e9"}\n'.encode("latin-1"), "is not UTF-8 (byte 13)"),
        (b'{"text": "' + b"[" * 100_000 + b"\n", "is not JSON"),
    ],
)
def test_a_file_that_cannot_be_played_is_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)
    with pytest.raises(questions.UnusableFile) as refusal:
        questions.read([file])
    assert sentence in str(refusal.value)
    assert str(file) in str(refusal.value)


@pytest.mark.parametrize("missing", ["no/such/file.jsonl", "."])
def test_a_missing_file_starts_no_server(missing: str) -> None:
    done = replay(missing)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"{missing} cannot be read" in line


@pytest.mark.parametrize("words", [("--visitors", "0"), ("--rate", "-1"), ("--rate", "fast")])
def test_a_number_must_be_above_zero(words: tuple[str, str]) -> None:
    done = replay(str(QUESTIONS), *words)
    assert done.returncode == 2
    assert f"argument {words[0]}" in done.stderr


def test_files_take_turns(tmp_path: Path) -> None:
    for name, texts in (("one", ("a", "b", "c")), ("two", ("x",))):
        lines = [json.dumps({"text": text}) for text in texts]
        (tmp_path / name).write_text("\n".join(lines))
    read = questions.read([tmp_path / "one", tmp_path / "two"])
    assert read == ["a", "x", "b", "c"]
    assert questions.take(read, 6) == ["a", "x", "b", "c", "a", "x"]


@pytest.mark.parametrize(
    ("visitors", "rate", "agents"), [(1, 1, 1), (50, 1, 1), (51, 1, 2), (200, 200, 50)]
)
def test_there_are_as_many_agents_as_their_limits_ask_for(
    visitors: int, rate: float, agents: int
) -> None:
    assert Plan([], visitors, rate).agents == agents


def row(message: Message, seq: int, sender: str = "vs_1") -> dict[str, Any]:
    """A stored row of a message."""
    return {"seq": seq, "cid": message.cid, "body": message.body, "from": {"id": sender}}


def said(*texts: str) -> tuple[Tally, list[Message]]:
    """Messages that went well as far as the sockets can tell."""
    messages = [Message(text, 0.0, "cv_1", sent_at=0, acked_at=1, shown_at=1) for text in texts]
    return Tally({message.cid: message for message in messages}), messages


def faults(tally: Tally) -> tuple[int, int, int]:
    """Lost, duplicated, out of order."""
    found = tally.report()
    return found["lost"], found["duplicated"], found["out_of_order"]


def test_the_verdict_finds_what_is_wrong_in_the_database() -> None:
    tally, (a, b) = said("a", "b")
    tally.compare("cv_1", [row(a, 1), row(b, 2)])
    assert faults(tally) == (0, 0, 0)
    tally, (a, b) = said("a", "b")
    tally.compare("cv_1", [row(a, 1)])
    assert faults(tally) == (1, 0, 0)
    tally, (a, b) = said("a", "b")
    tally.compare("cv_1", [row(a, 1), row(a, 2), row(b, 3)])
    assert faults(tally) == (0, 1, 0)
    tally, (a, b) = said("a", "b")
    tally.compare("cv_1", [row(b, 1), row(a, 2)])
    assert faults(tally) == (0, 0, 1)
    tally, (a, b) = said("a", "b")
    tally.compare("cv_1", [row(a, 1), row(b, 3)])
    assert faults(tally) == (0, 0, 1)
    tally, (a, b) = said("a", "b")
    tally.compare("cv_1", [row(a, 1), {**row(b, 2), "body": "another"}])
    assert faults(tally) == (1, 0, 0)
