import re
from pathlib import Path

import pytest

from schemas import messages
from schemas.messages import LANGUAGES
from schemas.rule_texts import rule_text, then_key
from schemas.rules import all_rules

ROOT = Path(__file__).parents[2]
RULES = list(all_rules().values())


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_every_rule_has_all_its_words_in_both_languages(rule) -> None:  # type: ignore[no-untyped-def]
    for language in LANGUAGES:
        words = rule_text(rule, language)
        for part in (words.wrong, words.do, words.then, words.help):
            assert part[0].isupper() or part[0] in '"0123456789(“' or part.startswith("sohoa"), part
            assert part.rstrip().endswith((".", "?")), part
            assert "{" not in part, "words of a rule are the same for every row: they hold no value of a person"
            assert len(part) <= 240, part


def test_no_help_speaks_of_a_rule_that_is_none() -> None:
    wanted = {f"help.{rule.message}" for rule in RULES} | {then_key(rule) for rule in RULES}
    for language in LANGUAGES:
        kept = {key for key in messages.catalogue(language) if key.startswith(("help.", "then.", "effect."))}
        assert kept == wanted


def test_no_text_is_left_that_nobody_says() -> None:
    rooms = ("schemas", "transforms", "readers", "dedup", "quality", "store", "pipeline", "portal")
    files = [p for room in rooms for p in (ROOT / room).rglob("*") if p.suffix in {".py", ".html"}]
    code = "\n".join(p.read_text("utf-8") for p in files)
    spoken = set(re.findall(r"[\"']([a-z_0-9]+(?:\.[a-z_0-9]+)+)[\"']", code))
    starts = tuple(re.findall(r"[\"']([a-z_0-9]+\.(?:[a-z_0-9]+\.)*)[\"'{]", code))
    starts += ("report.", "evaluation.", "profile.", "thresholds.")  # said by the templates, without their beginning
    unsaid = {key for key in messages.catalogue("vi") if key not in spoken and not key.startswith(starts)}
    assert unsaid <= {rule.message for rule in RULES}
