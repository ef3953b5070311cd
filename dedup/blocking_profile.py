"""What blocking did, in figures: pairs by rule, the largest blocks, what was left out. No value of a person."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.blocking import HOUSEHOLD_RULE, RULES, Candidates, key_parts, rule_keys
from dedup.encode import Records

Rows = npt.NDArray[np.int64]
_LARGEST = 10


@dataclass(frozen=True)
class RuleProfile:
    """One blocking rule.

    Attributes:
        rule: what its key is made of, in words.
        first: pairs that it found first, in the order of the rules.
        alone: those of them whose records share the key of no other rule: what is lost without it.
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
    return ("", *(name for name, _ in RULES), "other members of the households match")


def profile_blocking(records: Records, candidates: Candidates) -> BlockingProfile:
    """Count what each rule found.

    Args:
        records: the encoded records.
        candidates: their pairs.
    """
    parts, names = key_parts(records), rule_names()
    first = np.bincount(candidates.rule, minlength=HOUSEHOLD_RULE + 1)
    shared = np.zeros(len(candidates.left), np.int8)
    rules, largest = [], []
    for number in range(1, len(RULES) + 1):
        keys = rule_keys(parts, number)
        left = keys[candidates.left]
        shared += (left != 0) & (left == keys[candidates.right])
        sizes = _block_sizes(keys)
        largest += [(names[number], size) for size in sizes[:_LARGEST]]
        rules.append((len(sizes), sizes[0] if sizes else 0))
    alone = np.bincount(candidates.rule[shared <= 1], minlength=HOUSEHOLD_RULE + 1)
    return BlockingProfile(
        len(candidates.left),
        tuple(
            RuleProfile(names[n], int(first[n]), int(alone[n]), *rules[n - 1]) for n in range(1, len(RULES) + 1)
        ),
        tuple(sorted(largest, key=lambda b: -b[1])[:_LARGEST]),
        candidates.large_blocks,
        candidates.large_block_records,
    )  # fmt: skip


def _block_sizes(keys: npt.NDArray[np.uint64]) -> list[int]:
    """Records of each block of two or more, the largest first."""
    sizes = np.unique(keys[keys != 0], return_counts=True)[1]
    sizes = sizes[sizes > 1]
    return np.sort(sizes)[::-1].tolist() if len(sizes) else []
