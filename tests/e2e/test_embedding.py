"""The pasted line on pages of others: shown where the site allows it, and never harmful."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.guard import Guard
from tests.e2e.host import Host, pasted
from tests.e2e.looks import DESK_LIGHT, PHONE_LIGHT
from tests.e2e.server import Server
from tests.e2e.story import Story
from tests.e2e.widget import Widget

# What a browser itself writes when it refuses a frame.
REFUSED = r"frame-ancestors|status of 40[34]|Framing"


def open_page(story: Story, address: str) -> Page:
    """A visitor opens a page of the host."""
    page = story.contexts(**DESK_LIGHT.options).new_page()
    page.goto(address)
    return page


def expect_nothing(page: Page, guard: Guard, key: str) -> None:
    """No frame, no launcher, and one warning that names the setting."""
    page.wait_for_function(
        "!document.querySelector('gofly-widget').shadowRoot.querySelector('iframe')", timeout=12_000
    )
    expect(page.get_by_role("button")).to_have_count(0)
    ours = [text for text in guard.warnings if text.startswith("gofly")]
    assert len(ours) == 1
    assert "allowed origins" in ours[0]
    assert key in ours[0]


def test_an_origin_that_is_not_listed_gets_no_frame_and_one_warning(
    story: Story, server: Server, guard: Guard
) -> None:
    server.query(
        "UPDATE chat_site SET allowed_origins = '{https://shop.example}' WHERE id = %s",
        story.shop.id,
    )
    guard.allow(REFUSED)
    page = open_page(story, story.host.shop(pasted(server.url, story.shop.key)))
    page.wait_for_selector("gofly-widget iframe", state="attached")
    expect_nothing(page, guard, story.shop.key)


def test_a_page_without_referrer_is_refused_by_the_browser(
    story: Story, server: Server, guard: Guard
) -> None:
    server.query("UPDATE chat_site SET allowed_origins = '{}' WHERE id = %s", story.shop.id)
    guard.allow(REFUSED)
    line = pasted(server.url, story.shop.key)
    page = open_page(story, story.host.shop(line, Referrer_Policy="no-referrer"))
    page.wait_for_selector("gofly-widget iframe", state="attached")
    expect_nothing(page, guard, story.shop.key)


def test_a_disabled_site_shows_nothing(story: Story, server: Server, guard: Guard) -> None:
    server.query("UPDATE chat_site SET is_active = false WHERE id = %s", story.shop.id)
    guard.allow(REFUSED)
    page = open_page(story, story.host.shop(pasted(server.url, story.shop.key)))
    page.wait_for_selector("gofly-widget iframe", state="attached")
    expect_nothing(page, guard, story.shop.key)


def test_a_line_pasted_twice_shows_one_widget(story: Story, server: Server) -> None:
    line = pasted(server.url, story.shop.key)
    page = open_page(story, story.host.shop(line + line))
    widget = Widget(page, DESK_LIGHT.words)
    widget.open()
    widget.write("Hello")
    widget.expect_texts(["Hello"])
    expect(page.locator("gofly-widget")).to_have_count(1)
    expect(page.locator("gofly-widget iframe")).to_have_count(1)


def test_a_strict_policy_needs_to_name_only_our_scripts_and_frames(
    story: Story, server: Server
) -> None:
    policy = f"default-src 'none'; script-src {server.url}; frame-src {server.url}"
    html = story.host.shop(pasted(server.url, story.shop.key), Content_Security_Policy=policy)
    # The page's own style is refused by this policy; it is not the widget's.
    address = without_own_style(story.host, html)
    widget = Widget(open_page(story, address), DESK_LIGHT.words)
    widget.open()
    widget.write("Hello")
    widget.expect_texts(["Hello"])


def without_own_style(host: Host, address: str) -> str:
    """The same page without its style sheet."""
    path = address.removeprefix(host.origin)
    html, headers = host.pages[path]
    start, end = html.index("<style>"), html.index("</style>") + len("</style>")
    return host.put_up(html[:start] + html[end:], headers)


def test_a_page_may_isolate_itself(story: Story, server: Server) -> None:
    page = open_page(
        story,
        story.host.shop(
            pasted(server.url, story.shop.key), Cross_Origin_Opener_Policy="same-origin"
        ),
    )
    Widget(page, DESK_LIGHT.words).open()


def test_blocked_storage_is_told_while_something_is_unsent(
    story: Story, server: Server, guard: Guard
) -> None:
    widget = story.private_visitor(DESK_LIGHT)  # Chromium gives frames of others no storage there
    widget.open()
    widget.write("Hello")
    expect(widget.ticks("Sent")).to_have_count(1)
    expect(widget.notice).not_to_contain_text("keeps nothing")
    guard.allow_lost_line()
    story.visitors_line.cut()
    widget.write("Still there?")
    expect(widget.ticks("Waiting")).to_have_count(1)
    story.visitors_line.mend()
    widget.expect_texts(["Hello", "Still there?"])
    expect(widget.ticks("Waiting")).to_have_count(0, timeout=30_000)
    assert server.stored(story.shop) == ["Hello", "Still there?"]


POLLUTED = """<script>
Object.prototype.extra = "polluted"
Array.prototype.extra = function () { throw new Error("array") }
for (const name of ["map", "forEach", "filter", "push", "concat", "join", "includes"])
  Array.prototype[name] = function () { throw new Error("Array." + name) }
JSON.parse = JSON.stringify = () => { throw new Error("JSON") }
window.fetch = () => { throw new Error("fetch") }
window.XMLHttpRequest = function () { throw new Error("XMLHttpRequest") }
window.WebSocket = function () { throw new Error("WebSocket") }
</script>"""


def test_a_page_that_has_replaced_the_language_itself_does_no_harm(
    story: Story, server: Server
) -> None:
    line = pasted(server.url, story.shop.key)
    page = open_page(story, story.host.shop(line, head=POLLUTED))
    widget = Widget(page, DESK_LIGHT.words)
    widget.open()
    widget.write("Hello")
    expect(widget.ticks("Sent")).to_have_count(1)
    assert server.stored(story.shop) == ["Hello"]


def test_nobody_frames_the_dashboard(story: Story, server: Server, guard: Guard) -> None:
    guard.allow(REFUSED)
    address = story.host.shop(f'<iframe src="{server.url}/app/login" title="Ours"></iframe>')
    page = open_page(story, address)
    expect(page.frame_locator("iframe").get_by_role("textbox")).to_have_count(0)


def test_the_host_page_keeps_its_place_on_a_phone(story: Story) -> None:
    widget = story.visitor(PHONE_LIGHT)
    widget.open()
    box = widget.page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    widget.close()
    assert widget.page.evaluate("document.documentElement.style.overflow") == ""
