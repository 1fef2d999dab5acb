"""The OpenAPI description, and the page that shows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.idempotency import HEADER

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SCHEMA_POLICY = "default-src 'none'; sandbox"

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


class SchemaView(SpectacularAPIView):
    """The description as YAML, or as JSON for who accepts that."""

    authentication_classes = ()
    permission_classes = ()

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Nothing in it may run."""
        answer = super().finalize_response(*args, **kwargs)
        answer["Content-Security-Policy"] = SCHEMA_POLICY
        return answer


class DocsView(SpectacularSwaggerSplitView):
    """Swagger, served from our own files; its script is a file, not a part of the page."""

    authentication_classes = ()
    permission_classes = ()
    url_name = "api-schema"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The page, or the script that it names."""
        return super().get(request, *args, **kwargs)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Response:
        """Only our own files may run or be shown."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Content-Security-Policy"] = DOCS_POLICY
        return answer


def only_ours(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The operations below /api/v1/, which is what the description is about."""
    return [one for one in endpoints if one[0].startswith("/api/v1/")]
