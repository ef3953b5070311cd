"""Agreement of two names, syllable by syllable: dropped or abbreviated middle names, one slip, missing marks."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dedup.model import NameShares
from dedup.names import NONE, WIDTH, Codes, Names, Tokens
from transforms.similarity import pairwise_similarity


class NameLevel(IntEnum):
    """Agreement of two names, folded unless marks are named.

    DIFFERENT: given names differ. GIVEN: only they agree. SURNAME_GIVEN: the middle names differ. GIVEN_LIKE: given
    names one slip apart or with other marks. SLIP: one slip elsewhere. DROPPED: a middle name is left out or
    abbreviated. OTHER_MARKS: other marks before the given name. NO_MARKS: one side bears none. EXACT: marks too.
    """

    UNKNOWN = 0
    DIFFERENT = 1
    GIVEN = 2
    SURNAME_GIVEN = 3
    GIVEN_LIKE = 4
    SLIP = 5
    DROPPED = 6
    OTHER_MARKS = 7
    NO_MARKS = 8
    EXACT = 9


_SIMILAR = np.array([2, 2, 0.69, 0.77, 0.82], np.float32)
_SIMILAR_LONG = np.float32(0.865)
"""Least Jaro-Winkler similarity of syllables of 2, of 3, of 4 and of more letters that are about one slip apart."""
_DIFFERENT, _LIKE, _SHORT, _SAME = 0, 1, 2, 3
Grades = npt.NDArray[np.int64]


def known_given_names(tokens: Tokens, shares: NameShares) -> npt.NDArray[np.bool_]:
    """By folded code: is the syllable a given name that the model knows? The last place stands for none."""
    return np.array([*(t in shares.given_names for t in tokens.texts), False], np.bool_)


def name_levels(names: Names, left: Codes, right: Codes, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Level of each pair of names.

    Args:
        names: the distinct names.
        left: rows of `names`, 0 = missing.
        right: the same of the other side.
        known: by folded code, the given names that people bear.

    Returns:
        int8 NameLevel values.
    """
    levels = np.zeros(len(left), np.int8)
    both = np.flatnonzero((left > 0) & (right > 0) & (names.sizes[left] > 0) & (names.sizes[right] > 0))
    equal = names.hashes[left[both]] == names.hashes[right[both]]
    same, other = both[equal], both[~equal]
    levels[same] = _same_folded(names, left[same], right[same])
    levels[other] = _not_same(names, left[other], right[other], known)
    return levels


def _same_folded(names: Names, left: Codes, right: Codes) -> npt.NDArray[np.int8]:
    """Levels of names that fold to the same: what their marks say."""
    differ = names.marked[left] != names.marked[right]
    last = names.sizes[left].astype(np.int64) - 1
    bare = ~names.has_marks[left] | ~names.has_marks[right]
    given = differ[np.arange(len(left)), last]
    levels = np.where(given, NameLevel.GIVEN_LIKE, NameLevel.OTHER_MARKS)
    levels = np.where(bare, NameLevel.NO_MARKS, levels)
    return np.where(differ.any(axis=1), levels, NameLevel.EXACT).astype(np.int8)


def _not_same(names: Names, left: Codes, right: Codes, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    tokens = names.tokens
    given = _agreement(tokens, names.last()[left], names.last()[right])
    levels = np.full(len(left), NameLevel.DIFFERENT, np.int8)
    near = np.flatnonzero(given > _DIFFERENT)
    a, b = left[near], right[near]
    surname = _agreement(tokens, names.first()[a], names.first()[b])
    surname[(names.sizes[a] == 1) | (names.sizes[b] == 1)] = _SHORT
    middle = _middle(names, a, b)
    levels[near] = _combined(given[near], surname, middle)
    one_known = known[names.last()[left]] != known[names.last()[right]]
    levels[(levels == NameLevel.GIVEN_LIKE) & (given == _LIKE) & one_known] = NameLevel.SLIP
    return levels


def _combined(given: Grades, surname: Grades, middle: Grades) -> npt.NDArray[np.int8]:
    slips = (given == _LIKE).astype(np.int8) + (surname == _LIKE) + (middle == _LIKE)
    levels = np.full(len(given), NameLevel.DROPPED, np.int8)
    levels[slips == 1] = NameLevel.SLIP
    levels[(given == _LIKE) | (slips > 1)] = NameLevel.GIVEN_LIKE
    levels[middle == _DIFFERENT] = NameLevel.SURNAME_GIVEN
    levels[surname == _DIFFERENT] = NameLevel.GIVEN
    weak = (given < _SAME) & ((middle == _DIFFERENT) | (surname == _DIFFERENT))
    levels[weak] = NameLevel.DIFFERENT
    return levels


def _middle(names: Names, left: Codes, right: Codes) -> Grades:
    """Agreement of the middle names: the shorter one must lie in the longer one."""
    found = [_found(names, left, right), _found(names, right, left)]
    count = [np.maximum(names.sizes[side].astype(np.int64) - 2, 0) for side in (left, right)]
    shorter = np.where(count[0] <= count[1], 0, 1)
    worst = np.where(shorter == 0, found[0], found[1])
    even = count[0] == count[1]
    return np.where(even, np.minimum(found[0], found[1]), worst)


def _found(names: Names, left: Codes, right: Codes) -> Grades:
    """For each pair the worst of the best agreements of the left middle syllables; SHORT where there is none."""
    worst = np.full(len(left), _SHORT, np.int64)
    inner_left, inner_right = _inner(names, left), _inner(names, right)
    for i in range(WIDTH - 2):
        best = np.zeros(len(left), np.int64)
        for j in range(WIDTH - 2):
            best = np.maximum(best, _agreement(names.tokens, inner_left[:, i], inner_right[:, j]))
        worst = np.where(inner_left[:, i] == NONE, worst, np.minimum(worst, best))
    return worst


def _inner(names: Names, rows: Codes) -> Codes:
    inner = names.folded[rows, 1:-1].copy()
    last = names.sizes[rows].astype(np.int64)[:, None] - 1
    inner[np.arange(1, WIDTH - 1)[None, :] >= last] = NONE
    return inner


def _agreement(tokens: Tokens, left: Codes, right: Codes) -> Grades:
    """SAME, SHORT (one is the first letter of the other), LIKE (about one slip) or DIFFERENT; NONE is different."""
    there = (left != NONE) & (right != NONE)
    result = np.where(there & (left == right), _SAME, _DIFFERENT)
    rows = np.flatnonzero(there & (left != right))
    a, b = left[rows], right[rows]
    first = tokens.initial[a] == tokens.initial[b]
    result[rows[first & (tokens.short[a] | tokens.short[b])]] = _SHORT
    rows = rows[~(tokens.short[a] | tokens.short[b])]
    result[rows[_alike(tokens, left[rows], right[rows])]] = _LIKE
    return result


def _alike(tokens: Tokens, left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    codes, inverse = np.unique(low * len(tokens.texts) + high, return_inverse=True)
    first = [tokens.texts[i] for i in codes // max(len(tokens.texts), 1)]
    second = [tokens.texts[i] for i in codes % max(len(tokens.texts), 1)]
    least = [
        _SIMILAR[k] if (k := min(len(a), len(b))) < 5 else _SIMILAR_LONG for a, b in zip(first, second, strict=True)
    ]
    alike = pairwise_similarity(first, second) >= np.array(least, np.float32)
    return np.asarray(alike[inverse])
