"""Who may do what in the back office and to whom: plain rules over a person's roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chat.vocabulary import Role


class Deed(StrEnum):
    """What somebody wants to do."""

    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


class Thing(StrEnum):
    """What somebody wants to do it to."""

    SITE = "site"
    SIGNING = "signing"
    MEMBER = "member"
    TEAM = "team"
    USER = "user"
    VISITOR = "visitor"
    CONVERSATION = "conversation"
    API_ACCESS = "api_access"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: the operator of the installation, or a member with one role a site."""

    user_id: int = 0
    is_operator: bool = False
    roles: Mapping[int, Role] = field(default_factory=dict)


Rule = Mapping[Deed, frozenset[Role]]

OWNERS = frozenset({Role.OWNER})
LEADERS = frozenset({Role.OWNER, Role.MANAGER})
OPERATOR_ALONE: frozenset[Role] = frozenset()
RANKS = {Role.AGENT: 1, Role.MANAGER: 2, Role.OWNER: 3}

# Managers lead, but secrets and deletion are the owners'. A deed that is missing here is nobody's,
# not even the operator's: conversations and the audit log can only be read.
RULES: Mapping[Thing, Rule] = {
    Thing.SITE: {
        Deed.VIEW: LEADERS,
        Deed.ADD: OWNERS,
        Deed.CHANGE: LEADERS,
        Deed.DELETE: OWNERS,
    },
    Thing.SIGNING: {Deed.CHANGE: OWNERS},
    Thing.MEMBER: {
        Deed.VIEW: LEADERS,
        Deed.ADD: LEADERS,
        Deed.CHANGE: LEADERS,
        Deed.DELETE: OWNERS,
    },
    Thing.TEAM: {
        Deed.VIEW: LEADERS,
        Deed.ADD: LEADERS,
        Deed.CHANGE: LEADERS,
        Deed.DELETE: OWNERS,
    },
    Thing.USER: {
        Deed.VIEW: OPERATOR_ALONE,
        Deed.ADD: OPERATOR_ALONE,
        Deed.CHANGE: OPERATOR_ALONE,
    },
    Thing.VISITOR: {Deed.VIEW: LEADERS, Deed.CHANGE: LEADERS},
    Thing.CONVERSATION: {Deed.VIEW: LEADERS},
    Thing.API_ACCESS: {Deed.VIEW: OWNERS, Deed.ADD: OWNERS, Deed.CHANGE: OWNERS},
    Thing.AUDIT: {Deed.VIEW: LEADERS},
}


def may(person: Person, deed: Deed, thing: Thing, site_id: int | None = None) -> bool:
    """Whether this person may do this, on this site, or on any of theirs when none is named."""
    allowed = RULES[thing].get(deed)
    if allowed is None or person.is_operator:
        return allowed is not None
    if site_id is None:
        return any(role in allowed for role in person.roles.values())
    return person.roles.get(site_id) in allowed


def sites(person: Person, deed: Deed, thing: Thing) -> frozenset[int] | None:
    """The sites on which this person may do this; None means all there are."""
    if person.is_operator:
        return None
    return frozenset(site for site in person.roles if may(person, deed, thing, site))


def may_enter(person: Person) -> bool:
    """Whether the back office opens for this person."""
    return person.is_operator or any(role in LEADERS for role in person.roles.values())


def may_give(person: Person, role: str, site_id: int) -> bool:
    """Whether this person may make others this on the site: nobody gives more than they have."""
    if person.is_operator:
        return True
    own = person.roles.get(site_id)
    return own in LEADERS and RANKS[Role(role)] <= RANKS[Role(own)]
