"""Forms of the back office: they notice that somebody else was quicker, and read lists of pages."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from chat import origins
from chat.admin.words import said
from chat.errors import ChatError

CHANGED = _(
    "Somebody else changed this while you were editing it, and nothing of yours was saved. "
    "Open the page again, look at the new values, then make your change."
)


class WatchedForm(forms.ModelForm):
    """A form that is only saved over the values its reader has seen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.fingerprint(self.instance)

    def clean(self) -> dict[str, Any]:
        """Compare what the page showed with what is stored; the row stays locked until saved."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and self.data.get(self.add_prefix("seen")) != self._stored():
            raise ValidationError(CHANGED, code="changed")
        return cleaned

    def values(self, row: Any) -> list[dict[str, Any]]:
        """What this page edits, as stored in the row."""
        return [model_to_dict(row, fields=list(self.base_fields))]

    def fingerprint(self, row: Any) -> str:
        """A short name of all values that this page edits."""
        text = json.dumps(self.values(row), sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _stored(self) -> str:
        rows = type(self.instance)._default_manager.select_for_update(of=("self",))
        return self.fingerprint(rows.get(pk=self.instance.pk))


class OriginsField(forms.CharField):
    """A list of origins, written one a line."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        """The list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines as a list without blanks and doubles."""
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def validate(self, value: Any) -> None:
        """Say of each wrong line what is wrong with it."""
        super().validate(value)
        if wrong := [problem for line in value if (problem := _problem(line))]:
            raise ValidationError(wrong)

    def run_validators(self, value: Any) -> None:
        """None beyond the model's, which see each line for itself."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the list differs, not only its blanks."""
        return self.to_python(initial) != self.to_python(data)


def _problem(line: str) -> ValidationError | None:
    try:
        origins.parse_pattern(line)
    except (ValueError, ChatError) as error:
        where = {"line": line, "problem": said(error)}
        return ValidationError(_("“%(line)s”: %(problem)s"), code="origin", params=where)
    return None


def _plain(value: Any) -> str:
    return str(getattr(value, "pk", value))
