"""Which rules a person may overrule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import rules
from schemas.judged import OF_NO_VALUE, OVERRULABLE, REJECTED, not_overrulable


def test_only_rules_that_keep_a_row_out_can_be_overruled() -> None:
    assert rules.quarantining() > OVERRULABLE
    assert rules.quarantining() > OF_NO_VALUE
    assert not OVERRULABLE & OF_NO_VALUE
    assert REJECTED in OF_NO_VALUE


@pytest.mark.parametrize("subject", ["row.", "full_name.", "text.", "personal_number.placeholder", "old_id_number."])
def test_nobody_vouches_for_what_nobody_can_read_or_what_makes_strangers_one(subject: str) -> None:
    hard = {r for r in rules.quarantining() - OF_NO_VALUE if r.startswith(subject)}
    assert hard
    assert set(not_overrulable(frozenset(hard))) == hard


@given(st.frozensets(st.sampled_from(sorted(rules.quarantining()))))
def test_a_row_is_accepted_only_when_no_rule_stands_against_it(fired: frozenset[str]) -> None:
    assert (not_overrulable(fired) == []) == (fired <= OVERRULABLE | OF_NO_VALUE)
