"""What the OpenAPI description says of every operation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from chat.api.idempotency import HEADER

ERROR = {
    "type": "object",
    "description": "Every refusal; `conflict` also carries the object as it is now in `current`.",
    "required": ["code", "detail", "fields", "request_id", "after_ms"],
    "properties": {
        "code": {"type": "string", "description": "For programs; never changes."},
        "detail": {"type": "string", "description": "For people, in their language."},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "request_id": {"type": "string", "description": "Also in the header X-Request-ID."},
        "after_ms": {"type": "integer", "description": "When to try again; 0: not by waiting."},
        "current": {"type": "object", "additionalProperties": {}},
    },
}


class Description(AutoSchema):
    """Adds to every operation what all have in common: the error, and the key of a POST."""

    def get_override_parameters(self) -> list[Any]:
        """The header that makes a POST safe to repeat."""
        if self.method != "POST":
            return []
        return [
            OpenApiParameter(
                HEADER,
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="The same key and body: done once, answered alike for 24 hours.",
            )
        ]

    def get_tags(self) -> list[str]:
        """The resource; what belongs to a conversation stands with it."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        return bodies | {
            "default": {
                "description": "A refusal",
                "content": {"application/json": {"schema": _error(self.registry)}},
            }
        }


def _error(registry: ComponentRegistry) -> dict[str, Any]:
    component = ResolvedComponent(
        name="Error", type=ResolvedComponent.SCHEMA, schema=ERROR, object="Error"
    )
    registry.register_on_missing(component)
    return component.ref


def only_ours(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The operations below /api/v1/, which is what the description is about."""
    return [one for one in endpoints if one[0].startswith("/api/v1/")]
