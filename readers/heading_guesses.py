"""Headings that only resemble known ones: slips of typing, names cut short, keys of a keyboard that was off.

Asked only for columns of a heading that was found by its other columns, and never for a part of a value; what is
guessed is told (`header.unsure`).
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from readers import typed
from readers.heading_words import ASIDE, Meaning, by_compact_words, meanings, plain

BY_KEYS, BY_SLIP, BY_START = 0.65, 0.6, 0.55
_SHORTEST_SLIP, _SHORTEST_FOR_TWO = 5, 10
_CUT = re.compile(r"^[A-Za-z_0-9]{8,11}$")
"""Names of columns in DBF tables have ten letters."""
_ROLE = tuple[str, str]


@lru_cache(maxsize=4_096)
def guess(heading: str) -> Meaning | None:
    """The one field that an unknown heading resembles; None if there is none, or several."""
    for way in typed.WAYS if heading.isascii() else ():
        found = meanings(typed.from_typed(heading, way))
        if len(found) == 1 and found[0].part == "" and found[0].raw_column != ASIDE:
            return Meaning(found[0].raw_column, "", BY_KEYS)
    letters = plain(heading).replace(" ", "")
    cut = _longer(letters) if _CUT.match(heading) else iter(())
    for confidence, near in ((BY_SLIP, _slips(letters)), (BY_START, cut)):
        roles = {role for role in near if role[0] != ASIDE}
        if len(roles) == 1:
            ((raw, part),) = roles
            return Meaning(raw, "", confidence) if part == "" else None
        if roles:
            return None
    return None


def _slips(letters: str) -> Iterator[_ROLE]:
    """Roles of the known headings that differ by a slip; by two in long ones, if none differs by one."""
    if len(letters) < _SHORTEST_SLIP:
        return
    for most in (1, 2) if len(letters) >= _SHORTEST_FOR_TWO else (1,):
        found = [roles for known, roles in _known() if abs(len(known) - len(letters)) <= most
                 and len(known) >= _SHORTEST_SLIP and differences(known, letters, most) <= most]  # fmt: skip
        if found:
            yield from (role for roles in found for role in roles)
            return


def _longer(letters: str) -> Iterator[_ROLE]:
    """Roles of the known headings that begin with a cut name."""
    return (role for known, roles in _known() if known.startswith(letters) for role in roles)


@cache
def _known() -> tuple[tuple[str, tuple[_ROLE, ...]], ...]:
    return tuple(by_compact_words().items())


def differences(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed or swapped with their neighbour; any number above `most` once it is passed.

    Source: restricted Damerau-Levenshtein distance, a column of its table in the bits of a few numbers: H. Hyyrö,
    "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003.
    """
    found, left = len(one), len(other)
    if abs(found - left) > most or not one:
        return min(max(found, left), most + 1)
    places, full = _places(one), (1 << found) - 1
    last, rising, falling, same, before = 1 << (found - 1), full, 0, 0, 0
    for letter in other:
        left -= 1
        here = places.get(letter, 0)
        swapped = ((~same & here) << 1) & before
        same = (((here & rising) + rising) ^ rising) | here | falling | swapped
        more, less = falling | (full & ~(same | rising)), same & rising
        found += bool(more & last) - bool(less & last)
        if found - left > most:
            return most + 1
        more = (more << 1) | 1
        rising, falling, before = ((less << 1) | ~(same | more)) & full, more & same & full, here
    return found


@lru_cache(maxsize=4_096)
def _places(text: str) -> Mapping[str, int]:
    """Where each letter of a text stands, in bits from the first."""
    found: dict[str, int] = {}
    for at, letter in enumerate(text):
        found[letter] = found.get(letter, 0) | 1 << at
    return found
