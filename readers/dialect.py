"""How a delimited file separates and quotes its cells: whatever makes its first lines read like a ledger."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from readers import encoding as enc
from readers.headings import find_heading

SEPARATORS = (",", ";", "\t", "|")
_RARE = ("~", "^")
"""Of programs of the nineties, where no other separator makes a ledger of the lines; letters of BK HCM 1, too."""
_LEDGER = 100.0
_SEP_LINE = re.compile(r"^\ufeff?\"?sep=(.)\"?[,;\t|]*$", re.IGNORECASE)
_BACKSLASH_QUOTE = re.compile(r'\\"[^,;\t|\n"]')
_SAMPLED_LINES = 400
_SINGLE, _CURLY = "'", "“"


@dataclass(frozen=True)
class Dialect:
    """How cells are cut.

    Attributes:
        separator, quote, escape: one character each; escape None: quotes are doubled.
        width: columns of the heading.
        skipped_lines: lines before the table (sep=).
        is_curly: curly quotes stand for straight ones.
        is_bytes: the text is bytes of an old encoding, some of whose letters look like blanks.
        said: the separator that a line sep= names, if the file has another one.
    """

    separator: str
    quote: str = '"'
    escape: str | None = None
    width: int = 1
    skipped_lines: int = 0
    is_curly: bool = False
    is_bytes: bool = False
    said: str | None = None


def find_dialect(text: str, legacy: str | None) -> Dialect:
    """The dialect of a file by the text of its first lines; `legacy`: encoding of 8-bit text."""
    lines = text.split("\n")[:_SAMPLED_LINES]
    said = _SEP_LINE.match(lines[0]) if lines else None
    skipped = 1 if said else 0
    lines = lines[skipped:]
    quote, is_curly = _quote_of(lines)
    escape = "\\" if len(_BACKSLASH_QUOTE.findall("\n".join(lines))) > 1 else None
    candidates = dict.fromkeys([*([said.group(1)] if said else []), *SEPARATORS])
    found = [(_score(lines, s, quote, legacy), -at, s) for at, s in enumerate(candidates)]
    if max(found)[0][0] < _LEDGER and legacy is None:
        found += [(_score(lines, s, quote, None), -len(found) - at, s) for at, s in enumerate(_RARE)]
    (_, width), _, separator = max(found)
    lie = said.group(1) if said and said.group(1) != separator else None
    return Dialect(separator, quote, escape, width, skipped, is_curly, said=lie)


def split_leniently(lines: Sequence[str], separator: str, quote: str = '"') -> list[list[str]]:
    """Cells of single lines, whatever their quotes say."""
    return [_cells(line, separator, quote) for line in lines]


def _cells(line: str, separator: str, quote: str) -> list[str]:
    if quote not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, quotechar=quote, skipinitialspace=True), [""])
    except csv.Error:
        return line.split(separator)


def _score(lines: Sequence[str], separator: str, quote: str, legacy: str | None) -> tuple[float, int]:
    """How much the lines look like a ledger with that separator, and the width of its heading."""
    rows = _joined_quotes(lines, separator, quote)
    decoded = [[enc.decode(c, legacy) if legacy and legacy in enc.DECODERS else c for c in row] for row in rows]
    heading = find_heading(decoded)
    if heading is not None:
        widths = [len(row) for row in rows[heading.first : heading.last + 1]]
        return _LEDGER + heading.score, max(widths)
    counts = Counter(len(row) for row in rows if any(row))
    width, often = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
    return (often / max(1, len(rows)) * min(width, 20) if width > 1 else 0.0), width


def _joined_quotes(lines: Sequence[str], separator: str, quote: str) -> list[list[str]]:
    """Cells of the sample; a heading may hold line breaks inside quotes."""
    try:
        return list(csv.reader([line + "\n" for line in lines[:60]], delimiter=separator, quotechar=quote, strict=True))
    except csv.Error:
        return split_leniently(lines, separator, quote)


def _quote_of(lines: Sequence[str]) -> tuple[str, bool]:
    """Single or curly quotes, if the cells of most lines stand in them."""
    filled = [line.strip() for line in lines if line.strip()]
    for quote, last in ((_SINGLE, _SINGLE), (_CURLY, "”")):
        wrapped = [line for line in filled if line.startswith(quote) and line.endswith(last) and line.count(quote) > 3]
        if filled and len(wrapped) * 2 > len(filled):
            return ('"', True) if quote == _CURLY else (_SINGLE, False)
    return '"', False
