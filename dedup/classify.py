"""Match, review or non-match: by the weight, under guards that no weight overrides.

Merging two citizens is the unforgivable error, so each guard can only make a pair more doubtful.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dedup.compare import BirthLevel, Compared, FamilyLevel, HouseholdLevel, NumberLevel, PlaceLevel, SexLevel
from dedup.model import Model
from dedup.name_levels import NameLevel

Mask = npt.NDArray[np.bool_]


class Outcome(IntEnum):
    """What becomes of a pair."""

    NON_MATCH = 0
    REVIEW = 1
    MATCH = 2


OUTCOME_NAMES: tuple[str, ...] = ("non_match", "review", "match")


def classify(compared: Compared, weights: npt.NDArray[np.float64], model: Model) -> npt.NDArray[np.int8]:
    """Outcome of each pair.

    A pair at or above `match_weight` is a match unless a guard holds it for review; one at or above `review_weight`
    waits for review; siblings and twins below the match weight are no match.
    """
    outcome = np.where(weights >= model.review_weight, Outcome.REVIEW, Outcome.NON_MATCH).astype(np.int8)
    outcome[(weights >= model.match_weight) & ~doubtful(compared)] = Outcome.MATCH
    outcome[(outcome == Outcome.REVIEW) & relatives(compared)] = Outcome.NON_MATCH
    return outcome


def relatives(compared: Compared) -> Mask:
    """Two members of one family: another given name, and no number says that they are one person."""
    name, number = compared.level("name_level"), compared.level("number_level")
    household, family = compared.level("household_level"), compared.level("family_level")
    close = np.isin(household, (HouseholdLevel.OTHER_ROLE, HouseholdLevel.SAME)) | (family >= FamilyLevel.ONE)
    return (name == NameLevel.DIFFERENT) & close & (number != NumberLevel.PERSONAL_SAME)


def doubtful(compared: Compared) -> Mask:
    """Pairs that are never merged without a person's look, whatever their weight."""
    return (
        contradicting(compared) | _another_name(compared) | _another_birth(compared) | _year_alone(compared)
        | _number_alone(compared)
    )  # fmt: skip


def contradicting(compared: Compared) -> Mask:
    """Sexes or personal numbers contradict each other, or two roles stand in one household."""
    number = compared.level("number_level")
    return (
        (compared.level("sex_level") == SexLevel.DIFFERENT)
        | (number == NumberLevel.PERSONAL_DIFFERENT)
        | (number == NumberLevel.PERSONAL_SLIP)
    )


def _another_name(compared: Compared) -> Mask:
    name, family = compared.level("name_level"), compared.level("family_level")
    household, number = compared.level("household_level"), compared.level("number_level")
    close = np.isin(household, (HouseholdLevel.OTHER_ROLE, HouseholdLevel.SAME)) | (family >= FamilyLevel.PARTLY)
    same_number = number == NumberLevel.PERSONAL_SAME
    twins = close & (name <= NameLevel.GIVEN_LIKE)
    return ((name <= NameLevel.GIVEN) & ~same_number) | (name <= NameLevel.DIFFERENT) | (twins & ~same_number)


def _another_birth(compared: Compared) -> Mask:
    birth, number = compared.level("birth_level"), compared.level("number_level")
    return (birth <= BirthLevel.NEAR_YEAR) & (number != NumberLevel.PERSONAL_SAME) | (birth == BirthLevel.YEAR)


def _year_alone(compared: Compared) -> Mask:
    """Namesakes of one birth year: without the day, something that namesakes do not share must agree."""
    birth = compared.level("birth_level")
    strong = (
        (compared.level("family_level") >= FamilyLevel.ONE)
        | (compared.level("number_level") >= NumberLevel.OLD_SAME)
        | np.isin(compared.level("household_level"), (HouseholdLevel.SAME, HouseholdLevel.LINKED))
        | (compared.level("place_level") == PlaceLevel.ADDRESS)
    )
    return (birth == BirthLevel.YEAR_ONLY) & ~strong


def _number_alone(compared: Compared) -> Mask:
    """Nine-digit numbers were issued twice and taken over: name and birth must agree beside them."""
    weak_rest = (compared.level("name_level") < NameLevel.SLIP) | (compared.level("birth_level") < BirthLevel.YEAR)
    return (compared.level("number_level") == NumberLevel.OLD_SAME) & weak_rest
