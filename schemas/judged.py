"""What persons decided about rows that a rule kept out, as the steps follow it; and which rules a person may overrule.

A row is known by what it says (`content_id` of QUARANTINE), so a decision holds for it in whatever file it comes again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

RowDecision = Literal["accept", "reject"]


@dataclass(frozen=True)
class Judged:
    """The decisions about rows of one province.

    Attributes:
        accepted: content_id of each accepted row, and the rules that were overruled for it.
        rejected: content_id of each rejected row.
    """

    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()


NOTHING_JUDGED = Judged()

REJECTED = "row.rejected"
"""Keeps a row out that a person rejected, whatever else is to be said of it."""

OF_NO_VALUE: frozenset[str] = frozenset({REJECTED, "row.not_corrected"})
"""Rules that keep a row out for what was done with it: rejected before, sent back unchanged. Whoever accepts the row
answers them too."""

OVERRULABLE: frozenset[str] = frozenset({
    "birth_date.unreadable", "birth_date.impossible", "birth_date.out_of_range", "birth_date.after_entry",
    "birth_date.century_unknown", "death_date.before_birth", "sex.unknown_code", "relation.unknown_code",
    "personal_number.birth_contradicts", "personal_number.sex_contradicts", "personal_number.two_people",
})  # fmt: skip
"""Rules that say how likely a value is or whether it can be understood: somebody who has the ledger before him knows
better. A value that can be read enters as it stands; one that cannot stays empty.

Not among them: rules that say that the row is not whole or not readable (structure, letters, no name), so that nobody
knows what it says; and numbers that cannot be anybody's (placeholders, lost digits, another row's), which would make
strangers one person.
"""


def not_overrulable(rule_ids: frozenset[str]) -> list[str]:
    """Those of the rules that keep a row out whatever a person says, sorted."""
    return sorted(rule_ids - OVERRULABLE - OF_NO_VALUE)
