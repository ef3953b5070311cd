"""Memo files of DBF tables: .dbt of dBase III and IV, .fpt of FoxPro. A memo is text kept outside the record.

A record holds the number of the block where its memo begins. dBase III ends a memo with 0x1A; dBase IV and FoxPro say
its length. Sources: dBase file structure; Visual FoxPro "Memo File Structure (.FPT)".
"""

import mmap
from pathlib import Path
from types import TracebackType

_BLOCK_3 = 512
_HEAD = 8
_MARK_4 = b"\xff\xff\x08\x00"
_END_3 = b"\x1a"
_TEXT = 1


class Memo:
    """An open memo file.

    Args:
        path: the file.
        is_foxpro: the table is FoxPro's, so block size and lengths are big-endian.
        longest: most bytes of one memo that are read; what is longer is cut one byte beyond, so that it shows.
    """

    def __init__(self, path: Path, *, is_foxpro: bool, longest: int) -> None:
        self._file = path.open("rb")
        size = path.stat().st_size
        self._data: mmap.mmap | bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self._size, self._is_foxpro, self._longest = size, is_foxpro, longest
        self._block = self._block_size()

    def __enter__(self) -> "Memo":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if isinstance(self._data, mmap.mmap):
            self._data.close()
        self._file.close()

    def text(self, block: int) -> bytes | None:
        """The bytes of the memo that begins at a block; None where the file holds no memo there."""
        at = block * self._block
        if block <= 0 or at >= self._size:
            return None
        if self._is_foxpro:
            return self._foxpro(at)
        head = self._data[at : at + _HEAD]
        if head[:4] == _MARK_4:
            length = int.from_bytes(head[4:8], "little") - _HEAD
            return self._sized(at + _HEAD, length)
        end = self._data.find(_END_3, at, at + self._longest + 1)
        found = self._data[at : end if end >= 0 else min(self._size, at + self._longest + 1)]
        return found.rstrip(b"\x00")

    def _block_size(self) -> int:
        if self._is_foxpro:
            return int.from_bytes(self._data[6:8], "big") or 1
        size = int.from_bytes(self._data[20:22], "little")
        is_4 = size > 0 and size % 64 == 0 and self._data[size : size + 4] == _MARK_4
        return size if is_4 else _BLOCK_3

    def _foxpro(self, at: int) -> bytes | None:
        head = self._data[at : at + _HEAD]
        if len(head) < _HEAD or int.from_bytes(head[:4], "big") != _TEXT:
            return b"" if len(head) == _HEAD and int.from_bytes(head[:4], "big") in (0, 2) else None
        return self._sized(at + _HEAD, int.from_bytes(head[4:8], "big"))

    def _sized(self, at: int, length: int) -> bytes | None:
        if length < 0 or at + length > self._size:
            return None
        return self._data[at : at + min(length, self._longest + 1)].rstrip(b"\x00\x1a")
