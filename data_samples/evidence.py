"""How much speaks for two rows of one person being one person, as a careful clerk would count it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data_samples.draw import Bools, Ints
from data_samples.slips import Draft
from data_samples.spelling import without_marks

ENOUGH = 6
"""Points: same personal number 5, same card 4, whole date the same 3 (only the year 1), name alike 2 (one syllable
apart 1), household number 2, father, mother and native place 1 each."""

REASONS = ("", "weak_evidence", "numbers_contradict", "looks_like_two_people")
"""Why a pair is difficult, the later the graver; "" = it is not."""

TWO_PEOPLE = REASONS.index("looks_like_two_people")
_COLUMNS = (
    "full_name", "birth_date", "personal_number", "old_id_number", "father_name", "mother_name", "native_place",
    "household_id",
)  # fmt: skip
_FOLDED = frozenset(("full_name", "father_name", "mother_name", "native_place"))
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
    ledger: int


def hard_to_match(draft: Draft, is_wanted: Bools) -> Ints:
    """Which rows of people with several wanted rows are hard to bring together, and why: place in REASONS, 0 = not.

    Each row is compared with the earlier one that it is likest; both are hard when they have less than ENOUGH points,
    when their personal numbers differ, or when they stand in one ledger with one personal number, and neither name
    nor birth is written the same.
    """
    rows = np.flatnonzero(is_wanted)
    hard = np.zeros(len(is_wanted), dtype=np.int64)
    if not len(rows):
        return hard
    person = draft.block.entries.person[rows]
    order = np.argsort(person, kind="stable")
    rows, person = rows[order], person[order]
    ledgers = draft.block.books.ledger[draft.block.entries.book[rows]].tolist()
    seen: dict[int, list[tuple[int, _Row]]] = {}
    for row, who, found in zip(rows.tolist(), person.tolist(), _rows(draft, rows, ledgers), strict=True):
        before = seen.setdefault(who, [])
        if before:
            other, likest = max(before, key=lambda b: _points(found, b[1]))
            reason = _reason(found, likest)
            hard[[row, other]] = np.maximum(hard[[row, other]], reason)
        before.append((row, found))
    return hard


def _reason(left: _Row, right: _Row) -> int:
    if _look_like_two(left, right):
        return TWO_PEOPLE
    contradict = left.personal != right.personal and left.personal != "" != right.personal
    return 2 if contradict else int(_points(left, right) < ENOUGH)


def _look_like_two(left: _Row, right: _Row) -> bool:
    is_one_number = left.personal == right.personal != "" and left.ledger == right.ledger
    return is_one_number and left.name != right.name and left.written != right.written


def _rows(draft: Draft, rows: Ints, ledgers: list[int]) -> list[_Row]:
    columns = [draft.texts[name].take(rows) for name in _COLUMNS]
    texts = [_keys(c) if name in _FOLDED else c.to_pylist() for name, c in zip(_COLUMNS, columns, strict=True)]
    years, days = draft.births.year[rows].tolist(), (draft.births.month * 100 + draft.births.day)[rows].tolist()
    return [
        _Row(tuple(name.split()), (year, day if _is_whole(birth) else 0), personal, card, father, mother, native,
             household, birth, ledger)
        for name, birth, personal, card, father, mother, native, household, year, day, ledger
        in zip(*texts, years, days, ledgers, strict=True)
    ]  # fmt: skip


def _is_whole(birth: str) -> bool:
    return len(birth) >= _SHORTEST_WHOLE_DATE and birth[0].isdecimal() and not birth.startswith("00/") and (
        sum(c in "/.-" for c in birth) == 2)  # fmt: skip


def _keys(texts: pa.Array) -> list[str]:
    """All at once: one long text is folded faster than many short ones."""
    return without_marks("\n".join(texts.to_pylist())).lower().split("\n")


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
