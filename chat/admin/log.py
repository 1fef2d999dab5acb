"""The audit log, to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditlog import get_logentry_model
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin.base import Endless, back_office
from chat.admin.filters import OwnSiteFilter
from chat.admin.words import listed
from chat.audit import HIDDEN
from chat.policies import Thing

LogEntry = get_logentry_model()


class EntrySiteFilter(OwnSiteFilter):
    """By the site that an entry belongs to."""

    path = "additional_data__site"


class SubjectFilter(SimpleListFilter):
    """The entries of one row, as its page links to them."""

    title = _("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Any]:
        """Kinds of rows, and the row that the link named."""
        kinds = [(model._meta.model_name, capfirst(_plural(model))) for model in HIDDEN]
        value = self.value() or ""
        return [*kinds, (value, gettext("This one"))] if "-" in value else kinds

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The entries of this kind, or of this row."""
        kind, _dash, pk = (self.value() or "").partition("-")
        if not kind:
            return queryset
        rows = queryset.filter(content_type__app_label="chat", content_type__model=kind)
        return rows.filter(object_pk=pk) if pk else rows


@admin.register(LogEntry, site=back_office)
class LogEntryAdmin(Endless):
    """Who changed what, when, from where; nobody changes or removes an entry."""

    thing = Thing.AUDIT
    audited = False
    site_path = "additional_data__site"
    list_display = ["at", "who", "did", "subject", "changed_fields", "address"]
    list_select_related = ["content_type", "actor"]
    list_filter = [EntrySiteFilter, SubjectFilter, "action"]
    fieldsets = [
        (None, {"fields": ["at", "who", "address", "did", "subject", "values"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of them."""
        return list(self.fieldsets[0][1]["fields"])

    def site_of(self, obj: Model | None) -> int | None:
        """The site an entry was written for."""
        return None if obj is None else (obj.additional_data or {}).get("site")  # type: ignore[attr-defined]

    @admin.display(description=_("when"))
    def at(self, entry: Any) -> str:
        """The time, to the second."""
        return date_format(localtime(entry.timestamp), "Y-m-d H:i:s")

    @admin.display(description=_("IP address"))
    def address(self, entry: Any) -> str:
        """Where the request came from; a dash for the installation itself."""
        return entry.remote_addr or "-"

    @admin.display(description=_("who"))
    def who(self, entry: Any) -> str:
        """The person, or the installation itself."""
        return str(entry.actor) if entry.actor else gettext("gofly itself")

    @admin.display(description=_("did"))
    def did(self, entry: Any) -> str:
        """Made, changed or removed."""
        return str(DEEDS.get(entry.action, entry.get_action_display()))

    @admin.display(description=_("what"))
    def subject(self, entry: Any) -> str:
        """The kind of row and its name at that time."""
        model = entry.content_type.model_class()
        kind = capfirst(model._meta.verbose_name) if model else entry.content_type.model
        return gettext("%(kind)s: %(name)s") % {"kind": kind, "name": entry.object_repr}

    @admin.display(description=_("changed"))
    def changed_fields(self, entry: Any) -> str:
        """The names of the changed fields."""
        return listed(label(entry, name) for name in entry.changes_dict)

    @admin.display(description=_("values"))
    def values(self, entry: Any) -> SafeString | str:
        """Each field before and after, as escaped text."""
        changes = entry.changes_dict.items()
        rows = [
            (label(entry, name), *values)
            for name, change in changes
            if any(values := before_and_after(entry, name, change))
        ]
        if not rows:
            return "-"
        heads = (gettext("Field"), gettext("Before"), gettext("After"))
        head = format_html_join("", "<th scope='col'>{}</th>", ((text,) for text in heads))
        body = format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td></tr>", rows)
        return format_html(
            "<table class='gofly-table'><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
            head,
            body,
        )


# Acts that are noted without the values they changed.
ACTS = {
    "identity_secrets": _("signing secrets"),
    "second_factor": _("second factor"),
    "members": _("members"),
}
DEEDS = {
    LogEntry.Action.CREATE: _("made"),
    LogEntry.Action.UPDATE: _("changed"),
    LogEntry.Action.DELETE: _("removed"),
}


def field_of(entry: Any, name: str) -> Any:
    """The field an entry speaks of, if its model still has it."""
    model = entry.content_type.model_class()
    known = {each.name: each for each in model._meta.fields} if model else {}
    return known.get(name)


def label(entry: Any, name: str) -> str:
    """The field's name as its form calls it."""
    field = field_of(entry, name)
    return str(capfirst(field.verbose_name if field else ACTS.get(name, name)))


def before_and_after(entry: Any, name: str, change: Any) -> tuple[str, str]:
    """The two values of a change; of a list of members, what was added or removed."""
    if isinstance(change, dict):
        rows = listed(change.get("objects", []))
        return ("", rows) if change.get("operation") == "add" else (rows, "")
    field = field_of(entry, name)
    before, after = (shown(field, value) for value in change)
    return before, after


def shown(field: Any, value: Any) -> str:
    """A stored value; of a person or site, its name."""
    if value in ("None", None):
        return ""
    if field is None or not field.is_relation:
        return str(value)
    row = field.related_model._default_manager.filter(pk=value).first()
    return f"{row} ({value})" if row else str(value)


def _plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)
