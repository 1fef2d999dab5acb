"""Shards and ids."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from chat import sharding

NEW_YEAR_2026_MS = 1_767_225_600_000


@pytest.mark.parametrize(
    ("name", "shard"), [("", 5), ("a", 12), ("foobar", 8), ("visitor-1", 15), ("访客一", 9)]
)
def test_a_visitor_always_lands_in_the_documented_shard(name: str, shard: int) -> None:
    assert sharding.shard_of(name) == shard


@pytest.mark.parametrize(
    ("data", "value"), [(b"", 0x811C9DC5), (b"a", 0xE40C292C), (b"foobar", 0xBF9CF968)]
)
def test_the_hash_is_the_published_fnv1a(data: bytes, value: int) -> None:
    assert sharding.fnv1a_32(data) == value


def test_visitors_spread_evenly_over_the_shards() -> None:
    rows = Counter(sharding.shard_of(f"visitor-{number}") for number in range(32_000))
    assert len(rows) == sharding.SHARDS
    assert max(rows.values()) < 1.25 * min(rows.values())


def test_a_message_id_tells_its_shard_and_grows_with_time() -> None:
    ids = sharding.MessageIds()
    made = [ids.next(shard, NEW_YEAR_2026_MS + shard) for shard in range(sharding.SHARDS)]
    assert [sharding.shard_of_id(one) for one in made] == list(range(sharding.SHARDS))
    assert made == sorted(made)
    assert max(made) < 2**63


def test_messages_of_one_millisecond_get_different_ids() -> None:
    ids = sharding.MessageIds(start=2**17 - 2)
    made = {ids.next(31, NEW_YEAR_2026_MS) for _ in range(2**17)}
    assert len(made) == 2**17
    assert {sharding.shard_of_id(one) for one in made} == {31}


def test_a_clock_before_2025_still_makes_a_valid_id() -> None:
    assert 0 <= sharding.MessageIds(start=0).next(3, 0) < 2**63


@pytest.mark.parametrize("prefix", ["vs_", "cv_", "st_"])
def test_public_ids_have_96_random_bits(prefix: str) -> None:
    made = {sharding.new_public_id(prefix) for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch(prefix + "[A-Za-z0-9_-]{16,37}", one) for one in made)
    assert sharding.PUBLIC_ID_BYTES * 8 >= 96
