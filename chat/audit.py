"""The audit log: which configuration it watches, who acts, and acts that change no visible field.

Messages, conversations and what visitors do are never watched: the message path writes no audit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditlog import get_logentry_model
from auditlog.context import set_actor
from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse

from chat import addresses
from chat.models import ApiToken, Membership, Site, Team, User, WidgetSettings

Answer = Callable[[HttpRequest], HttpResponse]

# What is watched, without the fields that are secrets, change by themselves, or say nothing.
HIDDEN: Mapping[type[models.Model], frozenset[str]] = {
    Site: frozenset({"id", "identity_secrets", "created_at"}),
    WidgetSettings: frozenset({"id"}),
    Membership: frozenset({"id", "created_at"}),
    Team: frozenset({"id"}),
    User: frozenset({
        "id", "password", "last_login", "auth_epoch", "date_joined",
        "is_staff", "first_name", "last_name",
    }),
    ApiToken: frozenset({"id", "digest", "auth_epoch", "last_used_at", "created_at"}),
}  # fmt: skip
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def watch() -> None:
    """Log every change of the configuration; called once, when Django is ready."""
    for model, hidden in HIDDEN.items():
        shown = [field.name for field in model._meta.fields if field.name not in hidden]
        members = {"members"} if model is Team else None
        auditlog.register(model, include_fields=shown, m2m_fields=members)
        model.add_to_class("get_additional_data", site_of)


def site_of(subject: models.Model) -> dict[str, int]:
    """What an entry keeps so that only the site's own people see it; auditlog asks by this name."""
    if isinstance(subject, Site):
        return {"site": subject.pk}
    site_id = getattr(subject, "site_id", None)
    return {} if site_id is None else {"site": site_id}


def note(subject: models.Model, **changes: tuple[str, str]) -> None:
    """Log an act whose values must not be stored, such as a new password."""
    entry = get_logentry_model()
    entry.objects.log_create(
        subject,
        action=entry.Action.UPDATE,
        changes={name: list(values) for name, values in changes.items()},
        additional_data=site_of(subject),
    )


def remember_who(get_response: Answer) -> Answer:
    """Give the entries written during a request their person and address."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in READING or not request.user.is_authenticated:
            return get_response(request)
        with set_actor(request.user, remote_addr=address_of(request)):
            return get_response(request)

    return answer


def address_of(request: HttpRequest) -> str | None:
    """The address a request really comes from, behind the proxies that we trust."""
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").encode()
    peer = (request.META.get("REMOTE_ADDR", ""), 0)
    headers = [(b"x-forwarded-for", hops)]
    return addresses.client_ip(headers, peer, settings.GOFLY_TRUSTED_PROXIES) or None
