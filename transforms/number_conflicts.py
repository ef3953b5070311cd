"""Personal numbers that two people of one file bear, found from 37 bytes a row: no name and no birth.

A person who was typed twice differs in a letter, a mark, a middle name or a day; that is for the matching to judge. Two
people differ in most of the name and also in the year of birth, in both day and month, in the sex, or in surname and
given name both.

A number tells birth year and sex, so of two people it may fit one and contradict the other, who then copied it: the one
it fits is kept.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms import characters
from transforms.column import column_of
from transforms.ditto import flags
from transforms.text import fold_text

_Ints = npt.NDArray[np.int64]
_UNKNOWN = -1
_LENGTH = 12
_ENDS = "hash(regexp_extract(name, '^[^ ]*')) AS surname, hash(regexp_extract(name, '[^ ]*$')) AS given"
_FULL_YEAR = r"(?:^|\D)(?:18|19|20)(?P<y>\d\d)(?:\D|$)"
_SHORT_YEAR = r"[/.\-\s']\s*(?P<y>\d\d)\s*$"
_DAYS = r"^\D*(?P<a>\d{1,2})\s*[/.\-]\s*(?P<b>\d{1,2})\s*[/.\-]"
_PLAIN_YEAR = (
    r"^\s*(?:\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*)?(?P<y>(?:18|19|20)\d\d)(?:-\d\d-\d\d(?:[T ]00:00.*)?)?\s*$"
)
_LOST = r"[?\x{FFFD}]"
_ALIKE, _HARDLY_ALIKE = 0.7, 0.5
_FITS, _AGAINST = 1, -1


BEARER = np.dtype([
    ("number", np.int64), ("surname", np.uint64), ("given", np.uint64), ("sketch", np.uint64),
    ("year", np.int8), ("day", np.int8), ("month", np.int8), ("sex", np.int8), ("says", np.int8),
])  # fmt: skip
"""A row with a 12-digit number: what tells one person from another, without the person.

number: the personal number. surname, given: hashes of the first and the last syllable of the folded name. sketch: one
bit of 64 for each pair of letters in it. year: of birth, its last two digits; -1 = not known, as in the following.
day, month: the first and second of the two numbers before the year. sex: 1 male, 2 female. says: whether the number
fits what its row says: 1 it does, -1 it surely contradicts it, 0 nothing is sure.
"""

Bearers = npt.NDArray[np.void]
"""Rows of `BEARER`."""


class Conflicts(NamedTuple):
    """Numbers of two people, ascending.

    Attributes:
        shared: those that tell the two apart by nothing; all their rows wait.
        owned: those that fit one row and contradict another person's row.
    """

    shared: _Ints
    owned: _Ints


def bearers(part: pa.Table, sql: duckdb.DuckDBPyConnection) -> Bearers:
    """The rows of a part of SOURCE_RECORDS that bear a personal number, in either column of numbers, and a whole name.

    A name with lost letters (Tr?n Th? H?ng) keeps its own row out; it says nothing against another one.
    """
    part = part.select(("personal_number_raw", "old_id_number_raw", "full_name_raw", "birth_date_raw", "sex_raw"))
    twelve = [_twelve(column_of(part, c)) for c in ("personal_number_raw", "old_id_number_raw")]
    number = pc.coalesce(*twelve)
    names = pc.fill_null(column_of(part, "full_name_raw"), "")
    is_whole = pc.and_not(pc.match_substring_regex(names, r"\pL"), pc.match_substring_regex(names, _LOST))
    has = pc.and_(pc.is_valid(number), is_whole)
    part = part.filter(has)
    name = pc.fill_null(fold_text(pc.utf8_trim_whitespace(column_of(part, "full_name_raw"))), "")
    ends = sql.from_arrow(pa.table({"name": name})).project(_ENDS).fetchnumpy()
    births, sexes = column_of(part, "birth_date_raw"), column_of(part, "sex_raw")
    rows = np.empty(part.num_rows, BEARER)
    rows["number"] = pc.cast(number.filter(has), pa.int64()).to_numpy(zero_copy_only=False)
    rows["surname"], rows["given"], rows["sketch"] = ends["surname"], ends["given"], _sketches(name)
    rows["year"], rows["day"], rows["month"] = _birth_parts(births)
    rows["sex"] = _sexes(sexes)
    rows["says"] = _says(rows, (births, sexes))
    return rows


def conflicts(read: Callable[[], Iterable[Bearers]]) -> Conflicts:
    """The numbers of two people: each row is compared with the first that its number fits, else with the first.

    Args:
        read: gives the rows, piece by piece in their order; it is called twice. Only the row that the others are
            compared with is kept of each number.
    """
    whose = np.empty(0, BEARER)
    for piece in read():
        whose = _first_of_each(np.concatenate([whose, piece]))
    shared, owned = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for piece in read():
        # take is ten times as fast as brackets here
        left = whose.take(np.searchsorted(whose["number"], piece["number"]))
        two = _are_two(left, piece)
        copied = (left["says"] == _FITS) & (piece["says"] == _AGAINST)
        shared.append(piece["number"][two & ~copied])
        owned.append(piece["number"][two & copied])
    both = np.unique(np.concatenate(shared))
    return Conflicts(both, np.setdiff1d(np.concatenate(owned), both))


def digits(number: int) -> str:
    """A personal number as it is written."""
    return f"{number:0{_LENGTH}d}"


def _first_of_each(rows: Bearers) -> Bearers:
    """Of each number the first row that it fits, else its first row; ascending."""
    order = np.lexsort((rows["says"] != _FITS, rows["number"]))
    number = rows["number"][order]
    return np.asarray(rows.take(order[np.append(True, number[1:] != number[:-1])[: len(number)]]))


def _says(rows: Bearers, texts: tuple[pa.Array, pa.Array]) -> npt.NDArray[np.int8]:
    """Whether each number fits what its row says, and whether it contradicts it.

    It contradicts only what is plainly written, so that whoever standardises the row says so too and keeps it out: two
    people with one number must never both be loaded.
    """
    number, year, sex = rows["number"], rows["year"], rows["sex"]
    births, words = (t.dictionary_encode() for t in texts)
    said = pc.is_in(fold_text(pc.utf8_trim_whitespace(words.dictionary)), pa.array(["nam", "trai", "nu", "gai"]))
    plain = pc.struct_field(pc.extract_regex(births.dictionary, _PLAIN_YEAR), "y").take(births.indices)
    whole_year = pc.fill_null(pc.cast(plain, pa.int64()), _UNKNOWN).to_numpy(zero_copy_only=False)
    century, its_sex = 19 + number // (2 * 10**8) % 5, 1 + number // 10**8 % 2
    its_year = 100 * century + number // 10**6 % 100
    is_plain, is_other_sex = whole_year > 0, (sex > 0) & (sex != its_sex)
    fits = np.where(is_plain, whole_year == its_year, year == its_year % 100) & ~is_other_sex
    against = (is_plain & (whole_year != its_year)) | (is_other_sex & flags(said.take(words.indices)))
    return np.where(against, _AGAINST, np.where(fits, _FITS, 0)).astype(np.int8)


def _are_two(left: Bearers, right: Bearers) -> npt.NDArray[np.bool_]:
    alike = _similarity(left["sketch"], right["sketch"])
    is_other_given = left["given"] != right["given"]
    is_other_name = is_other_given & (left["surname"] != right["surname"])
    # a slip changes the day or the month, a clerk may swap them: two people share neither number
    days = [_differs(left[a], right[b]) for a in ("day", "month") for b in ("day", "month")]
    is_other_birth = _differs(left["year"], right["year"]) | (is_other_given & np.logical_and.reduce(days))
    is_other = _differs(left["sex"], right["sex"]) | is_other_name
    return np.asarray((is_other_birth & (alike < _ALIKE)) | (is_other & (alike < _HARDLY_ALIKE)))


def _twelve(raw: pa.Array) -> pa.Array:
    digits = pc.replace_substring_regex(raw, r"\.0+$|\D+", "")
    return pc.if_else(pc.equal(pc.utf8_length(digits), _LENGTH), digits, None)


def _sketches(names: pa.Array) -> npt.NDArray[np.uint64]:
    points = characters.code_points(pc.replace_substring(names, " ", ""))
    codes, starts = points.codes.astype(np.uint64), points.starts
    sketch = np.zeros(len(names), np.uint64)
    if len(codes) < 2:
        return sketch
    pairs = (codes[:-1] * np.uint64(0x9E3779B1) + codes[1:] * np.uint64(0x85EBCA6B)) >> np.uint64(7)
    bits = np.append(np.uint64(1) << (pairs % np.uint64(64)), np.uint64(0))
    bits[starts[1:][starts[1:] > 0] - 1] = 0  # the last letter of a name makes no pair with the next name
    filled = np.flatnonzero(np.diff(starts) > 0)
    sketch[filled] = np.bitwise_or.reduceat(bits, starts[:-1][filled])
    return sketch


def _similarity(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Share of the letter pairs of both names that both have; 1 where there are none."""
    either = np.bitwise_count(left | right)
    return np.where(either == 0, 1.0, np.bitwise_count(left & right) / np.maximum(either, 1))


def _birth_parts(births: pa.Array) -> list[npt.NDArray[np.int8]]:
    seen = births.dictionary_encode()
    digits = pc.replace_substring_regex(pc.replace_substring_regex(seen.dictionary, "[oO]", "0"), "[lI|]", "1")
    full, short = (pc.struct_field(pc.extract_regex(digits, p), "y") for p in (_FULL_YEAR, _SHORT_YEAR))
    days = pc.extract_regex(digits, _DAYS)
    year = pc.coalesce(full, short)
    parts = (year, *(pc.struct_field(days, n) for n in ("a", "b")))
    return [_small(pc.cast(v, pa.int8()).take(seen.indices)) for v in parts]


def _sexes(words: pa.Array) -> npt.NDArray[np.int8]:
    seen = words.dictionary_encode()
    first = pc.fill_null(fold_text(pc.utf8_trim_whitespace(seen.dictionary)), "")
    is_male = flags(pc.is_in(first, pa.array(["nam", "trai", "1", "m"])))
    is_female = flags(pc.is_in(first, pa.array(["nu", "gai", "2", "f"])))
    sexes = np.append(np.where(is_male, 1, np.where(is_female, 2, _UNKNOWN)), _UNKNOWN).astype(np.int8)
    return np.asarray(sexes[pc.fill_null(seen.indices, -1).to_numpy(zero_copy_only=False)])


def _differs(left: npt.NDArray[np.int8], right: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    return np.asarray((left != right) & (left != _UNKNOWN) & (right != _UNKNOWN))


def _small(values: pa.Array) -> npt.NDArray[np.int8]:
    return np.asarray(pc.fill_null(values, _UNKNOWN).to_numpy(zero_copy_only=False))
