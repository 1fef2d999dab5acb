"""What every answer carries: a request id in the logs, and the headers that browsers obey."""

import logging
import secrets
import time

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

log = structlog.get_logger(__name__)

UNUSED_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)
SEALED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PLAIN_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
# The admin theme writes inline styles; nothing else of ours may.
ADMIN = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
)


class RequestLogMiddleware(MiddlewareMixin):
    """Gives each request an id that all its log lines carry, and logs what became of it."""

    def process_request(self, request: HttpRequest) -> None:
        """Start a fresh logging context; the client's own id is not believed."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(8))
        request.META["gofly.began"] = time.monotonic()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Log without the query, which may hold tokens, and tell the id."""
        request_id = structlog.contextvars.get_contextvars().get("request_id", "-")
        response.headers.setdefault("X-Request-ID", request_id)
        log.log(
            logging.ERROR if response.status_code >= 500 else logging.INFO,
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.monotonic() - request.META["gofly.began"]) * 1000, 1),
        )
        return response


class SecurityHeadersMiddleware(MiddlewareMixin):
    """Adds what Django's SecurityMiddleware does not know; what a view sets itself stays."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Switch off the device features a chat has no use for, and every source not named."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Content-Security-Policy", default_policy(request, response))
        return response


def default_policy(request: HttpRequest, response: HttpResponseBase) -> str:
    """The policy of an answer whose view names none: the tightest that its kind can live with."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return SEALED
    return ADMIN if request.path.startswith("/admin/") else PLAIN_PAGE
