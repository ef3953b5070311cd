import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.evaluation import RecordCounts
from tests.dedup.evaluated import evaluated, pair_table, pairs_of, partition, plain_b_cubed, share

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14)


@given(LABELS)
@settings(max_examples=40, deadline=None)
def test_clusters_are_scored_like_their_plain_twin(both: list[tuple[int, int]]) -> None:
    found, true = [a for a, _ in both], [b for _, b in both]
    made = evaluated(partition(true), partition(found))
    scores, b_cubed = made.whole.clustered, made.whole.b_cubed
    assert scores is not None
    assert b_cubed is not None
    pairs, real = pairs_of(found), pairs_of(true)
    right = len(pairs & real)
    assert (scores.precision.part, scores.precision.whole, scores.recall.whole) == (right, len(pairs), len(real))
    assert (scores.precision.value, scores.recall.value) == (share(right, len(pairs)), share(right, len(real)))
    assert (b_cubed.precision.value, b_cubed.recall.value) == pytest.approx(
        plain_b_cubed(found, true, list(range(len(both))))
    )
    assert made.records.true_pairs == len(real)


@given(LABELS)
@settings(max_examples=20, deadline=None)
def test_clusters_are_counted_like_their_plain_twin(both: list[tuple[int, int]]) -> None:
    found, true = [a for a, _ in both], [b for _, b in both]
    made = evaluated(partition(true), partition(found)).clusters
    assert made is not None
    clusters, persons = ({x: [n for n, y in enumerate(side) if y == x] for x in side} for side in (found, true))
    merged = [c for c in clusters.values() if len({true[n] for n in c}) > 1]
    split = [p for p in persons.values() if len({found[n] for n in p}) > 1]
    exact = [c for c in clusters.values() if len(c) > 1 and c in persons.values()]
    assert (made.over_merged, made.over_merged_records) == (len(merged), sum(map(len, merged)))
    assert (made.split, made.split_records) == (len(split), sum(map(len, split)))
    assert (made.exact.part, made.clusters) == (len(exact), len(clusters))
    assert made.several == made.exact.whole == sum(len(c) > 1 for c in clusters.values())
    assert made.several_persons == made.exact_recall.whole == sum(len(p) > 1 for p in persons.values())


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
def test_a_perfect_matching_scores_1_and_everybody_alone_finds_nothing_wrong(true: list[int]) -> None:
    perfect = evaluated(partition(true), partition([9 - x for x in true])).whole
    alone = evaluated(partition(true), partition(list(range(len(true))))).whole
    assert perfect.clustered is not None
    assert perfect.b_cubed is not None
    assert alone.clustered is not None
    assert (perfect.clustered.precision.value, perfect.clustered.recall.value, perfect.clustered.f1.value) == (1, 1, 1)
    assert (perfect.b_cubed.precision.value, perfect.b_cubed.recall.value, perfect.b_cubed.f1.value) == (1, 1, 1)
    assert alone.clustered.precision.value == 1
    assert alone.clustered.recall.value == (0 if pairs_of(true) else 1)


def test_a_case_worked_by_hand() -> None:
    made = evaluated(partition([1, 1, 2, 2, 3]), partition([1, 1, 1, 2, 2]))
    scores, b_cubed, clusters = made.whole.clustered, made.whole.b_cubed, made.clusters
    assert scores is not None
    assert b_cubed is not None
    assert clusters is not None
    assert (scores.precision.value, scores.recall.value) == (1 / 4, 1 / 2)
    assert scores.f1.value == pytest.approx(1 / 3)
    assert b_cubed.precision.value == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5)
    assert b_cubed.recall.value == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)
    assert (clusters.over_merged, clusters.over_merged_records, clusters.split, clusters.split_records) == (2, 5, 1, 2)
    assert (clusters.exact.part, clusters.exact.whole, clusters.exact_recall.whole) == (0, 2, 2)


def test_what_only_one_side_has_is_left_out_and_told() -> None:
    made = evaluated(partition([1, 1, 2, 2, 5, 6]), partition([1, 1, 1, 1]).slice(1))
    assert made.records == RecordCounts(judged=3, only_in_truth=3, without_truth=0, persons=2, true_pairs=1)
    assert made.whole.records == 3
    more = evaluated(partition([1, 1]), partition([1, 1, 1])).records
    assert (more.judged, more.only_in_truth, more.without_truth) == (2, 0, 1)
    known = evaluated(partition([1, 1, 1]), None, pair_table([(0, 1, "match", 0.9)]), partition([0, 0]).select([0]))
    assert (known.records.judged, known.records.true_pairs) == (2, 1)


def test_nothing_can_be_evaluated() -> None:
    nobody = pa.table({"record_id": pa.array([], pa.string()), "person_id": pa.array([], pa.string())})
    made = evaluated(nobody, nobody, pair_table([]), nobody.select([0]))
    assert (made.records.judged, made.whole.records, made.groups) == (0, 0, ())
    assert made.whole.clustered is not None
    assert (made.whole.clustered.precision.low, made.whole.clustered.precision.high) == (0, 1)
