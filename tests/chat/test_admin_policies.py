"""Who may do what in the back office, as a table."""

import pytest

from chat import policies
from chat.policies import Deed, Person, Thing
from chat.vocabulary import Role

SHOP, OTHER = 1, 2
ANA = Person(1, roles={SHOP: Role.AGENT})
MIA = Person(2, roles={SHOP: Role.MANAGER})
OWEN = Person(3, roles={SHOP: Role.OWNER})
CHEN = Person(4, roles={OTHER: Role.OWNER})
ROSA = Person(5, is_operator=True)
NOBODY = Person()

# What each may do on the shop's site: v view, a add, c change, d delete, - nothing.
TABLE = {
    #                     Ana  Mia    Owen    Chen Rosa
    Thing.SITE:         ("-", "vc",  "vacd", "-", "vacd"),
    Thing.SIGNING:      ("-", "-",   "c",    "-", "c"),
    Thing.MEMBER:       ("-", "vac", "vacd", "-", "vacd"),
    Thing.TEAM:         ("-", "vac", "vacd", "-", "vacd"),
    Thing.USER:         ("-", "-",   "-",    "-", "vac"),
    Thing.VISITOR:      ("-", "vc",  "vc",   "-", "vc"),
    Thing.CONVERSATION: ("-", "v",   "v",    "-", "v"),
    Thing.API_ACCESS:   ("-", "-",   "vac",  "-", "vac"),
    Thing.AUDIT:        ("-", "v",   "v",    "-", "v"),
}  # fmt: skip
PEOPLE = (ANA, MIA, OWEN, CHEN, ROSA)


@pytest.mark.parametrize("thing", Thing)
def test_everybody_may_do_what_their_role_allows_and_no_more(thing: Thing) -> None:
    for person, allowed in zip(PEOPLE, TABLE[thing], strict=True):
        done = "".join(deed[0] for deed in Deed if policies.may(person, deed, thing, SHOP))
        assert (done or "-") == allowed, person


def test_the_back_office_opens_for_owners_managers_and_the_operator() -> None:
    assert [policies.may_enter(person) for person in PEOPLE] == [False, True, True, True, True]
    assert not policies.may_enter(NOBODY)


def test_sites_are_those_where_the_role_is_high_enough() -> None:
    both = Person(6, roles={SHOP: Role.AGENT, OTHER: Role.MANAGER})
    assert policies.sites(both, Deed.VIEW, Thing.VISITOR) == {OTHER}
    assert policies.sites(both, Deed.DELETE, Thing.TEAM) == set()
    assert policies.sites(ROSA, Deed.VIEW, Thing.VISITOR) is None


def test_nobody_gives_a_role_above_their_own() -> None:
    gives = {
        person.user_id: [role for role in Role if policies.may_give(person, role, SHOP)]
        for person in PEOPLE
    }
    assert gives == {
        ANA.user_id: [],
        MIA.user_id: [Role.MANAGER, Role.AGENT],
        OWEN.user_id: [Role.OWNER, Role.MANAGER, Role.AGENT],
        CHEN.user_id: [],
        ROSA.user_id: [Role.OWNER, Role.MANAGER, Role.AGENT],
    }
