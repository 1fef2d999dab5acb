"""Refusals: one class each, with a code for programs and a sentence for people."""

from __future__ import annotations


def _(text: str) -> str:
    """Mark a sentence for the catalogue of translations; it is translated where it is shown."""
    return text


class ChatError(Exception):
    """A refusal. `message` is English with %(name)s places, filled from `params`."""

    code = "internal"
    message = ""
    retry = False  # True: the same message may be sent again under its old cid
    after_ms = 0  # how long to wait before that
    http_status = 400

    def __init__(
        self,
        message: str | None = None,
        *,
        after_ms: int | None = None,
        cid: str | None = None,
        conv: str | None = None,
        rid: str | None = None,
        **params: object,
    ) -> None:
        self.message = self.message if message is None else message
        self.after_ms = self.after_ms if after_ms is None else after_ms
        self.cid, self.conv, self.rid = cid, conv, rid
        self.params = params
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class BadFrame(ChatError):
    """A frame breaks the grammar of the protocol."""

    code = "bad_frame"
    message = _("This frame is not understood; check it against the protocol.")


class UnknownType(ChatError):
    """A frame of a type that this server does not know."""

    code = "unknown_type"
    message = _("This server does not know frames of that type; update the server or leave it out.")


class BadVersion(ChatError):
    """The client speaks a version of the protocol that this server does not."""

    code = "version"
    message = _("This page is out of date; reload it.")


class Unauthenticated(ChatError):
    """No valid token, ticket or session."""

    code = "auth"
    message = _("Your session is not valid any more; reload the page and sign in again.")
    http_status = 401


class IdentityInvalid(ChatError):
    """The site asks for a signed identity, and this one is missing or wrong."""

    code = "identity_invalid"
    message = _("We could not verify who you are; sign in to the site again and reload the page.")
    http_status = 401


class ForeignOrigin(ChatError):
    """The page that embeds the widget is not on the site's list."""

    code = "origin"
    message = _(
        "This page may not show the chat; add its address to the allowed origins of the site."
    )
    http_status = 403


class Forbidden(ChatError):
    """The caller is known and may not do this."""

    code = "forbidden"
    message = _("You may not do this; ask a manager of the site.")
    http_status = 403


class NotFound(ChatError):
    """It does not exist, or not for this caller: the two are never told apart."""

    code = "not_found"
    message = _("This was not found; go back and open it again.")
    http_status = 404


class Conflict(ChatError):
    """Somebody else changed the conversation first."""

    code = "conflict"
    message = _("Somebody else changed this conversation first; look at it again, then decide.")
    http_status = 409

    def __init__(
        self,
        message: str | None = None,
        *,
        version: int = 0,
        status: str = "",
        agent: dict[str, str] | None = None,
        cid: str | None = None,
        conv: str | None = None,
        rid: str | None = None,
    ) -> None:
        super().__init__(message, cid=cid, conv=conv, rid=rid)
        self.version, self.status, self.agent = version, status, agent


class CidReused(ChatError):
    """The same client id came with another body; the stored message stays."""

    code = "cid_reused"
    message = _("This message was already sent with other words; send it again as a new message.")
    http_status = 409


class TooLong(ChatError):
    """More text than a message holds."""

    code = "too_long"
    message = _("A message holds at most 4,000 characters; shorten it and send it again.")
    http_status = 413


class Empty(ChatError):
    """Nothing to read in the message."""

    code = "empty"
    message = _("This message is empty; write something first.")


class RateLimited(ChatError):
    """Too much at once; it may be sent a little later."""

    code = "rate"
    message = _("That was too fast; it is sent again in a moment.")
    retry = True
    after_ms = 1_000
    http_status = 429


class Blocked(ChatError):
    """An earlier message of this conversation was refused, and nothing may overtake it."""

    code = "blocked"
    message = _("An earlier message has to be sent again, or given up, before this one.")
    retry = True
    http_status = 409


class LimitReached(ChatError):
    """As many as allowed are already there."""

    code = "limit"
    message = _("You have reached the limit; close one first.")
    http_status = 409


class Banned(ChatError):
    """The visitor may not write to this site."""

    code = "banned"
    message = _("You cannot write here any more; contact the site another way.")
    http_status = 403


class FilePending(ChatError):
    """The file is still being checked."""

    code = "file_pending"
    message = _("The file is still being checked; it is sent in a moment.")
    retry = True
    after_ms = 2_000
    http_status = 409


class FileRejected(ChatError):
    """The file did not pass the checks."""

    code = "file_rejected"
    message = _("This file cannot be sent; choose another one.")


class Busy(ChatError):
    """The server takes no more at the moment."""

    code = "busy"
    message = _("The server is busy; we try again in a moment.")
    retry = True
    after_ms = 3_000
    http_status = 503


class Unavailable(Busy):
    """Storing failed and may work later: the connection closes 1013 instead of answering."""

    message = _("The server cannot store messages right now; we try again in a moment.")


class Internal(ChatError):
    """Our own mistake: people get the number of the incident and nothing else."""

    code = "internal"
    message = _("Something went wrong on our side (incident %(incident)s); try again later.")
    http_status = 500

    def __init__(self, incident: str, *, cid: str | None = None, rid: str | None = None) -> None:
        super().__init__(cid=cid, rid=rid, incident=incident)
