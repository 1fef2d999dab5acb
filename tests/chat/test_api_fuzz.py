"""T20: requests made from the description of the API, and bent out of shape; never a 5xx.

FUZZ_CASES sets how many there are; the promise is made for 10,000.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.api import throttles
from chat.writer import writer
from chat.writer.announce import drain
from tests.chat.api import World, make_world, say
from tests.chat.test_api_schema import schema

CASES = int(os.environ.get("FUZZ_CASES", "300"))
DECLARED = {200, 201, 204, 400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429}

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = ["", "\x00", "\ud800", "%00", "' OR 1=1--", "9" * 400, "0001-01-01T00:00Z"]
LIKELY = ["x", "ag_1", "tm_1", "send", "en", "#112233", "https://a.test", "2100-01-01T00:00:00Z"]

texts = st.text(st.characters(), max_size=40) | st.sampled_from(HOSTILE + LIKELY)
# Floats that are no numbers too: Python writes them into JSON.
scalars = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.just(1) | st.floats() | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)


@pytest.fixture
def world() -> Iterator[World]:
    made = make_world("aurora")
    say(made, "Hello?")
    yield made
    writer.stop()
    drain()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    return [
        (method, path, operation)
        for path, methods in schema()["paths"].items()
        for method, operation in methods.items()
    ]


OPERATIONS = operations()
COMPONENTS = schema()["components"]["schemas"]


def fields_of(operation: dict[str, Any]) -> list[str]:
    """The keys that a body of the operation may have."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return []
    name = content["application/json"]["schema"]["$ref"].split("/")[-1]
    return [*COMPONENTS[name].get("properties", {})]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], str]:
    """An operation, ids for its path, parameters, and a body as text."""
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    parameters = draw(st.dictionaries(st.sampled_from([*names, "x"]), texts, max_size=3))
    known = fields_of(operation)
    keys = st.sampled_from(known) | texts if known else texts
    body = draw(st.dictionaries(keys, values, max_size=6) | values)
    raw = json.dumps(body, ensure_ascii=draw(st.booleans()))
    return method, path, parameters, draw(st.just(raw) | st.just(raw[:-1]) | texts)


@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(request=requests(), real=st.booleans(), strange=texts)
def test_no_request_breaks_the_api(
    world: World, request: tuple[str, str, dict[str, str], str], real: bool, strange: str
) -> None:
    throttles.forget_all()
    method, path, parameters, body = request
    ids = {"conversations": world.conversation.public_id, "visitors": world.visitor.public_id,
           "sites": world.site.key, "agents": f"ag_{world.agent.pk}", "tokens": "tk_0"}  # fmt: skip
    found = ids.get(path.split("/")[3], "") if real else strange.encode(errors="replace").decode()
    address = path.replace("{id}", found).replace("{conversation}", found)
    api = world.api()
    if method == "get":
        clean = {key: value.encode(errors="replace") for key, value in parameters.items()}
        answer = api.get(address, **clean)
    else:
        answer = api.send(method, address, body.encode(errors="surrogatepass"))
    assert answer.status_code in DECLARED
    if answer.status_code >= 400:
        assert answer.json().keys() >= {"code", "detail", "fields", "request_id", "after_ms"}
