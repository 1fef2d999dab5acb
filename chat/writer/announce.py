"""After COMMIT: tell the local sockets, then the other apps.

Signals go out on a thread of their own, so that a slow broker never delays the next commit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import structlog
from django.dispatch import Signal

from chat import metrics
from chat.comet.hub import conversation_key, hub, site_key, visitor_key
from chat.events import ConversationChanged, MessageStored
from chat.signals import conversation_closed, conversation_opened, message_posted
from chat.writer.store import Batch

log = structlog.get_logger(__name__)
_signals = ThreadPoolExecutor(1, thread_name_prefix="signals")


def announce(batch: Batch) -> None:
    """Tell everybody about a committed batch; a failure here costs a hint, never a message."""
    for event in batch.stored:
        metrics.MESSAGES.labels(event.sender.kind).inc()
        keys = (conversation_key(event.thread.id), visitor_key(event.thread.visitor_public_id))
        hub.publish(event, to=keys)
    for row in batch.changed:
        keys = (site_key(row.thread.site_id), visitor_key(row.thread.visitor_public_id))
        hub.publish(row, to=keys)
    _signals.submit(_send_signals, batch)


def drain() -> None:
    """Wait until the signals queued so far are sent."""
    _signals.submit(lambda: None).result()


def _send_signals(batch: Batch) -> None:
    for opened in batch.opened:
        _send(conversation_opened, opened)
    for stored in batch.stored:
        _send(message_posted, stored)
    for closed in batch.closed:
        _send(conversation_closed, closed)


def _send(signal: Signal, event: MessageStored | ConversationChanged) -> None:
    for receiver, failure in signal.send_robust(sender=None, event=event):
        if isinstance(failure, Exception):
            log.error("signal.failed", receiver=receiver.__qualname__, exc_info=failure)
