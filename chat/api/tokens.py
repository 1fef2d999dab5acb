"""API tokens over the API."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api import idempotency
from chat.api.base import Endpoint
from chat.api.errors import Invalid
from chat.api.filters import SiteFilters, number_of
from chat.api.serializers import TokenBody, TokenMade
from chat.models import ApiToken
from chat.services import tokens
from chat.vocabulary import Scope


class TokenFilters(SiteFilters):
    """Of tokens: those of one site."""


class TokensView(Endpoint):
    """The keys that let programs in, for those who administer a site."""

    scopes = {"list": Scope.ADMIN, "create": Scope.ADMIN, "destroy": Scope.ADMIN}
    orders = ("-created_at", "created_at")
    queryset = ApiToken.objects.select_related("site")
    serializer_class = TokenBody
    filterset_class = TokenFilters
    shown_once = frozenset({"token"})

    def list(self, request: Request) -> Response:
        """Tokens of the sites the caller administers, revoked ones too."""
        rows = self.caller.visible(self.get_queryset(), scope=Scope.ADMIN)
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses={201: TokenMade})
    @idempotency.once
    def create(self, request: Request) -> Response:
        """Make a token; its text is in this answer and nowhere else."""
        values = self.values_of(TokenBody)
        site = self.site_for(values.pop("site", {}).get("key"), Scope.ADMIN)
        self._refuse_lifetime(values)
        with self.audited():
            made = tokens.make_token(site.pk, maker=self.caller.user, **values)
        shown = self.get_serializer(made.token).data
        return Response({**shown, "token": made.text}, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke a token at once."""
        token = self.found(self.get_queryset(), Scope.ADMIN, pk=number_of(pk, "tk_"))
        with self.audited():
            tokens.revoke(token)
        return Response(status=204)

    def _refuse_lifetime(self, values: dict[str, Any]) -> None:
        """One that is over helps nobody, and none may outlive the token that makes it."""
        end, own = values["expires_at"], self.caller.token and self.caller.token.expires_at
        if end is not None and end <= timezone.now():
            raise Invalid(fields={"expires_at": [_("This time is over; choose a later one.")]})
        if own is not None and (end is None or end > own):
            raise Invalid(fields={"expires_at": [_("Not later than the end of your own token.")]})
