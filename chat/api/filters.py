"""What lists may be narrowed by; every name is written here, and no other is taken."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from chat.api.errors import Malformed
from chat.presence import people
from chat.vocabulary import Owner, Status, status_of

OWNER_OF = {status_of(owner): owner for owner in Owner}
ID_DIGITS = 18  # a bigint holds them all


class StrictFilters(filters.DjangoFilterBackend):
    """Filters whose bad values are malformed requests."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """The rows that fit."""
        try:
            return super().filter_queryset(request, queryset, view)
        except ValidationError as error:
            raise Malformed(fields=error.detail) from error  # type: ignore[arg-type]


class IdFilter(filters.CharFilter):
    """Rows whose column is the number in a public id such as ag_7."""

    def __init__(self, prefix: str, **options: Any) -> None:
        """`prefix` is what stands before the number."""
        super().__init__(**options)
        self.prefix = prefix

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows; an id of another kind fits none."""
        if not value:
            return rows
        number = number_of(value, self.prefix)
        return rows.none() if number is None else super().filter(rows, number)


class UtcField(IsoDateTimeField):
    """A time that is also one in UTC: the database knows no year 10000."""

    def to_python(self, value: Any) -> Any:
        """The time, or what the form reports."""
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(filters.IsoDateTimeFilter):
    """Rows before or after a time."""

    field_class = UtcField


class SiteFilters(filters.FilterSet):
    """Of anything that belongs to a site."""

    site = filters.CharFilter(field_name="site__key")


class VisitorFilters(SiteFilters):
    """Of visitors."""

    external_id = filters.CharFilter()
    email = filters.CharFilter(lookup_expr="iexact")
    online = filters.BooleanFilter(method="filter_online")
    seen_after = MomentFilter(field_name="last_seen_at", lookup_expr="gt")

    def filter_online(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Visitors with an open socket, or without one."""
        here = people.visitors_here()
        return rows.filter(public_id__in=here) if value else rows.exclude(public_id__in=here)


class ConversationFilters(SiteFilters):
    """Of conversations."""

    status = filters.ChoiceFilter(choices=[(one, one) for one in Status], method="filter_status")
    owner = filters.ChoiceFilter(choices=[(one, one) for one in Owner])
    agent = IdFilter("ag_", field_name="agent_id")
    team = IdFilter("tm_", field_name="team_id")
    visitor = filters.CharFilter(field_name="visitor__public_id")
    opened_after = MomentFilter(field_name="opened_at", lookup_expr="gt")
    opened_before = MomentFilter(field_name="opened_at", lookup_expr="lt")
    updated_after = MomentFilter(field_name="changed_at", lookup_expr="gt")

    def filter_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Conversations that stand so."""
        return rows.filter(owner=OWNER_OF[Status(value)])


def number_of(public_id: str, prefix: str) -> int | None:
    """The number in an id that counts, None in anything else.

    >>> number_of("ag_7", "ag_"), number_of("ag_x", "ag_"), number_of("tm_7", "ag_")
    (7, None, None)
    """
    found = re.fullmatch(rf"{prefix}([0-9]{{1,{ID_DIGITS}}})", public_id, re.ASCII)
    return int(found[1]) if found else None
