"""PostgreSQL without an installation: the binaries of a wheel, the rows in `var/pg`."""

from gofly.embedded.cluster import start, stop
from gofly.embedded.folders import EmbeddedError, address, place

__all__ = ["EmbeddedError", "address", "place", "start", "stop"]
