import pytest

from dedup.blocking import RULES
from dedup.blocking_profile import rule_names
from quality.rule_words import rule_label
from schemas.messages import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_ours_has_words_of_its_own(language: Language) -> None:
    parts = {name: parts for name, parts, *_ in RULES}
    said = [rule_label(name, parts.get(name, ()), language) for name in rule_names()[1:]]
    assert len(set(said)) == len(said)
    if language == "vi":
        assert not set(said) & set(parts)


def test_a_rule_without_words_goes_by_its_name() -> None:
    assert rule_label("last[3], born.year", (), "vi") == "last[3], born.year"
    assert rule_label("moon, name", ("moon", "name"), "vi") == "moon, name"
    assert rule_label("name, date", ("name", "date"), "vi") == "họ tên, ngày sinh"
