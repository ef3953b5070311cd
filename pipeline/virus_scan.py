"""The door to a virus scanner: clamd, asked over its socket by INSTREAM before a file is taken.

Source: the protocol of clamd (docs.clamav.net, "ClamD Protocol"): `zINSTREAM`, a zero byte, then chunks, each behind
its length as four bytes in network order, a length of zero at the end; one answer that ends with a zero byte:
`stream: OK`, `stream: <name> FOUND`, or a line that ends with ERROR. A scanner that does not answer so has not looked:
nothing passes.
"""

import socket
import struct
from contextlib import suppress
from pathlib import Path

from schemas.errors import SohoaError, UsageError

_COMMAND = b"zINSTREAM\x00"
_CHUNK = 64 << 10
_SECONDS = 120.0
_LONGEST_ANSWER = 4096
_TOO_LONG = "size limit exceeded"


class ScannerDown(SohoaError):  # noqa: N818 - the word of the field
    """The scanner cannot be reached, or did not say whether there is something. Passes with time."""

    exit_code = 3


def demand_clean(path: Path, scanner: str) -> None:
    """Have a file looked at.

    Args:
        path: the file, in clear.
        scanner: "host:port", or the path of a socket.

    Raises:
        UsageError: upload.virus, something was found; upload.not_scanned, it is longer than the scanner takes.
        ScannerDown: upload.scanner_down; nothing is known of the file.
    """
    answer = _answer(path, scanner)
    if answer.endswith(" FOUND"):
        raise UsageError("upload.virus")
    if _TOO_LONG in answer:
        raise UsageError("upload.not_scanned")
    if answer != "stream: OK":
        raise ScannerDown("upload.scanner_down")


def _answer(path: Path, scanner: str) -> str:
    try:
        with _line_to(scanner) as line:
            with suppress(BrokenPipeError, ConnectionResetError):  # it answers before the end: that is still to be read
                _send(path, line)
            return _read(line)
    except OSError:
        raise ScannerDown("upload.scanner_down") from None


def _line_to(scanner: str) -> socket.socket:
    if scanner.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_SECONDS)
        try:
            line.connect(scanner)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = scanner.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), _SECONDS)


def _send(path: Path, line: socket.socket) -> None:
    line.sendall(_COMMAND)
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
    line.sendall(struct.pack("!I", 0))


def _read(line: socket.socket) -> str:
    """The answer up to its zero byte; what was cut off says nothing."""
    found = b""
    while b"\x00" not in found and len(found) < _LONGEST_ANSWER:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            return ""
        found += part
    return found.partition(b"\x00")[0].decode("utf-8", "replace").strip()
