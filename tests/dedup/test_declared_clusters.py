"""Chains of matches, and what keeps records apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.cluster import Edges
from dedup.declared_clusters import Apart, declared_clusters

NOTHING = Apart((), None)


def edges(*pairs: tuple[int, int, float]) -> Edges:
    left, right, weight = zip(*pairs, strict=True) if pairs else ((), (), ())
    return Edges(np.array(left, np.int64), np.array(right, np.int64), np.array(weight, np.float64))


def test_a_chain_is_one_cluster() -> None:
    labels, refused = declared_clusters(5, edges((0, 1, 9.0), (1, 2, 8.0), (3, 4, 7.0)), NOTHING)
    assert labels.tolist() == [0, 0, 0, 3, 3]
    assert not refused.any()


def test_a_chain_breaks_at_its_weakest_match_where_it_would_join_two_values_of_a_unique_column() -> None:
    apart = Apart((np.array([7, 0, 8]),), None)
    labels, refused = declared_clusters(3, edges((0, 1, 9.0), (1, 2, 8.0)), apart)
    assert labels.tolist() == [0, 0, 2]
    assert refused.tolist() == [False, True]
    labels, refused = declared_clusters(3, edges((0, 1, 8.0), (1, 2, 9.0)), apart)
    assert labels.tolist() == [0, 1, 1]
    assert refused.tolist() == [True, False]


def test_a_source_names_each_of_its_people_once() -> None:
    apart = Apart((), np.array([1, 2, 1, 2]))
    labels, refused = declared_clusters(4, edges((0, 1, 9.0), (1, 2, 8.0), (2, 3, 7.0)), apart)
    assert labels.tolist() == [0, 0, 2, 2]
    assert refused.tolist() == [False, True, False]


_ROWS = st.integers(0, 7)


@given(st.sets(st.tuples(_ROWS, _ROWS)), st.lists(st.integers(0, 2), min_size=8, max_size=8), st.permutations(range(8)))
def test_no_cluster_contradicts_itself_and_the_order_of_matches_says_nothing(
    pairs: set[tuple[int, int]], values: list[int], sources: list[int]
) -> None:
    told = [(min(p), max(p), float(n)) for n, p in enumerate(sorted({(min(p), max(p)) for p in pairs if p[0] != p[1]}))]
    apart = Apart((np.array(values),), np.array(sources) // 2)
    labels, refused = declared_clusters(8, edges(*told), apart)
    turned = declared_clusters(8, edges(*told[::-1]), apart)
    assert labels.tolist() == turned[0].tolist()
    assert refused.tolist() == turned[1].tolist()[::-1]
    for label in set(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        assert len({values[r] for r in rows} - {0}) <= 1
        assert len({sources[r] // 2 for r in rows}) == len(rows)
