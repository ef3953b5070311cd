"""What choosing thresholds by cost holds: costs, limits, what each choice leads to; no record of anybody.

`dedup.thresholds` counts it, `quality.thresholds_page` shows it, its fields are the keys of thresholds.json.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Costs:
    """What an error and a look cost, in one unit of the reader's own: what counts are the ratios.

    Attributes:
        merge: two persons merged into one.
        duplicate: a pair of records of one person that stays apart.
        review: a person's look at a pair.
    """

    merge: float = 1000.0
    duplicate: float = 20.0
    review: float = 1.0


@dataclass(frozen=True)
class Limits:
    """What thresholds have to keep whatever they cost.

    Attributes:
        precision: least share of the automatic matches that are right.
        pile: most pairs that may wait for a look, as a share of the records.
    """

    precision: float = 0.999
    pile: float = 0.02


@dataclass(frozen=True)
class ThresholdPoint:
    """A pair of thresholds (log2 odds) and what becomes of the pairs under them.

    Attributes:
        match_weight, review_weight: the thresholds.
        matches: pairs that are merged without a look.
        wrong: those of them that are two persons; expected, so no whole number, where no truth was given.
        precision: share of the matches that are right; 1 where there is none.
        precision_low: lower end of its 95 % interval (Wilson); None where it is expected and not counted.
        recall: share of the pairs of one person that are matches.
        recall_decided: the same once all that waits is decided rightly.
        reviews: pairs that wait for a look.
        missed: pairs of one person that are neither, as far as a blocking rule found them.
        cost: all of it.
    """

    match_weight: float
    review_weight: float
    matches: int
    wrong: float
    precision: float
    precision_low: float | None
    recall: float
    recall_decided: float
    reviews: int
    missed: float
    cost: float


@dataclass(frozen=True)
class Thresholds:
    """Thresholds chosen by cost.

    Attributes:
        basis: `truth` or `probability`: what said which pairs are one person.
        records: records of the table.
        pairs: scored pairs that were counted.
        left_out: pairs of a record of which the truth says nothing.
        true_pairs: pairs of one person: of the truth, or as many as the probabilities sum up to.
        costs, limits: what was asked for.
        chosen: the cheapest thresholds within the limits.
        present: those of the model that scored the pairs.
        cheapest: the cheapest ones, limits or not.
        keeps_precision, keeps_pile: does the choice keep the limits? If no thresholds do, it comes as near as it can.
        by_match: over the match threshold, with the chosen threshold of review.
        by_review: over the threshold of review, with the chosen match threshold.
    """

    basis: str
    records: int
    pairs: int
    left_out: int
    true_pairs: float
    costs: Costs
    limits: Limits
    chosen: ThresholdPoint
    present: ThresholdPoint
    cheapest: ThresholdPoint
    keeps_precision: bool
    keeps_pile: bool
    by_match: tuple[ThresholdPoint, ...]
    by_review: tuple[ThresholdPoint, ...]
