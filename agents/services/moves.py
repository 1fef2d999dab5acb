"""Changes of a conversation's owner that people ask for: who gets it, checked against the site."""

from __future__ import annotations

import re
from concurrent.futures import Future

from chat.errors import NotFound
from chat.events import Thread
from chat.models import Membership, Team
from chat.services.messages import agent_author
from chat.vocabulary import Kind
from chat.writer import Draft, Move, Receipt, Target, Verb, writer
from chat.writer.moves import EVENTS, event_data

RECIPIENT = re.compile(r"(ag|tm)_([0-9]{1,18})", re.ASCII)
TO_ONESELF = frozenset({Verb.CLAIM, Verb.REOPEN})
TO_SOMEBODY = frozenset({Verb.ASSIGN, Verb.TRANSFER})


def move_conversation(
    thread: Thread,
    *,
    verb: Verb,
    by: tuple[int, str],
    cid: str,
    if_version: int | None,
    to: str = "",
    reason: str = "",
) -> Future[Receipt]:
    """Queue the move of the agent `by` (id, name); Conflict when somebody else was first."""
    target = _target(thread, verb, by, to)
    move = Move(verb, target, if_version, reason)
    key, sender = agent_author(*by)
    row = Draft(thread.id, key, sender, cid, Kind.EVENT, EVENTS[verb], event_data(move), move=move)
    return writer.post(row)


def _target(thread: Thread, verb: Verb, by: tuple[int, str], to: str) -> Target:
    if verb in TO_ONESELF:
        return Target(agent_id=by[0], name=by[1])
    return recipient(to, site_id=thread.site_id) if verb in TO_SOMEBODY else Target()


def recipient(to: str, *, site_id: int) -> Target:
    """The agent (ag_3) or team (tm_2) of this site; others are not found."""
    found = RECIPIENT.fullmatch(to)
    if found is None:
        raise NotFound
    number = int(found[2])
    return _agent(number, site_id) if found[1] == "ag" else _team(number, site_id)


def _agent(number: int, site_id: int) -> Target:
    members = Membership.objects.for_site(site_id).working().select_related("user")
    member = members.filter(user_id=number).first()
    if member is None:
        raise NotFound
    return Target(agent_id=member.user_id, name=member.user.name)


def _team(number: int, site_id: int) -> Target:
    team = Team.objects.for_site(site_id).filter(pk=number).first()
    if team is None:
        raise NotFound
    return Target(team_id=team.pk, name=team.name)
