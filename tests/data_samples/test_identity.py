import numpy as np

from data_samples.identity import FULL_DATE, NEW_YEAR, YEAR_ONLY
from data_samples.people import HEAD, SIBLING
from tests.data_samples.drawn import linked, truth


def test_parents_in_the_block_are_called_by_their_names():
    block = truth()
    names, fathers = block.identities.full_name.to_pylist(), block.identities.father_name.to_pylist()
    child, father = linked(block, block.people.father)
    assert [fathers[c] for c in child] == [names[f] for f in father]


def test_brothers_and_sisters_have_the_same_parents():
    block = truth()
    people, known = block.people, block.identities
    mothers = known.mother_name.to_pylist()
    sibling = np.flatnonzero(people.slot == SIBLING)
    assert len(sibling) > 20
    assert all(mothers[s] == mothers[people.head[s]] for s in sibling)
    assert (people.slot[people.head[sibling]] == HEAD).all()


def test_no_two_people_of_a_household_have_the_same_name():
    block = truth()
    names = block.identities.full_name.to_pylist()
    pairs = {(int(h), n) for h, n in zip(block.people.household, names, strict=True)}
    assert len(pairs) > 0.998 * len(names)


def test_a_given_name_seldom_repeats_the_middle_name():
    names = [n.split() for n in truth().identities.full_name.to_pylist()]
    assert sum(n[-1] == n[-2] for n in names if len(n) > 1) < 0.002 * len(names)


def test_less_is_known_of_the_birth_of_the_old():
    block = truth()
    year, precision = block.people.birth_year, block.identities.precision
    old, young = precision[year < 1945], precision[year > 1985]
    assert 0.3 < (old != FULL_DATE).mean() < 0.6
    assert (young != FULL_DATE).mean() < 0.03
    assert (old == YEAR_ONLY).sum() > (old == NEW_YEAR).sum()


def test_only_the_old_have_died_and_after_their_birth():
    block = truth()
    dead = block.identities.died > 0
    assert dead.any()
    assert block.people.birth_year[dead].max() < 1952
    assert (block.identities.died > block.people.birth)[dead].all()
