"""What all endpoints share: scopes, strict parameters, limits, idempotency, headers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, TypeVar

from auditlog.context import set_actor
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from chat import audit
from chat.api import throttles
from chat.api.errors import HEADERS, Invalid, UnknownFilter
from chat.api.filters import StrictFilters
from chat.api.pagination import KeysetPagination
from chat.api.permissions import Caller, caller_of
from chat.errors import NotFound
from chat.models import Site
from chat.vocabulary import Scope

Row = TypeVar("Row", bound=Model)


class Endpoint(GenericViewSet[Any]):
    """A resource: `scopes` names what each action needs, `orders` what a list may be sorted by."""

    scopes: ClassVar[Mapping[str, Scope]]
    orders: ClassVar[tuple[str, ...]] = ("id",)
    http_method_names = ("get", "head", "post", "patch", "delete")
    lookup_value_regex = "[A-Za-z0-9_-]{1,40}"
    pagination_class = KeysetPagination
    filter_backends = (StrictFilters,)
    shown_once: ClassVar[frozenset[str]] = frozenset()  # never kept with an idempotent answer

    caller: Caller
    remaining: int | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not allowed before the action sees it."""
        self.caller = caller_of(request) if request.user.is_authenticated else None  # type: ignore[assignment]
        super().initial(request, *args, **kwargs)
        self._refuse_unknown_parameters(request)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Add the headers that every answer carries."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in HEADERS.items():
            answer[name] = value
        if self.remaining is not None:
            throttles.announce(answer, self.remaining)
        return answer

    def found(self, rows: QuerySet[Row], scope: Scope = Scope.READ, **lookup: Any) -> Row:
        """The one row of these that the caller may see, or NotFound; Forbidden below the scope."""
        row = self.caller.visible(rows).filter(**lookup).first()
        if row is None:
            raise NotFound
        self.caller.require(scope, row.site_id)  # type: ignore[attr-defined]
        return row

    def site_for(self, key: str | None, scope: Scope) -> Site:
        """The site a new object belongs to; a token knows its own, a person names one."""
        if key is None and self.caller.token is None:
            raise Invalid(fields={"site": [_("Name the site by its key.")]})
        sites = self.caller.visible(Site.objects.all(), "pk")
        site = (sites if key is None else sites.filter(key=key)).first()
        if site is None:
            raise NotFound
        self.caller.require(scope, site.pk)
        return site

    def values_of(self, kind: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
        """The validated values of the request's body."""
        body = kind(data=self.request.data, **options)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        return values

    def audited(self) -> AbstractContextManager[None]:
        """Changes of the configuration made inside are the caller's in the audit log."""
        address = audit.address_of(self.request._request)
        return set_actor(self.caller.user, remote_addr=address)

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = self._known_parameters() if self.action == "list" else frozenset()
        unknown = sorted(request.query_params.keys() - known)
        if unknown:
            raise UnknownFilter(fields={name[:64]: [_("Unknown.")] for name in unknown[:10]})

    def _known_parameters(self) -> frozenset[str]:
        filters = getattr(self, "filterset_class", None)
        names = frozenset(filters.base_filters) if filters else frozenset()
        return names | self.pagination_class.parameters
