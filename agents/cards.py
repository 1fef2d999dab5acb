"""What only dashboards are told, as frames."""

from __future__ import annotations

from agents.services.desk import Opened
from chat import protocol


def opened(found: Opened, rid: str | None) -> protocol.Answer:
    """A conversation as the thread view needs it; its rows follow."""
    return protocol.opened(
        conv=found.thread.public_id,
        version=found.version,
        status=found.status,
        epoch=found.caught.epoch,
        last=found.caught.last,
        agent=found.agent,
        visitor=found.visitor,
        receipts=found.receipts,
        rid=rid,
    )
