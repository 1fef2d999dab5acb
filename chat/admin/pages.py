"""The two pages between a button and its effect: are you sure, and this is shown once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked before it happens."""

    title: str
    sentences: Sequence[str]
    button: str
    dangerous: bool = False
    seen: str = ""  # what the page was drawn from, to notice a change


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that is shown once."""

    title: str
    sentence: str
    fields: Sequence[tuple[str, str]]


def ask(
    admin: ModelAdmin[Any], request: HttpRequest, obj: Model, question: Question
) -> HttpResponse:
    """The page that asks; its button posts to the same address."""
    page = _frame(admin, request, obj, question.title) | {"question": question}
    return TemplateResponse(request, "admin/ask.html", page)


@sensitive_variables()
def show_once(
    admin: ModelAdmin[Any], request: HttpRequest, obj: Model, secret: Secret
) -> HttpResponse:
    """The page with the secret; neither browsers nor proxies keep it."""
    page = _frame(admin, request, obj, secret.title) | {"secret": secret}
    return TemplateResponse(request, "admin/once.html", page, headers={"Cache-Control": "no-store"})


def address_of(obj: Model) -> str:
    """Where the back office shows this row."""
    name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change"
    return reverse(name, args=[obj.pk])


def _frame(admin: ModelAdmin[Any], request: HttpRequest, obj: Model, title: str) -> dict[str, Any]:
    shell = admin.admin_site.each_context(request)
    return shell | {"title": title, "opts": admin.opts, "original": obj, "back": address_of(obj)}
