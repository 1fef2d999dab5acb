"""The audit log: configuration is logged with old and new values, messages never are."""

import uuid
from typing import Any

import pytest
from auditlog import get_logentry_model
from django.http import HttpResponse
from django.test import RequestFactory

from chat import audit
from chat.models import Message, User, Visitor
from chat.services import site_setup, visitors
from chat.services.messages import post_message, visitor_author
from chat.shapes import thread_of
from chat.writer import Draft, writer
from tests.chat import back_office as make
from tests.chat.back_office import Cast

LogEntry = get_logentry_model()


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    LogEntry.objects.all().delete()
    return made


def test_a_changed_setting_is_logged_with_both_values_the_person_and_the_address(
    cast: Cast,
) -> None:
    mia, path = make.browser(cast.mia), f"/admin/chat/site/{cast.shop.pk}/change/"
    sent = make.fields(mia.get(path)) | {"widget-0-title": "Ask us"}
    mia.post(path, sent, REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": "6.6.6.6"})
    [entry] = LogEntry.objects.all()
    assert entry.changes == {"title": ["", "Ask us"]}
    assert (entry.actor, entry.remote_addr) == (cast.mia, "203.0.113.9")
    assert entry.additional_data == {"site": cast.shop.pk}


def test_secrets_are_never_in_the_log(cast: Cast) -> None:
    seen = site_setup.state_of_secrets(cast.shop)
    secret = site_setup.rotate_identity_secret(cast.shop, seen=seen)
    cast.ana.set_password("a new password of Ana")
    cast.ana.save()
    rosa = make.browser(cast.rosa)
    rosa.post(f"/admin/chat/user/{cast.ana.pk}/new-password/")
    sent = {"site": cast.shop.pk, "name": "CRM", "scope": "read"}
    rosa.post("/admin/chat/apitoken/add/", sent)
    cast.ana.refresh_from_db()
    logged = str(list(LogEntry.objects.values_list("changes", flat=True)))
    token = cast.shop.tokens.get()
    for text in (secret, cast.ana.password, token.digest, "auth_epoch", "last_login"):
        assert text not in logged
    assert "identity_secrets" in logged
    assert "'password': ['', 'reset']" in logged


@pytest.mark.django_db(transaction=True)
def test_what_visitors_and_agents_write_is_never_logged() -> None:
    cast = make.cast()
    thread = make.conversation(make.visitor(cast.shop), "Hello")
    LogEntry.objects.all().delete()
    key, sender = visitor_author(thread_of(thread))
    draft = Draft(thread.pk, key, sender, str(uuid.uuid4()), "text", "A second message")
    try:
        post_message(draft).result(5)
    finally:
        writer.stop()
    page = {"url": "https://shop.example/", "title": "Shop", "at": "2026-01-01T00:00:00Z"}
    visitors.record_visit(thread.visitor.public_id, facts={"language": "de"}, page=page)
    assert Message.objects.of(thread).count() == 2
    assert Visitor.objects.get(pk=thread.visitor_id).language == "de"
    assert not LogEntry.objects.exists()


def test_a_ban_is_logged(cast: Cast) -> None:
    visitor = make.visitor(cast.shop)
    make.browser(cast.mia).post(f"/admin/chat/visitor/{visitor.pk}/ban/")
    entry = LogEntry.objects.get()
    assert (entry.actor, entry.changes) == (cast.mia, {"is_banned": ["False", "True"]})


def test_the_log_shows_old_and_new_values(cast: Cast) -> None:
    cast.shop.name = "<b>Southlight</b>"
    cast.shop.save()
    entry = LogEntry.objects.get()
    answer = make.browser(cast.mia).get(f"/admin/auditlog/logentry/{entry.pk}/change/")
    words = make.text_of(answer)
    assert "Northlight" in words
    assert "<b>Southlight</b>" in words
    assert "<b>Southlight" not in answer.content.decode()


def test_one_sees_the_entries_of_own_sites(cast: Cast) -> None:
    for site in (cast.shop, cast.other):
        site.name = f"CANARY {site.name}"
        site.save()
    own, foreign = LogEntry.objects.order_by("pk")
    mia = make.browser(cast.mia)
    words = make.text_of(mia.get("/admin/auditlog/logentry/"))
    assert "CANARY Northlight" in words
    assert "CANARY Tea House" not in words
    assert mia.get(f"/admin/auditlog/logentry/{own.pk}/change/").status_code == 200
    assert mia.get(f"/admin/auditlog/logentry/{foreign.pk}/change/").status_code == 302


def test_nobody_adds_changes_or_removes_an_entry(cast: Cast) -> None:
    cast.shop.name = "Southlight"
    cast.shop.save()
    entry, rosa = LogEntry.objects.get(), make.browser(cast.rosa)
    path = f"/admin/auditlog/logentry/{entry.pk}"
    assert rosa.post("/admin/auditlog/logentry/add/", {}).status_code == 403
    assert rosa.post(f"{path}/change/", {"object_repr": "x"}).status_code == 403
    assert rosa.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    rosa.post("/admin/auditlog/logentry/", chosen)
    assert LogEntry.objects.get().changes == entry.changes


def test_the_history_of_a_row_is_its_part_of_the_log(cast: Cast) -> None:
    for site in (cast.shop, cast.other):
        site.name = f"{site.name} 2"
        site.save()
    answer = make.browser(cast.rosa).get(f"/admin/chat/site/{cast.shop.pk}/history/", follow=True)
    [entry] = answer.context["cl"].result_list
    assert entry.object_repr == "Northlight 2"


def test_a_person_is_remembered_only_while_they_change_things(cast: Cast) -> None:
    def change(request: Any) -> HttpResponse:
        User.objects.get(pk=cast.ana.pk).save()
        cast.shop.name += "!"
        cast.shop.save()
        return HttpResponse()

    request = RequestFactory().post("/admin/", REMOTE_ADDR="203.0.113.7")
    request.user = cast.owen
    audit.remember_who(change)(request)
    assert LogEntry.objects.get().actor == cast.owen
    change(None)
    assert LogEntry.objects.latest("pk").actor is None
