"""Refusals reach people in their own language, on sockets and over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from chat.consumers.database import in_database
from chat.errors import Internal, TooLong
from chat.models import User
from chat.protocol.limits import BODY_CHARACTERS
from chat.services.wording import nearest, sentence
from tests import sockets
from tests.make import Shop

LONG = "x" * (BODY_CHARACTERS + 1)
TOO_LONG = "消息最多 4,000 个字符，请缩短后再发送。"
TOO_FAST = "发送过快，稍后自动重新发送。"


@pytest.mark.parametrize(
    ("wish", "language"),
    [("zh-CN", "zh-hans"), ("zh-TW", "zh-hans"), ("zh", "zh-hans"), ("en-GB", "en")],
)
def test_a_browsers_wish_finds_a_language_of_ours(wish: str, language: str) -> None:
    assert nearest(wish) == language


@pytest.mark.parametrize("wish", ["", "fr", "x" * 35])
def test_other_wishes_are_answered_in_english(wish: str) -> None:
    assert nearest(wish) == "en"


def test_a_sentence_is_filled_after_it_is_translated() -> None:
    assert sentence(Internal("4f2a"), "zh-hans") == "系统出现问题（编号 4f2a），请稍后再试。"


def test_without_a_language_the_active_one_is_spoken() -> None:
    with override("zh-hans"):
        assert sentence(TooLong()) == TOO_LONG
    with override("en"):
        assert sentence(TooLong()) == TooLong.message


async def test_a_chinese_visitor_is_told_in_chinese_what_is_too_long(shop: Shop) -> None:
    async with sockets.visitor(shop.site, lang="zh-CN") as widget:
        await widget.say(LONG)
        refusal = await widget.frame("nack")
        assert (refusal["code"], refusal["text"]) == ("too_long", TOO_LONG)


async def test_a_chinese_visitor_is_told_in_chinese_to_slow_down(shop: Shop) -> None:
    async with sockets.visitor(shop.site, lang="zh-CN") as widget:
        for _ in range(40):
            await widget.say("Hello")
        refusal = await widget.frame("nack")
        assert (refusal["code"], refusal["text"]) == ("rate", TOO_FAST)


async def test_a_broken_field_is_named_in_chinese(shop: Shop) -> None:
    async with sockets.visitor(shop.site, lang="zh-CN") as widget:
        await widget.put("got", conv=1, up_to=1)
        refusal = await widget.frame("error")
        assert refusal["text"].startswith("字段 conv 须为符合 ")


async def test_an_english_visitor_reads_english(shop: Shop) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say(LONG)
        assert (await widget.frame("nack"))["text"] == TooLong.message


async def test_an_agent_reads_the_language_of_the_account(shop: Shop) -> None:
    await in_database(User.objects.filter(pk=shop.ana.pk).update, language="zh-hans")
    async with sockets.agent(shop.ana, lang="en") as desk:
        await desk.say(LONG, conv=f"cv_{'A' * 16}")
        assert (await desk.frame("nack"))["text"] == TOO_LONG


async def test_an_agent_without_a_choice_reads_the_language_of_the_page(shop: Shop) -> None:
    async with sockets.agent(shop.ana, lang="zh-hans") as desk:
        await desk.say(LONG, conv=f"cv_{'A' * 16}")
        assert (await desk.frame("nack"))["text"] == TOO_LONG


@pytest.mark.django_db
def test_the_api_answers_in_the_language_that_is_asked_for() -> None:
    answer = Client().get("/api/v1/sites", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "登录已失效，请刷新页面后重新登录。"
