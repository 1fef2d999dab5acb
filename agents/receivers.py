"""What a change of rights does, every session of that person ends; and who hears of a visitor.

The former run inside the change's own transaction instead of queueing a task: there must be no
moment in which the change is stored and an old session still counts.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from agents import tasks
from agents.models import RecoveryCode
from agents.services import sessions
from chat.events import MessageStored
from chat.models import Membership, User
from chat.presence import people
from chat.signals import message_posted
from chat.vocabulary import SenderKind
from chat.writer.book import SPEECH

RIGHTS = frozenset({"password", "is_active", "is_staff", "is_superuser"})


@receiver(user_logged_in)
def begin_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A fresh session knows its person and device."""
    sessions.begin(request, user)


@receiver(pre_save, sender=User)
def end_sessions_of_changed_user(
    instance: User, update_fields: frozenset[str] | None, raw: bool, **kwargs: Any
) -> None:
    """A new password or other rights, from whichever form or command they come."""
    saved = RIGHTS if update_fields is None else RIGHTS & update_fields
    if raw or instance._state.adding or not saved:
        return
    stored = User.objects.filter(pk=instance.pk).values(*saved).first()
    if stored and any(stored[name] != getattr(instance, name) for name in saved):
        sessions.end_all(instance)


@receiver([post_save, post_delete], sender=Membership)
def end_sessions_of_member(instance: Membership, **kwargs: Any) -> None:
    """Another role, another site, or none any more."""
    if not kwargs.get("raw"):
        sessions.end_all(instance.user)


@receiver(post_save, sender=TOTPDevice)
def end_sessions_without_factor(
    instance: TOTPDevice, created: bool, raw: bool, **kwargs: Any
) -> None:
    """From now on a password alone is not enough."""
    if created and not raw:
        sessions.end_all(instance.user)


@receiver(post_delete, sender=TOTPDevice)
def end_sessions_of_lost_factor(instance: TOTPDevice, **kwargs: Any) -> None:
    """Recovery codes stand in for the device, so they go with it."""
    RecoveryCode.objects.filter(user_id=instance.user_id).delete()
    sessions.end_all(instance.user)


@receiver(message_posted)
def tell_absent_members(event: MessageStored, **kwargs: Any) -> None:
    """Presence is known here, where the sockets are; the task only sends."""
    spoke = event.sender.kind == SenderKind.VISITOR and event.kind in SPEECH
    if spoke and not people.agents_online(event.thread.site_id):
        tasks.notify_absent.delay(event.thread.id)
