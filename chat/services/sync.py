"""After a break: what a client has, and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chat.errors import NotFound
from chat.events import MessageStored, Thread
from chat.models import Conversation
from chat.protocol.limits import FIRST_ROWS, RESUME_ROWS
from chat.services.reading import rows_after, rows_before


class Resume(StrEnum):
    """How a conversation goes on: after what the client has, from a page, or anew."""

    OK = "ok"
    PAGE = "page"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Caught:
    """The rows a client lacks, and where the conversation stands."""

    thread: Thread
    last: int
    epoch: str
    resume: Resume
    rows: list[MessageStored]


def resume(thread: Thread, last: int, epoch: str, have: tuple[int, str] | None) -> Caught:
    """Rows for a client that has (last, epoch), or nothing at all."""
    how = _how(last, epoch, have)
    if how == Resume.OK:
        rows = rows_after(thread, have[0] if have else 0, limit=RESUME_ROWS)
    else:
        rows = rows_before(thread, last + 1, limit=FIRST_ROWS)
    return Caught(thread, last, epoch, how, rows)


def _how(last: int, epoch: str, have: tuple[int, str] | None) -> Resume:
    if have is None:
        return Resume.OK if last <= FIRST_ROWS else Resume.PAGE
    if have[1] != epoch or have[0] > last:
        return Resume.RESET
    return Resume.OK if last - have[0] <= RESUME_ROWS else Resume.PAGE


def sync(thread: Thread, have: int, *, limit: int) -> Caught:
    """Rows after `have`; a client that is ahead of us gets none and starts anew."""
    head = Conversation.objects.filter(pk=thread.id).values_list("last_seq", "epoch").first()
    if head is None:
        raise NotFound
    last, epoch = head
    if have > last:
        return Caught(thread, last, epoch, Resume.RESET, [])
    return Caught(thread, last, epoch, Resume.OK, rows_after(thread, have, limit=limit))
