"""Blocking: which pairs are worth comparing.

A rule makes one key of a record from values that a person's records usually share; a missing part makes no key. Pairs
with one key in common are candidates. The keys are hashes of rule and value, the same in each run, because the store
keeps them. A block with too many records is split by sex, birth year and commune; what is then still too large is
left out and counted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.encode import Columns, Records, encode_in_order
from dedup.hashing import Hashes, combine, mix
from schemas.contract import empty
from schemas.tables import BLOCK_KEYS

BLOCK_CAP = 64
"""Most records of a block."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """What keys are made of, one value a record, 0 where it is missing.

    Attributes:
        name, father, mother, spouse, head: hash of the folded name; no head where it is the person.
        surname, given: hash of its first and of its last syllable.
        father_given, mother_given: the same of the parents' names.
        date: the full date of birth, day and month in either order, so that swapped ones meet.
        year, day_month: parts of it. The first of January is no full date: registers write it for "unknown".
        commune, native: unit code of five digits, else the text of the place.
    """

    name: Hashes
    father: Hashes
    mother: Hashes
    spouse: Hashes
    head: Hashes
    surname: Hashes
    given: Hashes
    letter: Hashes
    father_given: Hashes
    mother_given: Hashes
    date: Hashes
    year: Hashes
    day_month: Hashes
    commune: Hashes
    native: Hashes
    province: Hashes
    household: Hashes
    personal: Hashes
    old: Hashes


RULES: tuple[tuple[str, Callable[[Parts], tuple[Hashes, ...]]], ...] = (
    ("personal number", lambda p: (p.personal,)),
    ("old number", lambda p: (p.old,)),
    ("name, date", lambda p: (p.name, p.date)),
    ("surname, given name, date", lambda p: (p.surname, p.given, p.date)),
    ("given name, date, province", lambda p: (p.given, p.date, p.province)),
    ("given name, household", lambda p: (p.given, p.household)),
    ("name, father", lambda p: (p.name, p.father)),
    ("name, mother", lambda p: (p.name, p.mother)),
    ("name, spouse", lambda p: (p.name, p.spouse)),
    ("surname, given name, father, province", lambda p: (p.surname, p.given, p.father, p.province)),
    ("surname, given name, mother, province", lambda p: (p.surname, p.given, p.mother, p.province)),
    ("surname, given name, year, head", lambda p: (p.surname, p.given, p.year, p.head)),
    ("name, year, commune", lambda p: (p.name, p.year, p.commune)),
    ("name, year, native place", lambda p: (p.name, p.year, p.native)),
    ("date, father", lambda p: (p.date, p.father)),
    ("date, mother", lambda p: (p.date, p.mother)),
    ("parents, year", lambda p: (p.father, p.mother, p.year)),
    ("surname, given name, parents' given names, year", lambda p: (
        p.surname, p.given, p.father_given, p.mother_given, p.year)),
    ("surname, given name, father's given name, commune", lambda p: (p.surname, p.given, p.father_given, p.commune)),
    ("name, day and month", lambda p: (p.name, p.day_month)),
    ("date, commune", lambda p: (p.date, p.commune)),
    ("surname, date, native place", lambda p: (p.surname, p.date, p.native)),
    ("surname, first letter, date, province", lambda p: (p.surname, p.letter, p.date, p.province)),
)  # fmt: skip
"""The rules in order: number of a rule = its place from 1. A pair counts for the first rule that finds it."""

HOUSEHOLD_RULE = len(RULES) + 1
"""Number of the pairs that were found because other members of their households match."""

MENDED_RULE = HOUSEHOLD_RULE + 1
"""Number of the pairs of a row of a returned error file and the stored record that it claims to mend."""


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows of `Records`, left < right, sorted, each once; what was left out.

    Attributes:
        left, right: rows.
        rule: number of the first rule that found the pair.
        large_blocks: blocks that stayed too large.
        large_block_records: records in them (a record in two such blocks counts twice).
    """

    left: Rows
    right: Rows
    rule: npt.NDArray[np.int8]
    large_blocks: int
    large_block_records: int


def block_keys(records: pa.Table) -> pa.Table:
    """Blocking keys of a chunk of MATCH_RECORDS.

    Returns:
        BLOCK_KEYS: for each record a row for each rule whose parts it has. Any split into chunks gives the same rows.
    """
    if records.num_rows == 0:
        return empty(BLOCK_KEYS)
    parts = key_parts(encode_in_order(records))
    keys = [rule_keys(parts, number) for number in range(1, len(RULES) + 1)]
    rows = [np.flatnonzero(k) for k in keys]
    numbers = np.repeat(np.arange(1, len(RULES) + 1, dtype=np.int8), [len(r) for r in rows])
    values = np.concatenate([k[r] for k, r in zip(keys, rows, strict=True)]).view(np.int64)
    ids = records.column("record_id").combine_chunks().take(pa.array(np.concatenate(rows)))
    return pa.table([ids, pa.array(numbers), pa.array(values)], schema=BLOCK_KEYS.schema)


def candidate_pairs(records: Records, cap: int = BLOCK_CAP) -> Candidates:
    """All pairs that share a key, own with own and own with stored, never stored with stored."""
    parts, columns = key_parts(records), records.columns
    finer = combine(columns.sex, columns.year, parts.commune)
    found, blocks, left_out = [], 0, 0
    for number in range(1, len(RULES) + 1):
        keys = rule_keys(parts, number)
        pairs, large = _pairs_of(keys, columns.own, cap)
        found.append((pairs, number))
        if len(large):
            finer_keys = np.zeros_like(keys)
            finer_keys[large] = combine(keys[large], finer[large])
            more, large = _pairs_of(finer_keys, columns.own, cap)
            found.append((more, number))
            blocks, left_out = blocks + len(np.unique(finer_keys[large])), left_out + len(large)
    return _first_rule_only(found, columns, (blocks, left_out))


def key_parts(records: Records) -> Parts:
    """The parts of all keys, in the order of the records."""
    c, names = records.columns, records.names
    words = np.append(names.tokens.hashes, np.uint64(0))
    whole = [names.hashes[c.names[:, i]] for i in range(5)]
    first, last = words[names.first()], words[names.last()]
    initials = np.append(names.tokens.initial, 0)[names.last()]
    has_day = (c.month > 0) & (c.day > 0) & ~((c.month == 1) & (c.day == 1))
    low, high = np.minimum(c.day, c.month), np.maximum(c.day, c.month)
    return Parts(
        name=whole[0], father=whole[1], mother=whole[2], spouse=whole[3],
        head=np.where(whole[4] == whole[0], np.uint64(0), whole[4]),
        surname=first[c.names[:, 0]], given=last[c.names[:, 0]],
        letter=_present(initials[c.names[:, 0]], initials[c.names[:, 0]] > 0),
        father_given=last[c.names[:, 1]], mother_given=last[c.names[:, 2]],
        date=_present(c.year.astype(np.int64) * 10_000 + low.astype(np.int64) * 100 + high, has_day & (c.year > 0)),
        year=_present(c.year, c.year > 0),
        day_month=_present(c.month.astype(np.int64) * 100 + c.day, has_day),
        commune=_unit(c.residence, c.residence_text), native=_unit(c.native, c.native_text),
        province=c.province, household=c.household,
        personal=_present(c.personal, c.personal > 0), old=_present(c.old, c.old > 0),
    )  # fmt: skip


def rule_keys(parts: Parts, number: int) -> Hashes:
    """Keys of one rule; 0 where a part is missing."""
    values = RULES[number - 1][1](parts)
    keys = combine(np.full(len(values[0]), number, np.uint64), *values)
    keys[~np.logical_and.reduce([v != 0 for v in values])] = 0
    return keys


def pairs_within(groups: Rows, cap: int) -> tuple[Rows, Rows]:
    """All pairs of rows of one group, left < right; groups are numbers, those of more than `cap` rows are left out."""
    order = np.argsort(groups, kind="stable")
    sizes = np.diff(np.append(_starts(groups[order]), len(order)))
    wanted = (sizes > 1) & (sizes <= cap)
    return _expand(order[np.repeat(wanted, sizes)], sizes[wanted])


def _present(values: npt.ArrayLike, there: npt.NDArray[np.bool_]) -> Hashes:
    return np.where(there, mix(np.asarray(values).astype(np.int64)), np.uint64(0))


def _unit(codes: npt.NDArray[np.int32], texts: Hashes) -> Hashes:
    return np.where(codes >= 500_000, mix(codes.astype(np.int64)), texts)


def _pairs_of(keys: Hashes, own: npt.NDArray[np.bool_], cap: int) -> tuple[tuple[Rows, Rows], Rows]:
    """Pairs of the rows with equal keys, and the rows of blocks above the cap."""
    rows = np.flatnonzero(keys)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    starts = _starts(keys[rows])
    sizes = np.diff(np.append(starts, len(rows)))
    if len(rows) == 0:
        return (rows, rows), rows
    has_own = np.add.reduceat(own[rows].astype(np.int64), starts) > 0
    wanted = has_own & (sizes > 1) & (sizes <= cap)
    large = rows[np.repeat(has_own & (sizes > cap), sizes)]
    return _expand(rows[np.repeat(wanted, sizes)], sizes[wanted]), large


def _starts(keys: Hashes | Rows) -> Rows:
    changes = np.ones(len(keys), np.bool_)
    changes[1:] = keys[1:] != keys[:-1]
    return np.flatnonzero(changes)


def _expand(rows: Rows, sizes: Rows) -> tuple[Rows, Rows]:
    """Each row of a block with each later row of it."""
    ends = np.repeat(np.cumsum(sizes), sizes)
    later = ends - np.arange(len(rows)) - 1
    left = np.repeat(np.arange(len(rows)), later)
    step = np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later) + 1
    return rows[left], rows[left + step]


def _first_rule_only(
    found: list[tuple[tuple[Rows, Rows], int]], columns: Columns, left_out: tuple[int, int]
) -> Candidates:
    size = np.int64(len(columns))
    codes = np.concatenate([np.minimum(a, b) * size + np.maximum(a, b) for (a, b), _ in found])
    rules = np.concatenate([np.full(len(a), number, np.int8) for (a, _), number in found])
    order = np.argsort(codes, kind="stable")
    codes, rules = codes[order], rules[order]
    keep = np.ones(len(codes), np.bool_)
    keep[1:] = codes[1:] != codes[:-1]
    left, right = np.divmod(codes[keep], max(size, np.int64(1)))
    wanted = columns.own[left] | columns.own[right]
    return Candidates(left[wanted], right[wanted], rules[keep][wanted], *left_out)
