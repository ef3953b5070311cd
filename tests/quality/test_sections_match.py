from dataclasses import replace

import pytest

from quality import sections_match
from quality.report_facts import ShownPair
from schemas.tables import LEVEL_NAMES
from tests.quality import made_facts

PAIR = made_facts.facts().duplicates.examples[0]


def of(**levels: int) -> sections_match.PairShown:
    pair: ShownPair = replace(PAIR, levels=levels)
    return sections_match.pairs([pair], "en")[0]


def test_what_agrees_what_differs_and_what_is_silent_make_up_all_comparisons() -> None:
    found = of(name_level=9, birth_level=1, sex_level=2, number_level=0, family_level=1, household_level=4)
    assert found.agreed == ("exactly the same name", "same sex", "same household")
    assert found.differed == ("different dates of birth", "both parents differ")
    assert found.silent == ("identity number", "residence, native place")
    assert len(found.agreed) + len(found.differed) + len(found.silent) == len(LEVEL_NAMES)


@pytest.mark.parametrize("name", LEVEL_NAMES)
def test_each_comparison_can_speak_for_and_against(name: str) -> None:
    threshold = sections_match.AGREES_FROM[name]
    assert len(of(**{name: threshold}).agreed) == 1
    assert len(of(**{name: threshold - 1}).differed) == 1


def test_a_pair_keeps_its_sides_and_its_weight() -> None:
    found = of()
    assert (found.is_merged, found.with_store, found.weight) == (True, False, "8.4")
    assert found.sides == (PAIR.left, PAIR.right)
