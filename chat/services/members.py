"""Who works for a site: joining, roles, leaving, and the people behind the memberships.

Each change ends the sessions, sockets and tokens of the person it is about.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat import audit, policies
from chat.errors import ChatError, Conflict, Forbidden, _
from chat.models import Conversation, Membership, Site, User
from chat.policies import Deed, Person, Thing
from chat.services.messages import SYSTEM
from chat.vocabulary import EventName, Kind, Role
from chat.writer import Draft, Move, Verb, writer

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none of them looks like another
REQUEUE_SECONDS = 30


class AboveOwnRole(Forbidden):
    """Somebody acts on a role that is higher than theirs."""

    message = _("You cannot give or change a role above your own; ask an owner of the site.")


class LastOwner(ChatError):
    """The site would have no owner any more."""

    code = "last_owner"
    message = _("%(site)s needs an owner; make somebody else an owner first.")
    http_status = 409


class AlreadyMember(ChatError):
    """The person works for the site."""

    code = "already_member"
    message = _("%(name)s is a member of this site; change the role there.")
    http_status = 409


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new person with the password that is shown this once."""

    membership: Membership
    password: str


def person_of(user: User) -> Person:
    """This user as the policies see one: what they may do follows from it."""
    if not user.is_active:
        return Person(user.pk or 0)
    rows = Membership.objects.filter(user_id=user.pk).values_list("site_id", "role")
    return Person(user.pk or 0, user.is_superuser, {site: Role(role) for site, role in rows})


@transaction.atomic
def add_member(user: User, *, site: Site, role: str, by: User) -> Membership:
    """Let somebody work for a site."""
    _require_rank(by, role, site.pk)
    if Membership.objects.filter(user=user, site=site).exists():
        raise AlreadyMember(name=user.name)
    membership = Membership.objects.create(user=user, site=site, role=role)
    user.raise_auth_epoch()
    return membership


@transaction.atomic
def invite(user: User, *, site: Site, role: str, by: User) -> Invitation:
    """Store a new person as a member, with a password to hand over."""
    password = new_password()
    user.set_password(password)
    user.save()
    return Invitation(add_member(user, site=site, role=role, by=by), password)


@transaction.atomic
def change_role(membership: Membership, *, role: str, by: User) -> None:
    """Give a member another role."""
    row = _locked(membership)
    _require_rank(by, row.role, row.site_id)
    _require_rank(by, role, row.site_id)
    if role != Role.OWNER:
        _require_another_owner(row)
    row.role = membership.role = role
    row.save(update_fields=["role"])
    row.user.raise_auth_epoch()


@transaction.atomic
def remove_member(membership: Membership, *, by: User) -> None:
    """End somebody's work for a site; what they had open waits in the queue again."""
    row = _locked(membership)
    if not policies.may(person_of(by), Deed.DELETE, Thing.MEMBER, row.site_id):
        raise Forbidden
    _require_another_owner(row)
    row.delete()
    row.user.raise_auth_epoch()
    transaction.on_commit(lambda: requeue(row.user, site=row.site))


@transaction.atomic
def deactivate_user(user: User, *, by: User) -> None:
    """Close somebody's account; what they had open waits in the queue again."""
    _require_operator(by)
    for membership in user.memberships.filter(role=Role.OWNER):
        _require_another_owner(_locked(membership))
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.raise_auth_epoch()
    transaction.on_commit(lambda: requeue(user))


@transaction.atomic
def activate_user(user: User, *, by: User) -> None:
    """Open a closed account again."""
    _require_operator(by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    user.raise_auth_epoch()


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """A new password to hand over; the old one stops working."""
    _require_operator(by)
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    user.raise_auth_epoch()
    audit.note(user, password=("", "reset"))
    return password


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> None:
    """Forget a lost authenticator, so that a new one can be set up."""
    _require_operator(by)
    TOTPDevice.objects.filter(user=user).delete()
    user.raise_auth_epoch()
    audit.note(user, second_factor=("", "reset"))


def open_with(user: User, *, site: Site | None = None) -> list[Conversation]:
    """The conversations this person has to answer."""
    rows = Conversation.objects.filter(agent=user, owner=Conversation.Owner.AGENT)
    return list(rows if site is None else rows.filter(site=site))


def requeue(user: User, *, site: Site | None = None) -> int:
    """Put this person's open conversations back into the queue; the answer counts them."""
    receipts = [writer.post(_release(row)) for row in open_with(user, site=site)]
    return sum(_is_released(receipt.exception(REQUEUE_SECONDS)) for receipt in receipts)


def new_password() -> str:
    """Sixteen letters and digits in groups of four: about 79 random bits."""
    letters = [secrets.choice(ALPHABET) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def _release(conversation: Conversation) -> Draft:
    # The version keeps a conversation where it is that somebody else took over meanwhile.
    return Draft(
        conversation.pk, "s:", SYSTEM, str(uuid.uuid4()), Kind.EVENT, EventName.RELEASED,
        move=Move(Verb.RELEASE, if_version=conversation.version),
    )  # fmt: skip


def _is_released(failure: BaseException | None) -> bool:
    if failure is not None and not isinstance(failure, Conflict):
        raise failure
    return failure is None


def _locked(membership: Membership) -> Membership:
    """The membership, with the site's row locked so that two owners cannot leave at once."""
    Site.objects.select_for_update().get(pk=membership.site_id)
    return Membership.objects.select_related("user", "site").get(pk=membership.pk)


def _require_rank(by: User, role: str, site_id: int) -> None:
    if not policies.may_give(person_of(by), role, site_id):
        raise AboveOwnRole


def _require_operator(by: User) -> None:
    if not policies.may(person_of(by), Deed.CHANGE, Thing.USER):
        raise Forbidden


def _require_another_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        site_id=membership.site_id, role=Role.OWNER, user__is_active=True
    )
    is_one = membership.role == Role.OWNER
    if is_one and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(site=membership.site.name)
