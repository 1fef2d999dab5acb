"""What one socket has been given of one conversation, in contiguous order."""

from __future__ import annotations

from dataclasses import dataclass

from chat.events import MessageStored, Thread
from chat.protocol.limits import STOCK_UNREAD_ROWS


@dataclass(slots=True)
class Cursor:
    """`pushed` is the last seq given to this socket; `got` what it says has arrived.

    While the rows before are `awaited`, `heard` is the last seq of which a hint came.
    """

    thread: Thread
    pushed: int = 0
    got: int = 0
    epoch: str = "e1"
    awaited: bool = False
    heard: int = 0

    @property
    def full(self) -> bool:
        """The stock engine cannot see what is unsent, so it waits for `got`."""
        return self.pushed - self.got >= STOCK_UNREAD_ROWS

    def follows(self, row: MessageStored) -> bool:
        """Whether the row is the very next one."""
        return row.seq == self.pushed + 1

    def given(self, rows: list[MessageStored], asked: bool = False) -> None:
        """Note rows that were sent; rows the client asked for do not count as unread."""
        if not rows:
            return
        self.pushed = max(self.pushed, rows[-1].seq)
        if asked:
            self.got = max(self.got, self.pushed)
