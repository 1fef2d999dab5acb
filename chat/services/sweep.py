"""Finding what a lost hint left unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.timezone import now

from chat.comet.hub import conversation_key, hub, site_key, visitor_key
from chat.events import RowsWaiting, VisitorState
from chat.models import Conversation
from chat.presence import people
from chat.services.state import queue_positions
from chat.shapes import inbox_row
from chat.vocabulary import Status

LOOK_BACK = timedelta(seconds=60)


def repeat_hints() -> None:
    """Tell the local sockets again about conversations changed in the last minute.

    One indexed query; its cost follows the traffic, not the number of sockets.
    """
    changed = Conversation.objects.filter(changed_at__gt=now() - LOOK_BACK)
    for row in changed.select_related("visitor", "agent", "team").iterator():
        inbox = inbox_row(row)
        keys = (conversation_key(row.pk), visitor_key(row.visitor.public_id))
        hub.publish(RowsWaiting(inbox.thread, row.last_seq), to=keys)
        hub.publish(inbox, to=(site_key(row.site_id), keys[1]))


def last_seqs(conversation_ids: Iterable[int]) -> dict[int, int]:
    """The last seq of each of these conversations."""
    rows = Conversation.objects.filter(pk__in=list(conversation_ids))
    return dict(rows.values_list("pk", "last_seq"))


def queue_states(site_id: int) -> dict[int, VisitorState]:
    """What the header of each waiting visitor of a site should show, by conversation id."""
    online = people.agents_online(site_id)
    places = queue_positions(site_id)
    return {pk: VisitorState(online, Status.WAITING, place) for pk, place in places.items()}
