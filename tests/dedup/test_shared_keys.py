"""Rows that share a key, against plain counting."""

import itertools
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.hashing import mix
from dedup.shared_keys import by_key, not_alone, starts_of, table_for


@given(st.lists(st.integers(0, 3).flatmap(lambda low: st.integers(0, 3).map(lambda high: high << 50 | low))))
def test_equal_keys_stand_together_even_where_others_are_nearly_equal(keys: list[int]) -> None:
    ordered = [keys[n] for n in by_key(np.array(keys, np.uint64))]
    assert sorted(ordered) == sorted(keys)
    assert len(list(itertools.groupby(ordered))) == len(set(keys))


def test_whoever_shares_a_key_is_found_and_few_others_are() -> None:
    numbers = np.random.default_rng(4).integers(0, 60_000, 40_000)
    keys = np.where(numbers % 7 == 0, np.uint64(0), mix(numbers))
    found = not_alone(keys, table_for(len(keys)))
    counts = Counter(keys.tolist())
    shared = [row for row, key in enumerate(keys.tolist()) if key and counts[key] > 1]
    assert set(shared) <= set(found.tolist())
    assert (keys[found] != 0).all()
    assert len(found) < 1.2 * len(shared)
    assert found.tolist() == sorted(found.tolist())


def test_of_no_key_nothing_is_shared() -> None:
    assert not_alone(np.zeros(5, np.uint64), table_for(5)).tolist() == []
    assert not_alone(np.zeros(0, np.uint64), table_for(0)).tolist() == []


def test_runs_of_equal_values() -> None:
    assert starts_of(np.array([3, 3, 1, 3])).tolist() == [0, 2, 3]
    assert starts_of(np.zeros(0, np.int64)).tolist() == []
