"""The OpenAPI description and Swagger, from our own files and with a policy of their own."""

from __future__ import annotations

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.response import Response

from chat.api.errors import HEADERS

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HOUR_SECONDS = 3600  # making it takes longer than anything else that anybody may ask for


@method_decorator(cache_page(HOUR_SECONDS), name="dispatch")
class SchemaView(SpectacularAPIView):
    """The description as YAML, or as JSON for who accepts that."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Nothing in it may run."""
        answer = super().finalize_response(*args, **kwargs)
        answer["Content-Security-Policy"] = HEADERS["Content-Security-Policy"]
        return answer


class DocsView(SpectacularSwaggerSplitView):
    """Swagger, served from our own files; its script is a file, not a part of the page."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    url_name = "api-schema"

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Only our own files may run or be shown."""
        answer = super().finalize_response(*args, **kwargs)
        answer["Content-Security-Policy"] = DOCS_POLICY
        return answer
