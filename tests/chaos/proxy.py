"""A socket before the server that cuts a connection at a message of its protocol, as a network would.

Source: PostgreSQL manual, "Message Formats". Only the type of each message of the client is looked at, and the text of
those that carry a statement.
"""

import contextlib
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_WORDS = (b"BEGIN", b"COPY", b"COMMIT")
_STATEMENTS = b"QP"
_DATA = b"d"
_PAUSE = 0.3
"""Seconds in which a server surely commits a few hundred rows."""


@dataclass(frozen=True)
class Cut:
    """Where to cut: before the nth message of that word (BEGIN, COPY, COMMIT), before its nth data, after COMMIT.

    `when` is before, or after: the server has got the message and done what it says, the client never hears of it.
    """

    word: str
    nth: int
    when: str = "before"


class Proxy:
    """Hands everything on between a socket folder of its own and the server's until the cut."""

    def __init__(self, folder: Path, server: Path, port: int, cut: Cut | None = None) -> None:
        folder.mkdir(parents=True)
        self.seen: Counter[str] = Counter()
        self.fired: list[str] = []
        self._cut, self._target = cut, str(server / f".s.PGSQL.{port}")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{port}"))
        self._listener.listen(64)
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                threading.Thread(target=self._pump_out, args=(client, server), daemon=True).start()
                threading.Thread(target=_pump, args=(server, client), daemon=True).start()

    def _pump_out(self, client: socket.socket, server: socket.socket) -> None:
        """Message by message from client to server."""
        try:
            with client.makefile("rb") as source:
                (size,) = struct.unpack("!I", _exactly(source, 4))
                server.sendall(struct.pack("!I", size) + _exactly(source, size - 4))
                while True:
                    kind = _exactly(source, 1)
                    (size,) = struct.unpack("!I", _exactly(source, 4))
                    body = _exactly(source, size - 4)
                    message = kind + struct.pack("!I", size) + body
                    when = self._is_time(kind, body)
                    if when == "after":
                        with contextlib.suppress(OSError):
                            client.shutdown(socket.SHUT_RDWR)
                        # an extended statement is done only at the Sync that follows
                        server.sendall(message + (b"" if kind == b"Q" else source.peek(1 << 16)))
                        time.sleep(_PAUSE)
                    if when is not None:
                        return
                    server.sendall(message)
        except (EOFError, OSError):
            pass
        finally:
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def _is_time(self, kind: bytes, body: bytes) -> str | None:
        word = "DATA" if kind == _DATA else None
        if kind in _STATEMENTS:
            text = body.lstrip(b"\0")
            word = next((w.decode() for w in _WORDS if text.startswith(w)), None)
        if word is None:
            return None
        with self._lock:
            nth, self.seen[word] = self.seen[word], self.seen[word] + 1
            if self._cut is None or self.fired or (self._cut.word, self._cut.nth) != (word, nth):
                return None
            self.fired.append(f"fired cut {self._cut.when} {word} #{nth}")
            return self._cut.when


def _exactly(source: object, size: int) -> bytes:
    data: bytes = source.read(size)  # type: ignore[attr-defined]
    if len(data) < size:
        raise EOFError
    return data


def _pump(server: socket.socket, client: socket.socket) -> None:
    try:
        while data := server.recv(1 << 16):
            client.sendall(data)
    except OSError:
        pass
    finally:
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
