"""Names are legal for the group, the sex and the generation of who bears them."""

import numpy as np
import pytest

from data_samples.names import GENERATIONS, name_forms, style_of_group
from data_samples.places import _toml
from tests.data_samples.drawn import truth


def test_every_group_of_the_vocabulary_has_a_style():
    named = {g["name"] for g in _toml("names.toml")["group"]}
    assert set(style_of_group()) == named


@pytest.mark.parametrize("number", [0, 1, 2])
def test_names_come_from_the_lists_of_the_group(number):
    block, forms = truth(number), name_forms()
    words = forms.words.to_pylist()
    surname, _, given = block.identities.parts
    groups = {g["name"]: g for g in _toml("names.toml")["group"]}
    people = block.people
    for i in np.flatnonzero(people.style > 2)[:400]:
        group = groups[forms.groups[people.style[i]]]
        sex = "f" if people.is_female[i] else "m"
        assert words[given[i]] in group[f"given_{sex}"]
        assert words[surname[i]] in (group.get("surnames") or group[f"surnames_{sex}"])


@pytest.mark.parametrize(("year", "generation"), [(1930, 1), (1960, 2), (1985, 3), (2010, 4)])
def test_kinh_given_names_are_of_the_generation(year, generation):
    kinh, block = _toml("names.toml")["kinh"], truth(0)
    people = block.people
    bounds = (0, *GENERATIONS, 9999)
    mine = (people.birth_year >= bounds[generation - 1]) & (people.birth_year < bounds[generation])
    rows = np.flatnonzero(mine & (people.style < 3) & people.is_female)
    words = name_forms().words.to_pylist()
    assert len(rows) > 50
    assert bounds[generation - 1] <= year < bounds[generation]
    assert {words[block.identities.parts[2][i]] for i in rows} <= set(kinh["given"][f"f{generation}"])


def test_children_bear_the_fathers_surname():
    block = truth(0)
    people = block.people
    surname = block.identities.parts[0]
    child = np.flatnonzero((people.father >= 0) & (people.style < 3) & (people.style[people.father] < 3))
    assert (surname[child] == surname[people.father[child]]).mean() > 0.99


def test_nguyen_is_the_commonest_surname_of_the_kinh():
    block = truth(0)
    nguyen = name_forms().words.to_pylist().index("Nguyễn")
    share = (block.identities.parts[0][block.people.style < 3] == nguyen).mean()
    assert 0.3 < share < 0.48


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("Nguyễn", "Thị", "Lan"), "Nguyễn Thị Lan"),
        (("Giàng", "A", "Páo"), "Giàng A Páo"),
        (("H'", "", "Nhung"), "H'Nhung"),
        (("Y", "Thơm", "Niê"), "Y Thơm Niê"),
    ],
)
def test_parts_are_joined_as_the_group_writes_them(parts, whole):
    words = name_forms().words.to_pylist()
    codes = [np.asarray([words.index(p)]) for p in parts]
    assert name_forms().join(*codes).to_pylist() == [whole]
