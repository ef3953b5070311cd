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
_ONE_HOME = (HouseholdLevel.OTHER_ROLE, HouseholdLevel.SAME, HouseholdLevel.LINKED)


class Outcome(IntEnum):
    """What becomes of a pair."""

    NON_MATCH = 0
    REVIEW = 1
    MATCH = 2


OUTCOME_NAMES: tuple[str, ...] = ("non_match", "review", "match")


def classify(compared: Compared, weights: npt.NDArray[np.float64], model: Model) -> npt.NDArray[np.int8]:
    """Outcome of each pair.

    A pair at or above `match_weight` is a match unless a guard holds it for review; one at or above `review_weight`
    waits for review; two members of one family with different given names are neither. Two records with one personal
    number wait for review whatever else they say: the number belongs to one of them at most.
    """
    outcome = np.where(weights >= model.review_weight, Outcome.REVIEW, Outcome.NON_MATCH).astype(np.int8)
    outcome[(weights >= model.match_weight) & ~doubtful(compared)] = Outcome.MATCH
    outcome[relatives(compared)] = Outcome.NON_MATCH
    same_number = compared.level("number_level") == NumberLevel.PERSONAL_SAME
    outcome[same_number & (outcome == Outcome.NON_MATCH)] = Outcome.REVIEW
    return outcome


def relatives(compared: Compared) -> Mask:
    """Two members of one family: another given name, and no number says that they are one person."""
    name, number = compared.level("name_level"), compared.level("number_level")
    return np.asarray((name == NameLevel.DIFFERENT) & _one_family(compared) & (number < NumberLevel.OLD_SAME))


def doubtful(compared: Compared) -> Mask:
    """Pairs that are never merged without a person's look, whatever their weight."""
    guards = (_contradicting, _another_name, _another_birth, _year_alone, _number_alone, _name_alone)
    return np.asarray(np.logical_or.reduce([guard(compared) for guard in guards]))


def _one_family(compared: Compared) -> Mask:
    home = np.isin(compared.level("household_level"), _ONE_HOME)
    return np.asarray(home | (compared.level("family_level") >= FamilyLevel.ONE))


def _contradicting(compared: Compared) -> Mask:
    """Sexes or personal numbers contradict each other."""
    number = compared.level("number_level")
    numbers = (number == NumberLevel.PERSONAL_DIFFERENT) | (number == NumberLevel.PERSONAL_SLIP)
    return np.asarray(numbers | (compared.level("sex_level") == SexLevel.DIFFERENT))


def _another_name(compared: Compared) -> Mask:
    """Given names differ, or could be two names of twins, who share no number."""
    name, birth, number = (compared.level(n) for n in ("name_level", "birth_level", "number_level"))
    twins = _one_family(compared) & (name == NameLevel.GIVEN_LIKE) & (number != NumberLevel.OLD_SAME)
    namesakes = (name == NameLevel.SURNAME_GIVEN) & (birth < BirthLevel.SWAPPED) & (number != NumberLevel.OLD_SAME)
    unlike = ((name == NameLevel.GIVEN) | twins | namesakes) & (number != NumberLevel.PERSONAL_SAME)
    return np.asarray((name <= NameLevel.DIFFERENT) | unlike)


def _another_birth(compared: Compared) -> Mask:
    """Years of birth are apart, or day and month both differ, and neither a number nor the household bridges it."""
    same_number = compared.level("number_level") == NumberLevel.PERSONAL_SAME
    bridged = same_number | _old_number_backed(compared) | _household_backed(compared)
    return np.asarray((compared.level("birth_level") <= BirthLevel.YEAR) & ~bridged)


def _household_backed(compared: Compared) -> Mask:
    """The rest of the household matches, the names are the same, and the years of birth are one apart at most.

    A child that bore the name would stand in one of the books beside this one.
    """
    name, birth, household = (compared.level(n) for n in ("name_level", "birth_level", "household_level"))
    one_name = (name >= NameLevel.OTHER_MARKS) | (
        (name == NameLevel.DROPPED) & (compared.level("family_level") == FamilyLevel.SEVERAL)
    )
    return np.asarray(one_name & (birth >= BirthLevel.NEAR_YEAR) & (household == HouseholdLevel.LINKED))


def _old_number_backed(compared: Compared) -> Mask:
    """The old number agrees, so does the name, the years of birth are one apart at most, and no relative differs."""
    backed = (compared.level("number_level") == NumberLevel.OLD_SAME) & (compared.level("name_level") >= NameLevel.SLIP)
    backed &= compared.level("birth_level") >= BirthLevel.NEAR_YEAR
    family = compared.level("family_level")
    return np.asarray(backed & ((family == FamilyLevel.UNKNOWN) | (family >= FamilyLevel.PARTLY)))


def _year_alone(compared: Compared) -> Mask:
    """Namesakes of one birth year: without the day, something that namesakes do not share must agree."""
    strong = (
        (compared.level("family_level") >= FamilyLevel.ONE)
        | (compared.level("number_level") >= NumberLevel.OLD_SAME)
        | np.isin(compared.level("household_level"), (HouseholdLevel.SAME, HouseholdLevel.LINKED))
        | (compared.level("place_level") == PlaceLevel.ADDRESS)
    )
    return np.asarray((compared.level("birth_level") == BirthLevel.YEAR_ONLY) & ~strong)


def _number_alone(compared: Compared) -> Mask:
    """Nine-digit numbers were issued twice and taken over: name and birth must agree beside them."""
    name, birth = compared.level("name_level"), compared.level("birth_level")
    weak_name = (name < NameLevel.SURNAME_GIVEN) | ((name < NameLevel.SLIP) & (birth < BirthLevel.YEAR_AND_PART))
    weak_birth = (birth <= BirthLevel.YEAR) & ~_old_number_backed(compared)
    return np.asarray((compared.level("number_level") == NumberLevel.OLD_SAME) & (weak_name | weak_birth))


def _name_alone(compared: Compared) -> Mask:
    """A name that is not quite the same, a date, and nothing else, while residence and native place both differ."""
    nothing = (compared.level("family_level") == FamilyLevel.UNKNOWN) & (
        compared.level("number_level") == NumberLevel.UNKNOWN
    )
    nothing &= compared.level("household_level") <= HouseholdLevel.DIFFERENT
    elsewhere = compared.level("place_level") == PlaceLevel.BOTH_DIFFERENT
    return np.asarray(nothing & elsewhere & (compared.level("name_level") < NameLevel.OTHER_MARKS))
