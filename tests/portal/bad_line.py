"""A line of a weak office: slow, and cut again and again, between a browser and a portal on this machine."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterable


class BadLine:
    """A proxy that lets so many bytes a second through to a port, and cuts every line after each of some amounts."""

    def __init__(self, port: int, bytes_a_second: float, cuts: Iterable[int]) -> None:
        self._to, self._cuts, self.passed, self.cut = port, list(cuts), 0, 0
        self._pace, self._lock, self._free_at = bytes_a_second, threading.Lock(), 0.0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, is_upward: bool) -> None:
        try:
            while data := source.recv(8_192):
                self._wait(len(data), is_upward)
                if is_upward:
                    self.passed += len(data)
                    if self._cuts and self.passed > self._cuts[0]:
                        self._cuts.pop(0)
                        self.cut += 1
                        break
                target.sendall(data)
        except OSError:
            pass
        for line in (source, target):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _wait(self, count: int, is_upward: bool) -> None:
        """All connections share the way up; the way down is not slowed."""
        if not is_upward:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + count / self._pace
            wait = self._free_at - now
        time.sleep(wait)
