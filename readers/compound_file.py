"""OLE compound files (old Office documents): their directory and their streams, read sector by sector.

A stream is a chain of sectors in the allocation table; small streams lie in the mini stream of the root. Chains that
loop, leave the file or end early are damage. Source: [MS-CFB].
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from schemas.errors import FileRefused

_Numbers: TypeAlias = "array[int]"
MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _LAST_SECTOR = 0xFFFFFFFF, 0xFFFFFFFA
_STREAM, _ROOT = 2, 5
_HEADER_BYTES, _ENTRY, _FIRST_FAT_SECTORS = 512, 128, 109
_MOST_ENTRIES = 20_000
_MOST_FAT_SECTORS = 40_000
_BLOCK = 1 << 18


@dataclass(frozen=True)
class Entry:
    """A stream or storage of the directory: name, is it a stream, first sector, bytes."""

    name: str
    is_stream: bool
    start: int
    size: int


class CompoundFile:
    """An open compound file. `entries` are those of its root, by lower-case name.

    Raises:
        FileRefused: file.damaged, wherever the structure does not hold.
    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        self._bytes = path.stat().st_size
        head = self._file.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES or not head.startswith(MARK):
            raise _damaged("header")
        _, _, _, shift = struct.unpack_from("<4H", head, 24)
        (mini_shift,) = struct.unpack_from("<H", head, 32)
        directory, self._mini_cutoff, mini_fat, mini_count = struct.unpack_from("<I4x3I", head, 48)
        more_fat, _ = struct.unpack_from("<2I", head, 68)
        if shift not in (9, 12) or mini_shift != 6:
            raise _damaged("sectors")
        self._sector, self._mini_sector = 1 << shift, 1 << mini_shift
        self._fat = self._allocation(head, more_fat)
        self._mini_fat = self._table(mini_fat) if mini_count else array("I")
        root, self.entries = self._directory(directory)
        self._mini_chain = self._chain(self._fat, root.start) if root.size else array("I")

    def read(self, entry: Entry, place: int = 0) -> Iterator[bytes]:
        """The bytes of a stream from a place on, in blocks. Raises FileRefused (file.damaged) where it ends early."""
        is_mini = entry.size < self._mini_cutoff
        size = self._mini_sector if is_mini else self._sector
        skipped, within = divmod(place, size)
        blocks = self._mini_blocks(entry.start, skipped) if is_mini else self._blocks(entry.start, skipped)
        left = entry.size - place
        for block in blocks:
            if left <= 0:
                return
            data, within = block[within:], 0
            yield data[:left]
            left -= len(data)
        if left > 0:
            raise _damaged("stream")

    def _blocks(self, start: int, at: int = 0) -> Iterator[bytes]:
        """Sectors that follow each other in the file are read at once; the first `at` of the chain are passed over."""
        chain = self._chain(self._fat, start)
        while at < len(chain):
            upto = at + 1
            while upto < len(chain) and chain[upto] == chain[upto - 1] + 1 and (upto - at) * self._sector < _BLOCK:
                upto += 1
            wanted = (upto - at) * self._sector
            block = self._read_at((chain[at] + 1) * self._sector, wanted)
            yield block
            if len(block) < wanted:
                return
            at = upto

    def _mini_blocks(self, start: int, skipped: int) -> Iterator[bytes]:
        in_one = self._sector // self._mini_sector
        for number in self._chain(self._mini_fat, start)[skipped:]:
            at, within = divmod(number, in_one)
            if at >= len(self._mini_chain):
                raise _damaged("mini stream")
            place = (self._mini_chain[at] + 1) * self._sector + within * self._mini_sector
            yield self._read_at(place, self._mini_sector)

    def _read_at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)

    def _allocation(self, head: bytes, more: int) -> _Numbers:
        """The allocation table: its sectors are listed in the header and in a chain of further lists."""
        sectors = [s for s in struct.unpack_from(f"<{_FIRST_FAT_SECTORS}I", head, 76) if s < _LAST_SECTOR]
        numbers = self._sector // 4
        seen: set[int] = set()
        while more < _LAST_SECTOR:
            listed = self._sector_numbers(more)
            if more in seen or len(listed) < numbers or len(sectors) > _MOST_FAT_SECTORS:
                raise _damaged("allocation")
            seen.add(more)
            sectors += [s for s in listed[:-1] if s < _LAST_SECTOR]
            more = listed[-1]
        fat = array("I")
        for sector in sectors:
            fat.extend(self._sector_numbers(sector))
        return fat

    def _table(self, start: int) -> _Numbers:
        table = array("I")
        for block in self._blocks(start):
            table.frombytes(block[: len(block) // 4 * 4])
        return table

    def _sector_numbers(self, sector: int) -> _Numbers:
        numbers = array("I")
        block = self._read_at((sector + 1) * self._sector, self._sector)
        numbers.frombytes(block[: len(block) // 4 * 4])
        return numbers

    def _chain(self, table: _Numbers, start: int) -> _Numbers:
        chain = array("I")
        sector = start
        while sector < _LAST_SECTOR:
            if sector >= len(table) or len(chain) > len(table):
                raise _damaged("chain")
            chain.append(sector)
            sector = table[sector]
        return chain

    def _directory(self, start: int) -> tuple[Entry, dict[str, Entry]]:
        data = b""
        for block in self._blocks(start):
            data += block
            if len(data) >= _MOST_ENTRIES * _ENTRY:
                break
        if len(data) < _ENTRY or data[66] != _ROOT:
            raise _damaged("directory")
        found: dict[str, Entry] = {}
        seen: set[int] = set()
        waiting = [struct.unpack_from("<I", data, 76)[0]]
        while waiting:
            number = waiting.pop()
            if number == _FREE or number in seen or (number + 1) * _ENTRY > len(data):
                continue
            seen.add(number)
            at = number * _ENTRY
            entry = _entry(data[at : at + _ENTRY])
            found.setdefault(entry.name.lower(), entry)
            waiting += struct.unpack_from("<2I", data, at + 68)
        return _entry(data[:_ENTRY]), found


def _entry(data: bytes) -> Entry:
    (length,) = struct.unpack_from("<H", data, 64)
    name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    start, size = struct.unpack_from("<2I", data, 116)
    return Entry(name, data[66] == _STREAM, start, size)


def _damaged(what: str) -> FileRefused:
    return FileRefused("file.damaged", found=f"OLE {what}")
