"""Comparisons: how far two records agree, as small integers. 0 = cannot be compared; higher = agrees more.

Each function takes rows of both sides and returns int8 levels of the same length; swapping the sides changes nothing.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dedup.encode import Columns, Records
from dedup.hashing import Hashes
from dedup.model import NameShares
from dedup.name_levels import NameLevel, known_given_names, name_levels
from dedup.names import Codes
from schemas.tables import LEVEL_NAMES

Levels = npt.NDArray[np.int8]
Rows = npt.NDArray[np.int64]


class BirthLevel(IntEnum):
    """Agreement of two dates of birth. The first of January counts as a year alone: it is written for "unknown"."""

    UNKNOWN = 0
    DIFFERENT = 1
    NEAR_YEAR = 2
    YEAR = 3
    YEAR_AND_PART = 4
    YEAR_OFF = 5
    YEAR_ONLY = 6
    MONTH = 7
    SWAPPED = 8
    EXACT = 9


class SexLevel(IntEnum):
    """Agreement of two sexes."""

    UNKNOWN = 0
    DIFFERENT = 1
    SAME = 2


class NumberLevel(IntEnum):
    """Agreement of identity numbers. The personal number decides where both have one."""

    UNKNOWN = 0
    PERSONAL_DIFFERENT = 1
    OLD_DIFFERENT = 2
    OLD_SLIP = 3
    OLD_SAME = 4
    PERSONAL_SLIP = 5
    PERSONAL_SAME = 6


class FamilyLevel(IntEnum):
    """Agreement of father, mother and spouse together."""

    UNKNOWN = 0
    BOTH_PARENTS_DIFFERENT = 1
    DIFFERENT = 2
    SPOUSE_DIFFERENT = 3
    MIXED = 4
    PARTLY = 5
    ONE = 6
    SEVERAL = 7


class HouseholdLevel(IntEnum):
    """Agreement of the households. LINKED: other members of the two households match."""

    UNKNOWN = 0
    OTHER_ROLE = 1
    DIFFERENT = 2
    SAME_HEAD = 3
    SAME = 4
    LINKED = 5


class PlaceLevel(IntEnum):
    """Agreement of residence and native place together."""

    UNKNOWN = 0
    BOTH_DIFFERENT = 1
    MOVED = 2
    NATIVE_DIFFERENT = 3
    COMMUNE_NATIVE_DIFFERENT = 4
    MOVED_NATIVE_SAME = 5
    NATIVE_SAME = 6
    COMMUNE = 7
    COMMUNE_NATIVE_SAME = 8
    ADDRESS_NATIVE_DIFFERENT = 9
    ADDRESS = 10


LEVEL_COUNTS: tuple[int, ...] = tuple(
    len(kind) for kind in (NameLevel, BirthLevel, SexLevel, NumberLevel, FamilyLevel, HouseholdLevel, PlaceLevel)
)
"""Number of levels of each comparison, in the order of LEVEL_NAMES."""


@dataclass(frozen=True)
class Compared:
    """Levels of pairs.

    Attributes:
        levels: shape (pairs, 7), columns in the order of LEVEL_NAMES.
        relatives: shape (pairs, 3): NameLevel of father, mother and spouse.
    """

    levels: Levels
    relatives: Levels

    def level(self, name: str) -> Levels:
        """Levels of one comparison, by its name in LEVEL_NAMES."""
        return self.levels[:, LEVEL_NAMES.index(name)]

    def take(self, rows: Rows) -> "Compared":
        """The pairs of those rows."""
        return Compared(self.levels[rows], self.relatives[rows])


def compare(records: Records, left: Rows, right: Rows, shares: NameShares) -> Compared:
    """Compare the records of each pair.

    Args:
        records: the encoded records.
        left: rows of one side.
        right: rows of the other side, as many.
        shares: the given names that are known: a slip usually makes a name that nobody bears.
    """
    c = records.columns
    known = known_given_names(records.names.tokens, shares)
    names = [name_levels(records.names, c.names[left, i], c.names[right, i], known) for i in range(5)]
    heads = _other_heads(records, left, right, names[4])
    levels = np.stack([
        names[0], birth_levels(c, left, right), _sex_levels(c, left, right), number_levels(c, left, right),
        family_levels(*names[1:4]), household_levels(c, left, right, heads), place_levels(c, left, right),
    ], axis=1)  # fmt: skip
    return Compared(levels, np.stack(names[1:4], axis=1))


def birth_levels(c: Columns, left: Rows, right: Rows) -> Levels:
    """Agreement of the dates of birth: BirthLevel."""
    (y1, m1, d1), (y2, m2, d2) = _date(c, left), _date(c, right)
    gap = np.abs(y1 - y2)
    full1, full2 = (m1 > 0) & (d1 > 0), (m2 > 0) & (d2 > 0)
    both = full1 & full2
    same_day, same_month, same_year = d1 == d2, m1 == m2, gap == 0
    off = both & same_day & same_month & ((gap <= 2) | (gap == 10) | _digits_swapped(y1, y2))
    choices = (
        ((y1 == 0) | (y2 == 0), BirthLevel.UNKNOWN),
        (same_year & both & same_day & same_month, BirthLevel.EXACT),
        (same_year & both & (d1 == m2) & (d2 == m1), BirthLevel.SWAPPED),
        (same_year & both & (same_day | same_month), BirthLevel.YEAR_AND_PART),
        (same_year & both, BirthLevel.YEAR),
        (same_year & (m1 > 0) & (m2 > 0) & same_month, BirthLevel.MONTH),
        (same_year & (m1 > 0) & (m2 > 0), BirthLevel.YEAR),
        (same_year, BirthLevel.YEAR_ONLY),
        (off, BirthLevel.YEAR_OFF),
        (gap <= 1, BirthLevel.NEAR_YEAR),
    )
    return _select(choices, BirthLevel.DIFFERENT)


def number_levels(c: Columns, left: Rows, right: Rows) -> Levels:
    """Agreement of personal and old numbers: NumberLevel."""
    p1, p2, o1, o2 = c.personal[left], c.personal[right], c.old[left], c.old[right]
    personal, old = (p1 > 0) & (p2 > 0), (o1 > 0) & (o2 > 0)
    choices = (
        (personal & (p1 == p2), NumberLevel.PERSONAL_SAME),
        (_one_slip(p1, p2, 12, personal & (p1 != p2)), NumberLevel.PERSONAL_SLIP),
        (personal, NumberLevel.PERSONAL_DIFFERENT),
        (old & (o1 == o2), NumberLevel.OLD_SAME),
        (_one_slip(o1, o2, 9, old & (o1 != o2)), NumberLevel.OLD_SLIP),
        (old, NumberLevel.OLD_DIFFERENT),
    )
    return _select(choices, NumberLevel.UNKNOWN)


def family_levels(father: Levels, mother: Levels, spouse: Levels) -> Levels:
    """Agreement of the relatives from the levels of their names: FamilyLevel."""
    kinds = [_relative(level) for level in (father, mother, spouse)]
    same = sum((k == 3).astype(np.int8) for k in kinds)
    partly = sum((k == 2).astype(np.int8) for k in kinds)
    differ = sum((k == 1).astype(np.int8) for k in kinds)
    choices = (
        ((same + partly + differ) == 0, FamilyLevel.UNKNOWN),
        ((differ == 0) & (same >= 2), FamilyLevel.SEVERAL),
        ((differ == 0) & (same == 1), FamilyLevel.ONE),
        (differ == 0, FamilyLevel.PARTLY),
        ((same + partly) > 0, FamilyLevel.MIXED),
        ((kinds[0] == 1) & (kinds[1] == 1), FamilyLevel.BOTH_PARENTS_DIFFERENT),
        ((kinds[0] == 1) | (kinds[1] == 1), FamilyLevel.DIFFERENT),
    )
    return _select(choices, FamilyLevel.SPOUSE_DIFFERENT)


def household_levels(c: Columns, left: Rows, right: Rows, head: Levels) -> Levels:
    """Agreement of the households: HouseholdLevel, without LINKED, which needs the other pairs.

    Two lines of one household in one file with different relations to its head are two roles.
    """
    h1, h2, r1, r2 = c.household[left], c.household[right], c.relation[left], c.relation[right]
    same = (h1 != 0) & (h1 == h2)
    role = same & (c.file[left] == c.file[right]) & (r1 > 0) & (r2 > 0) & (r1 != r2)
    choices = (
        (role, HouseholdLevel.OTHER_ROLE),
        (same, HouseholdLevel.SAME),
        (head >= NameLevel.DROPPED, HouseholdLevel.SAME_HEAD),
        ((h1 != 0) & (h2 != 0), HouseholdLevel.DIFFERENT),
        (head > 0, HouseholdLevel.DIFFERENT),
    )
    return _select(choices, HouseholdLevel.UNKNOWN)


def place_levels(c: Columns, left: Rows, right: Rows) -> Levels:
    """Agreement of residence and native place: PlaceLevel."""
    home = _place(c.residence[left], c.residence[right], c.residence_text[left], c.residence_text[right])
    native = _place(c.native[left], c.native[right], c.native_text[left], c.native_text[right])
    from_same, from_other = native >= 2, native == 1
    choices = (
        ((home == 3) & from_other, PlaceLevel.ADDRESS_NATIVE_DIFFERENT),
        (home == 3, PlaceLevel.ADDRESS),
        ((home == 2) & from_same, PlaceLevel.COMMUNE_NATIVE_SAME),
        ((home == 2) & from_other, PlaceLevel.COMMUNE_NATIVE_DIFFERENT),
        (home == 2, PlaceLevel.COMMUNE),
        ((home == 1) & from_same, PlaceLevel.MOVED_NATIVE_SAME),
        ((home == 1) & from_other, PlaceLevel.BOTH_DIFFERENT),
        (home == 1, PlaceLevel.MOVED),
        (from_same, PlaceLevel.NATIVE_SAME),
        (from_other, PlaceLevel.NATIVE_DIFFERENT),
    )
    return _select(choices, PlaceLevel.UNKNOWN)


def _other_heads(records: Records, left: Rows, right: Rows, head: Levels) -> Levels:
    """Levels of the heads' names, unknown where a head is the person, a parent or the spouse.

    Those names are compared already: counting them again would take one agreement for two.
    """
    level = head.copy()
    both = np.flatnonzero(level)
    for rows in (left[both], right[both]):
        hashes = records.names.hashes[records.columns.names[rows]]
        level[both[(hashes[:, 4:] == hashes[:, :4]).any(axis=1)]] = 0
    return level


def _sex_levels(c: Columns, left: Rows, right: Rows) -> Levels:
    s1, s2 = c.sex[left], c.sex[right]
    return _select((((s1 == 0) | (s2 == 0), SexLevel.UNKNOWN), (s1 == s2, SexLevel.SAME)), SexLevel.DIFFERENT)


def _select(choices: tuple[tuple[npt.NDArray[np.bool_], IntEnum], ...], otherwise: IntEnum) -> Levels:
    levels = np.full(len(choices[0][0]), int(otherwise), np.int8)
    for where, level in reversed(choices):
        levels[where] = int(level)
    return levels


def _date(c: Columns, rows: Rows) -> tuple[Rows, Rows, Rows]:
    year, month, day = (part[rows].astype(np.int64) for part in (c.year, c.month, c.day))
    filler = (month == 1) & (day == 1)
    return year, np.where(filler, 0, month), np.where(filler, 0, day)


def _digits_swapped(left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    last = (left // 100 == right // 100) & (left % 10 == right // 10 % 10) & (left // 10 % 10 == right % 10)
    return np.asarray(last)


def _one_slip(left: Rows, right: Rows, digits: int, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of the wanted pairs those whose numbers differ in one digit, or have two neighbours swapped."""
    rows = np.flatnonzero(wanted)
    left, right = left[rows], right[rows]
    wrong = np.zeros(len(rows), np.int8)
    swapped = np.zeros(len(rows), np.bool_)
    before_left = before_right = np.full(len(rows), -1, np.int64)
    for place in range(digits):
        a, b = left // 10**place % 10, right // 10**place % 10
        wrong += a != b
        swapped |= (a == before_right) & (b == before_left) & (a != b)
        before_left, before_right = a, b
    slips = np.zeros(len(wanted), np.bool_)
    slips[rows[(wrong == 1) | ((wrong == 2) & swapped)]] = True
    return slips


def _relative(level: Levels) -> Levels:
    """0 unknown, 1 another name, 2 partly the same, 3 the same."""
    table = np.full(len(NameLevel), 3, np.int8)
    table[NameLevel.UNKNOWN], table[NameLevel.DIFFERENT] = 0, 1
    table[NameLevel.GIVEN] = 1
    table[[NameLevel.SURNAME_GIVEN, NameLevel.GIVEN_LIKE]] = 2
    return np.asarray(table[level])


def _place(code1: Codes, code2: Codes, text1: Hashes, text2: Hashes) -> Levels:
    """0 unknown, 1 different, 2 the same commune, 3 the same address."""
    coded = (code1 >= 500_000) & (code2 >= 500_000)
    texts = (text1 != 0) & (text2 != 0)
    level = np.where(coded, np.where(code1 == code2, 2, 1), np.where(texts, 1, 0))
    return np.where(texts & (text1 == text2), 3, level).astype(np.int8)
