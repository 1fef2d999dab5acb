"""The OpenAPI description and Swagger, from our own files and with a policy of their own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.response import Response

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SCHEMA_POLICY = "default-src 'none'; sandbox"


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

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Only our own files may run or be shown."""
        answer = super().finalize_response(*args, **kwargs)
        answer["Content-Security-Policy"] = DOCS_POLICY
        return answer
