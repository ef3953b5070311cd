import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data_samples.draw import block_stream, by_rank, running_rank, weighted_tables


@given(st.lists(st.integers(0, 6), max_size=60))
def test_running_rank_counts_equals_before(groups):
    found = running_rank(np.asarray(groups, dtype=np.int64))
    assert found.tolist() == [groups[:i].count(g) for i, g in enumerate(groups)]


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=20))
def test_a_draw_stays_in_its_table(uniform):
    tables = weighted_tables([([7, 8], [1, 3]), ([9], [5]), ([1, 2, 3], [2, 1, 4])])
    u = np.asarray(uniform)
    for table, allowed in ((0, {7, 8}), (1, {9}), (2, {1, 2, 3})):
        assert set(tables.choose(np.full(len(u), table), u).tolist()) <= allowed


def test_shares_follow_the_weights():
    tables = weighted_tables([([7, 8], [1, 3])])
    drawn = tables.choose(np.zeros(4_000, dtype=np.int64), np.arange(4_000) / 4_000)
    assert np.bincount(drawn)[[7, 8]].tolist() == [1_000, 3_000]


def test_streams_depend_on_seed_province_and_block():
    first = [block_stream(*key).random() for key in ((1, 2, 3), (1, 2, 3), (2, 2, 3), (1, 3, 3), (1, 2, 4))]
    assert first[0] == first[1]
    assert len(set(first)) == 4


def test_ranks_fall():
    weights = by_rank(5)
    assert weights == sorted(weights, reverse=True)
