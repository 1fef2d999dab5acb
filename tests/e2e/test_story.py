"""A visitor on a customer's page and an agent talk, and nothing that happens loses a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.guard import Guard
from tests.e2e.looks import DESK_LIGHT, PHONE_DARK, Look
from tests.e2e.server import Server
from tests.e2e.story import Story

LOOKS = [pytest.param(DESK_LIGHT, id="desk"), pytest.param(PHONE_DARK, id="phone-chinese-dark")]


@pytest.mark.parametrize("look", LOOKS)
def test_a_conversation_survives_a_cut_line(
    story: Story, server: Server, guard: Guard, look: Look
) -> None:
    words = look.words
    agent, widget = story.agent("ana", look), story.visitor(look)
    widget.open()
    widget.write("Where is my order 10086?")
    agent.open("Where is my order 10086?")
    agent.press("Claim")
    agent.write("Let me look, one moment.")
    joined = words("%s joined the chat") % "Ana"
    said = ["Where is my order 10086?", joined, "Let me look, one moment."]
    widget.expect_texts(said)
    expect(widget.ticks("Read")).to_have_count(1)
    expect(agent.ticks("Read")).to_have_count(1)

    guard.allow_lost_line()
    story.visitors_line.cut()
    story.agents_line.cut()
    widget.write("Hello?", "Are you there?")
    agent.write("It leaves our stock today.", "You get a mail.")
    expect(widget.ticks("Waiting")).to_have_count(1)  # under the last of the group
    expect(agent.ticks("Sending")).to_have_count(2)
    expect(widget.notice).to_have_text(words("Reconnecting… your messages are safe."))
    story.visitors_line.mend()
    expect(widget.ticks("Waiting")).to_have_count(0, timeout=30_000)
    story.agents_line.mend()
    expect(agent.ticks("Sending")).to_have_count(0, timeout=30_000)

    said += ["Hello?", "Are you there?", "It leaves our stock today.", "You get a mail."]
    widget.expect_texts(said)
    agent.expect_texts([text for text in said if text != joined])
    assert server.stored(story.shop) == [text for text in said if text != joined]
    expect(widget.notice).to_have_text("")

    other = story.again(widget)
    other.open()
    other.expect_texts(said)
    other.write("Thank you!")
    said.append("Thank you!")
    widget.expect_texts(said)
    widget.page.reload()
    widget.open()
    widget.expect_texts(said)
    assert server.stored(story.shop) == [text for text in said if text != joined]


def test_notes_stay_in_the_team_and_a_conversation_changes_hands(
    story: Story, server: Server
) -> None:
    ana, ben = story.agent("ana", DESK_LIGHT), story.agent("ben", DESK_LIGHT)
    widget = story.visitor(DESK_LIGHT)
    widget.open()
    widget.write("The cup is broken.")
    ana.open("The cup is broken.")
    ana.press("Claim")
    ana.note("Second complaint this week.")
    ana.press("Transfer")
    ana.page.get_by_role("group", name="Transfer to").get_by_role("button", name="Ben").click()
    ben.open("The cup is broken.", tab="Mine")
    ben.write("We send a new one.")
    seen = ["The cup is broken.", "Ana joined the chat", "Ben joined the chat"]
    widget.expect_texts([*seen, "We send a new one."])
    for agent in (ana, ben):
        agent.expect_texts(
            ["The cup is broken.", "Second complaint this week.", "We send a new one."]
        )
        expect(agent.events).to_have_text(["Assigned to Ana", "Transferred to Ben"])

    ben.press("Resolve")
    expect(widget.notice).to_have_text("The chat is closed. Write to start again.")
    expect(ben.row("We send a new one.")).to_have_count(0)
    ben.tab("Closed").click()
    expect(ben.row("We send a new one.")).to_have_count(1)
    widget.write("It is broken as well.")
    ana.open("It is broken as well.")
    seen += ["We send a new one.", "The chat was closed", "It is broken as well."]
    widget.expect_texts(seen)
    assert (
        "Second complaint"
        not in widget.page.context.new_cdp_session(widget.page)
        .send("DOMSnapshot.captureSnapshot", {"computedStyles": []})
        .__repr__()
    )


def test_both_see_that_the_other_is_typing(story: Story) -> None:
    agent, widget = story.agent("ana", DESK_LIGHT), story.visitor(DESK_LIGHT)
    widget.open()
    widget.write("Hello")
    agent.open("Hello")
    agent.page.get_by_role("textbox", name="Write a reply").press_sequentially("I look")
    expect(widget.inside.get_by_text("Ana is typing")).to_be_attached()
    widget.box.press_sequentially("Than")
    expect(agent.log.get_by_text("is typing")).to_be_visible()


def test_a_closed_widget_counts_what_came_meanwhile(story: Story) -> None:
    agent, widget = story.agent("ana", DESK_LIGHT), story.visitor(DESK_LIGHT)
    widget.open()
    widget.write("Hello")
    agent.open("Hello")
    widget.close()
    agent.write("Good morning.", "How can I help?")
    unread = widget.page.get_by_role("button", name="Open chat, 2 unread")
    expect(unread).to_be_visible()
    expect(widget.page.get_by_role("button", name="How can I help?")).to_be_visible()
    expect(agent.ticks("Read")).to_have_count(0)
    unread.click()
    expect(agent.ticks("Read")).to_have_count(1)
    widget.close()
    expect(widget.page.get_by_role("button", name="Open chat", exact=True)).to_be_visible()


def test_the_agent_sees_where_the_visitor_is(story: Story) -> None:
    agent, widget = story.agent("ana", DESK_LIGHT), story.visitor(DESK_LIGHT)
    widget.open()
    widget.write("Hello")
    agent.open("Hello")
    details = agent.page.get_by_role("complementary", name="Visitor details")
    expect(details.get_by_role("link", name="Kiln and Clay")).to_be_visible()
    widget.page.evaluate("document.title = 'Cart'; history.pushState({}, '', '/cart')")
    here = details.get_by_role("listitem").filter(has_text="Cart")
    expect(here.get_by_role("link")).to_be_visible()
    expect(here.get_by_role("time")).to_have_text("0:02")  # the clock runs
    widget.page.close()
    expect(agent.page.get_by_role("heading", name="Visitor").first).to_be_visible()
    expect(agent.page.get_by_text("Offline · Cart")).to_be_visible()
