"""The figures of the protocol, with their units."""

from __future__ import annotations

from dataclasses import dataclass

VERSIONS = (1,)

# One frame
DEPTH = 8  # objects and arrays inside each other
OBJECT_KEYS = 64
ARRAY_ITEMS = 256
INTEGER_DIGITS = 16
INTEGER_MOST = 2**53 - 1  # the largest integer that JavaScript holds exactly

# Text
BODY_CHARACTERS = 4_000
BODY_BYTES = 16_384
RATING_CHARACTERS = 1_000
PREVIEW_CHARACTERS = 1_000
REASON_CHARACTERS = 500
TITLE_CHARACTERS = 300
URL_CHARACTERS = 2_048
ORIGIN_CHARACTERS = 300
NAME_CHARACTERS = 120
EMAIL_CHARACTERS = 254
USER_ID_CHARACTERS = 200
SECRET_CHARACTERS = 4_096  # tokens, tickets, signatures

# Rows
HAVE_CONVERSATIONS = 200  # the one object that may hold more than OBJECT_KEYS
SYNC_ROWS = 200
HISTORY_ROWS = 100
FIRST_ROWS = 50  # what is shown first when more than SYNC_ROWS are missing
RESUME_ROWS = 200

# Time
HELLO_SECONDS = 10
HEARTBEAT_EVERY_MS = 25_000
HEARTBEAT_TIMEOUT_MS = 10_000

# Breaches before the socket is closed
BAD_FRAMES_PER_MINUTE = 3
UNKNOWN_TYPES_PER_HOUR = 10  # the next one closes
RATE_BREACHES_PER_MINUTE = 3
STOCK_UNREAD_ROWS = 64  # the stock engine cannot see what is unsent: no more beyond the last `got`


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What one kind of socket may do."""

    frame_bytes: int
    frames_per_second: int
    frames_burst: int
    messages_per_minute: int
    messages_burst: int
    sockets: int
    open_conversations: int
    window: int = 16  # unacked sends in flight

    def announced(self) -> dict[str, int]:
        """What `welcome.limits` tells the client."""
        return {
            "frame": self.frame_bytes,
            "body_chars": BODY_CHARACTERS,
            "burst": self.messages_burst,
            "per_min": self.messages_per_minute,
            "window": self.window,
        }


VISITOR = SocketLimits(
    frame_bytes=32 * 1024,
    frames_per_second=20,
    frames_burst=40,
    messages_per_minute=60,
    messages_burst=20,
    sockets=5,
    open_conversations=1,
)
AGENT = SocketLimits(
    frame_bytes=128 * 1024,
    frames_per_second=50,
    frames_burst=100,
    messages_per_minute=300,
    messages_burst=30,
    sockets=10,
    open_conversations=50,
)
CONVERSATIONS_PER_VISITOR_HOUR = 5
