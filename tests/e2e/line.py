"""A telephone line between a browser and the server that tests can cut and mend."""

import contextlib
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # linger for no time: the other side sees a broken connection


class Line:
    """Passes bytes on to a port of this machine until it is cut."""

    def __init__(self, port: int, target: int) -> None:
        """Listen on `port`; every connection goes on to `target`."""
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._target = target
        self._whole = threading.Event()
        self._whole.set()
        self._ends: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._whole.clear()
        for end in list(self._ends):
            self._break(end)

    def mend(self) -> None:
        """Let new connections through again."""
        self._whole.set()

    def close(self) -> None:
        """Stop for good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            if not self._whole.is_set():
                self._break(near)
                continue
            far = socket.create_connection(("127.0.0.1", self._target))
            self._ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):  # cut
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            self._break(end)

    def _break(self, end: socket.socket) -> None:
        self._ends.discard(end)
        with contextlib.suppress(OSError):  # the thread of the other direction was faster
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.shutdown(socket.SHUT_RDWR)
        end.close()
