"""No overtaking: while one message waits to be sent again, later ones of its thread wait too."""

from __future__ import annotations

from chat.errors import Blocked, ChatError


class SendOrder:
    """The refused message of each conversation on one connection; None is the one to come."""

    def __init__(self) -> None:
        self._refused: dict[str | None, str] = {}

    def check(self, conv: str | None, cid: str) -> None:
        """Raise Blocked unless this may be sent now."""
        if self._refused.get(conv, cid) != cid:
            raise Blocked(cid=cid, conv=conv)

    def settle(self, conv: str | None, cid: str, refusal: ChatError | None = None) -> None:
        """Note how a send ended."""
        if refusal is not None and refusal.retry:
            self._refused[conv] = cid
        elif self._refused.get(conv) == cid:
            del self._refused[conv]
