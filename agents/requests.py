"""Requests as views behind `login_required` see them."""

from django.http import HttpRequest

from agents.sessions import SessionStore
from chat.models import User


class PersonsRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    session: SessionStore
