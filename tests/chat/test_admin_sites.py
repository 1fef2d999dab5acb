"""Setting a site up: adding it, the pages that may show it, the widget, its secrets, its end."""

import re

import pytest

from chat.models import Membership, Site
from tests.chat import back_office as make
from tests.chat.back_office import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make.cast()


def page(site: Site, what: str = "change") -> str:
    return f"/admin/chat/site/{site.pk}/{what}/"


def test_an_owner_adds_a_site_stays_signed_in_and_sees_the_line_to_paste(cast: Cast) -> None:
    owen = make.browser(cast.owen)
    sent = {
        "name": "Lamps",
        "allowed_origins": "https://lamps.example\n\n https://*.lamps.example ",
    }
    answer = owen.post("/admin/chat/site/add/", sent, follow=True)
    site = Site.objects.get(name="Lamps")
    assert site.allowed_origins == ["https://lamps.example", "https://*.lamps.example"]
    assert Membership.objects.get(site=site).user == cast.owen
    assert answer.redirect_chain[-1][0] == page(site)
    assert f'data-site="{site.key}"></script>' in make.text_of(answer) or site.key in str(
        answer.context["snippet"]
    )
    assert answer.context["snippet"].startswith('<script async src="http')


def test_the_preview_is_the_sites_own_chat_page(cast: Cast) -> None:
    answer = make.browser(cast.mia).get(page(cast.shop))
    assert f'<iframe src="/w/{cast.shop.key}/"' in answer.content.decode()


def test_a_site_that_is_switched_off_says_so_instead_of_a_preview(cast: Cast) -> None:
    Site.objects.filter(pk=cast.shop.pk).update(is_active=False)
    answer = make.browser(cast.mia).get(page(cast.shop))
    assert "<iframe" not in answer.content.decode()
    assert "switched off" in make.text_of(answer)


@pytest.mark.parametrize(
    "line", ["shop.example", "javascript:alert(1)", "https://shop.example/path", "ftp://x.example"]
)
def test_a_wrong_page_is_named_with_what_is_wrong(cast: Cast, line: str) -> None:
    mia = make.browser(cast.mia)
    sent = make.fields(mia.get(page(cast.shop)))
    sent["allowed_origins"] = f"https://good.example\n{line}"
    answer = mia.post(page(cast.shop), sent)
    assert f"“{line}”: " in make.text_of(answer)
    assert "good.example”" not in make.text_of(answer)
    cast.shop.refresh_from_db()
    assert cast.shop.allowed_origins == ["https://shop.example"]


def test_every_page_of_the_web_is_warned_about(cast: Cast) -> None:
    mia = make.browser(cast.mia)
    assert "every page of the web" not in make.text_of(mia.get(page(cast.shop)))
    Site.objects.filter(pk=cast.shop.pk).update(allowed_origins=["*"])
    assert "every page of the web" in make.text_of(mia.get(page(cast.shop)))


def test_the_widget_is_set_on_the_same_page(cast: Cast) -> None:
    mia = make.browser(cast.mia)
    sent = make.fields(mia.get(page(cast.shop)))
    sent |= {"widget-0-title": "Ask us", "widget-0-color": "#0e7a54", "widget-0-scheme": "dark"}
    assert mia.post(page(cast.shop), sent).status_code == 302
    cast.shop.widget.refresh_from_db()
    assert (cast.shop.widget.title, cast.shop.widget.color) == ("Ask us", "#0e7a54")


def test_the_second_of_two_who_edit_the_same_site_is_told(cast: Cast) -> None:
    mia, owen = make.browser(cast.mia), make.browser(cast.owen)
    first, second = make.fields(mia.get(page(cast.shop))), make.fields(owen.get(page(cast.shop)))
    assert mia.post(page(cast.shop), first | {"widget-0-title": "Mia's"}).status_code == 302
    answer = owen.post(page(cast.shop), second | {"widget-0-tagline": "Owen's"})
    assert "Somebody else changed this" in make.text_of(answer)
    cast.shop.widget.refresh_from_db()
    assert (cast.shop.widget.title, cast.shop.widget.tagline) == ("Mia's", "")


def test_a_form_that_does_not_say_what_it_saw_is_not_saved(cast: Cast) -> None:
    mia = make.browser(cast.mia)
    sent = make.fields(mia.get(page(cast.shop)))
    del sent["seen"]
    assert "Somebody else changed this" in make.text_of(mia.post(page(cast.shop), sent))


def test_a_new_secret_is_shown_once_and_two_live_at_once(cast: Cast) -> None:
    owen, shown = make.browser(cast.owen), []
    for _ in range(2):
        question = owen.get(page(cast.shop, "new-secret"))
        answer = owen.post(page(cast.shop, "new-secret"), {"seen": seen_on(question)})
        assert "no-store" in answer.headers["Cache-Control"]
        shown += re.findall(r"gfs_[\w-]{43}", answer.content.decode())[:1]
    cast.shop.refresh_from_db()
    assert cast.shop.identity_secrets == shown[::-1]
    assert not any(text in owen.get(page(cast.shop)).content.decode() for text in shown)


def test_a_repeated_answer_does_not_rotate_again(cast: Cast) -> None:
    owen = make.browser(cast.owen)
    seen = seen_on(owen.get(page(cast.shop, "new-secret")))
    owen.post(page(cast.shop, "new-secret"), {"seen": seen})
    answer = owen.post(page(cast.shop, "new-secret"), {"seen": seen}, follow=True)
    assert "changed meanwhile" in make.text_of(answer)
    cast.shop.refresh_from_db()
    assert len(cast.shop.identity_secrets) == 1


def seen_on(answer: object) -> str:
    return answer.context["question"].seen  # type: ignore[attr-defined]


def test_looking_at_a_question_changes_nothing(cast: Cast) -> None:
    make.browser(cast.owen).get(page(cast.shop, "new-secret"))
    cast.shop.refresh_from_db()
    assert cast.shop.identity_secrets == []


def test_a_site_with_visitors_can_not_be_deleted_and_says_so(cast: Cast) -> None:
    make.conversation(make.visitor(cast.shop), "Hello")
    owen = make.browser(cast.owen)
    assert "never deleted" in make.text_of(owen.get(page(cast.shop)))
    assert owen.post(page(cast.shop, "delete"), {"post": "yes"}).status_code == 403
    assert Site.objects.filter(pk=cast.shop.pk).exists()


def test_an_empty_site_is_deleted_after_a_question_with_counts(cast: Cast) -> None:
    owen = make.browser(cast.owen)
    assert "Members: 3" in make.text_of(owen.get(page(cast.shop, "delete")))
    owen.post(page(cast.shop, "delete"), {"post": "yes"})
    assert not Site.objects.filter(pk=cast.shop.pk).exists()
