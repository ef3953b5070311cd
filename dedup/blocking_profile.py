"""What blocking did, in figures: pairs by rule, the largest blocks, what was left out. No value of a person."""

from dataclasses import dataclass

from dedup.blocking import RULES, Candidates

_LARGEST = 10


@dataclass(frozen=True)
class RuleProfile:
    """One blocking rule.

    Attributes:
        rule: what its key is made of, in words.
        first: pairs that it found first, in the order of the rules.
        alone: those of them that no other rule found: what is lost without it.
        blocks: keys that two or more records share.
        largest: records of the largest of them, whether or not it was compared whole.
    """

    rule: str
    first: int
    alone: int
    blocks: int
    largest: int


@dataclass(frozen=True)
class BlockingProfile:
    """All rules; the largest blocks (rule, records); blocks left out, and the records in them."""

    pairs: int
    rules: tuple[RuleProfile, ...]
    largest_blocks: tuple[tuple[str, int], ...]
    blocks_left_out: int
    records_in_them: int


def rule_names() -> tuple[str, ...]:
    """Name of each rule; its number is its place from 0, where nothing stands."""
    return ("", *(name for name, *_ in RULES), "other members of the households match")


def profile_blocking(candidates: Candidates) -> BlockingProfile:
    """What each rule found, by its name."""
    names = rule_names()
    rules = tuple(
        RuleProfile(names[n], r.first, r.alone, r.blocks, max(r.largest, default=0))
        for n, r in enumerate(candidates.rules, start=1)
    )
    largest = ((names[n], size) for n, r in enumerate(candidates.rules, start=1) for size in r.largest)
    return BlockingProfile(
        len(candidates.left), rules, tuple(sorted(largest, key=lambda b: -b[1])[:_LARGEST]),
        candidates.large_blocks, candidates.large_block_records,
    )  # fmt: skip
