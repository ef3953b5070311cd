"""Which true pairs blocking finds: rule by rule, and all rules together.

`blocking.candidate_pairs` keeps of each pair the first rule that found it. Here pairs are given, and each rule
is asked: are their keys equal, and was the block that they are in compared?
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dedup.block_parts import key_parts
from dedup.blocking import BLOCK_CAP, RULES, scoped_keys
from dedup.encode import Records
from dedup.hashing import Hashes, combine
from dedup.intervals import rate
from schemas.evaluation import BlockingEvaluation, RuleRecall

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def blocking_recall(records: Records, left: Rows, right: Rows, population: float) -> BlockingEvaluation:
    """How many of the pairs each rule finds at all, first and alone.

    Args:
        records: the records, all of one batch.
        left: rows of one side of the true pairs.
        right: rows of the other side.
        population: of the model: it decides which keys are scoped.
    """
    rules = np.zeros(len(left), np.int16)
    first = np.zeros(len(left), np.int16)
    last = np.zeros(len(left), np.int16)
    found = []
    for number, mask in enumerate(pairs_by_rule(records, left, right, population), start=1):
        found.append(int(mask.sum()))
        rules += mask
        first[mask & (first == 0)] = number
        last[mask] = number
    firsts, alones = (np.bincount(n, minlength=len(RULES) + 1).tolist() for n in (first, last[rules == 1]))
    told = tuple(
        RuleRecall(RULES[n - 1][0], RULES[n - 1][1], rate(hits, len(left)), firsts[n], alones[n])
        for n, hits in enumerate(found, start=1)
    )
    return BlockingEvaluation(rate(int((rules > 0).sum()), len(left)), told)


def pairs_by_rule(records: Records, left: Rows, right: Rows, population: float, cap: int = BLOCK_CAP) -> Iterator[Mask]:
    """For each rule in turn: which of the pairs it finds."""
    parts, columns = key_parts(records), records.columns
    finer = combine(columns.sex, columns.year, parts.commune)
    for number in range(1, len(RULES) + 1):
        yield _found(scoped_keys(parts, number, population), finer, left, right, cap)


def _found(keys: Hashes, finer: Hashes, left: Rows, right: Rows, cap: int) -> Mask:
    """Pairs of equal keys whose block is no larger than the cap, or was no larger once it was split."""
    equal = (keys[left] != 0) & (keys[left] == keys[right])
    places = np.flatnonzero(equal)
    large = places[_sizes(keys, keys[left[places]]) > cap]
    equal[large] = False
    if len(large):
        split = combine(keys, finer)
        split[keys == 0] = 0
        again = large[split[left[large]] == split[right[large]]]
        equal[again] = _sizes(split, split[left[again]]) <= cap
    return np.asarray(equal)


def _sizes(keys: Hashes, wanted: Hashes) -> Rows:
    """How many of the keys equal each of those wanted."""
    values, place = np.unique(wanted, return_inverse=True)
    if not len(values):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(values, keys), len(values) - 1)
    return np.bincount(at[values[at] == keys], minlength=len(values))[place]
