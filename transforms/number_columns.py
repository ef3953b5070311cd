"""In which column a number stood: numbers move to the column of their kind, the cell to mend stays where it is."""

from collections.abc import Collection, Mapping

MOVED: Mapping[str, str] = {"personal_number.moved": "old_id_number_raw", "old_id_number.moved": "personal_number_raw"}
"""By the rule that says that a number stood in the column of the other kind: that column."""

_OF_THE_NUMBER = frozenset((
    "personal_number.leading_zero", "personal_number.bad_province", "personal_number.country_prefix",
    "personal_number.of_other_row", "personal_number.birth_contradicts", "personal_number.sex_contradicts",
    "personal_number.two_people", "old_id_number.leading_zero", "old_id_number.suspicious",
    "old_id_number.issued_twice",
))  # fmt: skip
"""Rules on a number wherever it stood; the others are on the cell of its own column."""


def column_of_number(rule_id: str, beside: Collection[str]) -> str | None:
    """The column in which the number of a rule stood, where it is not that of its kind.

    Args:
        rule_id: the rule.
        beside: the rules on the same row.
    """
    if rule_id in MOVED:
        return MOVED[rule_id]
    moved = moved_rule(rule_id)
    return MOVED[moved] if moved is not None and moved in beside else None


def moved_rule(rule_id: str) -> str | None:
    """The rule that tells of the number of a rule that it stood elsewhere; None for rules on a cell."""
    return f"{rule_id.partition('.')[0]}.moved" if rule_id in _OF_THE_NUMBER else None
