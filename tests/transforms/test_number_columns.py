import pytest

from schemas.rules import all_rules
from transforms.number_columns import MOVED, column_of_number, moved_rule

PERSONAL, OLD = MOVED


@pytest.mark.parametrize(
    ("rule_id", "beside", "column"),
    [
        ("personal_number.birth_contradicts", (PERSONAL,), "old_id_number_raw"),
        ("personal_number.birth_contradicts", (OLD,), None),
        ("personal_number.birth_contradicts", (), None),
        ("personal_number.not_digits", (PERSONAL,), None),  # a rule on the cell
        ("old_id_number.leading_zero", (OLD, PERSONAL), "personal_number_raw"),
        (PERSONAL, (), "old_id_number_raw"),
        (OLD, (), "personal_number_raw"),
        ("sex.missing", (PERSONAL,), None),
    ],
)
def test_where_a_number_stood(rule_id: str, beside: tuple[str, ...], column: str | None) -> None:
    assert column_of_number(rule_id, beside) == column


def test_rules_are_those_of_the_catalogue() -> None:
    told = [r for r in all_rules() if moved_rule(r) is not None]
    assert len(told) == 10
    assert {moved_rule(r) for r in told} == set(MOVED)
