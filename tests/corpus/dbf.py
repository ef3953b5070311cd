"""Items 167 to 176: dBASE tables, as the programs of the 1990s left them. The bytes are written here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.readers.files import to_tcvn3, to_vni

SECTION = "dbf"
_NAMES = {
    "household": (("SO_HO", "SOHK", "SO_HK", "MA_HO"), 12),
    "name": (("HO_TEN", "HOTEN", "HOVATEN", "HO_VA_TEN"), 40),
    "relation": (("QUAN_HE", "QUANHE", "QH_CHUHO", "QHCH"), 15),
    "birth": (("NGAY_SINH", "NGAYSINH", "NTNS", "NG_SINH"), 10),
    "sex": (("GIOI_TINH", "GIOITINH", "PHAI", "GT"), 5),
    "ethnic": (("DAN_TOC", "DANTOC", "DT"), 12),
    "native": (("QUE_QUAN", "QUEQUAN", "NGUYENQUAN"), 40),
    "residence": (("NOITHUONGT", "THUONG_TRU", "HKTT", "NOI_TTRU", "THUONGTRU"), 90),
    "old_id": (("SO_CMND", "CMND", "SOCMND", "SO_CMT"), 12),
    "personal": (("SO_DDCN", "CCCD", "SO_CCCD", "SODINHDANH"), 12),
}
"""Column names as programs cut them to ten signs, and widths."""


@dataclass
class Table:
    """A dBASE III table: columns (name, type, width), records of bytes, and what its header says."""

    columns: list[tuple[str, str, int]]
    records: list[list[bytes]]
    language: int = 0
    version: int = 0x03
    padding: bytes = b" "
    deleted: frozenset[int] = frozenset()
    said_records: int | None = None
    said_header: int | None = None
    said_length: int | None = None
    cut: int = 0
    end: bytes = b"\x1a"
    terminator: bytes = b"\r"
    extra: bytes = field(default=b"")

    def content(self) -> bytes:
        """The bytes of the file."""
        length = 1 + sum(width for _, _, width in self.columns)
        header = 32 + 32 * len(self.columns) + 1
        count = len(self.records) if self.said_records is None else self.said_records
        start = bytes([self.version, 99, 6, 15]) + count.to_bytes(4, "little")
        start += (self.said_header if self.said_header is not None else header).to_bytes(2, "little")
        start += (self.said_length if self.said_length is not None else length).to_bytes(2, "little")
        start = start.ljust(29, b"\0") + bytes([self.language]) + b"\0\0"
        for name, kind, width in self.columns:
            start += name.encode().ljust(11, b"\0") + kind.encode() + b"\0" * 4 + bytes([width, 0]) + b"\0" * 14
        body = b"".join(
            (b"*" if i in self.deleted else b" ")
            + b"".join(c[:w].ljust(w, self.padding) for c, (_, _, w) in zip(row, self.columns, strict=True))
            for i, row in enumerate(self.records)
        )
        whole = start + self.terminator + body + self.end
        return whole[: len(whole) - self.cut] if self.cut else whole


def _table(ledger: Ledger, encode: Callable[[str], bytes], *, with_dates: bool = False) -> Table:
    columns = [(ledger.rng.choice(_NAMES[f][0]), "C", _NAMES[f][1]) for f in ledger.fields]
    rows = [[encode(c) for c in row] for row in ledger.rows]
    if with_dates:
        at = ledger.at("birth")
        columns[at] = (columns[at][0], "D", 8)
        for row, p in zip(rows, ledger.people, strict=True):
            row[at] = date(*map(int, reversed(p.birth.split("/")))).strftime("%Y%m%d").encode()
    return Table(columns, rows)


def _case(ledger: Ledger, table: Table, lines: dict[int, Line] | None = None, **more: object) -> Case:
    """Record n of the table (from 1) is line n of the file."""
    expected = _lines(ledger) if lines is None else lines
    return Case(**{"content": table.content(), "name": "SO.DBF", "lines": expected, "secrets": ledger.secrets, **more})  # type: ignore[arg-type]


def _lines(ledger: Ledger, *but: int, exact: bool = False) -> dict[int, Line]:
    return {FIRST + i: ledger.good(i, exact=exact) for i in range(len(ledger.rows)) if i not in but}


FIRST = 1
"""Line of the first record."""


def _utf8(text: str) -> bytes:
    return text.encode()


@item(167, "DBF in TCVN3 or VNI", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, rng.choice((8, 30)))
    table = _table(ledger, rng.choice((to_tcvn3, to_vni)), with_dates=rng.random() < 0.5)
    return _case(ledger, table, notes=("encoding.legacy",))


@item(168, "DBF with a wrong language byte", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, rng.choice((8, 30)))
    table = _table(ledger, rng.choice((to_tcvn3, to_vni)))
    table.language = rng.choice((0x03, 0xC8, 0x26, 0x7B, 0x78, 0x01))
    return _case(ledger, table, notes=("encoding.legacy",))


@item(169, "DBF with deleted records", "W", SECTION)
def _(rng: Dice) -> Case:
    """A deleted record is not loaded as a person without a word."""
    ledger = Ledger(rng)
    gone = frozenset(rng.sample(range(len(ledger.rows)), 2))
    table = _table(ledger, to_tcvn3)
    table.deleted = gone
    return _case(ledger, table, _lines(ledger, *gone), rows=-1, letter="W/R")


@item(170, "DBF whose record count lies", "F/W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3)
    table.said_records = rng.choice((0, 2, len(ledger.rows) + 5, 4_000_000_000, 1))
    return _case(ledger, table, refusable=("file.damaged",))


@item(171, "DBF with a wrong record or header length", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3)
    if rng.random() < 0.5:
        table.said_length = rng.choice((1, 0, 17, 60_000))
    else:
        table.said_header = rng.choice((32, 0, 65_535, 100, 33))
    return _case(ledger, table, {}, refused=("file.damaged", "encoding.binary", "file.unsupported_kind"))


@item(172, "DBF cut in its last record", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3)
    length = 1 + sum(w for _, _, w in table.columns)
    table.cut = rng.randrange(2, length - 15)
    last = len(ledger.rows) - 1
    return _case(ledger, table, _lines(ledger, last) | {FIRST + last: Line(False)})


@item(173, "DBF with dates that are none", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3, with_dates=True)
    row = ledger.pick()
    text, rule = rng.choice(
        (
            (b"19701332", "birth_date.impossible or birth_date.unreadable"),
            (b"19700231", "birth_date.impossible or birth_date.unreadable"),
            (b"        ", "birth_date.missing"),
            (b"1970    ", "birth_date.unreadable or birth_date.year_only"),
            (b"ABCDEFGH", "birth_date.unreadable"),
            (b"00000000", "birth_date.missing or birth_date.unreadable or birth_date.impossible"),
        )
    )
    table.records[row][ledger.at("birth")] = text
    blank = text.strip(b" 0") in (b"", b"1970")
    line = Line(None, () if blank else (rule,)) if blank else Line(False, (rule,))
    return _case(ledger, table, _lines(ledger, row) | {FIRST + row: line}, letter="R/W" if blank else "R")


@item(174, "DBF padded with NULs", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3)
    table.padding = b"\0"
    table.end = rng.choice((b"\x1a", b"", b"\x1a" + b"\0" * 200))
    return _case(ledger, table, letter="A/W")


@item(175, "DBF whose memo file is missing", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3)
    table.columns.append(("GHI_CHU", "M", 10))
    for n, row in enumerate(table.records):
        row.append(str(n + 1).rjust(10).encode() if n % 2 else b" " * 10)
    table.version = rng.choice((0x83, 0xF5, 0x8B))
    return _case(ledger, table)


@item(176, "DBF that cuts names at its width", "W", SECTION)
def _(rng: Dice) -> Case:
    """Names as long as their column are told: they may have lost their end."""
    ledger = Ledger(rng)
    table = _table(ledger, to_tcvn3)
    at, width = ledger.at("name"), rng.choice((8, 10))
    table.columns[at] = ("HO_TEN", "C", width)
    cut = [i for i, p in enumerate(ledger.people) if len(p.name) > width]
    lines = _lines(ledger, *cut)
    for i in cut:
        lines[FIRST + i] = Line(None, values=ledger.people[i].values("name"))
    return _case(ledger, table, lines)
