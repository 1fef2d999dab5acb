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
