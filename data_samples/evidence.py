"""How much speaks for two rows of one person being one person, as a careful clerk would count it."""

from dataclasses import dataclass

import numpy as np

from data_samples.draw import Bools, Ints
from data_samples.slips import Draft
from data_samples.spelling import without_marks

ENOUGH = 6
_COLUMNS = (
    "full_name", "birth_date", "personal_number", "old_id_number", "father_name", "mother_name", "native_place",
    "household_id",
)  # fmt: skip
_SHORTEST_WHOLE_DATE = len("1-1-60")


@dataclass(frozen=True)
class _Row:
    """What is compared, folded; ``born``: year, month, day as written, 0 where not written."""

    name: tuple[str, ...]
    born: tuple[int, int]
    personal: str
    card: str
    father: str
    mother: str
    native: str
    household: str
    written: str


def hard_to_match(draft: Draft, is_wanted: Bools) -> Bools:
    """Pairs of wanted rows of one person whose likeness is below ENOUGH points, or that look like two people.

    Each row is compared with the earlier one that it is likest; both are hard then. Two rows with one personal number
    look like two people when neither the name nor the birth is written the same.
    Same personal number 5 points, same card 4, name alike 2 (one syllable apart 1), whole date the same 3 (only the
    year 1), father, mother and native place 1 each, household number 2.
    """
    rows = np.flatnonzero(is_wanted)
    person = draft.block.entries.person[rows]
    order = np.argsort(person, kind="stable")
    rows, person = rows[order], person[order]
    seen: dict[int, list[tuple[int, _Row]]] = {}
    hard = np.zeros(len(is_wanted), dtype=bool)
    for row, who, found in zip(rows.tolist(), person.tolist(), _rows(draft, rows), strict=True):
        before = seen.setdefault(who, [])
        if before:
            other, likest = max(before, key=lambda b: _points(found, b[1]))
            if _points(found, likest) < ENOUGH or _look_like_two(found, likest):
                hard[[row, other]] = True
        before.append((row, found))
    return hard


def _look_like_two(left: _Row, right: _Row) -> bool:
    return left.personal == right.personal != "" and left.name != right.name and left.written != right.written


def _rows(draft: Draft, rows: Ints) -> list[_Row]:
    columns = [draft.texts[name].take(rows).to_pylist() for name in _COLUMNS]
    years, days = draft.births.year[rows].tolist(), (draft.births.month * 100 + draft.births.day)[rows].tolist()
    return [
        _Row(tuple(_key(name).split()), (year, day if _is_whole(birth) else 0), personal, card, _key(father),
             _key(mother), _key(native), household, birth)
        for name, birth, personal, card, father, mother, native, household, year, day
        in zip(*columns, years, days, strict=True)
    ]  # fmt: skip


def _is_whole(birth: str) -> bool:
    return len(birth) >= _SHORTEST_WHOLE_DATE and birth[0].isdecimal() and not birth.startswith("00/") and (
        sum(c in "/.-" for c in birth) == 2)  # fmt: skip


def _key(text: str) -> str:
    return without_marks(text).lower()


def _points(left: _Row, right: _Row) -> int:
    points = max(0, 2 - _syllables_apart(left.name, right.name))
    if left.born == right.born and left.born[1]:
        points += 3
    elif left.born[0] == right.born[0]:
        points += 1
    for weight, a, b in (
        (5, left.personal, right.personal), (4, left.card, right.card), (2, left.household, right.household),
        (1, left.father, right.father), (1, left.mother, right.mother), (1, left.native, right.native),
    ):  # fmt: skip
        points += weight * (a == b and a != "")
    return points


def _syllables_apart(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """Syllables of the longer name without their like in the other."""
    rest = list(right)
    for syllable in left:
        if syllable in rest:
            rest.remove(syllable)
    return max(len(rest), len(left) - (len(right) - len(rest)))
