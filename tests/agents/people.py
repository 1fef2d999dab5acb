"""People for the tests of accounts, and what they type."""

from __future__ import annotations

import re
from time import time
from typing import Any

from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from agents.services import second_factor
from chat.models import Membership, Site, User

PASSWORD = "correct horse battery staple"
STEP_SECONDS = 30

# What Django's test client returns has no public type.
Answer = Any


def person(name: str, role: str = "", *, site: Site | None = None) -> User:
    """Somebody who signs in with PASSWORD, with this role on a site."""
    user = User.objects.create_user(username=name, password=PASSWORD)
    if role:
        site = site or Site.objects.create(name="Aurora")
        Membership.objects.create(user=user, site=site, role=role)
        user.refresh_from_db()
    return user


def sign_in(client: Client, name: str, password: str = PASSWORD, **headers: Any) -> Answer:
    """Post the sign-in form."""
    form = {"username": name, "password": password}
    return client.post("/app/login", form, **headers)


def with_authenticator(user: User) -> tuple[TOTPDevice, list[str]]:
    """Give somebody a confirmed authenticator and recovery codes."""
    device = TOTPDevice.objects.create(user=user, name="authenticator")
    user.refresh_from_db()
    return device, second_factor.new_recovery_codes(user)


def code_of(key: str, *, steps: int = 0) -> str:
    """What an authenticator with this key shows now, or so many steps later."""
    clock = TOTP(bytes.fromhex(key))
    clock.time = time() + steps * STEP_SECONDS
    return f"{clock.token():06d}"


def without_token(answer: Answer) -> str:
    """The page without its CSRF tokens, which differ each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
