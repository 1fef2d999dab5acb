"""The examples of docs/api.md, run as they stand against a live server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver
from pytest_django.live_server_helper import LiveServer

from chat.models import Conversation, Message
from chat.services import tokens
from chat.vocabulary import Scope
from chat.writer import writer
from chat.writer.announce import drain
from tests.chat.api import World, make_world
from tests.chat.test_api_schema import schema

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
# What the examples use jq for, so that a machine without it can run them.
JQ = 'jq() { python3 -c "import json, sys; print(json.load(sys.stdin)[sys.argv[1][1:]])" "$2"; }'


@pytest.fixture
def world() -> Iterator[World]:
    yield make_world("aurora")
    writer.stop()
    drain()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_examples_work_one_after_the_other(live_server: LiveServer, world: World) -> None:
    made = tokens.make_token(world.site.pk, maker=world.owner, name="docs", scope=Scope.SEND)
    script = "\n".join([JQ, *(f"{example}\necho" for example in EXAMPLES)])
    environment = os.environ | {"GOFLY": live_server.url, "TOKEN": made.text}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines() if line]
    assert done.returncode == 0, done.stderr
    assert not [one for one in answers if "code" in one]
    chat = Conversation.objects.get(visitor__external_id="u-17")
    assert Message.objects.of(chat).filter(body="Your order is on its way.").count() == 1
    assert chat.is_closed
    assert answers[-1]["results"][0]["id"] == chat.public_id


def test_every_resource_and_filter_is_in_the_document() -> None:
    text = DOCUMENT.read_text()
    names: set[str] = set()
    for path, methods in schema()["paths"].items():
        names |= {word for word in path.split("/")[3:] if not word.startswith("{")}
        for operation in methods.values():
            names |= {one["name"] for one in operation.get("parameters", [])}
    assert not [name for name in names - {"id", "conversation"} if f"{name}" not in text]
    assert get_resolver().resolve("/api/docs")
