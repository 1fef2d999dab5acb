"""What one client has said and the server has not confirmed yet, in the order it was said."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

from chat.protocol.limits import VISITOR

WINDOW = VISITOR.window


@dataclass(slots=True)
class Message:
    """One text on its way; times are seconds of the monotonic clock."""

    body: str
    due: float
    conv: str | None = None
    reply_to: int | None = None
    cid: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent_at: float | None = None
    acked_at: float | None = None
    shown_at: float | None = None  # to the other side
    seq: int | None = None
    refused: str = ""

    def frame(self) -> dict[str, object]:
        """The message as `send` carries it."""
        frame: dict[str, object] = {"t": "send", "cid": self.cid, "body": self.body}
        named = {"conv": self.conv, "reply_to": self.reply_to}
        return frame | {key: value for key, value in named.items() if value is not None}


class Outbox:
    """At most a window of messages is on its way, and none overtakes another."""

    def __init__(self) -> None:
        self._waiting: dict[str, Message] = {}
        self._flying: set[str] = set()
        self._not_before = 0.0

    def add(self, message: Message) -> None:
        """Say something."""
        self._waiting[message.cid] = message

    def next(self) -> Message | None:
        """The message to send now, if one may be sent."""
        if len(self._flying) >= WINDOW:
            return None
        for cid, message in self._waiting.items():
            if cid not in self._flying:
                self._flying.add(cid)
                return message
        return None

    def pause(self) -> float:
        """Seconds the server asked us to wait."""
        return max(0.0, self._not_before - time.monotonic())

    def settle(self, cid: str) -> Message | None:
        """The message is confirmed or refused for good; None when it was settled before."""
        self._flying.discard(cid)
        return self._waiting.pop(cid, None)

    def hold(self, cid: str, after_ms: int) -> None:
        """The message has to be sent again, after a while."""
        self._flying.discard(cid)
        self._not_before = max(self._not_before, time.monotonic() + after_ms / 1000)

    def cut(self) -> None:
        """The line is gone: everything not confirmed is sent again on the next one."""
        self._flying.clear()
