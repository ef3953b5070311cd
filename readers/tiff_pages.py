"""Walks the chain of pages of a TIFF before it is opened: loops, offsets outside the file, too many pages.

Layout (TIFF 6.0, section 2): 8 bytes of head with the offset of the first directory; a directory is a count of entries
(2 bytes), entries of 12 bytes, and the offset of the next directory (4 bytes, 0 at the end).
"""

import struct
from pathlib import Path
from typing import BinaryIO

from readers.reading import ReadLimits
from schemas.errors import FileRefused

_ENTRY = 12
_MOST_ENTRIES = 4096


def check_pages(path: Path, limits: ReadLimits) -> int:
    """How many pages a TIFF has.

    Raises:
        FileRefused: file.damaged (a loop, an offset outside the file, no page), file.too_many_pages.
    """
    size, seen = path.stat().st_size, set[int]()
    with path.open("rb") as source:
        head = source.read(8)
        order = "<" if head.startswith(b"II") else ">"
        at = _number(order + "I", head[4:8])
        while at:
            if at in seen or at + 2 > size:
                raise FileRefused("file.damaged", found=f"directory {len(seen) + 1}")
            seen.add(at)
            if len(seen) > limits.pages:
                raise FileRefused("file.too_many_pages", found=len(seen), limit=limits.pages)
            at = _next(source, at, order)
    if not seen:
        raise FileRefused("file.damaged", found="0")
    return len(seen)


def _next(source: BinaryIO, at: int, order: str) -> int:
    source.seek(at)
    count = _number(order + "H", source.read(2))
    if count > _MOST_ENTRIES:
        raise FileRefused("file.damaged", found=f"{count} entries")
    source.seek(at + 2 + _ENTRY * count)
    return _number(order + "I", source.read(4))


def _number(layout: str, data: bytes) -> int:
    try:
        (value,) = struct.unpack(layout, data)
    except struct.error as wrong:
        raise FileRefused("file.damaged") from wrong
    return int(value)
