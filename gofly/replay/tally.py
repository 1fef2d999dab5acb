"""What happened to every message: counted, timed, and compared with what is stored."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from gofly.replay.outbox import Message

Row = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Everything that was said, and what looked wrong on the way."""

    questions: dict[str, Message] = field(default_factory=dict)  # by cid, as said
    answers: dict[str, Message] = field(default_factory=dict)
    waits: Counter[str] = field(default_factory=Counter)  # nacks that ask to send again later
    closes: Counter[int] = field(default_factory=Counter)  # sockets cut, by close code
    errors: Counter[str] = field(default_factory=Counter)
    repeats: int = 0  # rows shown or stored a second time
    gaps: int = 0  # rows shown or stored in another order than said
    stored: set[str] = field(default_factory=set)  # cids read back word for word

    def shown(self, cid: str) -> bool:
        """The other side sees a message; False when it has seen it before."""
        message = self.questions.get(cid) or self.answers.get(cid)
        if message is None or message.shown_at is not None:
            return False
        message.shown_at = time.monotonic()
        return True

    @property
    def settled(self) -> int:
        """Messages that are confirmed and shown, or refused for good."""
        return sum(
            bool(message.refused or (message.acked_at and message.shown_at))
            for message in self._said()
        )

    def compare(self, conv: str, rows: Sequence[Row]) -> None:
        """Check what is stored of one conversation: numbers without holes, each sender in order."""
        said = {message.cid: message for message in self._said() if message.conv == conv}
        place = {cid: number for number, cid in enumerate(said)}
        known = [row for row in rows if row["cid"] in said]
        by_sender: dict[str, list[int]] = {}
        for row in known:
            by_sender.setdefault(row["from"]["id"], []).append(place[row["cid"]])
        self.gaps += [row["seq"] for row in rows] != list(range(1, len(rows) + 1))
        self.gaps += sum(places != sorted(places) for places in by_sender.values())
        self.repeats += len(known) - len({row["cid"] for row in known})
        self.stored |= {row["cid"] for row in known if row["body"] == said[row["cid"]].body}

    def _said(self) -> Iterator[Message]:
        return chain(self.questions.values(), self.answers.values())

    def report(self) -> dict[str, Any]:
        """The figures of the run."""
        questions, answers = list(self.questions.values()), list(self.answers.values())
        return {
            "sent": sum(message.sent_at is not None for message in questions),
            "acked": sum(message.acked_at is not None for message in questions),
            "delivered": sum(message.shown_at is not None for message in questions),
            "answered": sum(message.acked_at is not None for message in answers),
            "answers_delivered": sum(message.shown_at is not None for message in answers),
            "lost": sum(self._is_lost(message) for message in self._said()),
            "duplicated": self.repeats,
            "out_of_order": self.gaps,
            "ack_ms": spread(_between(questions, "acked_at")),
            "delivery_ms": spread(_between(questions, "shown_at")),
            "answer_ack_ms": spread(_between(answers, "acked_at")),
            "answer_delivery_ms": spread(_between(answers, "shown_at")),
            "late_ms": spread(_between(questions, "sent_at"))["p99"],
            "waits": dict(self.waits),
            "closes": dict(self.closes),
            "errors": dict(self.errors),
        }

    def _is_lost(self, message: Message) -> bool:
        """Said, but not confirmed, not stored word for word, or not shown."""
        shown = message.shown_at is not None and message.acked_at is not None
        return not shown or message.cid not in self.stored


def spread(seconds: Iterable[float]) -> dict[str, float | None]:
    """Median, 99th percentile and maximum in milliseconds.

    >>> spread(n / 1000 for n in range(1, 201))
    {'p50': 100.0, 'p99': 198.0, 'max': 200.0}
    """
    values = sorted(seconds)

    def rank(share: float) -> float | None:
        return round(values[math.ceil(share * len(values)) - 1] * 1000, 1) if values else None

    return {"p50": rank(0.5), "p99": rank(0.99), "max": rank(1)}


def _between(messages: Iterable[Message], moment: str) -> Iterable[float]:
    """Seconds from when each message was due until the moment, as far as it came."""
    for message in messages:
        reached = getattr(message, moment)
        if reached is not None:
            yield reached - message.due
