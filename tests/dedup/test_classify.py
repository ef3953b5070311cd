import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.classify import Outcome, classify, doubtful, relatives
from dedup.compare import (
    LEVEL_COUNTS,
    BirthLevel,
    Compared,
    FamilyLevel,
    HouseholdLevel,
    NumberLevel,
    PlaceLevel,
    SexLevel,
)
from dedup.model import load_model
from dedup.name_levels import NameLevel
from schemas.tables import LEVEL_NAMES

MODEL = load_model()
GOOD = {"name_level": NameLevel.EXACT, "birth_level": BirthLevel.EXACT, "sex_level": SexLevel.SAME}
LEVELS = st.tuples(*(st.integers(0, count - 1) for count in LEVEL_COUNTS))
Levels = dict[str, int]


def pairs(*rows: Levels) -> Compared:
    table = np.array([[row.get(name, 0) for name in LEVEL_NAMES] for row in rows], np.int8)
    return Compared(table, np.zeros((len(rows), 3), np.int8))


def outcome(levels: Levels, weight: float = 99.0) -> Outcome:
    return Outcome(classify(pairs(levels), np.array([weight]), MODEL)[0])


@pytest.mark.parametrize(
    ("weight", "wanted"),
    [
        (MODEL.match_weight, Outcome.MATCH), (MODEL.match_weight - 0.01, Outcome.REVIEW),
        (MODEL.review_weight, Outcome.REVIEW), (MODEL.review_weight - 0.01, Outcome.NON_MATCH),
        (np.inf, Outcome.MATCH), (-np.inf, Outcome.NON_MATCH),
    ],
)  # fmt: skip
def test_thresholds(weight: float, wanted: Outcome) -> None:
    assert outcome(GOOD, weight) is wanted


@pytest.mark.parametrize(
    "guarded",
    [
        {"sex_level": SexLevel.DIFFERENT},
        {"number_level": NumberLevel.PERSONAL_DIFFERENT},
        {"number_level": NumberLevel.PERSONAL_SLIP},
        {"name_level": NameLevel.DIFFERENT},
        {"name_level": NameLevel.DIFFERENT, "number_level": NumberLevel.PERSONAL_SAME},
        {"name_level": NameLevel.UNKNOWN},
        {"name_level": NameLevel.GIVEN},
        {"name_level": NameLevel.GIVEN_LIKE, "family_level": FamilyLevel.SEVERAL},
        {"name_level": NameLevel.SURNAME_GIVEN, "birth_level": BirthLevel.YEAR_ONLY, "family_level": FamilyLevel.ONE},
        {"birth_level": BirthLevel.DIFFERENT},
        {"birth_level": BirthLevel.YEAR},
        {"birth_level": BirthLevel.UNKNOWN},
        {"birth_level": BirthLevel.YEAR_ONLY, "place_level": PlaceLevel.COMMUNE_NATIVE_SAME},
        {"number_level": NumberLevel.OLD_SAME, "name_level": NameLevel.GIVEN},
        {"number_level": NumberLevel.OLD_SAME, "name_level": NameLevel.GIVEN_LIKE, "birth_level": BirthLevel.YEAR},
        {"number_level": NumberLevel.OLD_SAME, "birth_level": BirthLevel.YEAR, "family_level": FamilyLevel.DIFFERENT},
        {"birth_level": BirthLevel.YEAR, "family_level": FamilyLevel.SEVERAL},
        {
            "name_level": NameLevel.SLIP,
            "birth_level": BirthLevel.NEAR_YEAR,
            "household_level": HouseholdLevel.LINKED,
            "family_level": FamilyLevel.SEVERAL,
        },
        {"birth_level": BirthLevel.DIFFERENT, "household_level": HouseholdLevel.LINKED},
        {"name_level": NameLevel.DROPPED, "place_level": PlaceLevel.BOTH_DIFFERENT},
        {"birth_level": BirthLevel.NEAR_YEAR, "family_level": FamilyLevel.SEVERAL},
        {
            "number_level": NumberLevel.OLD_SAME,
            "birth_level": BirthLevel.DIFFERENT,
            "family_level": FamilyLevel.SEVERAL,
        },
    ],
)
def test_guards_hold_for_review_whatever_the_weight(guarded: Levels) -> None:
    assert outcome(GOOD | guarded) is Outcome.REVIEW


@pytest.mark.parametrize(
    "known",
    [
        {"name_level": NameLevel.GIVEN, "number_level": NumberLevel.PERSONAL_SAME},
        {"birth_level": BirthLevel.DIFFERENT, "number_level": NumberLevel.PERSONAL_SAME},
        {"birth_level": BirthLevel.YEAR_ONLY, "family_level": FamilyLevel.ONE},
        {"birth_level": BirthLevel.YEAR_ONLY, "household_level": HouseholdLevel.LINKED},
        {"birth_level": BirthLevel.YEAR_ONLY, "number_level": NumberLevel.OLD_SAME},
        {"number_level": NumberLevel.OLD_SAME, "name_level": NameLevel.SLIP},
        {"number_level": NumberLevel.OLD_SAME, "birth_level": BirthLevel.YEAR, "family_level": FamilyLevel.ONE},
        {"number_level": NumberLevel.OLD_SAME, "name_level": NameLevel.GIVEN_LIKE, "family_level": FamilyLevel.ONE},
        {"number_level": NumberLevel.OLD_SAME, "name_level": NameLevel.GIVEN_LIKE, "birth_level": BirthLevel.YEAR_OFF},
        {"number_level": NumberLevel.OLD_SAME, "birth_level": BirthLevel.NEAR_YEAR},
        {"birth_level": BirthLevel.NEAR_YEAR, "household_level": HouseholdLevel.LINKED},
        {"place_level": PlaceLevel.BOTH_DIFFERENT},
        {
            "name_level": NameLevel.SLIP,
            "place_level": PlaceLevel.BOTH_DIFFERENT,
            "number_level": NumberLevel.OLD_SAME,
        },
        {
            "name_level": NameLevel.DROPPED,
            "birth_level": BirthLevel.NEAR_YEAR,
            "household_level": HouseholdLevel.LINKED,
            "family_level": FamilyLevel.SEVERAL,
        },
        {"name_level": NameLevel.GIVEN_LIKE},
        {"name_level": NameLevel.SURNAME_GIVEN},
    ],
)
def test_what_bridges_a_guard(known: Levels) -> None:
    assert outcome(GOOD | known) is Outcome.MATCH


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ({"household_level": HouseholdLevel.SAME}, True),
        ({"household_level": HouseholdLevel.LINKED}, True),
        ({"family_level": FamilyLevel.SEVERAL}, True),
        ({"family_level": FamilyLevel.SEVERAL, "number_level": NumberLevel.PERSONAL_SAME}, False),
        ({"household_level": HouseholdLevel.DIFFERENT}, False),
        ({"household_level": HouseholdLevel.SAME, "name_level": NameLevel.GIVEN}, False),
    ],
)
def test_members_of_one_family_with_other_names_are_two_people(levels: Levels, wanted: bool) -> None:
    pair = {"name_level": NameLevel.DIFFERENT} | levels
    assert relatives(pairs(pair)).tolist() == [wanted]
    assert (outcome(GOOD | pair) is Outcome.NON_MATCH) == wanted


def test_one_personal_number_is_looked_at_whatever_else_is_said() -> None:
    rest = {"name_level": NameLevel.DIFFERENT, "birth_level": BirthLevel.DIFFERENT, "sex_level": SexLevel.DIFFERENT}
    pair = rest | {"number_level": NumberLevel.PERSONAL_SAME, "household_level": HouseholdLevel.SAME}
    assert outcome(pair, -99.0) is Outcome.REVIEW


@given(st.lists(LEVELS, min_size=1, max_size=20), st.lists(st.floats(-60, 60), min_size=20, max_size=20))
def test_laws(rows: list[tuple[int, ...]], weights: list[float]) -> None:
    compared = Compared(np.array(rows, np.int8), np.zeros((len(rows), 3), np.int8))
    size = np.array(weights[: len(rows)])
    found, more = classify(compared, size, MODEL), classify(compared, size + 5, MODEL)
    assert (more >= found).all()
    assert not (doubtful(compared) & (found == Outcome.MATCH)).any()
    assert not ((size < MODEL.match_weight) & (found == Outcome.MATCH)).any()


def test_a_match_always_has_a_like_name_and_birth_or_a_number() -> None:
    """Over every combination of levels."""
    every = np.array(list(itertools.product(*(range(count) for count in LEVEL_COUNTS))), np.int8)
    compared = Compared(every, np.zeros((len(every), 3), np.int8))
    matched = classify(compared, np.full(len(every), 99.0), MODEL) == Outcome.MATCH
    name, birth, number = (compared.level(n)[matched] for n in ("name_level", "birth_level", "number_level"))
    assert (name >= NameLevel.GIVEN).all()
    old = (number == NumberLevel.OLD_SAME) & (birth >= BirthLevel.NEAR_YEAR) & (name >= NameLevel.SLIP)
    linked = (compared.level("household_level")[matched] == HouseholdLevel.LINKED) & (name >= NameLevel.DROPPED)
    linked &= birth >= BirthLevel.NEAR_YEAR
    assert ((birth > BirthLevel.YEAR) | (number == NumberLevel.PERSONAL_SAME) | old | linked).all()
    assert ((name >= NameLevel.SURNAME_GIVEN) | (number == NumberLevel.PERSONAL_SAME)).all()
