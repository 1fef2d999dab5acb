"""One batch in the making: locked conversations, their next numbers, the rows to insert."""

from __future__ import annotations

import uuid
from datetime import datetime

from chat.errors import CidReused, NotFound
from chat.events import MessageStored, Sender
from chat.models import Conversation, EventOutbox, Message
from chat.shapes import thread_of
from chat.sharding import MessageIds
from chat.vocabulary import EventName, Kind, Owner, SenderKind
from chat.writer import moves
from chat.writer.drafts import Draft, Move, Receipt, Target, Verb

PREVIEW_CHARACTERS = 200
SYSTEM = Sender(kind=SenderKind.SYSTEM)
SPEECH = frozenset({Kind.TEXT, Kind.FILE, Kind.IMAGE, Kind.FORM, Kind.QUICK_REPLY})

Known = dict[tuple[int, str, str], Message]
_ids = MessageIds()


class Book:
    """Enters drafts in queue order; nothing is saved before `rows` and `changed` are."""

    def __init__(self, conversations: dict[int, Conversation], known: Known, now: datetime) -> None:
        self._conversations = conversations
        self._known = known
        self._now = now
        self.rows: list[Message] = []
        self.stored: list[MessageStored] = []
        self.changed: dict[int, Conversation] = {}
        self.opened: list[Conversation] = []
        self.closed: list[Conversation] = []

    def enter(self, draft: Draft) -> Receipt:
        """Give the draft its number, or find the one it got before; raise a refusal."""
        conversation = self._conversations.get(draft.conversation_id)
        if conversation is None:
            raise NotFound
        before = self._known.get((conversation.pk, draft.sender_key, draft.cid))
        if before is not None:
            return _repeated(conversation, draft, before)
        if draft.move is not None:
            self._move(conversation, draft.move)
        elif draft.kind in SPEECH and not draft.internal:
            self._take_up(conversation, draft)
        return self._append(conversation, draft)

    def outbox(self) -> list[EventOutbox]:
        """One event a row, for the readers outside this process."""
        return [
            EventOutbox(
                site_id=self._conversations[row.conversation_id].site_id,
                conversation_id=row.conversation_id,
                seq=row.seq,
                kind="message.created",
                created_at=row.ts,
            )
            for row in self.rows
        ]

    def _take_up(self, conversation: Conversation, draft: Draft) -> None:
        """A visitor's word reopens a closed thread; an agent's word takes one that waits."""
        if draft.sender.kind == SenderKind.VISITOR and conversation.is_closed:
            self._say(conversation, EventName.REOPENED)
            moves.queue(conversation, self._now)
        elif draft.sender.kind == SenderKind.AGENT and conversation.owner != Owner.AGENT:
            agent = Target(agent_id=int(draft.sender_key[2:]), name=draft.sender.name)
            verb = Verb.REOPEN if conversation.is_closed else Verb.CLAIM
            move = Move(verb, target=agent)
            self._move(conversation, move)
            self._say(conversation, moves.EVENTS[verb], moves.event_data(move))

    def _move(self, conversation: Conversation, move: Move) -> None:
        moves.apply(conversation, move, self._now)
        if conversation.is_closed:
            self.closed.append(conversation)

    def _say(
        self, conversation: Conversation, name: str, data: dict[str, object] | None = None
    ) -> None:
        cid = str(uuid.uuid4())
        self._append(
            conversation,
            Draft(conversation.pk, "s:", SYSTEM, cid, Kind.EVENT, body=name, data=data or {}),
        )

    def _append(self, conversation: Conversation, draft: Draft) -> Receipt:
        if conversation.last_seq == 0 or (conversation.episode > 1 and _begins_episode(draft)):
            self.opened.append(conversation)
        row = self._row(conversation, draft)
        _follow(conversation, draft, row)
        self._known[(conversation.pk, draft.sender_key, draft.cid)] = row
        self.changed[conversation.pk] = conversation
        self.rows.append(row)
        self.stored.append(_stored(conversation, draft, row))
        return _receipt(conversation, row)

    def _row(self, conversation: Conversation, draft: Draft) -> Message:
        ts = max(self._now, conversation.last_at or self._now)
        return Message(
            shard=conversation.shard,
            id=_ids.next(conversation.shard, int(ts.timestamp() * 1000)),
            conversation_id=conversation.pk,
            visitor_id=conversation.visitor_id,
            seq=conversation.last_seq + 1,
            sender=draft.sender_key,
            cid=draft.cid,
            kind=draft.kind,
            body=draft.body,
            data=draft.data,
            internal=draft.internal,
            reply_to=draft.reply_to,
            client_ts=draft.client_ts,
            ts=ts,
        )


def _begins_episode(draft: Draft) -> bool:
    return draft.kind == Kind.EVENT and draft.body == EventName.REOPENED


def _repeated(conversation: Conversation, draft: Draft, row: Message) -> Receipt:
    if (row.kind, row.body, row.reply_to) != (draft.kind, draft.body, draft.reply_to):
        raise CidReused
    return _receipt(conversation, row, dup=True)


def _receipt(conversation: Conversation, row: Message, dup: bool = False) -> Receipt:
    return Receipt(
        conversation_id=conversation.pk,
        public_id=conversation.public_id,
        seq=row.seq,
        id=row.id,
        ts=row.ts,
        version=conversation.version,
        dup=dup,
    )


def _follow(conversation: Conversation, draft: Draft, row: Message) -> None:
    """Carry what the inbox shows from the new row to its conversation."""
    conversation.last_seq = row.seq
    conversation.last_at = conversation.changed_at = row.ts
    if draft.internal or draft.kind not in SPEECH:
        return
    conversation.last_body = draft.body[:PREVIEW_CHARACTERS]
    conversation.last_sender = draft.sender_key
    conversation.last_kind = draft.kind
    if draft.sender.kind == SenderKind.VISITOR:
        conversation.unread += 1
    elif draft.sender.kind == SenderKind.AGENT:
        conversation.unread = 0
        conversation.agent_got = conversation.agent_read = row.seq


def _stored(conversation: Conversation, draft: Draft, row: Message) -> MessageStored:
    return MessageStored(
        thread=thread_of(conversation),
        seq=row.seq,
        id=row.id,
        cid=row.cid,
        sender=draft.sender,
        kind=row.kind,
        body=row.body,
        ts=row.ts,
        internal=row.internal,
        reply_to=row.reply_to,
        data=row.data,
    )
