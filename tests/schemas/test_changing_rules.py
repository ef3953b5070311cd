"""Rules that change values are rules of values that fire without keeping a row out."""

from schemas.changing_rules import CHANGING
from schemas.rules import rule


def test_each_is_a_rule_that_lets_the_row_in() -> None:
    assert CHANGING
    assert all(rule(rule_id).outcome == "value" and rule(rule_id).severity != "block" for rule_id in CHANGING)


def test_what_leaves_a_field_empty_or_in_doubt_is_no_change() -> None:
    told = {"birth_date.missing", "birth_date.default_day", "sex.missing", "birth_date.in_words", "ditto.unresolved"}
    assert not told & CHANGING
