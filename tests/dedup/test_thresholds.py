"""Thresholds by cost, held against classifying every pair again under each pair of thresholds."""

from dataclasses import replace

import numpy as np
import pytest

from dedup.classify import Outcome, classify
from dedup.compare import LEVEL_COUNTS, Compared
from dedup.model import load_model
from dedup.thresholds import STEP, Asked, Fate, Tally, choose, fates
from schemas.thresholds import Costs, Limits, ThresholdPoint, Thresholds

MODEL = load_model()
NO_LIMITS = Limits(precision=0.0, pile=1.0)


class Made:
    """Pairs with any levels and weights, some of them one person, and what the model of the package makes of them."""

    def __init__(self, size: int = 4000, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.levels = np.stack([rng.integers(0, n, size) for n in LEVEL_COUNTS], axis=1).astype(np.int8)
        self.weight = rng.normal(0, 8, size)
        self.true = rng.random(size) < 1 / (1 + np.exp2(-self.weight))
        self.compared = Compared(self.levels, np.zeros((size, 3), np.int8))

    def outcome(self, match: float = MODEL.match_weight, review: float = MODEL.review_weight) -> np.ndarray:
        return classify(self.compared, self.weight, replace(MODEL, match_weight=match, review_weight=review))

    def chosen(self, **changes: object) -> Thresholds:
        tally = Tally()
        for part in np.array_split(np.arange(len(self.weight)), 3):
            fate = fates(
                self.levels[part], self.weight[part], self.outcome()[part], MODEL.match_weight, MODEL.review_weight
            )
            tally.add(self.weight[part], fate, self.true[part].astype(float))
        asked = Asked("truth", 100_000, 0, None, MODEL.match_weight, MODEL.review_weight)
        return choose(tally, replace(asked, **changes))  # type: ignore[arg-type]


def counted(made: Made, point: ThresholdPoint) -> tuple[int, int, int, int]:
    """Matches, wrong ones, reviews and missed pairs when every pair is classified again."""
    outcome = made.outcome(point.match_weight, point.review_weight)
    match, review = outcome == Outcome.MATCH, outcome == Outcome.REVIEW
    missed = (outcome == Outcome.NON_MATCH) & made.true
    return int(match.sum()), int((match & ~made.true).sum()), int(review.sum()), int(missed.sum())


def test_each_point_is_what_classifying_again_gives() -> None:
    made = Made()
    found = made.chosen(limits=NO_LIMITS)
    for point in (found.chosen, found.present, *found.by_match[::9], *found.by_review[::9]):
        assert (point.matches, point.wrong, point.reviews, point.missed) == counted(made, point)
        costs = 1000 * point.wrong + 20 * point.missed + point.reviews
        assert point.cost == pytest.approx(costs)
        assert point.recall == pytest.approx((point.matches - point.wrong) / found.true_pairs)
        assert point.recall_decided == pytest.approx(1 - point.missed / found.true_pairs)
        assert 0 <= (point.precision_low or 0) <= point.precision


@pytest.mark.parametrize("costs", [Costs(), Costs(10, 10, 1), Costs(1, 1, 100), Costs(1000, 1, 0)])
def test_no_thresholds_are_cheaper(costs: Costs) -> None:
    made = Made(600)
    found = made.chosen(costs=costs, limits=NO_LIMITS)
    weights = np.arange(-30, 30, 1.0)
    for match in weights:
        for review in weights[weights <= match]:
            _, wrong, reviews, missed = counted(made, replace(found.chosen, match_weight=match, review_weight=review))
            cost = costs.merge * wrong + costs.duplicate * missed + costs.review * reviews
            assert found.chosen.cost <= cost + 1e-9


def test_limits_are_kept_where_they_can_be() -> None:
    made = Made()
    free = made.chosen(costs=Costs(1, 1, 0.1), limits=NO_LIMITS)
    held = made.chosen(costs=Costs(1, 1, 0.1), limits=Limits(0.999, 1.0))
    assert free.chosen.precision < 0.999 <= held.chosen.precision
    assert held.keeps_precision
    assert held.chosen.match_weight > free.chosen.match_weight
    assert free.cheapest == held.cheapest == free.chosen
    pile = held.chosen.reviews / 100_000 / 2
    fewer = made.chosen(costs=Costs(1, 1, 0.1), limits=Limits(0.999, max(pile, 0.014)))
    assert fewer.chosen.reviews <= max(pile, 0.014) * 100_000


def test_what_no_thresholds_keep_is_told_and_come_near() -> None:
    found = Made().chosen(limits=Limits(0.999, 0.0))
    assert (found.keeps_precision, found.keeps_pile) == (True, False)
    assert found.chosen.reviews == min(p.reviews for p in found.by_review)


def test_a_dearer_wrong_merge_never_lowers_the_match_threshold() -> None:
    made = Made()
    chosen = [made.chosen(costs=Costs(merge=m), limits=NO_LIMITS).chosen.match_weight for m in (1, 10, 100, 1000, 1e5)]
    assert chosen == sorted(chosen)
    asked = [made.chosen(costs=Costs(review=r), limits=NO_LIMITS).chosen.reviews for r in (0.1, 1, 10, 100)]
    assert asked == sorted(asked, reverse=True)


def test_a_table_of_other_comparisons_is_told_by_its_outcomes() -> None:
    made = Made()
    outcome = made.outcome()
    fate = fates(None, made.weight, outcome, MODEL.match_weight, MODEL.review_weight)
    above = made.weight >= MODEL.match_weight
    assert set(fate[above & (outcome == Outcome.MATCH)]) == {Fate.FREE}
    assert set(fate[above & (outcome == Outcome.REVIEW)]) == {Fate.HELD}
    assert set(fate[above & (outcome == Outcome.NON_MATCH)]) == {Fate.OUT}


def test_no_pairs_have_thresholds_too() -> None:
    found = choose(Tally(), Asked("probability", 0, 0, None, 6.0, -1.0))
    assert (found.chosen.cost, found.chosen.precision, found.chosen.recall, found.pairs) == (0.0, 1.0, 1.0, 0)
    assert found.present.match_weight == 6.0
    assert found.chosen.match_weight % STEP == 0
