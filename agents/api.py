"""What agents do with conversations, over the API."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agents.services.moves import move_conversation
from chat.api import idempotency
from chat.api.conversations import ConversationEndpoint
from chat.api.fields import Body, Text, Whole
from chat.api.messages import STORED_WITHIN_SECONDS
from chat.api.serializers import ConversationBody
from chat.errors import Conflict
from chat.protocol.limits import REASON_CHARACTERS
from chat.services.receipts import record_receipt
from chat.shapes import thread_of
from chat.vocabulary import Scope, SenderKind
from chat.writer import Verb


class MoveBody(Body):
    """The version that was seen, and why, for the other agents."""

    version = Whole(min_value=1)
    reason = Text(max_length=REASON_CHARACTERS, allow_blank=True, default="")


class HandoverBody(MoveBody):
    """A move to somebody: an agent (ag_<id>) or a team (tm_<id>) of the site."""

    to = Text(max_length=24)


class ReadBody(Body):
    """How far the agents have read."""

    up_to = Whole()


class MovesView(ConversationEndpoint):
    """Changes of a conversation's owner: each needs the version that was seen."""

    scopes = dict.fromkeys(
        (*(str(verb) for verb in Verb if verb != Verb.CLOSE), "read"), Scope.SEND
    )

    @extend_schema(request=MoveBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def claim(self, request: Request, pk: str) -> Response:
        """Take a conversation that waits, or that the bot has."""
        return self._move(Verb.CLAIM, pk, MoveBody)

    @extend_schema(request=HandoverBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def assign(self, request: Request, pk: str) -> Response:
        """Give a conversation to an agent or to a team's queue."""
        return self._move(Verb.ASSIGN, pk, HandoverBody)

    @extend_schema(request=HandoverBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def transfer(self, request: Request, pk: str) -> Response:
        """Hand a conversation that an agent has over to another, or to a team's queue."""
        return self._move(Verb.TRANSFER, pk, HandoverBody)

    @extend_schema(request=MoveBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def release(self, request: Request, pk: str) -> Response:
        """Put a conversation back into the queue."""
        return self._move(Verb.RELEASE, pk, MoveBody)

    @extend_schema(request=MoveBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def resolve(self, request: Request, pk: str) -> Response:
        """Close a conversation: it is done."""
        return self._move(Verb.RESOLVE, pk, MoveBody)

    @extend_schema(request=MoveBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def reopen(self, request: Request, pk: str) -> Response:
        """Take a closed conversation up again."""
        return self._move(Verb.REOPEN, pk, MoveBody)

    @extend_schema(request=ReadBody, responses=ConversationBody)
    @action(detail=True, methods=["post"])
    @idempotency.once
    def read(self, request: Request, pk: str) -> Response:
        """Say that the rows up to a `seq` were read; never back, never past the last row."""
        conversation = self.thread(pk, Scope.SEND)
        values = self.values_of(ReadBody)
        record_receipt(thread_of(conversation), who=SenderKind.AGENT, read=values["up_to"])
        return self.shown(conversation.pk)

    def _move(self, verb: Verb, public_id: str, kind: type[MoveBody]) -> Response:
        conversation = self.thread(public_id, Scope.SEND)
        values = self.values_of(kind)
        try:
            self._post(verb, conversation, values)
        except Conflict as conflict:
            raise self.stale(conversation.pk) from conflict
        return self.shown(conversation.pk)

    def _post(self, verb: Verb, conversation: Any, values: dict[str, Any]) -> None:
        receipt = move_conversation(
            thread_of(conversation),
            verb=verb,
            by=(self.caller.user.pk, self.caller.user.name),
            cid=str(uuid.uuid4()),
            if_version=values["version"],
            to=values.get("to", ""),
            reason=values["reason"],
        )
        receipt.result(STORED_WITHIN_SECONDS)
