"""DBF tables of the same synthetic people, written byte by byte, so that each can be wrong in one place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.readers.files import PEOPLE

FIELDS = (("STT", "N", 4), ("HO_TEN", "C", 40), ("NGAYSINH", "D", 8), ("PHAI", "C", 5), ("DANTOC", "C", 15),
          ("QUEQUAN", "C", 60), ("QUANHE", "C", 15))  # fmt: skip
Field = tuple[str, str, int]
Encode = Callable[[str], bytes]


def utf8(text: str) -> bytes:
    return text.encode()


def dbf_rows(people: Iterable[Sequence[str]] = PEOPLE) -> list[list[str]]:
    """The people with dates as DBF keeps them."""
    return [[p[0], p[1], "".join(reversed(p[2].split("/"))), *p[3:]] for p in people]


@dataclass(frozen=True)
class Table:
    """What a DBF file is made of; each part may be wrong."""

    fields: Sequence[Field] = FIELDS
    version: int = 0x03
    language: int = 0
    count: int | None = None
    record_length: int | None = None
    header_length: int | None = None
    end: bytes = b"\x1a"
    pad: bytes = b" "
    marks: bytes = b""
    flags: Sequence[int] = ()

    def written(self, rows: Sequence[Sequence[str | bytes]], encode: Encode = utf8) -> bytes:
        """The bytes of the table; a cell given as bytes is taken as it is."""
        records = [self._record(row, encode, at) for at, row in enumerate(rows)]
        return self.header(len(rows)) + b"".join(records) + self.end

    def header(self, rows: int) -> bytes:
        """The bytes before the first record."""
        described = b"".join(self._descriptor(f, at) for at, f in enumerate(self.fields))
        link = bytes(263) if self.version in (0x30, 0x31, 0x32) else b""
        length = self.header_length or 32 + len(described) + 1 + len(link)
        size = 1 + sum(f[2] for f in self.fields) if self.record_length is None else self.record_length
        count = rows if self.count is None else self.count
        start = bytes([self.version, 99, 6, 1]) + count.to_bytes(4, "little") + length.to_bytes(2, "little")
        start += size.to_bytes(2, "little") + bytes(17) + bytes([self.language]) + bytes(2)
        return start + described + b"\r" + link

    def _descriptor(self, field: Field, at: int) -> bytes:
        name, kind, width = field
        flag = self.flags[at] if self.flags else 0
        data = name.encode("latin-1").ljust(11, b"\x00") + kind.encode() + bytes(4) + bytes([width & 255, width >> 8])
        return data + bytes([flag]) + bytes(13)

    def _record(self, row: Sequence[str | bytes], encode: Encode, at: int) -> bytes:
        mark = self.marks[at : at + 1] or b" "
        return mark + b"".join(self._cell(c, f, encode) for c, f in zip(row, self.fields, strict=True))

    def _cell(self, cell: str | bytes, field: Field, encode: Encode) -> bytes:
        data = cell if isinstance(cell, bytes) else encode(cell)
        if field[1] in "NF":
            return data.rjust(field[2])[: field[2]]
        return data[: field[2]].ljust(field[2], self.pad)
