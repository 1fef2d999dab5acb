"""Ends the database of a test run when that run ends, even by a kill: its pipe closes then."""

import shutil
import sys
from pathlib import Path

from gofly import embedded


def main(folder: Path) -> None:
    """Wait until nobody holds the other end of our input, then stop and remove the database."""
    sys.stdin.read()
    embedded.stop(folder)
    shutil.rmtree(embedded.place(folder).data, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
