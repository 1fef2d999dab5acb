"""axe-core finds nothing on any screen: light and dark, desk and phone, English and Chinese."""

from __future__ import annotations

import time
from base64 import b32decode
from collections.abc import Iterator
from hashlib import sha1
from hmac import digest

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import Axe
from tests.e2e.guard import Guard
from tests.e2e.looks import DESK_LIGHT, EVERY_LOOK, Look
from tests.e2e.prepare import PASSWORD
from tests.e2e.story import Story

looks = pytest.mark.parametrize("look", EVERY_LOOK, ids=str)


@pytest.fixture
def axe() -> Iterator[Axe]:
    """Fails the test with everything that was found on its screens."""
    axe = Axe()
    yield axe
    assert axe.wrong == []


@looks
def test_the_widget(story: Story, guard: Guard, axe: Axe, look: Look) -> None:
    widget = story.private_visitor(look)
    expect(widget.launcher).to_be_visible()
    axe.judge(widget.page, "launcher")
    widget.open()
    axe.judge(widget.page, "welcome")
    widget.write("Where is https://shop.example/orders/10086?", "Hello?")
    expect(widget.ticks("Sent")).to_have_count(1)
    axe.judge(widget.page, "sent")
    widget.inside.get_by_role("button", name=look.words("Emoji")).click()
    axe.judge(widget.page, "emoji")
    guard.allow_lost_line()
    story.visitors_line.cut()
    widget.write("Still there?")
    expect(widget.notice).to_have_text(look.words("Reconnecting… your messages are safe."))
    axe.judge(widget.page, "reconnecting")
    widget.page.context.set_offline(True)
    offline = look.words("You are offline. Messages go out when you are back.")
    expect(widget.notice).to_have_text(offline)
    axe.judge(widget.page, "offline")


@looks
def test_the_page_of_its_own(story: Story, axe: Axe, look: Look) -> None:
    chat = story.visitor_of_our_page(look)
    chat.write("Where is my order?")
    expect(chat.ticks("Sent")).to_have_count(1)
    assert isinstance(chat.inside, Page)
    axe.judge(chat.inside, "page of its own")


@looks
def test_the_dashboard(story: Story, guard: Guard, axe: Axe, look: Look) -> None:
    words = look.words
    agent = story.agent("ana", look)
    page = agent.page
    expect(page.get_by_text(words("Nobody is waiting"))).to_be_visible()
    axe.judge(page, "empty inbox")
    widget = story.private_visitor(DESK_LIGHT)
    widget.open()
    widget.write("Where is my order?", "Hello?")
    expect(agent.row("Hello?")).to_be_visible()
    axe.judge(page, "inbox")
    agent.open("Hello?")
    agent.note("Knows the shop.")
    agent.write("Let me look.")
    axe.judge(page, "thread")
    agent.press("Transfer")
    expect(page.get_by_role("group", name=words("Transfer to"))).to_be_visible()
    axe.judge(page, "transfer")
    page.keyboard.press("Escape")
    agent.press("Visitor details")
    axe.judge(page, "details")
    agent.press("Close") if look.phone else None
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    axe.judge(page, "palette")
    page.keyboard.press("Escape")
    agent.press("Resolve")
    expect(page.get_by_text(words("This conversation is closed."))).to_be_visible()
    expect(page.locator("button:disabled")).to_have_count(0)
    axe.judge(page, "closed conversation")
    if look.phone:
        agent.press("Back to the list")
    agent.tab("Closed").click()
    expect(agent.row("Let me look.")).to_be_visible()
    axe.judge(page, "closed tab")
    page.get_by_role("button", name="Ana").click()
    axe.judge(page, "menu")
    page.keyboard.press("Escape")
    guard.allow_lost_line()
    story.agents_line.cut()
    expect(
        page.get_by_text(words("Reconnecting… Your messages are safe and will be sent."))
    ).to_be_visible()
    axe.judge(page, "reconnecting")
    page.context.set_offline(True)
    expect(
        page.get_by_text(words("You are offline. Saved conversations stay readable."))
    ).to_be_visible()
    axe.judge(page, "offline")


@looks
def test_signing_in(story: Story, guard: Guard, axe: Axe, look: Look) -> None:
    words = look.words
    guard.allow("status of 401|status of 403")
    page = story.stranger(look, "/app/login")
    axe.judge(page, "login")
    name = story.shop.people["ben"]["username"]
    sign_in(page, look, name, "wrong")
    axe.judge(page, "login refused")
    sign_in(page, look, name, PASSWORD)
    page.wait_for_url("**/app/")
    page.goto(f"{story.agents_line.url}/app/me")
    axe.judge(page, "profile")
    page.get_by_role("link", name=words("Set up")).click()
    secret = page.locator("#secret").text_content() or ""
    axe.judge(page, "second factor, set up")
    page.get_by_role("textbox").first.fill(one_time_code(secret))
    page.get_by_role("button", name=words("Switch on")).click()
    expect(page.get_by_role("heading", name=words("Your recovery codes"))).to_be_visible()
    axe.judge(page, "recovery codes")
    page.context.clear_cookies(name="sessionid")
    page.goto(f"{story.agents_line.url}/app/login")
    sign_in(page, look, name, PASSWORD)
    page.wait_for_url("**/second-factor**")
    axe.judge(page, "second factor")
    page.get_by_role("link", name=words("Use a recovery code")).click()
    axe.judge(page, "recovery")


def sign_in(page: Page, look: Look, name: str, password: str) -> None:
    """Fill the form in and send it."""
    page.get_by_role("textbox").first.fill(name)
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name=look.words("Sign in")).click()
    page.wait_for_load_state()


def one_time_code(secret: str) -> str:
    """What an authenticator shows now: RFC 6238."""
    key = b32decode(secret.replace(" ", ""))
    mac = digest(key, int(time.time() // 30).to_bytes(8, "big"), sha1)
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@looks
def test_the_back_office(story: Story, axe: Axe, look: Look) -> None:
    widget = story.private_visitor(DESK_LIGHT)
    widget.open()
    widget.write("Where is my order?")
    expect(widget.ticks("Sent")).to_have_count(1)
    page = story.page_of("mia", look, "/admin/")
    axe.judge(page, "front page")
    for kind in ("site", "membership", "team", "visitor", "conversation"):
        page.goto(f"{story.agents_line.url}/admin/chat/{kind}/")
        axe.judge(page, f"list of {kind}s")
    page.goto(f"{story.agents_line.url}/admin/chat/team/add/")
    axe.judge(page, "form of a team")
    page.goto(f"{story.agents_line.url}/admin/chat/site/{story.shop.id}/change/")
    page.wait_for_load_state("networkidle")  # the live preview
    axe.judge(page, "form of a site")
    page.goto(f"{story.agents_line.url}/admin/chat/conversation/")
    page.get_by_role("table").get_by_role("link").first.click()
    axe.judge(page, "conversation")


@looks
def test_pages_of_errors(story: Story, guard: Guard, axe: Axe, look: Look) -> None:
    guard.allow("status of 404|status of 403")
    axe.judge(story.stranger(look, "/nowhere"), "404")
    axe.judge(story.page_of("ana", look, "/admin/chat/user/"), "403")


@looks
def test_the_demo_shop(story: Story, axe: Axe, look: Look) -> None:
    page = story.stranger(look, f"/demo/shop?site={story.shop.key}")
    expect(page.get_by_role("button", name=look.words("Open chat"))).to_be_visible()
    axe.judge(page, "shop")
