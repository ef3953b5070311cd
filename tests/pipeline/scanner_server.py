"""A virus scanner for tests: a real socket that answers INSTREAM as clamd does, and finds one word."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EVIL = b"DAY-LA-VI-RUT-THU"


class Scanner:
    """Looks for EVIL; `most` bytes of a stream; `mood`: "" answers rightly, else that line, None hangs up."""

    def __init__(self, server: socket.socket, most: int = 1 << 30) -> None:
        self.seen: list[bytes] = []
        self.mood: str | None = ""
        self._server, self._most = server, most
        name = server.getsockname()
        self.name = name if isinstance(name, str) else f"{name[0]}:{name[1]}"

    def serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line, suppress(OSError):
                self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        if _exactly(line, 10) != b"zINSTREAM\x00" or self.mood is None:
            return
        found = b""
        while length := struct.unpack("!I", _exactly(line, 4))[0]:
            found += _exactly(line, length)
            if len(found) > self._most:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\x00")
                return
        self.seen.append(found)
        said = self.mood or ("stream: Thu.Nghiem-1 FOUND" if EVIL in found else "stream: OK")
        line.sendall(said.encode() + b"\x00")


def _exactly(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = line.recv(count - len(found))
        if not part:
            raise OSError("cut")
        found += part
    return found


@contextmanager
def scanner(path: Path | None = None, most: int = 1 << 30) -> Iterator[Scanner]:
    """It listens on a socket of that path, or on a port of this machine, while the block runs."""
    if path is None:
        server = socket.create_server(("127.0.0.1", 0))
    else:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
        server.listen()
    made = Scanner(server, most)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)
