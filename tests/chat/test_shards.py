"""`manage.py shards`: what an operator reads about the message tables."""

import io
import json
from collections import Counter
from typing import Any

from django.core.management import call_command
from django.db import connection

from chat.models import Message
from chat.sharding import SHARDS
from tests import make
from tests.make import Shop


def printed(*options: str) -> str:
    """What the command prints."""
    output = io.StringIO()
    call_command("shards", *options, stdout=output)
    return output.getvalue()


def read(*options: str) -> dict[str, Any]:
    """The command's JSON."""
    found: dict[str, Any] = json.loads(printed("--json", *options))
    return found


def test_exact_counts_are_what_each_table_holds(shop: Shop) -> None:
    for number in range(12):
        make.conversation(shop.site, *["hi"] * (number % 3 + 1))
    stored = Counter(Message.objects.values_list("shard", flat=True))
    report = read("--exact")
    assert [table["table"] for table in report["tables"]] == [f"message_{n}" for n in range(SHARDS)]
    assert {n: table["rows"] for n, table in enumerate(report["tables"]) if table["rows"]} == stored
    assert report["rows"] == 24
    assert report["skew"] == round(max(stored.values()) / (24 / SHARDS), 3)
    assert report["bytes"] >= 24 * 100


def test_without_exact_the_statistics_answer(shop: Shop) -> None:
    make.conversation(shop.site, "hi", "hello")
    with connection.cursor() as cursor:
        cursor.execute('ANALYZE "message"')
    assert read()["rows"] == 2


def test_empty_tables_are_even(shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute('TRUNCATE "message"')
    report = read("--exact")
    assert (report["rows"], report["skew"]) == (0, 1.0)


def test_people_get_a_table_with_a_total(shop: Shop) -> None:
    lines = printed("--exact").splitlines()
    assert lines[0].split() == ["table", "rows", "bytes", "skew"]
    assert len(lines) == SHARDS + 2
    assert lines[-1].startswith("all")
