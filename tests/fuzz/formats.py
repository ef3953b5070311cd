"""What each harness feeds: how its bytes become a file, and clean files to begin from."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.corpus.cases import CATALOGUE, Case, Dice, Ledger
from tests.corpus.catalogue import items
from tests.corpus.old_workbooks import as_xls
from tests.corpus.writers import book_parts, package, shared_strings, sheet_xml

_NUMBERS = {
    "dbf": range(167, 177),
    "xls": (145, 146, 157, 160, 162, 164),
    "xlsx": range(145, 167),
    "text": range(1, 71),
}
_SEED = 11


@dataclass(frozen=True)
class Format:
    """A harness: name of the file it writes, what wraps its bytes, bytes to begin from."""

    file: str
    wrap: Callable[[bytes], bytes]
    seeds: Callable[[], Sequence[bytes]]


def _plain(data: bytes) -> bytes:
    return data


def _sheet(data: bytes) -> bytes:
    """The bytes as the worksheet of an otherwise sound workbook."""
    parts = book_parts({"Sheet1": ""})
    parts["xl/worksheets/sheet1.xml"] = data
    return package(parts, zipfile.ZIP_STORED)


def _strings(data: bytes) -> bytes:
    """The bytes as the shared strings of a workbook whose cells all point to them."""
    cells = {(r, c): f'<c r="{{r}}" t="s"><v>{r * 5 + c}</v></c>' for r in range(4) for c in range(5)}
    parts = book_parts({"Sheet1": sheet_xml([["x"] * 5] * 4, cells=cells)})
    parts["xl/sharedStrings.xml"] = data
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    more = f'<Relationship Id="rS" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", more).encode()
    return package(parts, zipfile.ZIP_STORED)


def _ledger() -> Ledger:
    return Ledger(Dice(_SEED), 3)


def _table() -> list[list[str]]:
    ledger = _ledger()
    return [ledger.headings, *ledger.rows]


def _of_catalogue(kind: str, endings: tuple[str, ...]) -> list[bytes]:
    """Small files of the catalogue, good and bad ones."""
    assert items()
    cases: list[Case] = [CATALOGUE[n].case(seed) for n in _NUMBERS[kind] for seed in (0, 1)]
    return [
        c.content for c in cases
        if isinstance(c.content, bytes) and c.name.lower().endswith(endings) and len(c.content) < 1 << 16
    ]  # fmt: skip


FORMATS: dict[str, Format] = {
    "worksheet": Format("so.xlsx", _sheet, lambda: [sheet_xml(_table()).encode()]),
    "strings": Format("so.xlsx", _strings, lambda: [shared_strings([c for row in _table() for c in row]).encode()]),
    "zip": Format(
        "so.xlsx", _plain, lambda: [package(book_parts({"S": sheet_xml(_table())})), *_of_catalogue("xlsx", (".xlsx",))]
    ),
    "biff": Format("so.xls", _plain, lambda: [as_xls(_table()), *_of_catalogue("xls", (".xls",))]),
    "dbf": Format("so.dbf", _plain, lambda: _of_catalogue("dbf", (".dbf",))),
    "text": Format("so.csv", _plain, lambda: _of_catalogue("text", (".csv", ".tsv", ".txt"))),
}


def mutated(data: bytes, rng: Random) -> bytes:
    """A few random changes: bits, bytes, runs moved, doubled, cut, numbers at their limits."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        if not out:
            return b"\0"
        at, length = rng.randrange(len(out)), rng.choice((1, 2, 4, 8, 64))
        kind = rng.randrange(7)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at : at + length] = rng.randbytes(length)
        elif kind == 2:
            del out[at : at + length]
        elif kind == 3:
            out[at:at] = out[at : at + length] * rng.choice((1, 2, 50))
        elif kind == 4:
            out[at : at + length] = rng.choice((b"\0", b"\xff", b"\x7f", b"9", b'"', b"<", b"&")) * length
        elif kind == 5:
            other = rng.randrange(len(out))
            out[at : at + length] = out[other : other + length]
        else:
            del out[at:]
    return bytes(out)
