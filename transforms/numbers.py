"""The two identifiers: personal number (12 digits) and old identity card number (9 digits).

A personal number holds the province of birth registration (3 digits), century and sex (1), year of birth (2) and
six random digits (Decree 137/2015/NĐ-CP art. 13; Circular 07/2016/TT-BCA art. 7), so it must agree with the birth
year and the sex of its row. It has no check digit. The old number says nothing about its holder.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import code_lists
from schemas.field import EmptyReason
from transforms.column import Finding, Standardised
from transforms.number_text import NEW_LENGTH, OLD_LENGTH, NumberReading, read_number

_Flags = npt.NDArray[np.bool_]
_S = pa.string()
_PERSONAL, _OLD = "personal_number", "old_id_number"
_LAST_PROVINCE = 96
_SAME_DIGIT = pa.array([d * n for d in "0123456789" for n in (OLD_LENGTH, NEW_LENGTH)])
_SUSPICIOUS = pa.array(["123456789", "012345678", "987654321", "234567890", "098765432", "876543210"])

_ISSUED_TWICE = ("271450001", "271500000")
"""First and last card number that Đồng Nai and Bà Rịa - Vũng Tàu both issued (found in 2007)."""


@dataclass(frozen=True)
class Numbers:
    """Both identifiers of a chunk."""

    personal: Standardised
    old: Standardised


@dataclass(frozen=True)
class _Read:
    """One column read, a value a row: 12 digits, 9 digits, digits that may have lost zeros, letters, marks."""

    twelve: pa.Array
    nine: pa.Array
    short: pa.Array
    letters: pa.Array
    marks: dict[str, _Flags]


def standardise_numbers(personal_raw: pa.Array, old_raw: pa.Array, birth_year: pa.Array, sex_code: pa.Array) -> Numbers:
    """Personal number and old number of each row, with the findings personal_number.* and old_id_number.*.

    A number of the other kind moves to its own column when that is empty. Lost leading zeros of a personal number
    (two for the provinces 001-009, one for the others) are put back only if the result agrees with both birth
    year and sex; an old number of 8 digits gets its zero back, flagged, in whichever column it stands.

    Args:
        personal_raw: text of the column of personal numbers.
        old_raw: text of the column of old numbers.
        birth_year: solar year, null = unknown.
        sex_code: "1" male, "2" female, else unknown.
    """
    personal, old = _read_column(personal_raw), _read_column(old_raw)
    old_nine, misplaced_nine = (pc.coalesce(column.nine, _with_zero(column)) for column in (old, personal))
    row = _Row(birth_year, sex_code)
    found = _Found(len(personal_raw))
    own, own_lost = _with_zeros(personal, row)
    other, other_lost = _with_zeros(old, row)
    number = pc.coalesce(own, other)
    card = pc.coalesce(old_nine, misplaced_nine)
    found.add("personal_number.moved", _is_true(pc.and_(pc.is_null(own), pc.is_valid(other))))
    is_moved = _is_true(pc.and_(pc.is_null(old_nine), pc.is_valid(misplaced_nine)))
    found.add("old_id_number.moved", is_moved)
    found.add("personal_number.leading_zero", own_lost | (other_lost & _is_true(pc.is_null(own))))
    lost = _is_true(_lost_one(old.short))
    found.add("old_id_number.leading_zero", lost | (is_moved & _is_true(_lost_one(personal.short))))
    _add_misplaced(found, personal, old, (own, other, old_nine))
    for subject, column in ((_PERSONAL, personal), (_OLD, old)):
        for mark, flags in column.marks.items():
            found.add(f"{subject}.{mark}", flags)
    _check_structure(found, number, row)
    found.add("old_id_number.issued_twice", _is_true(_between(card, *_ISSUED_TWICE)))
    found.add("old_id_number.suspicious", _is_true(pc.is_in(card, _SUSPICIOUS)))
    return Numbers(
        Standardised({_PERSONAL: number}, _letters(number, personal), found.of(_PERSONAL)),
        Standardised({_OLD: card}, _letters(card, old), found.of(_OLD)),
    )


def clean_number(raw: pa.Array) -> pa.Array:
    """A number of 12 or 9 digits as digits, else null; for the number of the head in the household column."""
    read = _read_column(raw)
    return pc.coalesce(read.twelve, read.nine)


class _Found:
    """Collects the rows of each rule, in one flag a row."""

    def __init__(self, size: int) -> None:
        self._flags: dict[str, _Flags] = {}
        self._size = size

    def add(self, rule_id: str, flags: _Flags) -> None:
        """Let a rule fire on the flagged rows too."""
        if flags.any():
            self._flags[rule_id] = self._flags.get(rule_id, np.zeros(self._size, np.bool_)) | flags

    def of(self, field: str) -> tuple[Finding, ...]:
        """The findings of one identifier, by rule id."""
        return tuple(
            Finding(rule_id, field, np.flatnonzero(flags))
            for rule_id, flags in sorted(self._flags.items())
            if rule_id.startswith(field + ".")
        )


class _Row:
    """Birth year (0 = unknown) and sex digit (0 male, 1 female, -1 unknown) of the rows."""

    def __init__(self, birth_year: pa.Array, sex_code: pa.Array) -> None:
        self.year = pc.fill_null(birth_year.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
        is_male, is_female = (_is_true(pc.equal(sex_code, code)) for code in ("1", "2"))
        self.sex = np.where(is_male, 0, np.where(is_female, 1, -1))


def _read_column(raw: pa.Array) -> _Read:
    size = len(raw)
    nothing = pa.nulls(size, _S)
    if raw.null_count == size:
        return _Read(nothing, nothing, nothing, pa.array([EmptyReason.BLANK.value] * size, _S), {})
    same = pc.is_in(raw, _SAME_DIGIT)
    plain_new = pc.and_not(pc.match_substring_regex(raw, rf"^\d{{{NEW_LENGTH}}}$"), same)
    plain_old = pc.and_not(pc.match_substring_regex(raw, rf"^\d{{{OLD_LENGTH}}}$"), same)
    twelve, nine = pc.if_else(plain_new, raw, None), pc.if_else(plain_old, raw, None)
    odd = raw.filter(pc.invert(pc.or_(plain_new, plain_old)), null_selection_behavior="drop")
    if not len(odd):
        letters = pc.if_else(pc.is_valid(raw), EmptyReason.FILLED.value, EmptyReason.BLANK.value)
        return _Read(twelve, nine, nothing, letters, {})
    return _with_odd(raw, twelve, nine, pc.unique(odd))


def _with_odd(raw: pa.Array, twelve: pa.Array, nine: pa.Array, odd: pa.Array) -> _Read:
    readings = [read_number(text) for text in odd.to_pylist()]
    place = pc.index_in(raw, odd)
    places = pc.fill_null(place, len(readings)).to_numpy(zero_copy_only=False)

    def spread(values: list[str | None]) -> pa.Array:
        return pa.array(values, _S).take(place)

    letters = pc.fill_null(spread([r.reason.value for r in readings]), EmptyReason.FILLED.value)
    return _Read(
        pc.coalesce(twelve, spread([r.twelve for r in readings])),
        pc.coalesce(nine, spread([r.nine for r in readings])),
        spread([r.short for r in readings]),
        pc.if_else(pc.is_null(raw), EmptyReason.BLANK.value, letters),
        _marks(readings, places),
    )


def _marks(readings: list[NumberReading], places: npt.NDArray[np.int64]) -> dict[str, _Flags]:
    return {
        mark: np.array([mark in r.marks for r in readings] + [False])[places]
        for mark in sorted({m for r in readings for m in r.marks})
    }


def _with_zero(column: _Read) -> pa.Array:
    """Old numbers that lost the zero of the provinces 01-09 (Hà Nội is 01)."""
    return pc.if_else(_lost_one(column.short), pc.utf8_lpad(column.short, OLD_LENGTH, "0"), None)


def _lost_one(short: pa.Array) -> pa.Array:
    """Eight digits that lost a zero; a spreadsheet takes all zeros, so what begins with one lost another digit."""
    begins_with_zero = pc.fill_null(pc.starts_with(short, "0"), False)
    return pc.and_not(_has_length(short, OLD_LENGTH - 1), begins_with_zero)


def _with_zeros(column: _Read, row: _Row) -> tuple[pa.Array, _Flags]:
    """The 12-digit numbers of a column, with lost zeros put back where birth year and sex agree; which were."""
    candidate = pc.if_else(_has_length(column.short, 10, 11), pc.utf8_lpad(column.short, NEW_LENGTH, "0"), None)
    if candidate.null_count == len(candidate):
        return column.twelve, np.zeros(len(candidate), np.bool_)
    parts = _Parts(candidate)
    agrees = parts.is_known_province & (parts.year == row.year) & (parts.sex == row.sex)
    return pc.coalesce(column.twelve, pc.if_else(pa.array(agrees), candidate, None)), agrees


def _add_misplaced(found: _Found, personal: _Read, old: _Read, taken: tuple[pa.Array, pa.Array, pa.Array]) -> None:
    """Numbers that stay without a place: wrong length, or of the other kind where that column has its own."""
    own, other, old_nine = taken
    is_taken = pc.and_(_lost_one(personal.short), pc.is_null(old_nine))
    short = pc.and_not(pc.and_(pc.is_valid(personal.short), pc.is_null(own)), is_taken)
    second = pc.and_(pc.is_null(own), pc.not_equal(personal.nine, old_nine))
    found.add("personal_number.wrong_length", _is_true(pc.or_(short, pc.fill_null(second, False))))
    short = pc.and_(pc.and_not(pc.is_valid(old.short), _lost_one(old.short)), pc.is_null(other))
    second = pc.and_(pc.is_null(old.nine), pc.not_equal(own, other))
    found.add("old_id_number.wrong_length", _is_true(pc.or_(short, pc.fill_null(second, False))))


class _Parts:
    """What 12 digits say: province, sex digit (0 male, 1 female), year of birth; -1 where there is no number."""

    def __init__(self, numbers: pa.Array) -> None:
        self.province = _digits(numbers, 0, 3)
        century = _digits(numbers, 3, 4)
        self.sex = np.where(century >= 0, century % 2, -2)
        self.year = np.where(century >= 0, 1900 + 100 * (century // 2) + _digits(numbers, 4, 6), -1)
        self.is_known_province = np.isin(self.province, _PROVINCES)


_PROVINCES = np.array([int(row["id_number_code"]) for row in code_lists.rows("provinces_63")])


def _check_structure(found: _Found, numbers: pa.Array, row: _Row) -> None:
    if numbers.null_count == len(numbers):
        return
    parts = _Parts(numbers)
    is_given = parts.province >= 0
    is_foreign = parts.province > _LAST_PROVINCE
    found.add("personal_number.country_prefix", is_foreign)
    found.add("personal_number.bad_province", is_given & ~is_foreign & ~parts.is_known_province)
    found.add("personal_number.birth_contradicts", is_given & (row.year > 0) & (parts.year != row.year))
    found.add("personal_number.sex_contradicts", is_given & (row.sex >= 0) & (parts.sex != row.sex))


def _digits(numbers: pa.Array, start: int, stop: int) -> npt.NDArray[np.int64]:
    part = pc.cast(pc.utf8_slice_codeunits(numbers, start, stop), pa.int64())
    return np.asarray(pc.fill_null(part, -1).to_numpy(zero_copy_only=False))


def _between(numbers: pa.Array, first: str, last: str) -> pa.Array:
    return pc.and_(pc.greater_equal(numbers, first), pc.less_equal(numbers, last))


def _has_length(texts: pa.Array, *lengths: int) -> pa.Array:
    return pc.fill_null(pc.is_in(pc.utf8_length(texts), pa.array(lengths, pa.int32())), False)


def _is_true(flags: pa.Array) -> _Flags:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False))


def _letters(values: pa.Array, read: _Read) -> pa.Array:
    """A value is filled wherever it came from; a column whose number moved away is blank."""
    empty = pc.if_else(pc.equal(read.letters, EmptyReason.FILLED.value), EmptyReason.BLANK.value, read.letters)
    return pc.if_else(pc.is_valid(values), EmptyReason.FILLED.value, empty)
