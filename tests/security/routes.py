"""Every address of the product, with things that exist in the places of its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, get_resolver

from agents.models import Session
from chat.models import Team
from chat.services import tokens
from chat.shapes import agent_wire_id
from tests.chat import back_office
from tests.chat.back_office import Cast

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:\[[^]]*\]|[^)[])*\)")
HOW_OFTEN_READ = {"last_used_at", "last_login"}


def everything(cast: Cast) -> dict[str, str]:
    """One thing of every kind, by the start of the names of its routes."""
    visitor = back_office.visitor(cast.shop, name="Vera")
    conversation = back_office.conversation(visitor, "Is anybody there?")
    team = Team.objects.create(site=cast.shop, name="Returns")
    team.members.add(cast.ana.memberships.get())
    token = tokens.make_token(cast.shop.pk, maker=cast.owen, name="Reports", scope="read").token
    return {
        "widget-": cast.shop.key,
        "api-site": cast.shop.key,
        "api-visitor": visitor.public_id,
        "api-conversation": conversation.public_id,
        "api-message": conversation.public_id,
        "api-move": conversation.public_id,
        "api-agent": agent_wire_id(cast.ana.pk),
        "api-token": f"tk_{token.pk}",
        "app_list": "chat",
    }


def addresses(things: Mapping[str, str]) -> list[str]:
    """Every address, each once."""
    return sorted({f"/{path}" for path in _walk(get_resolver().url_patterns, "", things)})


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, things: Mapping[str, str]
) -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).strip("^$")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path, things)
        elif "(" not in (filled := PARAMETER.sub(_thing(path, pattern.name, things), path)):
            yield filled


def _thing(path: str, name: str | None, things: Mapping[str, str]) -> str:
    """What stands in a route's place; in the back office, the first row of its kind."""
    for start, thing in things.items():
        if (name or "").startswith(start):
            return thing
    label = re.match(r"admin/(chat|auditlog)/(\w+)/", path)
    row = apps.get_model(label[1], label[2])._base_manager.first() if label else None
    return str(row.pk) if row else "1"


def tables() -> dict[str, list[dict[str, object]]]:
    """All rows of the product, without the notes of when a session or a token was used."""
    kept: dict[str, list[dict[str, object]]] = {}
    for model in apps.get_models():
        if model is not Session:
            rows: QuerySet[Any, dict[str, Any]] = QuerySet(model).order_by("pk").values()
            kept[model._meta.label] = [
                {name: value for name, value in row.items() if name not in HOW_OFTEN_READ}
                for row in rows
            ]
    return kept
