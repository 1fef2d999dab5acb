"""Sites over the API."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api import idempotency
from chat.api.base import Endpoint
from chat.api.serializers import SiteBody
from chat.errors import Forbidden, NotFound
from chat.models import Site, WidgetSettings
from chat.services import site_setup, sites
from chat.vocabulary import Scope


class SitesView(Endpoint):
    """The sites the caller works for; only the installation's operator makes new ones."""

    scopes = {
        "list": Scope.READ,
        "retrieve": Scope.READ,
        "create": Scope.ADMIN,
        "partial_update": Scope.ADMIN,
    }
    orders = ("name", "-name", "created_at", "-created_at")
    queryset = Site.objects.select_related("widget")
    serializer_class = SiteBody

    def list(self, request: Request) -> Response:
        """Sites, by name."""
        page = self.paginate_queryset(self.caller.visible(self.get_queryset(), "pk"))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One site with the settings of its widget."""
        return Response(self.get_serializer(self._site(pk)).data)

    @idempotency.once
    def create(self, request: Request) -> Response:
        """Make a site; the operator then gives it members."""
        if self.caller.scopes is not None:
            raise Forbidden
        values = self.values_of(SiteBody)
        widget = WidgetSettings(**values.pop("widget", {}))
        with self.audited():
            site = site_setup.create_site(Site(**values), owner=None, widget=widget)
        return Response(self.get_serializer(site).data, status=201)

    @extend_schema(request=SiteBody)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a site or its widget; pages show it within seconds."""
        site = self._site(pk)
        self.caller.require(Scope.ADMIN, site.pk)
        values = self.values_of(SiteBody, instance=site, partial=True)
        with self.audited(), transaction.atomic():
            _change(site.widget, values.pop("widget", {}))
            _change(site, values)
        sites.forget_all()
        return Response(self.get_serializer(site).data)

    def _site(self, key: str) -> Site:
        site = self.caller.visible(self.get_queryset(), "pk").filter(key=key).first()
        if site is None:
            raise NotFound
        return site


def _change(row: Site | WidgetSettings, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    if values:
        row.save(update_fields=[*values])
