"""Every case of the catalogue that is made of frames, one test each, and what always holds."""

from __future__ import annotations

import time
import unicodedata

import pytest

from chat.consumers.database import in_database
from chat.models import Message
from tests.make import Shop
from tests.security.catalogue import CASES, Case
from tests.security.stage import (
    Stage,
    answer,
    logged,
    nothing_failed,
    queries,
    says_nothing_of_us,
    stage,
)
from tests.sockets import Socket

CPU_SECONDS = 0.1  # CONTENT-19; of our own processor time, so that a busy machine is no failure
MOST_QUERIES = 3  # FRAME-14

COMING_LATER = {"FRAME-20", "FRAME-23", "PROTOCOL-12"}
FRAMES = [
    case
    for case in CASES.values()
    if case.surface in {"ws_visitor", "ws_agent"}
    and not {"field", "hello"}
    & {key for part in case.input.get("seq", [case.input]) for key in part}
    and case.promised
    and case.id not in COMING_LATER | {"PROTOCOL-05"}
]


@pytest.mark.parametrize("case", FRAMES, ids=lambda case: case.id)
async def test_hostile_frames(case: Case, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(shop) as scene:
        attacker = scene.attacker(case.surface)
        for text in case.texts(scene.places):
            await attacker.raw(text)
        await answers_as_promised(case, attacker)
        await ends_as_promised(case, scene, attacker)
        says_nothing_of_us(scene.words())
    nothing_failed(caplog)


async def answers_as_promised(case: Case, attacker: Socket) -> None:
    """Each promised answer comes, soon and in this order; a refusal to be kept is final."""
    for kind, code in case.promised:
        frame = await answer(attacker, "error", "nack", "ack", "synced")
        assert (frame["t"], frame.get("code", "")) == (kind, code)
        if "retry=false" in case.response:
            assert frame["retry"] is False
        if "reset" in case.response and kind == "synced":
            assert frame["reset"] is True


async def ends_as_promised(case: Case, scene: Stage, attacker: Socket) -> None:
    """The socket stays usable, or is closed with the named code; exactly the named is stored."""
    if case.keeps:
        await scene.goes_on(attacker)
    else:
        assert await attacker.closed() == int(case.connection)
        await scene.goes_on(scene.tab)
    *added, _next = await scene.stored()
    bodies = [] if case.stored == "nothing" else [unicodedata.normalize("NFC", case.body)]
    assert [row["body"] for row in added] == bodies
    assert {row["sender"][:2] for row in added} <= {"v:"}
    assert not any(row["internal"] for row in added)


async def test_frame_14_a_strange_cursor_reads_no_table(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["FRAME-14"]
    async with stage(shop) as scene:
        with queries(monkeypatch) as asked:
            for text in case.texts(scene.places):
                await scene.widget.raw(text)
            await scene.widget.frame("synced")
        assert len(asked) <= MOST_QUERIES


async def test_protocol_06_is_told_apart_by_the_log_alone(
    shop: Shop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(shop) as scene:
        answers, costs = [], []
        for conv in (scene.places["other_conv"], scene.places["other_site_conv"], "cv_is_nowhere"):
            with queries(monkeypatch) as asked:
                await scene.widget.say("hi", conv=conv)
                nack = await answer(scene.widget, "nack")
            answers.append({name: nack[name] for name in ("code", "text", "retry", "after_ms")})
            costs.append(len(asked))
        assert answers[0] == answers[1] == answers[2]
        assert len(set(costs)) == 1  # as long as they ask the same, they take the same time
    assert len(logged(caplog, "security.idor")) == 2


async def test_protocol_09_another_tenants_conversation_is_in_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage(shop) as scene:
        words = []
        for conv in (scene.places["other_site_conv"], "cv_is_nowhere"):
            await scene.desk.put("open", conv=conv, rid="r1")
            nack = await answer(scene.desk, "nack")
            words.append({name: nack[name] for name in ("rid", "code", "text", "retry")})
        assert words[0] == words[1]
        assert "of another tenant" not in scene.words()
    assert [line["agent"] for line in logged(caplog, "security.tenant")] == [shop.ana.pk]


async def test_content_19_costs_no_time(shop: Shop) -> None:
    async with stage(shop) as scene:
        began = time.process_time()
        await scene.widget.raw(CASES["CONTENT-19"].texts(scene.places)[0])
        await answer(scene.widget, "ack")
        assert time.process_time() - began < CPU_SECONDS


async def test_frame_08_counts_for_this_socket_alone(shop: Shop) -> None:
    async with stage(shop) as scene:
        for text in CASES["FRAME-08"].texts(scene.places):
            await scene.widget.raw(text)
        assert await scene.widget.closed() == 4400
        await scene.tab.put("zz")
        assert (await answer(scene.tab, "error"))["code"] == "unknown_type"
        await scene.goes_on(scene.tab)
        assert await in_database(Message.objects.filter(body="zz").count) == 0
