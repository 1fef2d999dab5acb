"""How the message tables fill: rows, bytes and skew of each partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from chat.sharding import SHARDS

# What the statistics know: right within moments, and free of charge on the largest tables.
SIZES = """
SELECT c.relname, greatest(s.n_live_tup, c.reltuples::bigint, 0), pg_total_relation_size(c.oid)
FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relname = ANY(%s) AND c.relkind = 'r'
"""
COUNTS = 'SELECT shard, count(*) FROM "message" GROUP BY shard'
UNHURRIED = "SET LOCAL statement_timeout = 0"


@dataclass(frozen=True, slots=True)
class Partition:
    """One of the tables message_0 to message_31; `skew` is its rows by the mean of all."""

    table: str
    rows: int
    bytes: int
    skew: float


def partitions(*, exact: bool = False) -> list[Partition]:
    """Every message table in the order of shards; `exact` counts instead of asking statistics."""
    names = [f"message_{shard}" for shard in range(SHARDS)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SIZES, [names])
        found = {name: (rows, size) for name, rows, size in cursor.fetchall()}
        rows = [found[name][0] for name in names]
        if exact:
            cursor.execute(UNHURRIED)
            cursor.execute(COUNTS)
            counted = dict(cursor.fetchall())
            rows = [counted.get(shard, 0) for shard in range(SHARDS)]
    return [
        Partition(name, count, found[name][1], skew)
        for name, count, skew in zip(names, rows, skews(rows), strict=True)
    ]


def skews(rows: Sequence[int]) -> list[float]:
    """Each value by the mean of all; 1.0 everywhere when all are empty.

    >>> skews([10, 20, 30])
    [0.5, 1.0, 1.5]
    >>> skews([0, 0])
    [1.0, 1.0]
    """
    mean = sum(rows) / len(rows)
    return [round(count / mean, 3) if mean else 1.0 for count in rows]
