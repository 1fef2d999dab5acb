"""Daphne inside this process, with the limits of the protocol."""

import asyncio
import gc
import sys
from collections.abc import Callable

import uvloop

# Daphne makes its event loop when it is imported.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

from daphne.server import Server  # noqa: E402
from daphne.ws_protocol import WebSocketProtocol  # noqa: E402
from twisted.python.failure import Failure  # noqa: E402

from chat.views.ops import draining  # noqa: E402
from gofly.http_limits import BoundedChannel  # noqa: E402

LARGEST_FRAME = 128 * 1024
# Database threads wait for the event loop at most this long instead of Python's 5 ms. Measured with
# 200 messages/s of 200 visitors: see docs/architecture.md.
SWITCH_SECONDS = 0.0005
# A collection of the youngest objects after 50,000 new ones instead of 700.
COLLECT_AFTER = (50_000, 20, 50)


class SocketProtocol(WebSocketProtocol):
    """A socket that may be closed with every code of the protocol."""

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  # Daphne's name
        """Send the code as it is: Autobahn keeps those below 3000, such as 1013, for itself."""
        self.sendCloseFrame(code=code or 1000)


class WebServer(Server):
    """Serves pages and sockets until the process is told to stop."""

    def __init__(self, *, host: str, port: int, on_ready: Callable[[], None]) -> None:
        """Compression stays off (Daphne's default), so that no small frame grows in our memory."""
        from gofly.asgi import application

        self.on_ready = on_ready
        self.failure = ""
        super().__init__(
            application=application,
            endpoints=[f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}"],
            websocket_max_message_size=LARGEST_FRAME,
            websocket_max_frame_size=LARGEST_FRAME,
            websocket_timeout=-1,
            application_close_timeout=10,
            server_name="",
        )

    def run(self) -> None:
        """Serve; what the imports made is kept out of the collector's later rounds."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        sys.setswitchinterval(SWITCH_SECONDS)
        super().run()
        if self.failure:
            sys.exit(self.failure)

    def listen_success(self, port: object) -> None:
        """Set what Daphne has no options for, and tell that requests are answered from now on."""
        self.http_factory.protocol = BoundedChannel
        self.ws_factory.protocol = SocketProtocol
        self.ws_factory.setProtocolOptions(failByDrop=False)  # clients shall hear why
        super().listen_success(port)
        self.on_ready()

    def listen_error(self, failure: Failure) -> None:
        """Keep the reason, and stop."""
        self.failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> object:
        """Say that we are leaving before the sockets go."""
        draining.set()
        # Daphne stumbles over connections whose application has already ended.
        ended = [
            key for key, known in self.connections.items() if "application_instance" not in known
        ]
        for connection in ended:
            del self.connections[connection]
        return super().kill_all_applications()
