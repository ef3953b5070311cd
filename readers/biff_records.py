"""The records of an old binary workbook (BIFF 5 and 8), in a stream, and the texts inside them.

A text of BIFF 8 is 16 bits a character or, "compressed", the low 8 bits alone; it may break off at the end of a record
and go on in the next, in the other form. A text of BIFF 5 is bytes of the workbook's code page, given here as latin-1.
Source: [MS-XLS] 2.3, 2.5.293-2.5.296.
"""

import struct
from collections.abc import Iterable, Iterator

from schemas.errors import FileRefused

CONTINUE = 0x3C
_HEAD = struct.Struct("<HH")
_LONGEST = 8_228
"""Longest record of BIFF 8, with some room; a longer one is damage."""
_WIDE, _FAR_EAST, _RICH = 0x01, 0x04, 0x08


class Records:
    """Number and content of each record of a stream of blocks."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._data = b""
        self._at = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while True:
            if len(self._data) - self._at < _HEAD.size and not self._fill(_HEAD.size):
                return
            number, length = _HEAD.unpack_from(self._data, self._at)
            if length > _LONGEST:
                raise FileRefused("file.damaged", found="XLS record")
            size = _HEAD.size + length
            if len(self._data) - self._at < size and not self._fill(size):
                raise FileRefused("file.damaged", found="XLS cut")
            start = self._at + _HEAD.size
            self._at += size
            yield number, self._data[start : self._at]

    def _fill(self, size: int) -> bool:
        """Have that many bytes at hand; False at the end of the stream."""
        pieces, have = [self._data[self._at :]], len(self._data) - self._at
        while have < size:
            block = next(self._blocks, b"")
            if not block:
                break
            pieces.append(block)
            have += len(block)
        self._data, self._at = b"".join(pieces), 0
        return have >= size


def short_text(data: bytes, at: int, *, is_biff8: bool, length_bytes: int = 2) -> str:
    """A text inside one record, with its length in front. Cut where the record ends."""
    length = int.from_bytes(data[at : at + length_bytes], "little")
    at += length_bytes
    if not is_biff8:
        return data[at : at + length].decode("latin-1")
    if at >= len(data):
        return ""
    flags = data[at]
    at += 1 + (2 if flags & _RICH else 0) + (4 if flags & _FAR_EAST else 0)
    if flags & _WIDE:
        return data[at : at + 2 * length].decode("utf-16-le", "replace")
    return data[at : at + length].decode("latin-1")


def shared_texts(parts: list[bytes]) -> list[str]:
    """The texts of the shared table: its record and the records that continue it.

    Raises:
        FileRefused: file.damaged, where a text does not end.
    """
    reader = _SharedTexts(parts)
    (count,) = struct.unpack_from("<I", parts[0], 4) if len(parts[0]) >= 8 else (0,)
    texts: list[str] = []
    while len(texts) < count and not reader.is_at_end():
        texts.append(reader.text())
    return texts


class _SharedTexts:
    """Walks through the parts; a text's characters that go on in the next part begin there with a byte of flags."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts
        self._part, self._at = 0, 8

    def is_at_end(self) -> bool:
        """Is there nothing left?"""
        while self._part < len(self._parts) and self._at >= len(self._parts[self._part]):
            self._next()
        return self._part >= len(self._parts)

    def text(self) -> str:
        """One text; formatting runs and phonetic data behind it are passed over."""
        length, flags = struct.unpack("<HB", self._take(3))
        runs = int.from_bytes(self._take(2), "little") if flags & _RICH else 0
        phonetic = int.from_bytes(self._take(4), "little") if flags & _FAR_EAST else 0
        pieces: list[bytes] = []
        while length:
            data = self._characters(length, is_wide=bool(flags & _WIDE))
            length -= len(data) if not flags & _WIDE else len(data) // 2
            if not length and not pieces and not flags & _WIDE:
                self._pass_over(4 * runs + phonetic)
                return data.decode("latin-1")
            pieces.append(data if flags & _WIDE else data.decode("latin-1").encode("utf-16-le"))
            if length:
                self._next()
                flags = self._take(1)[0]
        self._pass_over(4 * runs + phonetic)
        return b"".join(pieces).decode("utf-16-le", "replace")

    def _characters(self, length: int, *, is_wide: bool) -> bytes:
        """As many of the characters as this part holds, 1 or 2 bytes each."""
        part = self._parts[self._part] if self._part < len(self._parts) else b""
        width = 2 if is_wide else 1
        size = min(length, (len(part) - self._at) // width) * width
        self._at += size
        return part[self._at - size : self._at]

    def _take(self, size: int) -> bytes:
        if self.is_at_end():
            raise FileRefused("file.damaged", found="XLS texts")
        data = self._parts[self._part][self._at : self._at + size]
        self._at += size
        if len(data) < size:
            self._next()
            rest = self._parts[self._part][: size - len(data)] if self._part < len(self._parts) else b""
            self._at = size - len(data)
            data += rest
        if len(data) < size:
            raise FileRefused("file.damaged", found="XLS texts")
        return data

    def _pass_over(self, size: int) -> None:
        while size > 0 and not self.is_at_end():
            step = min(size, len(self._parts[self._part]) - self._at)
            self._at += step
            size -= step

    def _next(self) -> None:
        self._part, self._at = self._part + 1, 0
