"""What every answer carries: a request id in the logs, and the headers that browsers obey."""

import secrets

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
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
)


class RequestLogMiddleware(MiddlewareMixin):
    """Gives each request an id that all its log lines carry."""

    def process_request(self, request: HttpRequest) -> None:
        """Start a fresh logging context; the client's own id is not believed."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(8))

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Tell the id, so that a report of a problem can name it."""
        known = structlog.contextvars.get_contextvars()
        response.headers.setdefault("X-Request-ID", known.get("request_id", "-"))
        return response


class SecurityHeadersMiddleware(MiddlewareMixin):
    """Adds what Django's SecurityMiddleware does not know; a view may say more, never less."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Switch the device features off that a chat has no use for."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
