"""Joining, roles and leaving: the rules hold, sessions end, conversations find the queue again."""

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat.errors import Forbidden
from chat.models import Conversation, Membership, Message, Site, User
from chat.services import members, site_setup
from chat.services.members import AboveOwnRole, AlreadyMember, LastOwner
from chat.writer import writer
from tests.chat import back_office as make
from tests.chat.back_office import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast()


def membership(user: User, site: Site) -> Membership:
    return Membership.objects.get(user=user, site=site)


def epoch(user: User) -> int:
    return User.objects.get(pk=user.pk).auth_epoch


def test_a_manager_can_neither_make_nor_unmake_an_owner(cast: Cast) -> None:
    with pytest.raises(AboveOwnRole):
        members.change_role(membership(cast.ana, cast.shop), role="owner", by=cast.mia)
    with pytest.raises(AboveOwnRole):
        members.change_role(membership(cast.owen, cast.shop), role="agent", by=cast.mia)
    with pytest.raises(AboveOwnRole):
        members.add_member(cast.chen, site=cast.shop, role="owner", by=cast.mia)
    with pytest.raises(Forbidden):
        members.remove_member(membership(cast.ana, cast.shop), by=cast.mia)


def test_an_agent_and_a_stranger_change_nothing(cast: Cast) -> None:
    for who in (cast.ana, cast.chen):
        with pytest.raises(AboveOwnRole):
            members.change_role(membership(cast.mia, cast.shop), role="agent", by=who)
        with pytest.raises(Forbidden):
            members.deactivate_user(cast.mia, by=who)


def test_a_changed_role_ends_the_sessions_of_that_person_alone(cast: Cast) -> None:
    before = epoch(cast.ana), epoch(cast.owen)
    members.change_role(membership(cast.ana, cast.shop), role="manager", by=cast.owen)
    assert membership(cast.ana, cast.shop).role == "manager"
    assert epoch(cast.ana) > before[0]
    assert epoch(cast.owen) == before[1]


def test_the_last_owner_stays(cast: Cast) -> None:
    only = membership(cast.owen, cast.shop)
    with pytest.raises(LastOwner) as refusal:
        members.change_role(only, role="manager", by=cast.owen)
    assert "Northlight" in str(refusal.value)
    with pytest.raises(LastOwner):
        members.remove_member(only, by=cast.rosa)
    with pytest.raises(LastOwner):
        members.deactivate_user(cast.owen, by=cast.rosa)
    members.change_role(membership(cast.mia, cast.shop), role="owner", by=cast.owen)
    members.remove_member(only, by=cast.owen)
    assert not Membership.objects.filter(user=cast.owen).exists()


def test_an_owner_who_may_not_sign_in_does_not_count_as_one(cast: Cast) -> None:
    members.change_role(membership(cast.mia, cast.shop), role="owner", by=cast.owen)
    members.deactivate_user(cast.mia, by=cast.rosa)
    with pytest.raises(LastOwner):
        members.remove_member(membership(cast.owen, cast.shop), by=cast.owen)


def test_an_invited_person_can_sign_in_with_the_password_shown(cast: Cast) -> None:
    newcomer = User(username="dee", display_name="Dee")
    invitation = members.invite(newcomer, site=cast.shop, role="agent", by=cast.mia)
    stored = User.objects.get(username="dee")
    assert stored.check_password(invitation.password)
    assert not stored.is_staff
    assert not stored.is_superuser
    assert membership(stored, cast.shop).role == "agent"


def test_nobody_joins_twice(cast: Cast) -> None:
    with pytest.raises(AlreadyMember):
        members.add_member(cast.ana, site=cast.shop, role="agent", by=cast.owen)


def test_a_reset_second_factor_is_gone_with_every_session(cast: Cast) -> None:
    TOTPDevice.objects.create(user=cast.ana, name="phone")
    before = epoch(cast.ana)
    members.reset_second_factor(cast.ana, by=cast.rosa)
    assert not TOTPDevice.objects.filter(user=cast.ana).exists()
    assert epoch(cast.ana) > before


def test_a_new_password_replaces_the_old_one(cast: Cast) -> None:
    cast.ana.set_password("the old password")
    cast.ana.save()
    password = members.reset_password(cast.ana, by=cast.rosa)
    cast.ana.refresh_from_db()
    assert cast.ana.check_password(password)


def test_a_new_site_brings_settings_and_owner(cast: Cast) -> None:
    site = site_setup.create_site(Site(name="Lamps"), owner=cast.owen)
    assert site.widget.color == "#2456e6"
    assert membership(cast.owen, site).role == "owner"


def test_two_signing_secrets_live_at_once(cast: Cast) -> None:
    made = [rotate(cast.shop) for _ in range(3)]
    cast.shop.refresh_from_db()
    assert cast.shop.identity_secrets == [made[2], made[1]]
    site_setup.drop_older_identity_secret(cast.shop, seen=site_setup.state_of_secrets(cast.shop))
    cast.shop.refresh_from_db()
    assert cast.shop.identity_secrets == [made[2]]


def rotate(site: Site) -> str:
    return site_setup.rotate_identity_secret(site, seen=site_setup.state_of_secrets(site))


@pytest.mark.django_db(transaction=True)
def test_open_conversations_wait_in_the_queue_again_when_somebody_leaves() -> None:
    cast = make.cast()
    mine = make.conversation(make.visitor(cast.shop), "Hello", agent=cast.ana)
    foreign = make.conversation(make.visitor(cast.other), "Hello", agent=cast.ana)
    try:
        members.remove_member(membership(cast.ana, cast.shop), by=cast.owen)
        mine.refresh_from_db()
        foreign.refresh_from_db()
        assert (mine.owner, mine.agent, mine.queued_at is None) == ("queue", None, False)
        assert foreign.owner == Conversation.Owner.AGENT
        assert [row.body for row in Message.objects.of(mine)] == ["Hello", "released"]
        members.deactivate_user(cast.ana, by=cast.rosa)
        foreign.refresh_from_db()
        assert foreign.owner == Conversation.Owner.QUEUE
    finally:
        writer.stop()
