"""Lunar dates and the sexagenary years (can chi) of Vietnamese ledgers, as solar dates.

The tables are those of Hồ Ngọc Đức in `vnlunar` (1800-2199, as published: UTC+8 before 1968). They are used
without a time zone on purpose: computing every year with UTC+7 moves days before 1968. From 1968 to 1975 the
South kept its own calendar: Tết 1968 was on 29 January in the North, on 30 January in the South. Where the two differ
the day is left out, since a ledger does not say whose calendar it meant; and a lunar date always goes to review.
"""

from dataclasses import dataclass

from vnlunar.core import convert_lunar_to_solar, get_lunar_date

FIRST_YEAR, LAST_YEAR = 1800, 2199
_TWO_CALENDARS = range(1967, 1976)
"""Lunar years with months that began on another day in the South (UTC+8 until 1975) than in the North."""

_SOUTHERN_ZONE = 8.0

_STEMS = {"giap": 0, "at": 1, "binh": 2, "dinh": 3, "mau": 4, "ky": 5, "ki": 5, "canh": 6, "tan": 7, "nham": 8,
          "quy": 9, "qui": 9}  # fmt: skip
_BRANCHES = {"suu": 1, "dan": 2, "mao": 3, "meo": 3, "thin": 4, "ngo": 6, "mui": 7, "vi": 7, "than": 8, "dau": 9,
             "tuat": 10, "hoi": 11}  # fmt: skip
_RAT_OR_SNAKE = frozenset({"ty", "ti"})
STEM_WORDS: frozenset[str] = frozenset(_STEMS)
BRANCH_WORDS: frozenset[str] = frozenset(_BRANCHES) | _RAT_OR_SNAKE
_CYCLE = 60
_YEAR_OF_CYCLE_START = 1864  # Giáp Tý


@dataclass(frozen=True)
class Solar:
    """A solar date; month or day is None where the lunar date does not settle it."""

    year: int
    month: int | None
    day: int | None


def cycle_place(stem: str, branch: str) -> int | None:
    """Place 0-59 of a can-chi pair given in folded words ("at", "dau"); None if the pair does not exist.

    Tý (rat) and Tỵ (snake) fold alike, but stem and branch are both even or both odd, which tells them apart.
    """
    if stem not in _STEMS:
        return None
    first = _STEMS[stem]
    second = (0 if first % 2 == 0 else 5) if branch in _RAT_OR_SNAKE else _BRANCHES.get(branch)
    if second is None or first % 2 != second % 2:
        return None
    return next(n for n in range(_CYCLE) if n % 10 == first and n % 12 == second)


def branch_fits(branch: str, year: int) -> bool:
    """Is a zodiac animal in folded words ("dan") that of the lunar year, or of the one before, which ends in it?"""
    own = {0, 5} if branch in _RAT_OR_SNAKE else {_BRANCHES.get(branch)}
    return any(place_of_year(y) % 12 in own for y in (year, year - 1))


def place_of_year(lunar_year: int) -> int:
    """Place 0-59 of a lunar year in the cycle."""
    return (lunar_year - _YEAR_OF_CYCLE_START) % _CYCLE


def to_solar(year: int, month: int | None, day: int | None, *, leap: bool = False) -> Solar | None:
    """The solar date of a lunar one; None if that lunar day does not exist.

    A lunar year or month overlaps two solar ones: the solar month is given only when the whole lunar month lies
    in it, the solar year of a lunar year is the one that holds most of it.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month is None:
        return Solar(year, None, None)
    if day is None:
        return _month_to_solar(year, month, leap)
    north = convert_lunar_to_solar(day, month, year, int(leap))
    if year not in _TWO_CALENDARS:
        return _solar(north)
    south = convert_lunar_to_solar(day, month, year, int(leap), time_zone=_SOUTHERN_ZONE)
    return _common(_solar(north), _solar(south))


def _solar(found: tuple[int, int, int] | None) -> Solar | None:
    return None if found is None else Solar(found[2], found[1], found[0])


def _common(north: Solar | None, south: Solar | None) -> Solar | None:
    """What both calendars say; a day that only one of them has is that day."""
    if north is None or south is None or north == south:
        return north or south
    if (north.year, north.month) == (south.year, south.month):
        return Solar(north.year, north.month, None)
    return Solar(north.year, None, None) if north.year == south.year else None


def to_lunar(year: int, month: int, day: int) -> tuple[int, int, int, bool]:
    """Lunar year, month, day, leap month of a solar date."""
    found = get_lunar_date(day, month, year)
    return found["year"], found["month"], found["day"], bool(found["leap"])


def _month_to_solar(year: int, month: int, leap: bool) -> Solar | None:
    first = convert_lunar_to_solar(1, month, year, int(leap))
    last = convert_lunar_to_solar(29, month, year, int(leap))
    if first is None or last is None:
        return None
    if first[2] != last[2]:
        return Solar(year, None, None)
    return Solar(first[2], first[1] if first[1] == last[1] else None, None)
