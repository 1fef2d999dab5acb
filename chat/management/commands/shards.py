"""`manage.py shards`: how evenly the message tables fill."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chat.services.shards import Partition, partitions


class Command(BaseCommand):
    """Prints rows, bytes and skew of message_0 to message_31."""

    help = "Print rows, bytes and skew of every message table."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to count and how to print."""
        parser.add_argument(
            "--exact",
            action="store_true",
            help="count every row; without it the statistics of the database are asked",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a table, then all of them together."""
        tables = partitions(exact=options["exact"])
        total = {
            "rows": sum(table.rows for table in tables),
            "bytes": sum(table.bytes for table in tables),
            "skew": max(table.skew for table in tables),
        }
        if options["json"]:
            listed = [asdict(table) for table in tables]
            self.stdout.write(json.dumps({**total, "exact": options["exact"], "tables": listed}))
        else:
            self.show(tables, total)

    def show(self, tables: Sequence[Partition], total: dict[str, Any]) -> None:
        """The table for people; the skew of all is the fullest by the mean."""
        self.stdout.write(f"{'table':12}{'rows':>14}{'bytes':>16}{'skew':>8}")
        for table in tables:
            self.stdout.write(f"{table.table:12}{table.rows:>14,}{table.bytes:>16,}{table.skew:>8}")
        rows, size, skew = total.values()
        self.stdout.write(f"{'all':12}{rows:>14,}{size:>16,}{skew:>8}")
