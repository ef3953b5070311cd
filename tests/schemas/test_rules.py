from schemas import messages
from schemas.fields import ALL_FIELDS
from schemas.rules import all_rules, quarantining, rule


def test_every_rule_is_whole_and_speaks_of_a_known_field() -> None:
    fields = {f.name for f in ALL_FIELDS}
    for each in all_rules().values():
        assert each.severity in {"block", "review", "notice"}
        assert each.outcome in {"file", "row", "value"}
        assert not each.field or each.field in fields
        assert each.example


def test_every_rule_says_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    for each in all_rules().values():
        for language in messages.LANGUAGES:
            sentence = messages.explain(each.message, language, where="…", read="…")
            assert sentence.startswith(f"[{each.id}]")


def test_only_blocking_rules_keep_rows_out() -> None:
    assert "full_name.missing" in quarantining()
    assert "birth_date.year_only" not in quarantining()
    assert all(rule(r).severity == "block" for r in quarantining())
