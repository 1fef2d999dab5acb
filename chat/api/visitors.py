"""Visitors over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api import idempotency
from chat.api.base import Endpoint
from chat.api.filters import VisitorFilters
from chat.api.serializers import VisitorBody, VisitorPatch
from chat.models import Visitor
from chat.services import records
from chat.vocabulary import Scope


class VisitorsView(Endpoint):
    """The visitors who have written, signed in, or been entered here."""

    scopes = {
        "list": Scope.READ,
        "retrieve": Scope.READ,
        "create": Scope.SEND,
        "partial_update": Scope.SEND,
    }
    orders = ("-last_seen_at", "last_seen_at", "-first_seen_at", "first_seen_at")
    queryset = Visitor.objects.select_related("site")
    serializer_class = VisitorBody
    filterset_class = VisitorFilters

    def list(self, request: Request) -> Response:
        """Visitors, last seen first."""
        rows = self.filter_queryset(self.caller.visible(self.get_queryset()))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One visitor."""
        return Response(self.get_serializer(self.found(self.get_queryset(), public_id=pk)).data)

    @idempotency.once
    def create(self, request: Request) -> Response:
        """Enter a visitor who has not been here yet."""
        facts = self.values_of(VisitorBody)
        site = self.site_for(facts.pop("site", {}).get("key"), Scope.SEND)
        visitor = records.create_visitor(site.pk, facts=facts)
        return Response(self.get_serializer(visitor).data, status=201)

    @extend_schema(request=VisitorPatch)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what is known of a visitor."""
        visitor = self.found(self.get_queryset(), Scope.SEND, public_id=pk)
        facts = self.values_of(VisitorPatch, instance=visitor, partial=True)
        changed = records.change_visitor(visitor.pk, facts=facts)
        return Response(self.get_serializer(changed).data)
