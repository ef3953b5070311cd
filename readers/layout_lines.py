"""Lines that are no person: repeated headings, rows of numbers, totals, signatures, page marks, blank lines.

A row that says who someone is (a name, and a birth or a sex) is a person whatever words it holds: Tổng Thị Lan, or
Trang, who lives in "Tổ 5".
"""

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.grid import Grid, filled_counts
from readers.heading_roles import Role
from readers.heading_words import plain
from readers.headings import is_number_row

_Flags = npt.NDArray[np.bool_]
_MOST_CELLS_OF_A_FOOTER = 4
_LONGEST = 300
_STARTS_LIKE_LAYOUT = (
    r"(?i)^\W*(?:t[oổ]ng|c[oộ]ng|l[uũ]y k|mang sang|chuy[eể]n sang|total|grand|sum|subtotal|danh s[aá]ch|ng[uư][oờ]i|"
    r"k[yý] |\(k[yý]|x[aá]c nh[aậ]n|trang|page|tm\b|kt\b|h[eế]t$|ng[aà]y|ch[uủ] t[iị]ch|tr[uư][oở]ng|c[aá]n b)"
)
_BIRTH = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)|\d{1,2}\s*[/.\-]\s*\d{1,2}")
_SEXES = frozenset("nam nu trai gai male female m f boy girl ong ba x v".split())  # noqa: SIM905
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


class LayoutFilter:
    """Finds the lines of one sheet that are no person. Remembers whether the last lines were signatures."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self._roles = tuple(roles)
        self._name = self._positions("full_name_raw")
        self._birth = self._positions("birth_date_raw")
        self._sex = self._positions("sex_raw")
        self._serial = self._positions("serial_raw")
        self._headings = [plain(r.heading) for r in roles]
        self._in_footer = False

    def layout_rows(self, grid: Grid) -> _Flags:
        """For each row of a grid: is it no person?"""
        filled = filled_counts(grid)
        blank = filled == 0
        candidates = self._candidates(grid, filled) & ~blank
        flags = blank.copy()
        places = np.flatnonzero(candidates)
        if self._in_footer and len(places) and places[0] > 0 and (~blank[: places[0]]).any():
            self._in_footer = False
        columns = [c.take(pa.array(places)).to_pylist() for c in grid.columns] if len(places) else []
        last = -1
        for at, place in enumerate(places.tolist()):
            if (~blank[last + 1 : place]).any():
                self._in_footer = False
            last = place
            flags[place] = self._is_layout([(column[at] or "")[:_LONGEST] or None for column in columns])
        if last + 1 < grid.rows and (~blank[last + 1 :]).any():
            self._in_footer = False
        return np.asarray(flags)

    def _positions(self, raw_column: str) -> list[int]:
        return [r.position for r in self._roles if r.raw_column == raw_column]

    def _candidates(self, grid: Grid, filled: npt.NDArray[np.int32]) -> _Flags:
        """Rows worth a closer look: few cells, or a first cell that begins like a total, or one that is a heading."""
        few = np.asarray(filled <= max(2, min(_MOST_CELLS_OF_A_FOOTER, len(self._roles) // 2)))
        for position, column in enumerate(grid.columns):
            if position < 3 or position in self._name:
                few |= _true(pc.match_substring_regex(column, _STARTS_LIKE_LAYOUT))
            if position < len(self._roles) and self._roles[position].heading:
                few |= _true(pc.equal(column, self._roles[position].heading))
        return np.asarray(few | self._may_be_numbers(grid))

    def _may_be_numbers(self, grid: Grid) -> _Flags:
        found: _Flags = np.logical_or.reduce(
            [_true(pc.match_substring_regex(grid.columns[at], r"^\W*\d{1,2}\W*$")) for at in self._name]
            or [np.zeros(grid.rows, np.bool_)]
        )
        return found

    def _is_layout(self, cells: Sequence[str | None]) -> bool:
        texts = [c for c in cells if c]
        if is_number_row(texts) and len(texts) * 2 > len([h for h in self._headings if h]):
            return True
        if self._repeats_heading(cells) or self._says_nothing(cells):
            return True
        if self.is_person(cells):
            self._in_footer = False
            return False
        kind = _kind_of(texts)
        if kind is None and self._in_footer:
            return len(texts) <= _MOST_CELLS_OF_A_FOOTER and not any(_DIGIT.search(t) for t in texts)
        self._in_footer = kind == "signature"
        return kind is not None

    def _says_nothing(self, cells: Sequence[str | None]) -> bool:
        """A serial number printed beforehand and nothing else in the row."""
        filled = [at for at, text in enumerate(cells) if text]
        return len(filled) == 1 and filled[0] in self._serial

    def _repeats_heading(self, cells: Sequence[str | None]) -> bool:
        texts = [(plain(c), at) for at, c in enumerate(cells) if c]
        same = sum(1 for text, at in texts if at < len(self._headings) and text and self._is_heading(text, at))
        return (same >= 2 and same * 3 >= len(texts) * 2) or self._repeats_lowest(texts)

    def _repeats_lowest(self, texts: Sequence[tuple[str, int]]) -> bool:
        """The lowest line of a heading again, however short its words: Nam and Nữ, each below its own heading."""
        own = [(text, self._headings[at]) for text, at in texts if at < len(self._headings)]
        return len(texts) >= 2 and len(own) == len(texts) and all(t and h.endswith(" " + t) for t, h in own)

    def _is_heading(self, text: str, at: int) -> bool:
        heading = self._headings[at]
        return text == heading or (len(text) > 3 and (heading.startswith(text + " ") or heading.endswith(" " + text)))

    def is_person(self, cells: Sequence[str | None]) -> bool:
        """Do the cells of a row say who someone is?"""
        names = [cells[at] or "" for at in self._name if at < len(cells)]
        if not any(_LETTER.search(n) for n in names):
            return False
        births = [cells[at] or "" for at in self._birth if at < len(cells)]
        sexes = [cells[at] or "" for at in self._sex if at < len(cells)]
        serials = [cells[at] or "" for at in self._serial if at < len(cells)]
        says_birth = any(_BIRTH.search(b) for b in births)
        says_sex = any(plain(s) in _SEXES for s in sexes)
        is_numbered = any(_DIGIT.search(s) for s in serials) and _kind_of([n for n in names if n]) is None
        return says_birth or says_sex or is_numbered


def _kind_of(texts: Sequence[str]) -> str | None:
    """Kind of layout line by its first cell or by all cells together; None if it is none."""
    if not texts:
        return None
    whole = plain(" ".join(texts))
    first = plain(texts[0])
    for kind, patterns in _patterns().items():
        if any(p.match(whole) or (p.match(first) and first) for p in patterns):
            return kind
    return None


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    found: dict[str, list[re.Pattern[str]]] = {}
    with files("readers").joinpath("data", "layout_lines.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            found.setdefault(row["kind"], []).append(re.compile(row["pattern"]))
    return {kind: tuple(patterns) for kind, patterns in found.items()}


def _true(values: pa.Array) -> _Flags:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
