"""Blocking: which pairs are worth comparing.

A rule makes one key of a record from values that a person's records usually share; a missing part makes no key. Pairs
with one key in common are candidates. The keys are hashes of rule and value, the same in each run, because the store
keeps them. A block with too many records is split by sex, birth year and commune; what is then still too large is
left out and counted.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.block_parts import Parts, key_parts
from dedup.encode import Records, encode_in_order
from dedup.hashing import Hashes, combine
from dedup.pair_codes import RULE_CODES, Spilled, distinct
from dedup.shared_keys import Places, by_key, not_alone, starts_of, table_for
from schemas.contract import empty
from schemas.tables import BLOCK_KEYS

BLOCK_CAP = 64
"""Most records of a block."""
THREADS = 2
_BUDGET = 0.05
"""Pairs of strangers a record that a rule may cost before its keys are scoped."""
_MILLION = 1_000_000
_OF_A_PROVINCE = 6
"""How many times fewer pairs of strangers a rule finds inside provinces, counted on the same ledgers."""
_PLACES = frozenset(("province", "native", "commune"))
_CLOSER = {"commune": ("letter",), "native": ("sound",)}
"""What is added to the key of a rule that is bound to such a place already; to others the commune is."""
_TOLD = 10
"""Largest blocks of a rule that are told."""

Rows = npt.NDArray[np.int64]


RULES: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("personal number", ("personal",), 0),
    ("old number", ("old",), 0),
    ("name, date", ("name", "date"), 0.0023),
    ("sound of surname and given name, date", ("surname", "given_sound", "date"), 0.045),
    ("given name, date, province", ("given", "date", "province"), 0.029),
    ("given name, household", ("given", "household"), 0),
    ("surname, given name, mother, province", ("surname", "given", "mother", "province"), 0.037),
    ("parents, year", ("father", "mother", "year"), 0.006),
    ("date, commune", ("date", "commune"), 0.084),
    ("surname, date, native place", ("surname", "date", "native"), 0.008),
    ("parents, day and month", ("father", "mother", "day_month"), 0.001),
    ("surname, given name, native place, years", ("surname", "given", "native", "years"), 0.088),
    ("surname, given name, native place, later years", ("surname", "given", "native", "later_years"), 0.09),
    ("surname, given name, day and month, years", ("surname", "given", "day_month", "years"), 0.087),
    ("given name, day and month, native place", ("given", "day_month", "native"), 0.018),
    ("surname, first letter, parents", ("surname", "letter", "father", "mother"), 0.02),
    ("sound, year, province", ("sound", "year", "province"), 0.163),
    ("sound, day and month", ("sound", "day_month"), 0.114),
    ("sound, father", ("sound", "father"), 0.071),
    ("other syllables, date", ("rest", "date"), 0.161),
    ("syllables behind the surname, date", ("front", "date"), 0.015),
    ("year, sex, household", ("year", "sex", "household"), 0),
    ("given name, father, years", ("given", "father", "years"), 0.036),
)
"""The rules in order: name, parts of the key, density. Number of a rule = its place from 1. A pair counts for the first
rule that finds it. Density: pairs of strangers that a record of a million meets, counted on made-up ledgers of seven
provinces; it grows with the population, so where there would be more than `_BUDGET` of them a key is scoped. They were
chosen by yield: of some eighty those that the others do not make up for, in a district, a province and a country.

A store keeps the keys of its records with the scheme that they were made by: where `key_scheme` says another, the next
batch makes them anew (`store.keys`).
"""

HOUSEHOLD_RULE = len(RULES) + 1
"""Number of the pairs that were found because other members of their households match."""

MENDED_RULE = HOUSEHOLD_RULE + 1
"""Number of the pairs of a row of a returned error file and the stored record that it claims to mend."""


@dataclass(frozen=True)
class FoundByRule:
    """What one rule found.

    Attributes:
        first: pairs that it found first, in the order of the rules.
        alone: those of them that no other rule found: what is lost without it.
        blocks: keys that two or more records share.
        largest: records of its largest blocks, the largest first, whether or not they were compared whole.
    """

    first: int
    alone: int
    blocks: int
    largest: tuple[int, ...]


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows of `Records`, left < right, sorted, each once; what was left out.

    Attributes:
        left, right: rows.
        rule: number of the first rule that found the pair.
        large_blocks: blocks that stayed too large.
        large_block_records: records in them (a record in two such blocks counts twice).
        rules: what each rule found, in their order.
    """

    left: Rows
    right: Rows
    rule: npt.NDArray[np.int8]
    large_blocks: int
    large_block_records: int
    rules: tuple[FoundByRule, ...] = ()


def block_keys(records: pa.Table, population: float = _MILLION, rules: int = len(RULES)) -> pa.Table:
    """Blocking keys of a chunk of MATCH_RECORDS.

    Args:
        records: the chunk.
        population: as for `candidate_pairs`.
        rules: how many of the rules make keys, the first ones.

    Returns:
        BLOCK_KEYS: for each record a row for each rule whose parts it has. Any split into chunks gives the same rows.
    """
    if records.num_rows == 0:
        return empty(BLOCK_KEYS)
    parts = key_parts(encode_in_order(records))
    keys = [scoped_keys(parts, number, population) for number in range(1, rules + 1)]
    rows = [np.flatnonzero(k != 0) for k in keys]
    values = np.concatenate([k[r] for k, r in zip(keys, rows, strict=True)]).view(np.int64)
    ids = records.column("record_id").combine_chunks().take(pa.array(np.concatenate(rows)))
    return pa.table([ids, pa.array(values)], schema=BLOCK_KEYS.schema)


def key_scheme(population: float) -> str:
    """What the keys of a store were made by: another text means other keys."""
    scheme = [(name, parts, scope_of(number, population)) for number, (name, parts, _) in enumerate(RULES, 1)]
    return hashlib.blake2b(repr(scheme).encode(), digest_size=16).hexdigest()


def candidate_pairs(
    records: Records, population: float = _MILLION, cap: int = BLOCK_CAP, threads: int = THREADS,
    spill: Path | None = None,
) -> Candidates:  # fmt: skip
    """All pairs that share a key, own with own and own with stored, never stored with stored.

    Args:
        records: the records.
        population: of the model: how many people there are decides which keys are scoped, not how many came today.
        cap: most records of a block.
        threads: how many rules are worked on at a time.
        spill: folder through which pairs are brought together; without one they are, each several times, in memory.
    """
    parts, columns = key_parts(records), records.columns
    finer = combine(columns.sex, columns.year, parts.commune)
    tables = [table_for(len(columns)) for _ in range(threads)]
    spilled = Spilled(spill, len(columns)) if spill is not None else None

    def pairs_of_rule(number: int) -> _Found:
        table = tables.pop()
        found = _of_rule(scoped_keys(parts, number, population), number, finer, columns.own, cap, table)
        tables.append(table)
        if spilled is not None:
            spilled.add(found.codes)
            found = replace(found, codes=found.codes[:0])
        return found

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(pairs_of_rule, range(1, len(RULES) + 1)))
    codes, is_alone = spilled.distinct() if spilled is not None else distinct([f.codes for f in found])
    rules = (codes % RULE_CODES).astype(np.int8)
    first, alone = (np.bincount(r, minlength=RULE_CODES).tolist() for r in (rules, rules[is_alone]))
    left, right = np.divmod(codes // RULE_CODES, np.int64(max(len(columns), 1)))
    return Candidates(
        left, right, rules, sum(f.large_blocks for f in found), sum(f.large_block_records for f in found),
        tuple(FoundByRule(first[n], alone[n], f.blocks, f.largest) for n, f in enumerate(found, start=1)),
    )  # fmt: skip


def rule_keys(parts: Parts, number: int) -> Hashes:
    """Keys of one rule; 0 where a part is missing."""
    values = [getattr(parts, part) for part in RULES[number - 1][1]]
    keys = combine(number, *values)
    for value in values:
        keys[value == 0] = 0
    return keys


def scoped_keys(parts: Parts, number: int, population: float) -> Hashes:
    """Keys of one rule with its scope; 0 where a part is missing."""
    return scoped(rule_keys(parts, number), [getattr(parts, p) for p in scope_of(number, population)])


def scope_of(number: int, population: float) -> tuple[str, ...]:
    """The parts that are added to the keys of a rule: none, the province, or something closer."""
    _, parts, density = RULES[number - 1]
    strangers = density * population / _MILLION
    if strangers <= _BUDGET:
        return ()
    if not _PLACES & set(parts) and strangers <= _BUDGET * _OF_A_PROVINCE:
        return ("province",)
    return next((closer for place, closer in _CLOSER.items() if place in parts), ("commune",))


def scoped(keys: Hashes, scope: Sequence[Hashes]) -> Hashes:
    """Keys with more parts; 0 where one of them is missing."""
    for part in scope:
        keys = np.where((keys != 0) & (part != 0), combine(keys, part), np.uint64(0))
    return keys


def pairs_within(groups: Rows, cap: int) -> tuple[Rows, Rows]:
    """All pairs of rows of one group, left < right; groups are numbers, those of more than `cap` rows are left out."""
    order = np.argsort(groups, kind="stable")
    sizes = np.diff(np.append(starts_of(groups[order]), len(order)))
    wanted = (sizes > 1) & (sizes <= cap)
    return _expand(order[np.repeat(wanted, sizes)], sizes[wanted])


@dataclass(frozen=True)
class _Found:
    """Pairs that one rule finds, as (left * records + right) * RULE_CODES + rule; its blocks, and those left out."""

    codes: Rows
    blocks: int
    largest: tuple[int, ...]
    large_blocks: int
    large_block_records: int


def _of_rule(keys: Hashes, number: int, finer: Hashes, own: npt.NDArray[np.bool_], cap: int, table: Places) -> _Found:
    (left, right), large, sizes = _pairs_of(keys, own, cap, table)
    blocks = 0
    if len(large):
        finer_keys = np.zeros_like(keys)
        finer_keys[large] = combine(keys[large], finer[large])
        more, large, _ = _pairs_of(finer_keys, own, cap, table)
        left, right = np.concatenate((left, more[0])), np.concatenate((right, more[1]))
        blocks = len(np.unique(finer_keys[large]))
    if not own.all():
        wanted = own[left] | own[right]
        left, right = left[wanted], right[wanted]
    codes = (np.minimum(left, right) * len(keys) + np.maximum(left, right)) * RULE_CODES + number
    codes.sort()
    return _Found(codes, len(sizes), tuple(np.sort(sizes)[: -_TOLD - 1 : -1].tolist()), blocks, len(large))


def _pairs_of(
    keys: Hashes, own: npt.NDArray[np.bool_], cap: int, table: Places
) -> tuple[tuple[Rows, Rows], Rows, Rows]:
    """Pairs of the rows with equal keys, the rows of blocks above the cap, and the sizes of blocks of two and more."""
    rows = not_alone(keys, table)
    shared = keys.take(rows)
    order = by_key(shared)
    rows, shared = rows.take(order), shared.take(order)
    starts = starts_of(shared)
    sizes = np.diff(np.append(starts, len(rows)))
    if len(rows) == 0:
        return (rows, rows), rows, rows
    has_own = np.logical_or.reduceat(own.take(rows), starts)
    wanted = has_own & (sizes > 1) & (sizes <= cap)
    large = rows[np.repeat(has_own & (sizes > cap), sizes)]
    return _expand(rows[np.repeat(wanted, sizes)], sizes[wanted]), large, sizes[sizes > 1]


def _expand(rows: Rows, sizes: Rows) -> tuple[Rows, Rows]:
    """Each row of a block with each later row of it."""
    ends = np.repeat(np.cumsum(sizes), sizes)
    later = ends - np.arange(len(rows)) - 1
    left = np.repeat(np.arange(len(rows)), later)
    step = np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later) + 1
    return rows[left], rows[left + step]
