"""Real questions played through the real sockets, and every one of them accounted for."""
