"""Pages by the keys of their last row: no totals, no offsets, steady while rows come in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.errors import Malformed
from chat.protocol.limits import INTEGER_MOST

if TYPE_CHECKING:
    from chat.api.base import Endpoint

LIMIT, MOST = 50, 200
SALT = "chat.api.cursor"


class KeysetPagination(BasePagination):
    """`limit`, `order` of the view's `orders`, and an opaque `cursor`; `next` is an address."""

    parameters = frozenset({"limit", "order", "cursor"})

    def paginate_queryset(  # type: ignore[override]
        self, rows: QuerySet[Any], request: Request, view: Endpoint
    ) -> list[Any]:
        """One page of the rows, in the order asked for."""
        self.request, limit = request, read_limit(request)
        cursor = _read_cursor(request.query_params.get("cursor"), _order(request, view.orders))
        found = list(cursor.narrow(rows)[: limit + 1])
        page = found[:limit]
        self._set_links(cursor, page, more=len(found) > limit)
        return page if cursor.forward else page[::-1]

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        return Response({"results": data, "next": self.next, "previous": self.previous})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The same, for the schema."""
        address = {"type": "string", "nullable": True, "format": "uri-reference"}
        properties = {"results": schema}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": properties | {"next": address, "previous": address},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters, for the schema."""
        return [
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST}, LIMIT),
            _parameter("order", {"type": "string", "enum": list(view.orders)}, view.orders[0]),
            _parameter("cursor", {"type": "string"}),
        ]

    def _set_links(self, cursor: Cursor, page: Sequence[Model], *, more: bool) -> None:
        onward = cursor.at(page[-1], cursor.forward) if more else None
        back = cursor.at(page[0], not cursor.forward) if cursor.after and page else None
        links = [self._address(onward), self._address(back)]
        self.next, self.previous = links if cursor.forward else links[::-1]

    def _address(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return address(self.request, self.request.query_params.dict() | {"cursor": cursor})


class SeqPagination(KeysetPagination):
    """Rows of one conversation: they count from 1 without holes, so `seq` itself is the cursor."""

    parameters = frozenset({"limit", "after_seq", "before_seq"})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters, for the schema; of the last two one may be given."""
        seq = {"type": "integer", "minimum": 0, "maximum": INTEGER_MOST}
        limit = {"type": "integer", "minimum": 1, "maximum": MOST}
        return [
            _parameter("limit", limit, LIMIT),
            _parameter("after_seq", seq),
            _parameter("before_seq", seq),
        ]


class Cursor:
    """A place between two rows of an order, and the direction to read from there."""

    def __init__(
        self, order: str, forward: bool = True, after: Sequence[Any] | None = None
    ) -> None:
        self.order, self.forward, self.after = order, forward, after
        self._field = order.lstrip("-")
        self._falling = order.startswith("-") == forward

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows beyond this place; the bound on the first key alone is for the index."""
        sign, beyond = ("-", "lt") if self._falling else ("", "gt")
        rows = rows.order_by(f"{sign}{self._field}", f"{sign}pk")
        if self.after is None:
            return rows
        value, pk = self.after
        same = Q(**{self._field: value, f"pk__{beyond}": pk})
        further = Q(**{f"{self._field}__{beyond}": value})
        return rows.filter(further | same, **{f"{self._field}__{beyond}e": value})

    def at(self, row: Model, forward: bool) -> str:
        """The opaque text of the place at a row; signed, so that nobody can write one."""
        value = getattr(row, self._field)
        key = value.isoformat() if hasattr(value, "isoformat") else value
        return signing.dumps([self.order, forward, [key, row.pk]], salt=SALT)


def read_limit(request: Request) -> int:
    """How many rows a page may have."""
    text = request.query_params.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise Malformed(
            fields={"limit": [_("A whole number from 1 to %(most)s.") % {"most": MOST}]}
        )
    return int(text)


def read_seq(request: Request, name: str) -> int | None:
    """A `seq` among the parameters."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,16}", text, re.ASCII) or int(text) > INTEGER_MOST:
        raise Malformed(fields={name: [_("A whole number from 0 to 2^53-1.")]})
    return int(text)


def address(request: Request, parameters: Mapping[str, object]) -> str:
    """This list with other parameters, as a path: right behind every proxy."""
    return f"{request.path}?{urlencode(parameters)}"


def _order(request: Request, orders: Sequence[str]) -> str:
    order = request.query_params.get("order", orders[0])
    if order not in orders:
        raise Malformed(fields={"order": [_("One of %(words)s.") % {"words": ", ".join(orders)}]})
    return order


def _read_cursor(text: str | None, order: str) -> Cursor:
    if text is None:
        return Cursor(order)
    try:
        made_for, forward, after = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise Malformed(fields={"cursor": [_("Not a cursor of this list.")]}) from error
    if made_for != order:
        raise Malformed(fields={"cursor": [_("Made for another order.")]})
    return Cursor(order, forward, after)


def _parameter(name: str, schema: dict[str, Any], default: object = None) -> dict[str, Any]:
    shown = schema if default is None else schema | {"default": default}
    return {"name": name, "in": "query", "required": False, "schema": shown}
