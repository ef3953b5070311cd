from pathlib import Path

import pytest

from pipeline import rule_book
from schemas.errors import UsageError
from schemas.messages import LANGUAGES
from schemas.rules import all_rules

ROOT = Path(__file__).parents[2]


def test_the_committed_document_is_the_generated_one(tmp_path: Path) -> None:
    rule_book.write_document(tmp_path / "r.md")
    assert (tmp_path / "r.md").read_text("utf-8") == (ROOT / "docs" / "rules.md").read_text("utf-8")


def test_the_document_and_the_table_have_every_rule_once() -> None:
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert all(text.count(f"### `{rule_id}` ") == 1 for rule_id in all_rules())
    for language in LANGUAGES:
        assert [row["id"] for row in rule_book.table(language)] == list(all_rules())


def test_one_rule_is_told_from_its_example_to_its_help() -> None:
    head, *parts = rule_book.in_full("birth_date.impossible", "vi")
    assert head.startswith("birth_date.impossible · ")
    assert "30/02/1975 → " in parts[0]
    assert len(parts) == 5
    assert "sohoa review row" in parts[4]
    assert len(rule_book.in_full("full_name.missing", "vi")) == 5
    (one,) = rule_book.for_programs("birth_date.impossible")
    assert {"vi", "en", "then_vi", "then_en", "help_vi", "help_en"} <= set(one)


def test_an_unknown_rule_is_said_to_be_unknown() -> None:
    for call in (lambda: rule_book.in_full("no.rule", "vi"), lambda: rule_book.for_programs("no.rule")):
        with pytest.raises(UsageError, match=r"rule\.unknown"):
            call()
