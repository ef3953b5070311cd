"""Households of lists without household numbers: who follows a head, down to the next head.

A clerk who writes no number writes the head first and the household below. So it is read where a sheet has no number
at all, begins with a head, and spouses follow heads: in a list sorted by name they stand anywhere. Where no row says
that it is the head's, a column of heads' names does the same, if each name stands in one place, or else a row that
leaves the relation blank, if spouses follow such rows. No number is made up; the household is known by what its head's
row says. Rows of scans are left alone: a misread head would join two homes.
Decision: docs/decisions/0065-what-a-list-leaves-open.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import lineage
from transforms import ditto
from transforms.column import column_of
from transforms.text import fold_text

ORDER, AGAIN, CARRIED = "household_order:", "household_again:", "household_order"
BY_HEAD, BY_NAME, BY_BLANK = "head", "name", "blank"
TOLD = "order:"
"""Begins the list in the row id of a returned error file where the household was told by order."""

_SPOUSE = r"(?i)^[^\pL]*(?:v[oợơ]|ch[oồô]ng)(?:[^\pL]|$)"
_LEAST_AFTER_HEADS = 0.8
_LEAST_NAMED, _MOST_RUNS = 0.8, 1.1
_SAYS_WHERE = ("permanent_residence_raw", "personal_number_raw", "old_id_number_raw")
_SAYS_WHO = ("full_name_raw", "birth_date_raw", "sex_raw", "native_place_raw", *_SAYS_WHERE)
_BETWEEN = "\x1f"

_Flags = npt.NDArray[np.bool_]
_Measure = tuple[str, str | None, int | None]


@dataclass
class _Sheet:
    rows: int = 0
    numbered: int = 0
    heads: int = 0
    starts: int = 0
    starts_with_head: int = 0
    spouses: int = 0
    spouses_after: int = 0
    named: int = 0
    runs: int = 0
    blanks: int = 0
    starts_with_blank: int = 0
    spouses_after_blank: int = 0
    names: set[int] = field(default_factory=set)

    def order(self) -> str | None:
        """How the sheet tells its households: by rows of heads, by names of heads, or not at all."""
        if self.numbered:
            return None
        if self.heads:
            in_order = self.spouses_after >= _LEAST_AFTER_HEADS * self.spouses
            return BY_HEAD if in_order and self.starts_with_head == self.starts else None
        in_one_place = self.runs <= _MOST_RUNS * len(self.names)
        if self.named and self.named >= _LEAST_NAMED * self.rows and in_one_place:
            return BY_NAME
        follow = self.spouses and self.spouses_after_blank >= _LEAST_AFTER_HEADS * self.spouses
        return BY_BLANK if follow and self.starts_with_blank == self.starts and 2 * self.blanks <= self.rows else None


@dataclass
class HouseholdOrder:
    """Running figures of one file; `add` its parts in order.

    Of each head a hash stays in memory.
    """

    sheets: dict[str, _Sheet] = field(default_factory=dict)
    seen: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    again: dict[tuple[str, str], int] = field(default_factory=dict)
    carried: list[tuple[str, str, str]] = field(default_factory=list)
    last_homes: dict[str, str | None] = field(default_factory=dict)
    last_name: str | None = None
    last_leads: tuple[bool, bool] = (False, False)
    last_sheet: str | None = None

    def add(self, part: pa.Table) -> None:
        """Look at a part of SOURCE_RECORDS."""
        sheet = str(part.column("sheet")[0].as_py() or "")
        if sheet != self.last_sheet:
            self.last_homes, self.last_name, self.last_leads = {}, None, (False, False)
        starts = ditto.sheet_starts(part)
        starts[0] = sheet != self.last_sheet
        if self._has_numbers(part, sheet, starts):
            return
        begins, names = _begins(part, starts, self.last_name)
        self._count(part, starts, begins, names)
        ids = part.column("record_id").combine_chunks()
        for mode, flags in begins.items():
            numbers = self._numbered(mode, _said(part, mode, flags), ids.take(pa.array(np.flatnonzero(flags))))
            homes = _homes(part, mode, flags, numbers, starts, self.last_homes.get(mode))
            if not starts[0] and not flags[0] and self.last_homes.get(mode):
                self.carried.append((f"{CARRIED}:{mode}", ids[0].as_py(), str(self.last_homes[mode])))
            self.last_homes[mode] = homes[-1].as_py()
        self.last_name, self.last_sheet = names[-1].as_py(), str(part.column("sheet")[-1].as_py() or "")

    def measures(self) -> Iterator[_Measure]:
        """(measure, value, count) of the file: nothing where its households have numbers."""
        told = {name: order for name, sheet in self.sheets.items() if (order := sheet.order())}
        for name, order in told.items():
            yield ORDER + name, order, self.sheets[name].heads or len(self.sheets[name].names)
        for (mode, record_id), number in self.again.items():
            if mode in told.values():
                yield f"{AGAIN}{mode}:{record_id}", None, number

    def carries(self) -> Iterator[tuple[str, str, str]]:
        """(pseudo column, first record of a part, household that goes on in it)."""
        modes = {f"{CARRIED}:{sheet.order()}" for sheet in self.sheets.values()}
        yield from (carry for carry in self.carried if carry[0] in modes)

    def _has_numbers(self, part: pa.Table, sheet: str, starts: _Flags) -> bool:
        """Is all of the part of a sheet with numbers, of which nothing more has to be known?"""
        known = self.sheets.setdefault(sheet, _Sheet())
        known.numbered += part.num_rows - part.column(ditto.HOUSEHOLD_NUMBER).null_count if not starts[1:].any() else 0
        if not known.numbered or starts[1:].any():
            return False
        self.last_homes, self.last_name, self.last_leads, self.last_sheet = {}, None, (False, False), sheet
        return True

    def _numbered(self, mode: str, said: list[str], ids: pa.Array) -> list[int]:
        """How often each head was named before in the file, word for word."""
        numbers = []
        for text, record_id in zip(said, ids.to_pylist(), strict=True):
            key = hash(text)
            number = self.seen[mode][key]
            self.seen[mode][key] += 1
            numbers.append(number)
            if number:
                self.again[mode, record_id] = number
        return numbers

    def _count(self, part: pa.Table, starts: _Flags, begins: Mapping[str, _Flags], names: pa.Array) -> None:
        spouses = ditto.flags(pc.match_substring_regex(column_of(part, "relation_raw"), _SPOUSE))
        leads = [begins[BY_HEAD] | spouses, begins[BY_BLANK] | spouses]
        after = [
            spouses & ~starts & np.append(last, flags[:-1]) for last, flags in zip(self.last_leads, leads, strict=True)
        ]
        figures = {
            "numbered": ditto.flags(pc.is_valid(column_of(part, ditto.HOUSEHOLD_NUMBER))),
            "heads": begins[BY_HEAD], "starts": starts, "starts_with_head": starts & begins[BY_HEAD],
            "spouses": spouses, "spouses_after": after[0], "spouses_after_blank": after[1],
            "blanks": begins[BY_BLANK], "starts_with_blank": starts & begins[BY_BLANK],
            "named": ditto.flags(pc.is_valid(column_of(part, "head_name_raw"))), "runs": begins[BY_NAME],
            "rows": np.ones(part.num_rows, np.bool_),
        }  # fmt: skip
        encoded = column_of(part, "sheet").dictionary_encode()
        of_row = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))
        for code in np.unique(of_row).tolist():
            here = of_row == code
            sheet = self.sheets.setdefault("" if code < 0 else encoded.dictionary[code].as_py(), _Sheet())
            for name, flags in figures.items():
                setattr(sheet, name, getattr(sheet, name) + int((flags & here).sum()))
            first = names.take(pa.array(np.flatnonzero(here & begins[BY_NAME])))
            sheet.names |= {hash(name) for name in first.to_pylist()}
        self.last_leads = (bool(leads[0][-1]), bool(leads[1][-1]))


def homes_of_rows(
    source: pa.Table, orders: Mapping[str, str], again: Mapping[tuple[str, str], int], above: Mapping[str, str | None]
) -> pa.Array:
    """The household of each row that is known by order, as a hash; else null.

    Args:
        source: SOURCE_RECORDS of one file, in order.
        orders: how each sheet tells its households.
        again: how often a head was named before, by mode and record.
        above: by mode, the household that goes on in the first row.
    """
    rows = source.num_rows
    if not orders or not rows:
        return pa.nulls(rows, pa.string())
    starts = ditto.sheet_starts(source)
    starts[0] = False
    sheets = [orders.get(str(s or "")) for s in source.column("sheet").to_pylist()]
    is_free = ditto.flags(pc.and_(pc.is_null(column_of(source, "page")), pc.is_null(column_of(source, "corrects_raw"))))
    found = pa.nulls(rows, pa.string())
    begins, _ = _begins(source, starts, None)
    ids = column_of(source, "record_id")
    for mode, flags in begins.items():
        of_mode = np.array([s == mode for s in sheets]) & is_free
        if not of_mode.any():
            continue
        if mode == BY_NAME and above.get(mode):
            flags = flags & ~_goes_on(source)
        numbers = [again.get((mode, i), 0) for i in ids.take(pa.array(np.flatnonzero(flags))).to_pylist()]
        homes = _homes(source, mode, flags, numbers, starts, above.get(mode))
        found = pc.if_else(pa.array(of_mode), homes, found)
    return found


def _goes_on(source: pa.Table) -> _Flags:
    """The first row, where its part begins in a household of the part before."""
    first = np.zeros(source.num_rows, np.bool_)
    first[0] = True
    return first


def _begins(part: pa.Table, starts: _Flags, before: str | None) -> tuple[dict[str, _Flags], pa.Array]:
    """Rows that begin a household by mode, and the folded name of the head of each row, put in from above."""
    heads = ditto.is_head(column_of(part, "relation_raw"))
    own = fold_text(column_of(part, "head_name_raw"))
    blank = ditto.flags(pc.is_null(own))
    names = ditto.fill_forward(own, blank, ~blank, starts, before).values
    encoded = names.dictionary_encode()
    codes = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))
    changed = (np.append(-1, codes[:-1]) != codes) & (codes >= 0)
    if before is not None and not starts[0] and names[0].as_py() == before:
        changed[0] = False
    blanks = ditto.flags(pc.is_null(column_of(part, "relation_raw")))
    return {BY_HEAD: heads, BY_NAME: changed | (starts & (codes >= 0)), BY_BLANK: blanks}, names


def _said(part: pa.Table, mode: str, flags: _Flags) -> list[str]:
    """What the rows that begin a household say of it, with their sheet; with the file where they do not say where."""
    rows = pa.array(np.flatnonzero(flags))
    columns = _SAYS_WHO if mode != BY_NAME else ("head_name_raw", "permanent_residence_raw")
    texts = [pc.fill_null(fold_text(column_of(part, c).take(rows)), "") for c in columns]
    placed = [pc.not_equal(t, "") for t, c in zip(texts, columns, strict=True) if c in _SAYS_WHERE]
    is_placed = placed[0]
    for more in placed[1:]:
        is_placed = pc.or_(is_placed, more)
    scope = pc.if_else(is_placed, "", column_of(part, "file_id").take(rows))
    sheets = pc.fill_null(column_of(part, "sheet").take(rows), "")
    joined = pc.binary_join_element_wise(*texts, scope, sheets, _BETWEEN)
    return [str(text) for text in joined.to_pylist()]


def _homes(
    part: pa.Table, mode: str, begins: _Flags, numbers: list[int], starts: _Flags, above: str | None
) -> pa.Array:
    """The household of each row: of the last row that began one in its sheet, else the one above the part."""
    said = _said(part, mode, begins)
    homes = [lineage.hash_text(_BETWEEN.join((mode, text, str(n)))) for text, n in zip(said, numbers, strict=True)]
    places = np.flatnonzero(begins)
    values = pa.array(homes, pa.string()).take(
        pa.array(np.where(begins, np.cumsum(begins) - 1, 0), mask=~begins)
    ) if len(places) else pa.nulls(part.num_rows, pa.string())  # fmt: skip
    begun = starts.copy()
    begun[0] = True
    return ditto.fill_forward(values, ~begins, begins, begun, None if starts[0] else above).values
