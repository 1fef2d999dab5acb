"""`manage.py replay`: play customers' questions through the real sockets, and account for all."""

import asyncio
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gofly import embedded
from gofly.replay import machine, questions, run, stage
from gofly.replay.cast import hire
from gofly.replay.line import Refused

FAULTS = ("lost", "duplicated", "out_of_order")


class Command(BaseCommand):
    """Plays files against a server of its own, or against one of this installation."""

    help = (
        "Play the questions of JSON Lines files as concurrent visitors, answer them as agents, "
        "and print one JSON line; status 1 when anything was lost, doubled or disordered."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to play, how fast, and where."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--visitors", type=positive(int), default=20)
        parser.add_argument(
            "--rate", type=positive(float), default=20.0, help="messages a second in total"
        )
        parser.add_argument(
            "--messages", type=positive(int), help="how many questions; default: each one once"
        )
        parser.add_argument(
            "--url",
            help="a running server of this installation, with GOFLY_LIMIT_* raised for this "
            "address; without it a private one is started",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the files first: a wrong one is no reason to start a server."""
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
        try:
            texts = questions.read(options["files"])
            plan = run.Plan(
                questions.take(texts, options["messages"] or len(texts)),
                options["visitors"],
                options["rate"],
            )
            report = play(plan, options["url"]) if options["url"] else self.play_apart(plan)
        except (questions.UnusableFile, stage.StageError, embedded.EmbeddedError, Refused) as error:
            raise CommandError(str(error)) from None
        report["command"] = shlex.join(["manage.py", *sys.argv[1:]])
        self.stdout.write(json.dumps(report, ensure_ascii=False))
        if any(report[fault] for fault in FAULTS):
            sys.exit(1)

    def play_apart(self, plan: run.Plan) -> dict[str, Any]:
        """Play on a private server: in a process whose settings lead to its database."""
        self.stderr.write("Starting a private server ...")
        with stage.private_server(sockets=plan.visitors + plan.agents) as (url, environment):
            command = [sys.executable, *sys.argv, "--url", url]
            done = subprocess.run(  # noqa: S603  (this very command)
                command, env=environment, stdout=subprocess.PIPE, text=True, check=False
            )
        if not done.stdout:
            sys.exit(done.returncode)  # it has said why
        return dict(json.loads(done.stdout))


def play(plan: run.Plan, url: str) -> dict[str, Any]:
    """Play on a running server of this installation; the figures."""
    about = machine.describe()
    cast = hire(plan.agents)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            tally, seconds = runner.run(run.play(plan, cast, url.rstrip("/")))
    finally:
        cast.dismiss()
    return {
        **tally.report(),
        "seconds": round(seconds, 1),
        "visitors": plan.visitors,
        "agents": plan.agents,
        "rate": plan.rate,
        "machine": about,
    }


def positive(kind: type[int] | type[float]) -> Any:
    """A reader of numbers above zero."""

    def read(text: str) -> float:
        number = kind(text)
        if not 0 < number < 1_000_000:
            raise ValueError
        return number

    read.__name__ = "number above zero"  # what argparse calls it in its complaint
    return read
