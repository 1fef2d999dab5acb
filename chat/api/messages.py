"""The rows of a conversation over the API."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api import idempotency, pagination
from chat.api.conversations import ConversationEndpoint
from chat.api.errors import Malformed
from chat.api.serializers import MessageBody, MessageNew
from chat.events import MessageStored, Thread
from chat.protocol import fields
from chat.protocol.limits import INTEGER_MOST
from chat.services.messages import agent_author, post_message
from chat.services.reading import rows_after, rows_before
from chat.shapes import thread_of
from chat.vocabulary import Kind, Scope
from chat.writer import Draft

CID = re.compile(r"[A-Za-z0-9-]{16,36}")
STORED_WITHIN_SECONDS = 10


class MessagesView(ConversationEndpoint):
    """Rows in the order of `seq`, which has no holes."""

    scopes = {"list": Scope.READ, "create": Scope.SEND}
    serializer_class = MessageBody
    pagination_class = pagination.SeqPagination

    def list(self, request: Request, conversation: str) -> Response:
        """Rows after or before a `seq`, oldest first; without either the last ones."""
        row = self.thread(conversation, Scope.READ)
        thread, limit = thread_of(row), pagination.read_limit(request)
        after = pagination.read_seq(request, "after_seq")
        before = pagination.read_seq(request, "before_seq")
        if after is not None and before is not None:
            raise Malformed(fields={"before_seq": [_("Give one of after_seq and before_seq.")]})
        if after is not None:
            rows = rows_after(thread, after, limit=limit)
        else:
            rows = rows_before(thread, INTEGER_MOST if before is None else before, limit=limit)
        return Response(self._page(rows, row.last_seq))

    @extend_schema(request=MessageNew, responses={201: MessageBody})
    def create(self, request: Request, conversation: str) -> Response:
        """Post a text as the caller; the Idempotency-Key is the message's `cid`."""
        cid = idempotency.read_key(request, CID) or str(uuid.uuid4())
        thread = thread_of(self.thread(conversation, Scope.SEND))
        receipt = post_message(self._draft(thread, cid, self.values_of(MessageNew)))
        stored = receipt.result(STORED_WITHIN_SECONDS)
        row = rows_after(thread, stored.seq - 1, limit=1)[0]
        return Response(self.get_serializer(row).data, status=201)

    def _draft(self, thread: Thread, cid: str, values: dict[str, Any]) -> Draft:
        key, sender = agent_author(self.caller.user.pk, self.caller.user.name)
        return Draft(
            thread.id,
            key,
            sender,
            cid,
            Kind.TEXT,
            fields.words(values["body"]),
            data={"origin": "api"} if self.caller.token else {},
            internal=values["note"],
            reply_to=values["reply_to"],
        )

    def _page(self, rows: Sequence[MessageStored], last_seq: int) -> dict[str, Any]:
        first, last = (rows[0].seq, rows[-1].seq) if rows else (1, last_seq)
        return {
            "results": self.get_serializer(rows, many=True).data,
            "next": self._address("after_seq", last) if last < last_seq else None,
            "previous": self._address("before_seq", first) if first > 1 else None,
        }

    def _address(self, name: str, seq: int) -> str:
        limit = str(pagination.read_limit(self.request))
        return pagination.address(self.request, {"limit": limit, name: str(seq)})
