"""The list of conversations on one socket: every change is numbered, so a lost one is noticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from chat import protocol
from chat.consumers import outbound
from chat.events import ConversationChanged
from chat.presence import people
from chat.vocabulary import Owner

PAGE_ROWS = 200


class Inbox:
    """What one socket was shown, by conversation id; `rev` grows by one a frame."""

    def __init__(self, site_keys: Mapping[int, str], me: str, tab: str) -> None:
        self._site_keys, self._me, self._tab = site_keys, me, tab
        self._shown: dict[int, ConversationChanged] = {}
        self._rev = 0

    def pages(
        self, rows: Sequence[ConversationChanged], counts: Mapping[str, int], rid: str | None
    ) -> Iterator[protocol.Answer]:
        """The whole list, in frames of 200 rows; the last one says that no more follow."""
        self._shown |= {row.thread.id: row for row in rows}
        rest = iter(rows)
        left = len(rows)
        while True:
            page = [self._row(row) for row in islice(rest, PAGE_ROWS)]
            left -= len(page)
            yield protocol.inbox(rev=self._rev, rows=page, counts=counts, more=left > 0, rid=rid)
            if left <= 0:
                return

    def delta(self, row: ConversationChanged) -> protocol.Answer | None:
        """A changed row as the next frame; None when this socket has nothing new to see."""
        before = self._shown.get(row.thread.id)
        if row == before or (before is None and not self._wants(row)):
            return None
        if before is not None and (row.version, row.last_seq) < (before.version, before.last_seq):
            return None  # a late hint: something newer was shown
        self._remember(row)
        self._rev += 1
        return protocol.inbox_delta(self._rev, self._row(row))

    def _remember(self, row: ConversationChanged) -> None:
        if row.owner == Owner.NONE:
            self._shown.pop(row.thread.id, None)
        else:
            self._shown[row.thread.id] = row

    def _wants(self, row: ConversationChanged) -> bool:
        if self._tab == protocol.Inbox.MINE:
            return row.agent is not None and row.agent.id == self._me
        return self._tab != protocol.Inbox.QUEUE or row.owner == Owner.QUEUE

    def _row(self, row: ConversationChanged) -> dict[str, object]:
        online = people.visitor(row.thread.visitor_public_id) is not None
        return outbound.inbox_row(row, self._site_keys.get(row.thread.site_id, ""), online)
