"""What blocking keys are made of: one hash for each record and part, 0 where the record has none.

The same in each run and whatever other records there are, because the store keeps the keys.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.encode import Columns, Records
from dedup.hashing import Hashes, combine, mix
from dedup.names import NONE, WIDTH, Names

Mask = npt.NDArray[np.bool_]
_YEARS = 4
"""Years of a window; two sets of windows lie half a window apart, so that years one apart share one of them."""


@dataclass(frozen=True)
class Parts:
    """Hashes of values that a person's records usually share, one a record, 0 where it is missing.

    Attributes:
        name, father, mother, spouse, head: the folded name; no head where it is the person.
        surname, given: its first and its last syllable. letter: the first letter of the last one.
        sound: the whole name by sound (`sounds`). given_sound: its last syllable.
        rest: the name without its last syllable, front: without its first; of names of three syllables and more.
        date: the full date of birth, day and month in either order, so that swapped ones meet.
        year, day_month: parts of it. The first of January is no full date: registers write it for "unknown".
        years, later_years: the window of the year of birth, in two sets.
        commune, native: unit code of five digits, else the text of the place.
        province, household, sex: as they are.
        personal, old: the numbers.
    """

    name: Hashes
    father: Hashes
    mother: Hashes
    spouse: Hashes
    head: Hashes
    surname: Hashes
    given: Hashes
    letter: Hashes
    sound: Hashes
    given_sound: Hashes
    rest: Hashes
    front: Hashes
    date: Hashes
    year: Hashes
    day_month: Hashes
    years: Hashes
    later_years: Hashes
    commune: Hashes
    native: Hashes
    province: Hashes
    household: Hashes
    sex: Hashes
    personal: Hashes
    old: Hashes


def key_parts(records: Records) -> Parts:
    """The parts of all keys, in the order of the records."""
    c, names = records.columns, records.names
    codes = c.names.T.astype(np.intp)  # whole columns of what numpy looks up without a copy
    own, whole = codes[0], [names.hashes.take(column) for column in codes]
    words = np.append(names.tokens.hashes, np.uint64(0))
    sounds = np.append(names.tokens.sounds, np.uint64(0))
    first, last = words[names.first()], words[names.last()]
    initial = np.append(names.tokens.initial, 0)[names.last()]
    year = c.year.astype(np.int32)
    return Parts(
        name=whole[0], father=whole[1], mother=whole[2], spouse=whole[3],
        head=np.where(whole[4] == whole[0], np.uint64(0), whole[4]),
        surname=first.take(own), given=last.take(own), letter=_present(initial, initial > 0).take(own),
        sound=_of_syllables(names, sounds, names.sizes > 0).take(own), given_sound=sounds[names.last()].take(own),
        rest=_of_syllables(_without(names, 1), words, names.sizes > 2).take(own),
        front=_of_syllables(_without(names, 0), words, names.sizes > 2).take(own),
        date=_date(c), year=_present(year, year > 0), day_month=_day_month(c),
        years=_present(year // _YEARS, year > 0),
        later_years=_present(-(year + _YEARS // 2) // _YEARS, year > 0),
        commune=_unit(c.residence, c.residence_text), native=_unit(c.native, c.native_text),
        province=c.province, household=c.household, sex=_present(c.sex, c.sex > 0),
        personal=_present(c.personal, c.personal > 0), old=_present(c.old, c.old > 0),
    )  # fmt: skip


def _date(c: Columns) -> Hashes:
    low, high = np.minimum(c.day, c.month), np.maximum(c.day, c.month)
    return _present(c.year * np.int32(10_000) + low * np.int16(100) + high, _has_day(c) & (c.year > 0))


def _day_month(c: Columns) -> Hashes:
    return _present(c.month * np.int16(100) + c.day, _has_day(c))


def _has_day(c: Columns) -> Mask:
    return np.asarray((c.month > 0) & (c.day > 0) & ~((c.month == 1) & (c.day == 1)))


def _without(names: Names, end: int) -> Names:
    """The names without their first (0) or last (1) syllable."""
    folded = names.folded.copy()
    rows = np.arange(len(folded))
    folded[rows, np.maximum(names.sizes.astype(np.int64) - 1, 0) if end else 0] = NONE
    return Names(names.tokens, names.marked, folded, names.sizes, names.hashes, names.has_marks)


def _of_syllables(names: Names, words: Hashes, wanted: Mask) -> Hashes:
    return _where(wanted, combine(*(words[names.folded[:, i]] for i in range(WIDTH))))


def _present(values: npt.ArrayLike, there: Mask) -> Hashes:
    return _where(there, mix(values))


def _where(there: Mask, hashes: Hashes) -> Hashes:
    hashes[~there] = 0
    return hashes


def _unit(codes: npt.NDArray[np.int32], texts: Hashes) -> Hashes:
    return np.where(codes >= 500_000, mix(codes), texts)
