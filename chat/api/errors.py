"""Refusals as the API answers them: one shape, a fixed code, and never our internals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core import exceptions as django_exceptions
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_noop
from rest_framework import exceptions, status
from rest_framework.response import Response

from chat.errors import (
    Busy,
    ChatError,
    Conflict,
    Forbidden,
    NotFound,
    RateLimited,
    Unauthenticated,
)
from chat.services.wording import sentence

Fields = Mapping[str, list[str]]

# On every answer of the API: nothing in it is a page, and no cache may keep it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

# Validation codes that say the JSON type itself is wrong.
TYPE_CODES = frozenset({"wrong_type", "not_a_list", "not_a_dict"})

log = structlog.get_logger(__name__)


class ApiRefusal(ChatError):
    """A refusal of the HTTP layer; `fields` names what is wrong where."""

    def __init__(self, message: str | None = None, *, fields: Fields | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class Malformed(ApiRefusal):
    """The request is not what the schema describes."""

    code = "malformed"
    message = gettext_noop(
        "This request is not understood; compare it with the description of the API."
    )


class UnknownFilter(ApiRefusal):
    """A query parameter that this list does not know; it is never ignored."""

    code = "unknown_filter"
    message = gettext_noop("This list does not know a filter you gave; correct it or leave it out.")


class Invalid(ApiRefusal):
    """Well-formed, and against a rule."""

    code = "invalid"
    message = gettext_noop("Some values are not allowed; correct them and send the request again.")
    http_status = status.HTTP_422_UNPROCESSABLE_ENTITY


class TooBig(ApiRefusal):
    """More bytes than a request may have."""

    code = "too_big"
    message = gettext_noop("This request is too big; send less at once.")
    http_status = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class MethodNotAllowed(ApiRefusal):
    """The resource exists, the verb does not."""

    code = "method_not_allowed"
    message = gettext_noop("This address does not take that method.")
    http_status = status.HTTP_405_METHOD_NOT_ALLOWED


class NotAcceptable(ApiRefusal):
    """The caller takes no JSON."""

    code = "not_acceptable"
    message = gettext_noop("This API answers in JSON; accept application/json.")
    http_status = status.HTTP_406_NOT_ACCEPTABLE


class UnsupportedType(ApiRefusal):
    """The body is something else than JSON."""

    code = "unsupported_type"
    message = gettext_noop("This API reads JSON; send Content-Type: application/json.")
    http_status = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE


class Stale(ApiRefusal):
    """Somebody changed the object first; the answer carries it as it is now."""

    code = Conflict.code
    message = Conflict.message
    http_status = Conflict.http_status

    def __init__(self, current: Mapping[str, Any]) -> None:
        super().__init__()
        self.current = current


_BY_KIND: tuple[tuple[type[Exception], type[ChatError]], ...] = (
    (exceptions.NotAuthenticated, Unauthenticated),
    (exceptions.AuthenticationFailed, Unauthenticated),
    (exceptions.PermissionDenied, Forbidden),
    (django_exceptions.PermissionDenied, Forbidden),
    (exceptions.NotFound, NotFound),
    (Http404, NotFound),
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.NotAcceptable, NotAcceptable),
    (exceptions.UnsupportedMediaType, UnsupportedType),
    (exceptions.ParseError, Malformed),
    (django_exceptions.RequestDataTooBig, TooBig),
    (django_exceptions.SuspiciousOperation, Malformed),
    (MultiPartParserError, Malformed),
    (UnreadablePostError, Malformed),
    (OperationalError, Busy),
    (InterfaceError, Busy),
    (InternalError, Busy),  # a standby that takes no writes
    (TimeoutError, Busy),
)


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to a refusal; None for a mistake of ours, which Django reports as 500."""
    refusal = as_refusal(error)
    if refusal is None:
        return None
    if isinstance(refusal, Busy):
        log.warning("api.busy", error=type(error).__name__)
    answer = Response(body_of(refusal), status=refusal.http_status)
    if refusal.after_ms:
        answer["Retry-After"] = str(math.ceil(refusal.after_ms / 1000))
    if refusal.http_status == status.HTTP_401_UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    if isinstance(error, exceptions.MethodNotAllowed):
        answer["Allow"] = ", ".join(context["view"].allowed_methods)
    return answer


def as_refusal(error: Exception) -> ChatError | None:
    """What an exception means to the caller."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    if isinstance(error, exceptions.Throttled):
        return RateLimited(after_ms=math.ceil(getattr(error, "wait", None) or 1) * 1000)
    return next((made() for kind, made in _BY_KIND if isinstance(error, kind)), None)


def plain(refusal: ChatError) -> JsonResponse:
    """The same answer for those who refuse before or after the API's own views."""
    return JsonResponse(body_of(refusal), status=refusal.http_status, headers=HEADERS)


def body_of(refusal: ChatError) -> dict[str, Any]:
    """The one shape of every error; a conflict also carries the object as it is now."""
    body = {
        "code": refusal.code,
        "detail": sentence(refusal),
        "fields": getattr(refusal, "fields", {}),
        "request_id": structlog.contextvars.get_contextvars().get("request_id", "-"),
        "after_ms": refusal.after_ms,
    }
    return body | ({"current": refusal.current} if isinstance(refusal, Stale) else {})


def _invalid(error: exceptions.ValidationError) -> ApiRefusal:
    codes = set(_leaves(error.get_codes()))
    refused = Malformed if codes & TYPE_CODES else Invalid
    return refused(fields=_flat(error.detail))


def _flat(detail: Any, name: str = "") -> dict[str, list[str]]:
    """Nested errors under dotted names: {"widget.color": ["..."]}."""
    if isinstance(detail, Mapping):
        pairs: Sequence[tuple[Any, Any]] = list(detail.items())
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        pairs = [(index, one) for index, one in enumerate(detail) if one]
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {name or "body": [str(text) for text in texts]}
    flat: dict[str, list[str]] = {}
    for key, inner in pairs:
        flat |= _flat(inner, f"{name}.{key}" if name else str(key))
    return flat


def _leaves(codes: Any) -> list[str]:
    if isinstance(codes, Mapping):
        return [leaf for inner in codes.values() for leaf in _leaves(inner)]
    if isinstance(codes, list):
        return [leaf for inner in codes for leaf in _leaves(inner)]
    return [str(codes)]
