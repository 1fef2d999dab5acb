"""The secrets with which a site's server signs who its visitors are."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from chat import policies
from chat.admin.base import SiteScoped, person_of
from chat.admin.pages import Question, Secret, address_of, ask, show_once
from chat.models import Site
from chat.policies import Deed, Thing
from chat.services import site_setup


class SigningActions(SiteScoped):
    """The buttons of a site's page that make and drop secrets, for owners."""

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """No buttons for those who may not press them."""
        site = self.get_object(request, str(object_id))
        buttons: list[Any] = super().get_actions_detail(request, object_id)
        if site is None or not may_sign(request, site):
            return []
        return buttons if len(site.identity_secrets) > 1 else buttons[:1]

    @action(description=_("New signing secret"), icon="key", url_path="new-secret")
    def new_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a secret beside the present one and show it this once."""
        site = self.get_object(request, object_id)
        if site is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not may_sign(request, site):
            raise PermissionDenied
        if request.method != "POST":
            return ask(self, request, site, rotation(site))
        return self.attempt(request, lambda: self._rotate(request, site), back=address_of(site))

    @action(description=_("Drop the older secret"), icon="key_off", url_path="drop-secret")
    def drop_older_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Believe the newest secret alone."""
        site = self.get_object(request, object_id)
        if site is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not may_sign(request, site):
            raise PermissionDenied
        if request.method != "POST":
            return ask(self, request, site, dropping(site))
        return self.attempt(request, lambda: _drop(request, site), back=address_of(site))

    def _rotate(self, request: HttpRequest, site: Site) -> HttpResponse:
        text = site_setup.rotate_identity_secret(site, seen=request.POST.get("seen", ""))
        return show_once(self, request, site, fresh(text))


def may_sign(request: HttpRequest, site: Site) -> bool:
    """Whether this person may handle the secrets of this site."""
    return policies.may(person_of(request), Deed.CHANGE, Thing.SIGNING, site.pk)


def rotation(site: Site) -> Question:
    """What a new secret means for the servers that sign."""
    return Question(
        title=gettext("New signing secret"),
        sentences=[
            gettext("Your server signs who a visitor is with this secret."),
            gettext(
                "The newest two secrets are believed at the same time, so that your server can "
                "change over without a gap. An older one stops working now."
            ),
        ],
        button=gettext("Make a secret"),
        seen=site_setup.state_of_secrets(site),
    )


def dropping(site: Site) -> Question:
    """What happens to servers that still sign with the older secret."""
    return Question(
        title=gettext("Drop the older secret"),
        sentences=[
            gettext("Identities that are signed with the older secret are refused from now on.")
        ],
        button=gettext("Drop it"),
        dangerous=True,
        seen=site_setup.state_of_secrets(site),
    )


def fresh(text: str) -> Secret:
    """The new secret on its page."""
    return Secret(
        title=gettext("New signing secret"),
        sentence=gettext("Copy the secret to your server now; it is not shown again."),
        fields=[(gettext("Signing secret"), text)],
    )


def _drop(request: HttpRequest, site: Site) -> HttpResponse:
    site_setup.drop_older_identity_secret(site, seen=request.POST.get("seen", ""))
    messages.success(request, gettext("Only the newest secret is believed now."))
    return redirect(address_of(site))
