"""The 17 fields of a batch beside those of earlier ones: the last of its province, all of it, all of the nation.

Counts of rows that came in. Earlier means: loaded before this batch, and not undone when its figures were counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.shares import Share, share

MEASURES = ("filled", "valid", "changed", "by_hand")


@dataclass(frozen=True)
class FieldTally:
    """A field: rows, those with a value, those that no rule wants reviewed, changed by a rule, by a person.

    `changed` and `by_hand` are rows with a value; None where they were not counted.
    """

    field: str
    rows: int
    filled: int
    valid: int
    changed: int | None = None
    by_hand: int | None = None

    def share_of(self, measure: str) -> Share | None:
        """The share of a measure among the rows (changes: among the values); None where it was not counted."""
        part = getattr(self, measure)
        whole = self.rows if measure in ("filled", "valid") else self.filled
        return None if part is None else share(part, whole)


@dataclass(frozen=True)
class Compared:
    """Earlier batches together: how many, and their fields."""

    batches: int
    tallies: tuple[FieldTally, ...]

    def of(self, field: str) -> FieldTally | None:
        """The field in those batches."""
        return next((t for t in self.tallies if t.field == field), None)


@dataclass(frozen=True)
class FieldHistory:
    """What a batch is compared with; None where there was nothing, or the session saw no other province."""

    last: Compared | None = None
    last_batch: str = ""
    province: Compared | None = None
    nation: Compared | None = None

    @property
    def columns(self) -> Mapping[str, Compared]:
        """Those there are, by name."""
        named = {"last": self.last, "province": self.province, "nation": self.nation}
        return {name: compared for name, compared in named.items() if compared is not None}


def together(batches: Iterable[Iterable[FieldTally]]) -> Compared | None:
    """Several batches as one; None where there is none."""
    sums: dict[str, FieldTally] = {}
    count = 0
    for tallies in batches:
        count += 1
        for tally in tallies:
            before = sums.get(tally.field, FieldTally(tally.field, 0, 0, 0, 0, 0))
            sums[tally.field] = FieldTally(
                tally.field, before.rows + tally.rows, before.filled + tally.filled, before.valid + tally.valid,
                _sum(before.changed, tally.changed), _sum(before.by_hand, tally.by_hand),
            )  # fmt: skip
    return Compared(count, tuple(sums.values())) if count else None


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
