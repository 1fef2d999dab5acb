"""Collect the words for the catalogues: Django's command, so set that two runs are the same."""

import re
from pathlib import Path

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

NOT_OURS = [".venv/*", "build/*", "node_modules/*", "tests/*", "var/*"]
STAMP = re.compile(r'^"POT-Creation-Date: .*\n', re.M)


class Command(makemessages.Command):
    """`manage.py makemessages` without options is the way to run it."""

    # A guessed translation looks finished; an empty one is found by the tests.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        """The usual arguments, with our habits as defaults."""
        super().add_arguments(parser)
        parser.set_defaults(
            locale=["zh_Hans"],
            ignore_patterns=NOT_OURS,
            add_location="file",
            no_obsolete=True,
            no_wrap=True,
        )

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Merge, and leave out the time of the run: it would differ in every commit."""
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        catalogue.write_text(STAMP.sub("", catalogue.read_text()))
