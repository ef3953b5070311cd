"""Headings that only resemble known ones: slips of typing, names cut short, keys of a keyboard that was off.

Asked only for columns of a heading that was found by its other columns, and never for a part of a value; what is
guessed is told (`header.unsure`).
"""

import re
from collections.abc import Iterator
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

    Source: restricted Damerau-Levenshtein distance.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at]
        for place, against in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != against))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == against:
                cost = min(cost, older[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
