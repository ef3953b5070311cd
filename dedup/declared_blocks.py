"""Candidate pairs of a declared table: records that are equal in the parts of a blocking rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.blocking_profile import BlockingProfile, RuleProfile
from dedup.declared_columns import CodedTable, Ints, key_hashes
from dedup.declared_form import BlockingRule, Declaration, KeyPart
from dedup.hashing import Hashes, combine

_LARGEST = 10


@dataclass(frozen=True)
class DeclaredPairs:
    """Pairs of rows, left < right, sorted, each once, with the number of the first rule that found it, from 1."""

    left: Ints
    right: Ints
    rule: npt.NDArray[np.int8]
    profile: BlockingProfile


@dataclass(frozen=True)
class _Found:
    """What one rule found: codes of pairs, sorted and each once; sizes of its blocks; keys of records it left out."""

    codes: Ints
    sizes: Ints
    left_out: Hashes


def declared_pairs(table: CodedTable, declaration: Declaration) -> DeclaredPairs:
    """Form the pairs of all rules.

    Args:
        table: the coded records.
        declaration: its rules, and whether pairs have to lie across sources.
    """
    found = [_pairs_of(table, rule, across=declaration.across) for rule in declaration.blocking]
    codes = np.concatenate([f.codes for f in found])
    rules = np.repeat(np.arange(1, len(found) + 1, dtype=np.int8), [len(f.codes) for f in found])
    order = np.argsort(codes, kind="stable")
    codes, rules = codes[order], rules[order]
    starts = _starts(codes)
    alone = rules[starts][np.diff(np.append(starts, len(codes))) == 1]
    left, right = np.divmod(codes[starts], np.int64(max(len(table), 1)))
    profile = _profile(declaration.blocking, found, rules[starts], alone)
    return DeclaredPairs(left, right, rules[starts], profile)


def part_keys(table: CodedTable, parts: Sequence[KeyPart]) -> Hashes:
    """Key of each record; 0 where a part is missing."""
    values = [_part_values(table, part) for part in parts]
    keys = combine(values[0], *values[1:])
    keys[~np.logical_and.reduce([v != 0 for v in values])] = 0
    return keys


def _part_values(table: CodedTable, part: KeyPart) -> Hashes:
    columns = [table.columns[name] for name in part.columns]
    values = np.stack([key_hashes(c, part.first, part.last, part.part)[c.codes] for c in columns])
    if len(columns) == 1:
        return np.asarray(values[0])
    whole = np.sort(values, axis=0)
    there = whole[0] != 0
    return np.where(there, combine(whole[0], *whole[1:]), np.uint64(0))


def _pairs_of(table: CodedTable, rule: BlockingRule, *, across: bool) -> _Found:
    """Pairs of a rule. What is too large is split by each further part in turn; what stays too large is left out."""
    keys = part_keys(table, rule.parts)
    rows = np.flatnonzero(keys)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    starts = _starts(keys[rows])
    sizes = np.diff(np.append(starts, len(rows)))
    small, large = _by_size(rows, sizes, rule.most)
    pieces = [_expanded(*small)]
    for part in rule.then:
        # those that lack the part are a block of their own
        keys[large] = combine(keys[large], part_keys(table, [part])[large])
        large = large[np.argsort(keys[large], kind="stable")]
        inner = _starts(keys[large])
        small, large = _by_size(large, np.diff(np.append(inner, len(large))), rule.most)
        pieces.append(_expanded(*small))
    left, right = (np.concatenate(side) for side in zip(*pieces, strict=True))
    if across:
        other = table.source[left] != table.source[right]
        left, right = left[other], right[other]
    codes = np.minimum(left, right) * np.int64(max(len(table), 1)) + np.maximum(left, right)
    return _Found(np.sort(codes), sizes[sizes > 1], keys[large])


def _by_size(rows: Ints, sizes: Ints, most: int) -> tuple[tuple[Ints, Ints], Ints]:
    """Rows and sizes of the blocks of two to `most` records, and the rows of larger ones."""
    wanted = (sizes > 1) & (sizes <= most)
    return (rows[np.repeat(wanted, sizes)], sizes[wanted]), rows[np.repeat(sizes > most, sizes)]


def _expanded(rows: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Each row of a block with each later row of it."""
    later = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(rows)) - 1
    left = np.repeat(np.arange(len(rows)), later)
    step = np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later) + 1
    return rows[left], rows[left + step]


def _starts(values: Hashes | Ints) -> Ints:
    changes = np.ones(len(values), np.bool_)
    changes[1:] = values[1:] != values[:-1]
    return np.flatnonzero(changes)


def _profile(
    rules: Sequence[BlockingRule], found: Sequence[_Found], first: npt.NDArray[np.int8], alone: npt.NDArray[np.int8]
) -> BlockingProfile:
    firsts, alones = (np.bincount(n, minlength=len(rules) + 1).tolist() for n in (first, alone))
    told = [
        RuleProfile(r.name, firsts[n], alones[n], len(f.sizes), int(f.sizes.max(initial=0)))
        for n, (r, f) in enumerate(zip(rules, found, strict=True), 1)
    ]
    largest = sorted(
        ((r.name, int(s)) for r, f in zip(rules, found, strict=True) for s in np.sort(f.sizes)[-_LARGEST:]),
        key=lambda b: -b[1],
    )
    blocks = sum(len(np.unique(f.left_out)) for f in found)
    records = sum(len(f.left_out) for f in found)
    return BlockingProfile(len(first), tuple(told), tuple(largest[:_LARGEST]), blocks, records)
