"""The forms of accounts."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from agents.requests import PersonsRequest
from chat.models import User


def own_names() -> list[tuple[str, str]]:
    """Our languages, each in its own words, after the choice to follow the browser."""
    names = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    return [("", gettext("As the browser asks")), *names]


class FramedForm(forms.Form):
    """A form whose fields look like ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "field framed"


class SignInForm(FramedForm, AuthenticationForm):
    """Name and password; the answer to a wrong one never tells which of the two it was."""

    error_messages = {
        "invalid_login": _("This name and password do not match. Check both and try again."),
    }


class CodeForm(FramedForm):
    """Six digits of an authenticator."""

    code = forms.RegexField(
        r"^\d{6}$",
        label=_("Code"),
        error_messages={"invalid": _("A code has six digits.")},
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autofocus": True,
                "inputmode": "numeric",
                "placeholder": "123456",
            }
        ),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(_without_spaces(data), **kwargs)


class RecoveryForm(FramedForm):
    """One of the codes that were handed out for the loss of the authenticator."""

    code = forms.RegexField(
        r"^[A-Za-z0-9]{5}-?[A-Za-z0-9]{5}$",
        label=_("Recovery code"),
        error_messages={"invalid": _("A recovery code looks like abcde-23456.")},
        widget=forms.TextInput(
            {
                "autocomplete": "off",
                "autofocus": True,
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "abcde-23456",
            }
        ),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(_without_spaces(data), **kwargs)


class ConfirmForm(FramedForm):
    """The current password, asked for again before something weighty."""

    password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, request: PersonsRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """The password must be the person's."""
        password: str = self.cleaned_data["password"]
        check_password_of(self.request, password)
        return password


class ProfileForm(FramedForm, forms.ModelForm):
    """What others see of a person, and the language of the pages."""

    language = forms.ChoiceField(label=_("Language"), choices=own_names, required=False)

    class Meta:
        """Nothing else can be changed by hand."""

        model = User
        fields = ["display_name", "email", "language"]
        labels = {"email": _("E-mail")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].widget.attrs["autocomplete"] = "nickname"
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def save(self, commit: bool = True) -> User:
        """Store these fields and no other."""
        user = super().save(commit=False)
        if commit:
            user.save(update_fields=self.Meta.fields)
        return user


class NewPasswordForm(FramedForm, SetPasswordForm):
    """The current password and, twice, the new one."""

    error_messages = {"password_mismatch": _("The two new passwords differ.")}
    field_order = ["password", "new_password1", "new_password2"]

    password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, request: PersonsRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self.request = request
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _("At least 12 characters.")
        self.fields["new_password2"].label = _("New password, again")
        self.fields["new_password2"].help_text = ""

    def clean_password(self) -> str:
        """The current password must be the person's."""
        password: str = self.cleaned_data["password"]
        check_password_of(self.request, password)
        return password

    def save(self, commit: bool = True) -> User:
        """Store the password alone."""
        self.user.set_password(self.cleaned_data["new_password1"])
        if commit:
            self.user.save(update_fields=["password"])
        return self.user


def check_password_of(request: PersonsRequest, password: str) -> None:
    """Refuse a password that is not this person's; failures count towards the lock-out."""
    if authenticate(request, username=request.user.get_username(), password=password) is None:
        raise forms.ValidationError(_("This is not your current password."))


def _without_spaces(data: Any) -> Any:
    return None if data is None else {"code": "".join(data.get("code", "").split())}
