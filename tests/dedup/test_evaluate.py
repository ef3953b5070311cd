import itertools

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.evaluate import Scores, evaluate, evaluate_pairs

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14)


def partition(labels: list[int]) -> pa.Table:
    ids = pa.array([f"r{n}" for n in range(len(labels))], pa.string())
    return pa.table({"record_id": ids, "person_id": pa.array([f"p{x}" for x in labels], pa.string())})


def pairs_of(labels: list[int]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in itertools.combinations(range(len(labels)), 2) if labels[a] == labels[b]}


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def plain_b_cubed(found: list[int], true: list[int]) -> tuple[float, float]:
    precision = recall = 0.0
    for record in range(len(found)):
        mine = {other for other, label in enumerate(found) if label == found[record]}
        real = {other for other, label in enumerate(true) if label == true[record]}
        precision += len(mine & real) / len(mine)
        recall += len(mine & real) / len(real)
    return precision / len(found), recall / len(found)


@given(LABELS)
@settings(max_examples=50, deadline=None)
def test_scores_are_those_of_the_plain_twin(both: list[tuple[int, int]]) -> None:
    found, true = [a for a, _ in both], [b for _, b in both]
    result = evaluate(partition(found), partition(true))
    pairs, real = pairs_of(found), pairs_of(true)
    assert (result.found_pairs, result.true_pairs, result.shared_pairs) == (len(pairs), len(real), len(pairs & real))
    assert result.pairs == Scores(share(len(pairs & real), len(pairs)), share(len(pairs & real), len(real)))
    assert (result.b_cubed.precision, result.b_cubed.recall) == pytest.approx(plain_b_cubed(found, true))


@given(LABELS, st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda p: p[0] < p[1])))
@settings(max_examples=50, deadline=None)
def test_pairs_are_scored_by_themselves(both: list[tuple[int, int]], drawn: set[tuple[int, int]]) -> None:
    true = [b for _, b in both]
    given_pairs = {p for p in drawn if p[1] < len(true)}
    ends = [pa.array([f"r{p[side]}" for p in given_pairs], pa.string()) for side in (0, 1)]
    result = evaluate_pairs(pa.table(ends, names=["left_record_id", "right_record_id"]), partition(true))
    right, real = given_pairs & pairs_of(true), pairs_of(true)
    assert result == Scores(share(len(right), len(given_pairs)), share(len(right), len(real)))


def test_a_known_case() -> None:
    result = evaluate(partition([1, 1, 1, 2, 2]), partition([1, 1, 2, 2, 3]))
    assert (result.pairs.precision, result.pairs.recall) == (1 / 4, 1 / 2)
    assert result.pairs.f1 == pytest.approx(1 / 3)
    assert result.b_cubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5)
    assert result.b_cubed.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)


def test_nothing_to_find_and_nothing_found() -> None:
    result = evaluate(partition([1, 2, 3]), partition([1, 2, 3]))
    assert (result.pairs, result.b_cubed, result.true_pairs) == (Scores(1.0, 1.0), Scores(1.0, 1.0), 0)
    none = partition([]).slice(0)
    assert evaluate(none, none).b_cubed == Scores(1.0, 1.0)
    assert Scores(0.0, 0.0).f1 == 0.0


def test_records_that_only_one_side_has_are_left_out() -> None:
    assert evaluate(partition([1, 1, 1]), partition([1, 1])).pairs == Scores(1.0, 1.0)
