"""What a caller may do: a token on its one site, a person on the sites they work for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import QuerySet
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chat.errors import Forbidden
from chat.models import ApiToken, Membership, User
from chat.vocabulary import Role, Scope

if TYPE_CHECKING:
    from chat.api.base import Endpoint

RANK = {Scope.READ: 1, Scope.SEND: 2, Scope.ADMIN: 3}
SCOPE_OF_ROLE = {Role.OWNER: Scope.ADMIN, Role.MANAGER: Scope.ADMIN, Role.AGENT: Scope.SEND}

Rows = TypeVar("Rows", bound=QuerySet[Any])


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and the scope they have on each site (None: the operator, on all)."""

    user: User
    token: ApiToken | None
    scopes: Mapping[int, Scope] | None

    @property
    def principal(self) -> str:
        """The name limits and idempotency keys are counted under."""
        return f"token:{self.token.pk}" if self.token else f"user:{self.user.pk}"

    def may(self, scope: Scope, site_id: int) -> bool:
        """Whether the caller has at least this scope on the site."""
        if self.scopes is None:
            return True
        held = self.scopes.get(site_id)
        return held is not None and RANK[held] >= RANK[scope]

    def require(self, scope: Scope, site_id: int) -> None:
        """Refuse what the caller may see but not do."""
        if not self.may(scope, site_id):
            raise Forbidden

    def visible(self, rows: Rows, field: str = "site_id", *, scope: Scope = Scope.READ) -> Rows:
        """Those rows that belong to sites on which the caller has the scope."""
        if self.scopes is None:
            return rows
        sites = [site_id for site_id in self.scopes if self.may(scope, site_id)]
        return rows.filter(**{f"{field}__in": sites})


def caller_of(request: Request) -> Caller:
    """The caller of an authenticated request; a person's roles cost one query."""
    user, token = cast(User, request.user), request.auth
    if isinstance(token, ApiToken):
        return Caller(user, token, {token.site_id: Scope(token.scope)})
    if user.is_superuser:
        return Caller(user, None, None)
    roles = Membership.objects.filter(user=user).values_list("site_id", "role")
    return Caller(user, None, {site_id: SCOPE_OF_ROLE[Role(role)] for site_id, role in roles})


class HasScope(BasePermission):
    """Every action names the scope it needs; on which site is asked once the object is known."""

    def has_permission(self, request: Request, view: Endpoint) -> bool:  # type: ignore[override]
        """Known, and with a scope that allows the action anywhere at all."""
        if not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiToken) or request.method not in view.allowed_methods:
            return True
        return RANK[Scope(request.auth.scope)] >= RANK[view.scopes[view.action]]
