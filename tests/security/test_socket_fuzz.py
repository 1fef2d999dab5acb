"""T09, at the sockets: frames that are nearly right, and a server that goes on answering."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import protocol
from chat.consumers import guests
from chat.consumers.database import in_database
from chat.models import Conversation, Message
from chat.protocol import GRAMMAR
from chat.vocabulary import Close
from tests import sockets
from tests.make import Shop
from tests.security.catalogue import PLACE
from tests.security.stage import nothing_failed, says_nothing_of_us, stage
from tests.sockets import Socket

EXAMPLES, FRAMES_EACH = 60, 6
OUR_FAULT = {Close.INTERNAL, Close.TRY_LATER}
GOOD: dict[str, Any] = {
    "rid": "r1",
    "cid": st.uuids().map(str) | st.just("01976b1e-5b7a-7c30-8f00-000000000001"),
    "conv": st.sampled_from(["{{conv}}"] * 5 + ["{{other_conv}}", "{{other_site_conv}}"]),
    "body": st.sampled_from(["Hello", "你好", "a" * 4000, "👩‍👩‍👧", "\u202egnp"]),
    "kind": "text",
    "up_to": st.integers(0, 9),
    "have": st.integers(0, 9),
    "before": st.integers(0, 9),
    "seq": st.integers(0, 9),
    "limit": st.integers(1, 100),
    "to": st.sampled_from(["ag_1", "tm_1", "ag_999999999999999999"]),
    "on": st.booleans(),
    "score": 5,
    "state": "online",
    "inbox": "all",
    "url": "https://shop.example/cart",
    "v": 1,
    "role": "visitor",
}
HOSTILE: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, -1, 2**53, 2**63, 10**15, 0.5, 1e300, "", " ", "\u0000", "\u200b", "\ud800"),
        *("{{other_conv}}", "../../etc/passwd", "' OR 1=1 --", "<img src=x onerror=alert(1)>"),
        *([], {}, [[]], {"$ne": ""}, {"last": -1, "epoch": None}, ["x"] * 300, "x" * 5000),
    ]
)


def good(name: str) -> st.SearchStrategy[Any]:
    """What the field is for."""
    value = GOOD.get(name, "text")
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


@st.composite
def frames(draw: st.DrawFn) -> dict[str, Any]:
    """A frame of the grammar, right but for one field at most."""
    t = draw(st.sampled_from(sorted(GRAMMAR)))
    kinds = GRAMMAR[t].__dataclass_fields__
    needed = {name: good(name) for name, kind in kinds.items() if kind.default is MISSING}
    others = {name: good(name) for name in kinds if name not in needed and name in GOOD}
    frame = {"t": t} | draw(st.fixed_dictionaries(needed, optional=others))
    if draw(st.booleans()):
        frame[draw(st.sampled_from(sorted(kinds)))] = draw(HOSTILE)
    return frame


def text(frame: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """The frame as it goes over the wire, with real conversations in its places."""
    return PLACE.sub(lambda place: places[place[1]], json.dumps(frame))


async def survives(socket: Socket, hostile: list[dict[str, Any]], places: Any) -> None:
    """The socket ends by its own rules, or answers the next valid frame."""
    try:
        for frame in hostile:
            await socket.raw(text(frame, places))
        await socket.put("ping", n=7)
        await socket.frame("pong")
    except ConnectionResetError:
        assert socket.code not in OUR_FAULT, hostile
    says_nothing_of_us("\n".join(one for one in socket.heard if '"code"' in one))


HOSTILE_FRAMES = st.lists(frames(), min_size=FRAMES_EACH, max_size=FRAMES_EACH)
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(hostile=HOSTILE_FRAMES)
async def test_new_visitors_sockets_survive_nearly_right_frames(
    shop: Shop, caplog: pytest.LogCaptureFixture, hostile: list[dict[str, Any]]
) -> None:
    nowhere = dict.fromkeys(("conv", "other_conv", "other_site_conv"), "cv_is_nowhere")
    async with sockets.visitor(shop.site) as widget:
        await survives(widget, hostile, nowhere)
    nothing_failed(caplog)


@FUZZ
@given(hostile=HOSTILE_FRAMES)
async def test_sockets_in_a_conversation_survive_nearly_right_frames(
    shop: Shop, caplog: pytest.LogCaptureFixture, hostile: list[dict[str, Any]]
) -> None:
    everybody_has_their_allowance()
    async with stage(shop) as scene:
        for attacker in (scene.desk, scene.widget):
            await survives(attacker, hostile, scene.places)
        await scene.stored()
        assert (scene.tab.code, await in_database(foreign_rows, scene.places)) == (None, 1)
    nothing_failed(caplog)


def foreign_rows(places: Mapping[str, str]) -> int:
    """How many rows the other site's conversation has."""
    conversation = Conversation.objects.get(public_id=places["other_site_conv"])
    return Message.objects.of(conversation).count()


def everybody_has_their_allowance() -> None:
    """Forget how many messages and conversations there were."""
    guests.agents = guests.Guests(protocol.AGENT.sockets)
    guests.visitors = guests.Guests(protocol.VISITOR.sockets)
