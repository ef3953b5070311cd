"""Ledgers as text files: UTF-8 with commas, or TCVN3 with semicolons."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data_samples.block import LedgerPart
from data_samples.faults import TOO_FEW_CELLS, TOO_MANY_CELLS
from data_samples.options import Layout
from data_samples.words import columns, headings
from readers.letters import TCVN3

HEADING_LINES = 1
_LINE_END = "\r\n"
_CELLS_LEFT = 6


@dataclass(frozen=True)
class Dialect:
    """Separator and encoding of a layout."""

    separator: str
    encoding: str


DIALECTS: dict[Layout, Dialect] = {"csv": Dialect(",", "utf-8"), "tcvn3": Dialect(";", "tcvn3")}


def heading_line(layout: Layout) -> bytes:
    """The first line of a file."""
    dialect = DIALECTS[layout]
    cells = [_quoted(pa.array([h]), dialect.separator)[0].as_py() for h in headings(layout)]
    return encoded(dialect.separator.join(cells) + _LINE_END, dialect.encoding)


def ledger_lines(part: LedgerPart, layout: Layout) -> bytes:
    """The rows of a part, one line each, ending in a line end."""
    dialect = DIALECTS[layout]
    cells = [_quoted(c.combine_chunks(), dialect.separator) for c in part.texts.columns]
    lines = _broken(pc.binary_join_element_wise(*cells, dialect.separator), part, dialect.separator)
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines), _LINE_END)
    return encoded(whole[0].as_py() + _LINE_END, dialect.encoding)


def _broken(lines: pa.Array, part: LedgerPart, separator: str) -> pa.Array:
    """The lines, those planted with too few or too many cells cut off or written without quotes."""
    rules = part.truth.column("expected_rule").combine_chunks()
    for rule, rewrite in ((TOO_FEW_CELLS, _cut), (TOO_MANY_CELLS, _unquoted)):
        mask = pc.fill_null(pc.equal(rules, rule), False)
        rows = part.texts.filter(mask).to_pylist()
        if rows:
            written = [rewrite([str(v) for v in row.values()], separator) for row in rows]
            lines = pc.replace_with_mask(lines, mask, pa.array(written, pa.string()))
    return lines


def _cut(cells: list[str], separator: str) -> str:
    return separator.join(c.replace(separator, " ").replace('"', "") for c in cells[:_CELLS_LEFT])


def _unquoted(cells: list[str], separator: str) -> str:
    """An address with separators in it, and nothing to say that they are none."""
    address = columns().index("permanent_residence")
    spread = [*cells[:address], *cells[address].split(", "), "khu tập thể", *cells[address + 1 :]]
    return separator.join(c.replace(separator, " ").replace('"', "") for c in spread)


def encoded(text: str, encoding: str) -> bytes:
    """The bytes of a text; letters that TCVN3 lacks lose their marks, as they did on those machines."""
    if encoding != "tcvn3":
        return text.encode(encoding)
    return text.translate(_TO_TCVN3).encode("latin-1", "replace")


def _tcvn3_table() -> dict[int, str]:
    table = {ord(letter): chr(byte) for byte, letter in TCVN3.items()}
    # A toned capital has no byte of its own: the clerk typed the small letter.
    table |= {ord(letter.upper()): chr(byte) for byte, letter in TCVN3.items() if ord(letter.upper()) not in table}
    return table | {ord(a): b for a, b in zip("ŭŏĭčñêÐ", "uoicnªĐ", strict=True) if ord(a) not in table}


def _quoted(values: pa.Array, separator: str) -> pa.Array:
    needs = pc.match_substring_regex(values, f'["\r\n{separator}]')
    if not pc.any(needs).as_py():
        return values
    inner = pc.replace_substring(values, '"', '""')
    return pc.if_else(needs, pc.binary_join_element_wise('"', inner, '"', ""), values)


_TO_TCVN3 = _tcvn3_table()
