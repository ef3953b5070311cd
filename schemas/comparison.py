"""What two runs over the same rows made of them: who changes side, by what, and in which group of people."""

from dataclasses import dataclass

from schemas.evaluation import DIMENSIONS

__all__ = ["DIMENSIONS", "Comparison", "FieldChange", "GroupChange", "Matching", "Move"]

ACCEPTED, ABSENT = "accepted", "absent"
"""Sides of a row beside the rules that keep it out."""
FEWEST = 10
"""Groups of fewer rows stand together."""
OTHERS = "others"
"""The code under which they do."""


@dataclass(frozen=True)
class Move:
    """Rows that were on one side and are on another: ACCEPTED, ABSENT (not read), or the rule that keeps them out."""

    before: str
    after: str
    rows: int


@dataclass(frozen=True)
class FieldChange:
    """Rows accepted by both whose value of a field is another one; `filled` was empty before, `emptied` is now."""

    field: str
    rows: int
    filled: int
    emptied: int


@dataclass(frozen=True)
class Matching:
    """Pairs of the rows that both matched.

    Attributes:
        records: rows that both have in a cluster.
        both: pairs together in both.
        only_before: pairs that are together no more.
        only_after: pairs that are together now only.
        changed: rows that are together with others than before.
    """

    records: int
    both: int
    only_before: int
    only_after: int
    changed: int


@dataclass(frozen=True)
class GroupChange:
    """What changes for the rows of a group.

    Attributes:
        dimension: one of DIMENSIONS.
        code: code, province or decade; None = not known, OTHERS = groups of fewer than FEWEST rows.
        code_list: list of the code, for ethnic groups.
        rows: rows of the group.
        kept_out: accepted before and no more.
        let_in: accepted now and not before.
        matched_otherwise: together with others than before; None where nothing was matched.
    """

    dimension: str
    code: str | None
    code_list: str | None
    rows: int
    kept_out: int
    let_in: int
    matched_otherwise: int | None


@dataclass(frozen=True)
class Comparison:
    """Two runs compared; `rows` are those that one of them has, `same` those on the same side in both."""

    rows: int
    same: int
    moves: tuple[Move, ...]
    fields: tuple[FieldChange, ...]
    matching: Matching | None
    groups: tuple[GroupChange, ...]
