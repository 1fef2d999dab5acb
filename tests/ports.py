"""Free ports for the servers that tests start."""

import random
import socket


def free_port() -> int:
    """A free port below 32768: above, another process's outgoing connection may take it."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("All of a hundred ports are taken.")
