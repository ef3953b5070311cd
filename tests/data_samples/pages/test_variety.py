"""Registers of free order: no two alike, each one a table that could be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data_samples.pages.rosters import people_of_page
from data_samples.pages.variety import draw_form
from readers.forms import known_form

REGISTER = known_form("register")


@given(st.integers(0, 10**6))
def test_any_register_names_people_once_and_their_births_in_one_way(seed):
    form = draw_form(REGISTER, np.random.default_rng(seed))
    names = [c.name for c in form.columns]
    assert len(names) == len(set(names))
    assert 5 <= len(names) <= 13
    assert "full_name_raw" in names
    assert ("birth_date_raw" in names) != ("birth_date_raw/male" in names)
    if "birth_date_raw/male" in names:
        assert names[names.index("birth_date_raw/male") + 1] == "birth_date_raw/female"
    assert abs(sum(c.share for c in form.columns) - 1) < 1e-9
    lines = {f.line for f in form.header}
    assert lines == set(range(len(lines)))


def test_registers_differ():
    orders = {tuple(c.name for c in draw_form(REGISTER, np.random.default_rng(s)).columns) for s in range(50)}
    assert len(orders) > 45


def test_a_form_that_stands_stays():
    form = known_form("household_register")
    assert draw_form(form, np.random.default_rng(1)) is form


def test_one_household_stands_under_its_head():
    people = people_of_page(3, known_form("household_register"), np.random.default_rng(3))
    assert len({p["household_id_raw"] for p in people}) == 1
    assert people[0]["head_name_raw"].casefold() == people[0]["full_name_raw"].casefold()


def test_several_households_stand_where_no_head_is_named():
    people = people_of_page(3, known_form("register_1980s"), np.random.default_rng(3))
    assert len({p["household_id_raw"] for p in people}) > 3


def test_every_column_of_every_form_is_known_of_people():
    person = people_of_page(3, REGISTER, np.random.default_rng(3))[0]
    for form_id in ("household_register", "register_1980s", "register_two_levels", "household_book_member", "register"):
        form = known_form(form_id)
        assert {c.name for c in (*form.columns, *form.header, *form.block)} <= set(person)
