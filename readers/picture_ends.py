"""Walks the parts of a PNG, and finds out whether anything lies behind the end of a picture: an archive or more.

Layout of a PNG (W3C, section 5): 8 bytes of mark, then chunks: length (4), name (4), content, checksum (4) over name
and content; the last one is IEND.
"""

import struct
import zlib
from pathlib import Path

from readers.page_kinds import PageKind
from schemas.errors import FileRefused

_FEW = 16
_BLOCK = 1 << 16
_PNG_MARK = 8
_END_OF_JPEG = b"\xff\xd9"


def has_more_behind(path: Path, kind: PageKind) -> bool:
    """Do more than a few bytes lie behind a PNG or JPEG picture? Of a TIFF or PDF nobody can tell."""
    size = path.stat().st_size
    if kind == "PNG":
        return size - end_of_png(path) > _FEW
    if kind == "JPEG":
        return not _ends_as_jpeg(path, size)
    return False


def end_of_png(path: Path) -> int:
    """Where the last chunk of a PNG ends.

    Raises:
        FileRefused: file.damaged, a chunk is cut or its checksum wrong.
    """
    at: int = _PNG_MARK
    with path.open("rb") as source:
        source.seek(at)
        while True:
            head = source.read(8)
            if len(head) < 8:
                raise FileRefused("file.damaged", found="PNG")
            length, name = int.from_bytes(head[:4]), head[4:]
            told, left = zlib.crc32(name), length
            while left:
                part = source.read(min(left, _BLOCK))
                if not part:
                    raise FileRefused("file.damaged", found="PNG")
                told, left = zlib.crc32(part, told), left - len(part)
            if source.read(4) != struct.pack(">I", told):
                raise FileRefused("file.damaged", found="CRC")
            at += 12 + length
            if name == b"IEND":
                return at


def _ends_as_jpeg(path: Path, size: int) -> bool:
    """Does its end mark stand among the last bytes, padding aside?"""
    with path.open("rb") as source:
        source.seek(max(0, size - _BLOCK))
        end = source.read().rstrip(b"\x00\n\r ")
    return _END_OF_JPEG in end[-_FEW:]
