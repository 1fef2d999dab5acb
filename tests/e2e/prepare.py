"""Fills the database of the running server: shops for tests, each with people who are signed in.

`python -m tests.e2e.prepare COUNT ORIGIN` prints them as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

PASSWORD = "a-long-password-of-tests"


def main(count: int, origin: str) -> None:
    """Make the shops and print them."""
    django.setup()
    from django.contrib.auth.hashers import make_password

    hashed = make_password(PASSWORD)  # once: it takes long by design
    json.dump([shop(number, origin, hashed) for number in range(count)], sys.stdout)


def shop(number: int, origin: str, hashed: str) -> dict[str, Any]:
    """A site that may be embedded at `origin`, with Ana, Ben and Mia."""
    from chat.models import Site, WidgetSettings
    from chat.vocabulary import Role

    site = Site.objects.create(name="Kiln and Clay", allowed_origins=[origin])
    WidgetSettings.objects.create(site=site, title="Kiln and Clay")
    roles = {"ana": Role.AGENT, "ben": Role.AGENT, "mia": Role.MANAGER}
    people = {name: person(site, name, number, role, hashed) for name, role in roles.items()}
    return {"id": site.pk, "key": site.key, "people": people}


def person(site: Any, name: str, number: int, role: Any, hashed: str) -> dict[str, Any]:
    """A member with a session."""
    from chat.models import Membership, User
    from tests import make

    user = User.objects.create(
        username=f"{name}{number}", display_name=name.title(), password=hashed
    )
    Membership.objects.create(site=site, user=user, role=role)
    user.refresh_from_db()
    return {"id": user.pk, "username": user.username, "session": make.session(user)}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
