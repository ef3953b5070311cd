"""The worth of each waiting pair stands beside it, whatever the order and the split of the tables."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from dedup.compare import NumberLevel
from pipeline.pair_worth import WORTH, Scorer, log_odds, with_worth
from schemas.thresholds import Costs

CLUSTERS = pa.table({"record_id": list("abcdefg"), "cluster_id": ["A", "A", "C", "D", "E", "F", "G"]})
PAIRS = pa.table({
    "left_record_id": ["a", "b", "a", "d", "e", "f"], "right_record_id": ["b", "c", "c", "e", "f", "g"],
    "match_weight": [9.0, 0.0, 0.0, 8.0, 0.0, -5.0], "match_probability": [0.99, 0.5, 0.5, 0.996, 0.5, 0.03],
    "outcome": ["match", "review", "review", "review", "review", "non_match"],
    "number_level": [0, 0, 0, 0, NumberLevel.PERSONAL_SAME, 0],
})  # fmt: skip


def told(rows: list[int], size: int, scorer: Scorer) -> dict[str, float | None]:
    """Worth by left and right record, of the pairs in that order and in tables of so many rows."""
    table = PAIRS.take(pa.array(rows, pa.int64()))

    def pairs() -> Iterator[pa.Table]:
        return (table.slice(start, size) for start in range(0, max(table.num_rows, 1), size))

    found = pa.concat_tables(with_worth(pairs, lambda: iter([CLUSTERS.slice(0, 3), CLUSTERS.slice(3)]), scorer))
    assert found.column_names[-1] == WORTH
    return {r["left_record_id"] + r["right_record_id"]: r[WORTH] for r in found.to_pylist()}


def test_who_waits_has_a_worth_and_nobody_else() -> None:
    found = told([0, 1, 2, 3, 4, 5], 4, Scorer(6.0))
    assert found["ab"] is None
    assert found["fg"] is None
    assert found["bc"] == found["ac"] == pytest.approx(10 + 1 - 1)  # one answer for both
    assert found["de"] == pytest.approx(20 * 0.996 - 1)  # held: left apart without a look
    assert found["ef"] == pytest.approx(10 + 10 - 1)  # one number


def test_order_and_split_do_not_matter() -> None:
    assert told([5, 3, 1, 0, 4, 2], 1, Scorer(6.0)) == told([0, 1, 2, 3, 4, 5], 6, Scorer(6.0))


def test_costs_and_the_threshold_matter() -> None:
    assert told([3], 1, Scorer(9.0))["de"] == pytest.approx(1000 * 0.004 - 1)
    assert told([4], 1, Scorer(6.0, is_ours=False))["ef"] == pytest.approx(9)
    assert told([4], 1, Scorer(6.0, costs=Costs(review=2)))["ef"] == pytest.approx(18)


def test_no_pairs_have_no_worth() -> None:
    assert told([], 1, Scorer(6.0)) == {}


def test_probabilities_as_weights() -> None:
    assert [log_odds(0.5), round(log_odds(1.0))] == [0.0, 40]
