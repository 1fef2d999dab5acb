"""Letters to members when a visitor writes and nobody is there."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents.models import AbsenceNotice
from chat.models import Conversation, Membership, User

# Who claimed a notice and has not sent it after this has died on the way.
SENT_WITHIN = timedelta(minutes=5)

log = structlog.get_logger(__name__)


def notify_absent(conversation_id: int) -> None:
    """Tell the members of a site, once an episode, that a visitor waits for them."""
    conversations = Conversation.objects.select_related("site", "visitor")
    conversation = conversations.filter(pk=conversation_id).first()
    if conversation is None or not _waits(conversation):
        return
    notice = _claim(conversation)
    if notice is not None:
        _send(notice, conversation)


def _waits(conversation: Conversation) -> bool:
    """The last word is the visitor's."""
    return not conversation.is_closed and conversation.last_sender.startswith("v:")


def _claim(conversation: Conversation) -> AbsenceNotice | None:
    """The right to send this episode's letters; of many tasks one gets it."""
    now = timezone.now()
    notice, is_ours = AbsenceNotice.objects.get_or_create(
        conversation=conversation, episode=conversation.episode, defaults={"claimed_at": now}
    )
    if is_ours:
        return notice
    died = AbsenceNotice.objects.filter(
        pk=notice.pk, sent_at=None, claimed_at__lt=now - SENT_WITHIN
    )
    return notice if died.update(claimed_at=now) else None


def _send(notice: AbsenceNotice, conversation: Conversation) -> None:
    letters = [_letter(user, conversation) for user in _reachable(conversation.site_id)]
    try:
        # No transaction is open here: a mail server may take its time.
        get_connection().send_messages(letters)
    except OSError:  # every failure of SMTP is one
        notice.delete()
        raise
    notice.sent_at = timezone.now()
    notice.save(update_fields=["sent_at"])
    log.info("absence.told", conversation=conversation.public_id, letters=len(letters))


def _reachable(site_id: int) -> list[User]:
    members = Membership.objects.for_site(site_id).working().exclude(user__email="")
    return [member.user for member in members.select_related("user").order_by("user_id")]


def _letter(user: User, conversation: Conversation) -> EmailMessage:
    """One letter a person, in that person's language: nobody reads the others' addresses."""
    visitor = conversation.visitor
    with translation.override(user.language or settings.LANGUAGE_CODE):
        said = {
            "site": " ".join(conversation.site.name.split()),
            "visitor": visitor.name or _("A visitor"),
            "text": conversation.last_body,
            "link": _link(conversation),
        }
        return EmailMessage(
            subject=_("%(site)s: a visitor is waiting") % said,
            body=_(
                "%(visitor)s wrote while nobody was online:\n\n"
                "%(text)s\n\n"
                "Answer here: %(link)s\n\n"
                "There will be no other e-mail about this conversation until it is closed."
            )
            % said,
            to=[user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )


def _link(conversation: Conversation) -> str:
    """The conversation in the dashboard, whose pages are named behind the #."""
    return f"{settings.GOFLY_PUBLIC_URLS[0]}{reverse('dashboard')}#{conversation.public_id}"
