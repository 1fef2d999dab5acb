"""Conversations over the API; claim, transfer and the like are in `agents.api`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from chat.api import idempotency
from chat.api.base import Endpoint
from chat.api.errors import Stale
from chat.api.filters import ConversationFilters, number_of
from chat.api.serializers import ConversationBody, ConversationNew, ConversationPatch
from chat.errors import Conflict, NotFound
from chat.models import Conversation, Visitor
from chat.services import records
from chat.vocabulary import Scope


class ConversationEndpoint(Endpoint):
    """What all views of conversations share."""

    queryset = Conversation.objects.select_related("site", "visitor", "agent", "team")
    serializer_class: type[BaseSerializer[Any]] = ConversationBody

    def thread(self, public_id: str, scope: Scope) -> Conversation:
        """The conversation, if the caller may see it."""
        return self.found(self.get_queryset(), scope, public_id=public_id)

    def shown(self, conversation_id: int, status: int = 200) -> Response:
        """The conversation as it is now."""
        row = self.get_queryset().get(pk=conversation_id)
        return Response(ConversationBody(row).data, status=status)

    def stale(self, conversation_id: int) -> Stale:
        """The refusal of a change that came too late, with the conversation as it is now."""
        return Stale(self.shown(conversation_id).data)


class ConversationsView(ConversationEndpoint):
    """The conversations of the caller's sites."""

    scopes = {
        "list": Scope.READ,
        "retrieve": Scope.READ,
        "create": Scope.SEND,
        "partial_update": Scope.SEND,
    }
    orders = ("-changed_at", "changed_at", "-opened_at", "opened_at")
    filterset_class = ConversationFilters

    def list(self, request: Request) -> Response:
        """Conversations, last changed first."""
        rows = self.filter_queryset(self.caller.visible(self.get_queryset()))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One conversation."""
        return Response(self.get_serializer(self.thread(pk, Scope.READ)).data)

    @extend_schema(
        request=ConversationNew, responses={200: ConversationBody, 201: ConversationBody}
    )
    @idempotency.once
    def create(self, request: Request) -> Response:
        """Open a conversation with a visitor; 200 with the one that is open, if there is one."""
        public_id = self.values_of(ConversationNew)["visitor"]
        visitor = self.found(Visitor.objects.all(), Scope.SEND, public_id=public_id)
        conversation, is_new = records.open_thread(visitor.pk)
        return self.shown(conversation.pk, status=201 if is_new else 200)

    @extend_schema(request=ConversationPatch)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Give the conversation to a team, or to none."""
        conversation = self.thread(pk, Scope.SEND)
        values = self.values_of(ConversationPatch)
        team_id, version = _team_id(values["team"]), values["version"]
        try:
            records.set_team(conversation.pk, team_id=team_id, if_version=version)
        except Conflict as conflict:
            raise self.stale(conversation.pk) from conflict
        return self.shown(conversation.pk)


def _team_id(public_id: str | None) -> int | None:
    if public_id is None:
        return None
    number = number_of(public_id, "tm_")
    if number is None:
        raise NotFound
    return number
