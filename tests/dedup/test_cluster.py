import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.cluster import Clustering, Edges, cluster, components, joined
from dedup.encode import Columns, encode
from tests.dedup.rows import match_record, match_table

Row = dict[str, object]
Edge = tuple[int, int, float]
NONE = np.zeros(0, np.int64)
EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] != e[1]), max_size=25)


def columns(own: list[Row]) -> Columns:
    """Columns of records numbered in this order."""
    return encode([match_table(*(match_record(n, **row) for n, row in enumerate(own, 1)))]).columns  # type: ignore[arg-type]


def clustered(
    records: Columns, edges: list[Edge], against: list[tuple[int, int]] | None = None, largest: int = 12,
    ties: list[tuple[int, int]] | None = None,
) -> Clustering:  # fmt: skip
    left, right, weight = (np.array(side) for side in zip(*edges, strict=True)) if edges else (NONE, NONE, NONE)
    enemies, tied = (sides(pairs or []) for pairs in (against, ties))
    return cluster(
        records, Edges(left.astype(np.int64), right.astype(np.int64), weight.astype(float)), largest, enemies, tied
    )


def sides(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array([p[side] for p in pairs], np.int64) for side in (0, 1))  # type: ignore[return-value]


def reachable(size: int, edges: list[tuple[int, int]]) -> list[int]:
    """The plain twin: the lowest node of each node's component."""
    label = list(range(size))
    for _ in range(size):
        for a, b in edges:
            label[a] = label[b] = min(label[a], label[b])
    return label


@given(EDGES)
def test_components_are_those_of_the_plain_twin(edges: list[tuple[int, int]]) -> None:
    left, right = (np.array([e[side] for e in edges], np.int64) for side in (0, 1))
    assert components(12, left, right).tolist() == reachable(12, edges)


def test_a_long_chain_is_one_component() -> None:
    chain = np.random.default_rng(1).permutation(2000)
    assert set(components(2000, chain[:-1], chain[1:]).tolist()) == {0}


def test_a_sound_cluster_stays_whole() -> None:
    found = clustered(columns([{"sex_code": "1"}, {}, {"sex_code": "1"}]), [(0, 1, 9.0), (1, 2, 7.0)])
    assert found.labels.tolist() == [0, 0, 0]
    assert not found.refused.any()


@pytest.mark.parametrize(
    "ends",
    [
        ({"personal_number": "001080012345"}, {"personal_number": "001080054321"}),
        ({"sex_code": "1"}, {"sex_code": "2"}),
    ],
)
def test_the_weaker_link_of_a_contradiction_is_refused(ends: tuple[Row, Row]) -> None:
    found = clustered(columns([ends[0], {}, ends[1]]), [(0, 1, 20.0), (1, 2, 9.0)])
    assert found.labels.tolist() == [0, 0, 2]
    assert found.refused.tolist() == [False, True]


def test_a_record_between_two_enemies_joins_the_one_it_fits_far_better() -> None:
    three = columns([{}, {}, {}])
    near = clustered(three, [(0, 1, 12.0), (1, 2, 9.0)], [(0, 2)])
    assert near.labels.tolist() == [0, 1, 2]
    assert near.refused.tolist() == [True, True]
    far = clustered(three, [(0, 1, 20.0), (1, 2, 9.0)], [(0, 2)])
    assert far.labels.tolist() == [0, 0, 2]
    assert far.refused.tolist() == [False, True]


def test_an_edge_between_enemies_is_refused() -> None:
    found = clustered(columns([{}, {}, {}]), [(0, 1, 30.0), (0, 2, 8.0), (1, 2, 8.0)], [(0, 1)])
    assert found.refused.tolist() == [True, True, True]


def test_a_cluster_that_is_too_large_is_taken_apart() -> None:
    found = clustered(columns([{}] * 5), [(a, a + 1, 10.0 - a) for a in range(4)], largest=3)
    assert max(np.bincount(found.labels)) <= 3
    assert found.labels.tolist()[:3] == [0, 0, 0]


def test_what_is_decided_stays_together_whatever_it_contradicts() -> None:
    three = columns([{"sex_code": "1"}, {"sex_code": "2"}, {}])
    found = clustered(three, [(1, 2, 9.0)], [(0, 1)], ties=[(0, 1)])
    assert found.labels.tolist() == [0, 0, 0]
    assert not found.refused.any()


def test_what_is_decided_takes_in_no_further_contradiction() -> None:
    rows: list[Row] = [{"sex_code": "1"}, {"sex_code": "2"}, {"personal_number": "001080012345"},
                       {"personal_number": "001080054321"}]  # fmt: skip
    found = clustered(columns(rows), [(1, 2, 9.0), (2, 3, 8.0)], ties=[(0, 1)])
    assert found.labels.tolist() == [0, 0, 0, 3]
    assert found.refused.tolist() == [False, True]


_RECORD = st.tuples(st.sampled_from([None, "1", "2"]), st.sampled_from([None, "001080012345", "001080054321"]))


@given(st.lists(_RECORD, min_size=12, max_size=12), EDGES, EDGES, st.integers(2, 6))
def test_no_cluster_contradicts_itself(
    rows: list[tuple[str | None, str | None]], drawn: list[tuple[int, int]],
    enemies: list[tuple[int, int]], largest: int,
) -> None:  # fmt: skip
    """Over any edges: one sex and number, no enemies, not too many; edges hold or are refused."""
    records = columns([{"sex_code": sex, "personal_number": number} for sex, number in rows])
    edges, against = (sorted({(min(e), max(e)) for e in pairs}) for pairs in (drawn, enemies))
    found = clustered(records, [(a, b, float(7 * (a + b) % 11)) for a, b in edges], against, largest)
    for label in set(found.labels.tolist()):
        rows_of = np.flatnonzero(found.labels == label)
        assert rows_of[0] == label
        assert len(rows_of) <= largest
        assert len(set(records.sex[rows_of].tolist()) - {0}) <= 1
        assert len(set(records.personal[rows_of].tolist()) - {0}) <= 1
        assert not set(itertools.combinations(rows_of.tolist(), 2)) & set(against)
    for (a, b), refused in zip(edges, found.refused.tolist(), strict=True):
        assert refused or found.labels[a] == found.labels[b]


def test_nothing() -> None:
    assert clustered(columns([]), []).labels.tolist() == []
    assert clustered(columns([{}]), []).labels.tolist() == [0]


def test_somebody_else_may_find_out_what_hangs_together_or_leave_it() -> None:
    class Other:
        answer: np.ndarray | None = np.array([0, 0, 0], np.int64)

        def components(self, size: int, left: np.ndarray, right: np.ndarray) -> np.ndarray | None:
            assert (size, left.tolist(), right.tolist()) == (3, [0, 1], [2, 2])
            return self.answer

    edges, ties, other = Edges(np.array([1]), np.array([2]), np.array([9.0])), sides([(0, 2)]), Other()
    assert joined(3, edges, ties, other) is other.answer  # type: ignore[arg-type]
    other.answer = None
    assert joined(3, edges, ties, other).tolist() == [0, 0, 0]  # type: ignore[arg-type]
    assert joined(3, edges).tolist() == [0, 1, 1]
