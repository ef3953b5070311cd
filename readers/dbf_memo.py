"""Memo files of DBF tables: .dbt of dBase III and IV, .fpt of FoxPro. A memo is text kept outside the record.

A record holds the number of the block where its memo begins. dBase III ends a memo with 0x1A; dBase IV and FoxPro say
its length. Sources: dBase file structure; Visual FoxPro "Memo File Structure (.FPT)".
"""

import os
from pathlib import Path
from types import TracebackType

_BLOCK_3 = 512
_HEAD = 8
_MARK_4 = b"\xff\xff\x08\x00"
_END_3 = b"\x1a"
_TEXT = 1
_STEP = 4_096


class Memo:
    """An open memo file, of which only the memos asked for are read: it may be larger than memory.

    Args:
        path: the file.
        is_foxpro: the table is FoxPro's, so block size and lengths are big-endian.
        longest: most bytes of one memo that are read; of a longer one a byte more is read, so that it shows.
    """

    def __init__(self, path: Path, *, is_foxpro: bool, longest: int) -> None:
        self._file = path.open("rb")
        self._size, self._is_foxpro, self._longest = path.stat().st_size, is_foxpro, longest
        self._block = self._block_size()

    def __enter__(self) -> "Memo":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def text(self, block: int) -> bytes | None:
        """The bytes of the memo that begins at a block; None where the file holds no memo there."""
        at = block * self._block
        if block <= 0 or at >= self._size:
            return None
        head = self._read(at, _HEAD)
        if self._is_foxpro:
            return self._foxpro(at, head)
        if head[:4] == _MARK_4:
            return self._sized(at + _HEAD, int.from_bytes(head[4:8], "little") - _HEAD)
        return self._ended(at)

    def _read(self, at: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, at)

    def _block_size(self) -> int:
        start = self._read(0, 22)
        if self._is_foxpro:
            return int.from_bytes(start[6:8], "big") or 1
        size = int.from_bytes(start[20:22], "little")
        is_4 = size > 0 and size % 64 == 0 and self._read(size, 4) == _MARK_4
        return size if is_4 else _BLOCK_3

    def _foxpro(self, at: int, head: bytes) -> bytes | None:
        kind = int.from_bytes(head[:4], "big")
        if len(head) < _HEAD or kind > 2:
            return None
        return self._sized(at + _HEAD, int.from_bytes(head[4:8], "big")) if kind == _TEXT else b""

    def _sized(self, at: int, length: int) -> bytes | None:
        if length < 0 or at + length > self._size:
            return None
        return self._read(at, min(length, self._longest + 1)).rstrip(b"\x00\x1a")

    def _ended(self, at: int) -> bytes:
        found = b""
        while len(found) <= self._longest:
            step = self._read(at + len(found), _STEP)
            found += step
            if _END_3 in step or not step:
                break
        return found.split(_END_3, 1)[0][: self._longest + 1].rstrip(b"\x00")
