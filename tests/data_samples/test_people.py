"""Laws of households."""

import numpy as np
import pytest

from data_samples.people import CHILD, CHILD_SPOUSE, GRANDCHILD, HEAD, first_day, year_of
from tests.data_samples.drawn import linked, truth


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_household_has_one_head(number):
    people = truth(number).people
    assert (np.bincount(people.household[people.slot == HEAD]) == 1).all()
    assert people.household.max() + 1 == len(np.unique(people.household))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("parent", ["father", "mother"])
def test_parents_are_old_enough(number, parent):
    people = truth(number).people
    child, of = linked(truth(number), getattr(people, parent))
    assert len(child) > 500
    years = people.birth_year[child] - people.birth_year[of]
    assert years.min() >= 14
    assert years.max() <= 65


def test_mothers_are_women_and_fathers_men():
    people = truth().people
    assert people.is_female[linked(truth(), people.mother)[1]].all()
    assert not people.is_female[linked(truth(), people.father)[1]].any()


def test_spouses_have_each_other_and_differ_in_sex():
    people = truth().people
    one, other = linked(truth(), people.spouse)
    assert (people.spouse[other] == one).all()
    assert (people.is_female[one] != people.is_female[other]).all()


def test_siblings_are_born_a_year_apart_or_on_one_day():
    people = truth().people
    is_child = (people.slot >= CHILD) & (people.slot < CHILD_SPOUSE)
    rows = np.flatnonzero(is_child[1:] & is_child[:-1] & (people.household[1:] == people.household[:-1]))
    gap = people.birth_year[rows + 1] - people.birth_year[rows]
    assert gap.min() >= 0
    twins = gap == 0
    assert twins.any()
    assert (people.birth[rows + 1] == people.birth[rows])[twins].all()


def test_generations_live_together():
    people = truth().people
    assert ((people.slot >= GRANDCHILD) & (people.slot < GRANDCHILD + 3)).any()
    assert people.birth_year.min() >= 1900
    assert people.birth_year.max() <= 2020


@pytest.mark.parametrize(("year", "days"), [(1970, 0), (1969, -365), (2000, 10957)])
def test_days_and_years(year, days):
    assert first_day(np.asarray([year])).tolist() == [days]
    assert year_of(np.asarray([days, days + 364])).tolist() == [year, year]
