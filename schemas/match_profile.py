"""What `sohoa match` did, in counts: the shape behind profile.json, its page and its table; no record of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RuleCount:
    """One blocking rule.

    Attributes:
        rule: its name.
        parts: what its key is made of, by the names of `dedup.block_parts`; empty where nobody knows, and then the
            name says it.
        first: pairs that it found first, in the order of the rules.
        alone: those of them that no other rule found.
        blocks: keys that two or more records share.
        largest: records of the largest of them.
    """

    rule: str
    parts: tuple[str, ...]
    first: int
    alone: int
    blocks: int
    largest: int


@dataclass(frozen=True)
class BlockCount:
    """A large block: its rule, and the records in it."""

    rule: str
    parts: tuple[str, ...]
    records: int


@dataclass(frozen=True)
class WeightBin:
    """Pairs that were written whose weight lies in [weight, weight + 1), by outcome."""

    weight: int
    outcome: str
    pairs: int


@dataclass(frozen=True)
class MatchProfile:
    """A matching.

    Attributes:
        records: records of the table.
        model: name of the model.
        match_weight, review_weight: its thresholds, log2 odds.
        pairs: candidate pairs.
        rules: what each blocking rule found, in their order.
        largest_blocks: the largest first.
        blocks_left_out: blocks that stayed too large to be compared, and `records_in_them`.
        outcomes: pairs by outcome.
        weights: pairs that were written, by weight and outcome.
        sizes: clusters by their number of records.
        seconds: by part of the work.
    """

    records: int
    model: str
    match_weight: float
    review_weight: float
    pairs: int
    rules: tuple[RuleCount, ...]
    largest_blocks: tuple[BlockCount, ...]
    blocks_left_out: int
    records_in_them: int
    outcomes: Mapping[str, int]
    weights: tuple[WeightBin, ...]
    sizes: Mapping[int, int]
    seconds: Mapping[str, float]
