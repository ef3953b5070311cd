import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.evaluation import PairEvaluation
from tests.dedup.evaluated import evaluated, pair_table, pairs_of, partition, share

TRUE = [1, 1, 1, 2, 2, 3, 4]
FOUND = [
    (0, 1, "match", 0.999), (1, 2, "match", 0.97), (5, 6, "match", 0.92), (3, 4, "review", 0.55),
    (0, 5, "review", 0.15), (0, 2, "non_match", 0.05),
]  # fmt: skip


def of(pairs: list[tuple[int, int, str, float | None]], true: list[int] = TRUE) -> PairEvaluation:
    made = evaluated(partition(true), None, pair_table(pairs)).pairs
    assert made is not None
    return made


def test_a_case_worked_by_hand() -> None:
    made = of([*FOUND])
    assert [(o.outcome, o.pairs, o.true.part) for o in made.outcomes] == [
        ("match", 3, 2), ("non_match", 1, 1), ("review", 2, 1),
    ]  # fmt: skip
    matches = made.matches
    assert (matches.found, matches.right, matches.precision.value, matches.recall.value) == (3, 2, 2 / 3, 2 / 4)
    assert matches.f1 == pytest.approx(4 / 7)
    assert [(p.threshold, p.found, p.right) for p in made.at] == [(0.5, 4, 3), (0.9, 3, 2), (0.95, 2, 2), (0.99, 1, 1)]
    assert made.best is not None
    assert (made.best.threshold, made.best.f1) == (0.05, pytest.approx(4 / 5))
    assert (made.review.pairs, made.review.records, made.review.share_of_records) == (2, 4, 4 / 7)
    assert made.review.pairs_a_record == 2 / 7
    assert (made.review.decided.found, made.review.decided.right, made.review.decided.recall.value) == (4, 3, 3 / 4)
    assert [(c.threshold, c.precision, c.recall) for c in made.curve] == [
        (0.999, 1, 1 / 4), (0.97, 1, 2 / 4), (0.92, 2 / 3, 2 / 4), (0.55, 3 / 4, 3 / 4), (0.15, 3 / 5, 3 / 4),
        (0.05, 4 / 6, 1),
    ]  # fmt: skip


def test_calibration_by_hand() -> None:
    made = of([*FOUND]).calibration
    assert made is not None
    assert [(b.low, b.high, b.pairs, b.true.part) for b in made.bins] == [
        (0.0, 0.1, 1, 1), (0.1, 0.2, 1, 0), (0.5, 0.6, 1, 1), (0.9, 1.0, 3, 2),
    ]  # fmt: skip
    assert made.bins[-1].said == pytest.approx((0.999 + 0.97 + 0.92) / 3)
    assert [(b.low, b.high, b.pairs) for b in made.top] == [(0.9, 0.95, 1), (0.95, 0.99, 1), (0.999, 0.9999, 1)]
    below = 0.95 + 0.15 + 0.45
    assert made.error == pytest.approx((below + abs(0.999 + 0.97 + 0.92 - 2)) / 6)
    assert made.error_below == pytest.approx(below / 3)


def test_edges_belong_to_the_bin_that_they_open_and_1_to_the_last() -> None:
    true = [1] * 5
    made = of([(0, 1, "match", 1.0), (0, 2, "match", 0.9), (0, 3, "review", 0.1), (0, 4, "review", 0.0)], true)
    assert made.calibration is not None
    assert [(b.low, b.pairs) for b in made.calibration.bins] == [(0.0, 1), (0.1, 1), (0.9, 2)]
    assert [(b.low, b.pairs) for b in made.calibration.top] == [(0.9, 1), (0.9999, 1)]


PAIR = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] > p[1])
SAID = st.tuples(st.sampled_from(("match", "review")), st.sampled_from((0.0, 0.2, 0.5, 0.55, 0.9, 0.93, 0.99, 1.0)))


@given(st.lists(st.integers(0, 3), min_size=8, max_size=8), st.dictionaries(PAIR, SAID, max_size=12))
@settings(max_examples=30, deadline=None)
def test_pairs_are_scored_like_their_plain_twin_whatever_their_order(
    true: list[int], drawn: dict[tuple[int, int], tuple[str, float]]
) -> None:
    given_pairs = [(a, b, outcome, p) for (a, b), (outcome, p) in drawn.items()]
    turned = [(b, a, outcome, p) for a, b, outcome, p in reversed(given_pairs)]
    made = of([*given_pairs], true)
    assert made == of([*turned], true) == of([*given_pairs, *turned], true)
    real = pairs_of(true)
    matches = {(b, a) for a, b, outcome, _ in given_pairs if outcome == "match"}
    assert made.matches.precision.value == share(len(matches & real), len(matches))
    assert made.matches.recall.value == share(len(matches & real), len(real))
    for point in made.at:
        found = {(b, a) for a, b, _, p in given_pairs if p >= (point.threshold or 0)}
        assert (point.found, point.right) == (len(found), len(found & real))
    if made.best is not None and real:
        assert made.best.f1 >= max((p.f1 for p in made.at if p.found), default=0)


def test_pairs_without_probability_have_no_thresholds() -> None:
    made = of([(0, 1, "match", None), (0, 3, "match", None)])
    assert (made.matches.right, made.matches.found) == (1, 2)
    assert (made.at, made.best, made.calibration, made.curve) == ((), None, None, ())


def test_a_pair_of_an_unknown_record_and_of_one_record_is_left_out() -> None:
    made = of([(0, 1, "match", 0.9), (0, 99, "match", 0.9), (98, 99, "match", 0.9), (2, 2, "match", 0.9)])
    assert (made.matches.found, made.left_out) == (1, 2)


def test_a_long_curve_is_thinned_out_and_keeps_its_end() -> None:
    size = 1000
    pairs = [(2 * n, 2 * n + 1, "match", 1 - n / 2000) for n in range(size)]
    made = of([*pairs], [n // 2 for n in range(2 * size)])
    assert len(made.curve) == 200
    assert (made.curve[-1].threshold, made.curve[-1].recall) == (pytest.approx(1 - 999 / 2000), 1)
