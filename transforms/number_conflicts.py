"""Personal numbers that two people of one file bear, found in one pass from 36 bytes a row: no name and no birth.

A person who was typed twice differs in a letter, a mark, a middle name or a day; that is for the matching to judge. Two
people differ in most of the name and also in the year of birth, in both day and month, in the sex, or in surname and
given name both.
"""

from collections.abc import Iterable

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
_LOST = r"[?\x{FFFD}]"
_ALIKE, _HARDLY_ALIKE = 0.7, 0.5


BEARER = np.dtype([
    ("number", np.int64), ("surname", np.uint64), ("given", np.uint64), ("sketch", np.uint64),
    ("year", np.int8), ("day", np.int8), ("month", np.int8), ("sex", np.int8),
])  # fmt: skip
"""A row with a 12-digit number: what tells one person from another, without the person.

number: the personal number. surname, given: hashes of the first and the last syllable of the folded name. sketch: one
bit of 64 for each pair of letters in it. year: of birth, its last two digits; -1 = not known, as in the following.
day, month: the first and second of the two numbers before the year. sex: 1 male, 2 female.
"""

Bearers = npt.NDArray[np.void]
"""Rows of `BEARER`."""


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
    rows = np.empty(part.num_rows, BEARER)
    rows["number"] = pc.cast(number.filter(has), pa.int64()).to_numpy(zero_copy_only=False)
    rows["surname"], rows["given"], rows["sketch"] = ends["surname"], ends["given"], _sketches(name)
    rows["year"], rows["day"], rows["month"] = _birth_parts(column_of(part, "birth_date_raw"))
    rows["sex"] = _sexes(column_of(part, "sex_raw"))
    return rows


def conflicts(pieces: Iterable[Bearers]) -> _Ints:
    """Numbers of two people, ascending: each row is compared with the first one of its number.

    Of a piece that was looked at only the first row of each number is kept.
    """
    first, found = np.empty(0, BEARER), [np.empty(0, np.int64)]
    for piece in pieces:
        first, numbers = _compared(np.concatenate([first, piece]))
        found.append(numbers)
    return np.unique(np.concatenate(found))


def digits(number: int) -> str:
    """A personal number as it is written."""
    return f"{number:0{_LENGTH}d}"


def _compared(rows: Bearers) -> tuple[Bearers, _Ints]:
    """The first row of each number, and the numbers that two people bear."""
    order = np.argsort(rows["number"], kind="stable")
    number = rows["number"][order]
    is_first = np.append(True, number[1:] != number[:-1])[: len(number)]
    firsts = order[is_first]
    one = firsts[np.cumsum(is_first) - 1][~is_first]
    two = _are_two(rows.take(one), rows.take(order[~is_first]))  # take is ten times as fast as brackets here
    return rows.take(firsts), number[~is_first][two]


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
