"""What an evaluation of matching against the truth holds: counts, rates with intervals, groups; no record of anybody.

`dedup.evaluate` counts it, `quality.evaluation_page` shows it, its fields are the keys of evaluation.json.
"""

from dataclasses import dataclass

FEW_TRUE_PAIRS = 20
"""A group with fewer true pairs is marked: its interval says more than its value."""

DIMENSIONS: tuple[str, ...] = ("sex", "ethnic_group", "birth_decade", "province")
"""What groups are made by, in the order of a report."""

WHOLE = "all"
"""The dimension of the one group that holds every record."""


@dataclass(frozen=True)
class Rate:
    """`part` of `whole`, its share, and Wilson's 95 % interval; 1 where there is nothing to be a share of."""

    part: int
    whole: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A figure that is no plain share, with the 95 % interval of a bootstrap over persons."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RecordCounts:
    """Records that were judged, and those left out because the other side does not know them.

    Attributes:
        judged: records that the truth and what was found (and the records, where given) have in common.
        only_in_truth: records of the truth that were not matched: kept out, or of another batch.
        without_truth: matched records of which the truth says nothing; unknown where only pairs are given.
        persons: true persons of the judged records.
        true_pairs: pairs of judged records of one true person.
    """

    judged: int
    only_in_truth: int
    without_truth: int | None
    persons: int
    true_pairs: int


@dataclass(frozen=True)
class OutcomeCount:
    """Pairs of one outcome: match, review or non_match; how many of them are right to be one person."""

    outcome: str
    pairs: int
    true: Rate


@dataclass(frozen=True)
class Point:
    """Precision, recall and F1 of taking some of the pairs: the matches, or those from a probability up."""

    threshold: float | None
    found: int
    right: int
    precision: Rate
    recall: Rate
    f1: float


@dataclass(frozen=True)
class ReviewPile:
    """What waits for people: pairs, records in them, shares of all records; scores once all are decided rightly."""

    pairs: int
    records: int
    share_of_records: float
    pairs_a_record: float
    decided: Point


@dataclass(frozen=True)
class Bin:
    """Pairs whose probability lies from `low` up to `high`: what was said of them on average, what is true."""

    low: float
    high: float
    pairs: int
    said: float
    true: Rate


@dataclass(frozen=True)
class Calibration:
    """How far probabilities can be believed.

    Attributes:
        bins: ten bins of a tenth; those without pairs are left out.
        top: the last of them, 0.9 to 1, cut finer: nearly all pairs lie there.
        error: expected calibration error over all bins: the mean distance of said and true, weighed by pairs.
        error_below: the same over the bins below 0.9, which the many certain pairs would hide; None without pairs.
    """

    bins: tuple[Bin, ...]
    top: tuple[Bin, ...]
    error: float
    error_below: float | None


@dataclass(frozen=True)
class CurvePoint:
    """Precision and recall of all pairs from a probability up."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True)
class PairEvaluation:
    """Pairs as they were found.

    Attributes:
        left_out: pairs of a record of which the truth says nothing.
        outcomes: pairs by outcome.
        matches: the pairs that were joined without a person's look.
        at: pairs from the probabilities 0.5, 0.9, 0.95 and 0.99 up; empty where pairs have no probability.
        best: the threshold of the best F1, chosen with the truth: no figure of a real run.
        review: the pile of pairs that wait.
        calibration: None where pairs have no probability.
        curve: precision and recall over all thresholds, thinned out.
    """

    left_out: int
    outcomes: tuple[OutcomeCount, ...]
    matches: Point
    at: tuple[Point, ...]
    best: Point | None
    review: ReviewPile
    calibration: Calibration | None
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class ClusterEvaluation:
    """Clusters as they were found, besides the scores of the whole.

    Attributes:
        clusters: clusters of the judged records.
        several: clusters of more than one record; `several_persons` are the true persons of more than one.
        exact: share of the clusters of several records that hold all records of one person and no other.
        exact_recall: share of the persons of several records that such a cluster holds.
        over_merged: clusters with records of more than one person, and the records in them.
        split: persons whose records lie in more than one cluster, and the records of these persons.
    """

    clusters: int
    several: int
    several_persons: int
    exact: Rate
    exact_recall: Rate
    exact_f1: float
    over_merged: int
    over_merged_records: int
    split: int
    split_records: int


@dataclass(frozen=True)
class PairScores:
    """Precision and recall of pairs with Wilson intervals; F1 with the interval of a bootstrap."""

    precision: Rate
    recall: Rate
    f1: Estimate


@dataclass(frozen=True)
class BCubedScores:
    """B-cubed of clusters with intervals of a bootstrap."""

    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True)
class Group:
    """Scores of the records of a group; a pair counts if one of its two records belongs to it.

    Attributes:
        dimension: one of DIMENSIONS, or WHOLE.
        code: code, province or decade; None = not known.
        code_list: list of the code, for ethnic groups.
        records: judged records of the group.
        true_pairs: true pairs of the group.
        is_small: fewer than FEW_TRUE_PAIRS.
        matches: of the pairs that were joined; None where no pairs were given.
        clustered: of the pairs inside clusters; None where no clusters were given, like `b_cubed`.
    """

    dimension: str
    code: str | None
    code_list: str | None
    records: int
    true_pairs: int
    is_small: bool
    matches: PairScores | None
    clustered: PairScores | None
    b_cubed: BCubedScores | None


@dataclass(frozen=True)
class RuleRecall:
    """A blocking rule and the true pairs.

    Attributes:
        rule: its name; `parts` are what its key is made of.
        found: true pairs that it finds, whatever other rules do.
        first: those that no rule before it finds.
        alone: those that no other rule finds.
    """

    rule: str
    parts: tuple[str, ...]
    found: Rate
    first: int
    alone: int


@dataclass(frozen=True)
class BlockingEvaluation:
    """True pairs that any blocking rule finds: the most that any matching of them can find; and rule by rule."""

    found: Rate
    rules: tuple[RuleRecall, ...]


@dataclass(frozen=True)
class Evaluation:
    """An evaluation.

    Attributes:
        records: what was judged.
        whole: scores of all records.
        pairs, clusters: as far as they were given.
        groups: scores of each group.
        blocking: recall of the blocking rules, where it was asked for.
    """

    records: RecordCounts
    whole: Group
    pairs: PairEvaluation | None
    clusters: ClusterEvaluation | None
    groups: tuple[Group, ...]
    blocking: BlockingEvaluation | None = None
