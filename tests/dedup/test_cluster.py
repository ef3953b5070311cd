import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.cluster import Clustering, Edges, cluster, components
from dedup.encode import Columns, encode
from tests.dedup.rows import match_record, match_table, person_id

Row = dict[str, object]
Edge = tuple[int, int, float]
NONE = np.zeros(0, np.int64)
EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] != e[1]), max_size=25)


def columns(own: list[Row], stored: list[Row] | None = None) -> Columns:
    """Columns of records numbered in this order."""
    tables = [
        match_table(*(match_record(start + n, **row) for n, row in enumerate(rows)))  # type: ignore[arg-type]
        for start, rows in ((1, own), (1 + len(own), stored or []))
    ]
    return encode(tables[:1], tables[1:]).columns


def clustered(
    records: Columns, edges: list[Edge], against: list[tuple[int, int]] | None = None, largest: int = 12
) -> Clustering:
    left, right, weight = (np.array(side) for side in zip(*edges, strict=True)) if edges else (NONE, NONE, NONE)
    enemies = tuple(np.array(side, np.int64) for side in zip(*(against or []), strict=True)) or (NONE, NONE)
    return cluster(
        records, Edges(left.astype(np.int64), right.astype(np.int64), weight.astype(float)), largest, enemies
    )


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


def test_stored_records_of_one_person_stay_together_without_an_edge() -> None:
    stored = [{"person_id": person_id(1), "sex_code": "1"}, {"person_id": person_id(1), "sex_code": "2"}]
    found = clustered(columns([{}], stored), [(0, 1, 9.0)])
    assert found.labels[1] == found.labels[2]


def test_an_own_record_that_fits_two_stored_persons_joins_neither() -> None:
    stored = [{"person_id": person_id(1)}, {"person_id": person_id(2)}]
    found = clustered(columns([{}, {}], stored), [(0, 1, 25.0), (1, 2, 25.0), (1, 3, 9.0)])
    assert found.labels.tolist() == [0, 0, 2, 3]
    assert found.refused.tolist() == [False, True, True]


def test_two_own_records_that_lead_to_two_stored_persons_come_off_both() -> None:
    stored = [{"person_id": person_id(1)}, {"person_id": person_id(2)}]
    found = clustered(columns([{}, {}], stored), [(0, 2, 15.0), (1, 3, 15.0), (0, 1, 30.0)])
    assert found.labels.tolist() == [0, 0, 2, 3]


_PERSON = st.one_of(st.none(), st.integers(1, 3))
_RECORD = st.tuples(st.sampled_from([None, "1", "2"]), st.sampled_from([None, "001080012345", "001080054321"]), _PERSON)


@given(st.lists(_RECORD, min_size=12, max_size=12), EDGES, EDGES, st.integers(2, 6))
def test_no_cluster_contradicts_itself(
    rows: list[tuple[str | None, str | None, int | None]], drawn: list[tuple[int, int]],
    enemies: list[tuple[int, int]], largest: int,
) -> None:  # fmt: skip
    """Over any edges: one stored person, sex and number, no enemies, not too many; edges hold or are refused."""
    values = [{"sex_code": sex, "personal_number": number} for sex, number, _ in rows]
    known = [n for n, row in enumerate(rows) if row[2]]
    own = [values[n] for n in range(12) if n not in known]
    # One record a stored person: what the store says of its own records is settled and not judged here.
    first = {rows[n][2]: n for n in reversed(known)}
    stored = [values[n] | {"person_id": person_id(p)} for p, n in first.items() if p]
    records = columns(own, stored)
    size = len(records)
    edges = sorted({(min(e), max(e)) for e in drawn if max(e) < size})
    against = sorted({(min(e), max(e)) for e in enemies if max(e) < size})
    found = clustered(records, [(a, b, float(7 * (a + b) % 11)) for a, b in edges], against, largest)
    for label in set(found.labels.tolist()):
        rows_of = np.flatnonzero(found.labels == label)
        assert rows_of[0] == label
        assert len(rows_of) <= largest
        assert len(set(records.sex[rows_of].tolist()) - {0}) <= 1
        assert len(set(records.personal[rows_of].tolist()) - {0}) <= 1
        assert records.persons[rows_of].any(axis=1).sum() <= 1
        assert not set(itertools.combinations(rows_of.tolist(), 2)) & set(against)
    for (a, b), refused in zip(edges, found.refused.tolist(), strict=True):
        assert refused or found.labels[a] == found.labels[b]


def test_nothing() -> None:
    assert clustered(columns([]), []).labels.tolist() == []
    assert clustered(columns([{}]), []).labels.tolist() == [0]
