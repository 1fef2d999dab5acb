"""Shutting visitors out of a site, and letting them in again."""

from __future__ import annotations

from django.db import transaction

from chat import audit
from chat.comet.hub import hub, visitor_key
from chat.events import VisitorBanned
from chat.models import Visitor


def ban_visitor(visitor: Visitor) -> None:
    """Refuse what this visitor writes from now on; a second time changes nothing."""
    _set(visitor, True)
    banned = VisitorBanned(visitor.public_id)
    hub.publish_on_commit(banned, to=(visitor_key(visitor.public_id),))


def unban_visitor(visitor: Visitor) -> None:
    """Let this visitor write again."""
    _set(visitor, False)


@transaction.atomic
def _set(visitor: Visitor, banned: bool) -> None:
    rows = Visitor.objects.filter(pk=visitor.pk, is_banned=not banned)
    if rows.update(is_banned=banned):
        audit.note(visitor, is_banned=(str(not banned), str(banned)))
    visitor.is_banned = banned
