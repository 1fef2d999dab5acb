"""The people who answer, over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.base import Endpoint
from chat.api.filters import SiteFilters, number_of
from chat.api.permissions import Caller
from chat.api.serializers import AgentBody
from chat.errors import NotFound
from chat.models import Membership, User
from chat.vocabulary import Scope


class AgentFilters(SiteFilters):
    """Of agents: those who work for one site."""


class AgentsView(Endpoint):
    """The members of the caller's sites, and of each the sites that the caller sees too."""

    scopes = {"list": Scope.READ, "retrieve": Scope.READ}
    orders = ("id",)
    queryset = User.objects.none()
    serializer_class = AgentBody
    filterset_class = AgentFilters

    def list(self, request: Request) -> Response:
        """Agents with the state others see."""
        members = self.filter_queryset(seen_memberships(self.caller))
        page = self.paginate_queryset(with_memberships(members, self.caller))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One agent."""
        number = number_of(pk, "ag_") or 0
        members = seen_memberships(self.caller).filter(user_id=number)
        agent = with_memberships(members, self.caller).first()
        if agent is None:
            raise NotFound
        return Response(self.get_serializer(agent).data)


def seen_memberships(caller: Caller) -> QuerySet[Membership]:
    """Who works where, as far as the caller may know."""
    return caller.visible(Membership.objects.working())


def with_memberships(members: QuerySet[Membership], caller: Caller) -> QuerySet[Any]:
    """The people behind memberships, each with all memberships that the caller sees."""
    shown = seen_memberships(caller).select_related("site").order_by("site__name")
    return User.objects.filter(pk__in=members.order_by().values("user_id")).prefetch_related(
        Prefetch("memberships", queryset=shown, to_attr="shown_memberships")
    )
