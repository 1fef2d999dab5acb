"""Filters of lists whose choices come from small tables, never from the list itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat import policies
from chat.admin.base import person_of
from chat.models import Site, User
from chat.policies import Deed, Person, Thing


def own_sites(person: Person) -> QuerySet[Site]:
    """The sites this person leads."""
    own = policies.sites(person, Deed.VIEW, Thing.SITE)
    return Site.objects.all() if own is None else Site.objects.filter(pk__in=own)


def colleagues(person: Person) -> QuerySet[User]:
    """Everybody who works for a site that this person leads; the operator knows all."""
    if person.is_operator:
        return User.objects.all()
    known = User.objects.filter(memberships__site__in=own_sites(person)).values("pk")
    return User.objects.filter(pk__in=known)


class NumberFilter(SimpleListFilter):
    """A filter by the number of a row; anything that is no number finds nothing."""

    path: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that hang on the chosen one."""
        value = self.value()
        if not value:
            return queryset
        is_number = value.isascii() and value.isdigit() and len(value) < 19
        return queryset.filter(**{self.path: int(value)}) if is_number else queryset.none()


class OwnSiteFilter(NumberFilter):
    """By site, among one's own."""

    title = _("site")
    parameter_name = "site"
    path = "site_id"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[Any]:
        """The sites this person leads."""
        rows = own_sites(person_of(request)).values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]


class AgentFilter(NumberFilter):
    """By the agent who has to answer."""

    title = _("agent")
    parameter_name = "agent"
    path = "agent_id"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[Any]:
        """The people of one's own sites."""
        people = colleagues(person_of(request))
        return [(str(user.pk), user.name) for user in people.order_by("username")]
