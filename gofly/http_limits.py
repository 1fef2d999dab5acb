"""HTTP with the limits that Daphne has no settings for: too much is refused while it arrives."""

from typing import Any

from twisted.web.http import HTTPChannel

LARGEST_BODY = 2 * 1024 * 1024  # twice what Django takes, so that it can answer in its own words
LINGER_SECONDS = 2


class BoundedChannel(HTTPChannel):
    """A connection that keeps neither endless lines nor endless bodies."""

    transport: Any
    refused = False
    room = LARGEST_BODY

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # these names are Twisted's
        """Hear the rest of what was refused, and keep nothing of it."""
        if not self.refused:
            super().dataReceived(data)

    def allHeadersReceived(self) -> None:  # noqa: N802
        """Refuse a body by its announced length."""
        super().allHeadersReceived()
        self.room = LARGEST_BODY
        if (self.length or 0) > LARGEST_BODY:
            self.refuse(b"413 Content Too Large")

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        """Refuse a body that announced no length once it is too large."""
        self.room -= len(data)
        if self.room < 0:
            self.refuse(b"413 Content Too Large")
        elif not self.refused:
            super().rawDataReceived(data)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        """Say why, instead of hanging up without a word."""
        self.refuse(
            b"431 Request Header Fields Too Large" if self.requests else b"414 URI Too Long"
        )

    def refuse(self, status: bytes) -> None:
        """Answer and hang up, a little later: unread data would take the answer with it."""
        if self.refused:
            return
        self.refused = True
        end = b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        self.transport.write(b"HTTP/1.1 " + status + end)
        self.transport.loseWriteConnection()
        self.callLater(LINGER_SECONDS, self.transport.abortConnection)
