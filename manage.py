#!/usr/bin/env python
"""The command line of gofly."""

import os
import sys


def main() -> None:
    """Run one command; without a database address it speaks to the installation in `var/`."""
    from gofly import env

    env.read_file()
    if sys.argv[1:2] == ["up"] or "DATABASE_URL" not in os.environ:
        os.environ.setdefault("GOFLY_ENV", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gofly.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
