"""A table is the form that its headings say, in whatever order they stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_samples.pages.variety import draw_form
from readers.forms import Form, known_form, load_forms
from readers.learned_forms import OWN, learned_columns, settle_form

FORMS = load_forms()


def headings_of(form: Form, pick: int = 0) -> list[list[str | None]]:
    """The headings as a page shows them, by level."""
    upper: list[str | None] = []
    lower: list[str | None] = []
    for at, column in enumerate(form.columns):
        text = column.headings[pick % len(column.headings)]
        if column.group:
            is_first = at == 0 or form.columns[at - 1].group != column.group
            upper.append(column.group[pick % len(column.group)] if is_first else None)
            lower.append(text)
        else:
            upper.append(text)
            lower.append(None)
    return [upper, lower] if any(lower) else [upper]


def shares_of(form: Form) -> list[float]:
    return [c.share for c in form.columns]


@pytest.mark.parametrize("form", [f for f in FORMS if f.columns and not f.free_order], ids=lambda f: f.form_id)
@pytest.mark.parametrize("pick", [0, 1, 2])
def test_a_known_form_is_known_by_its_headings(form, pick):
    found = settle_form(FORMS, headings_of(form, pick), shares_of(form))
    assert found is not None
    assert found.form_id == form.form_id


@given(seed=st.integers(0, 10**6), pick=st.integers(0, 3))
def test_any_order_of_columns_is_learned(seed, pick):
    form = draw_form(known_form("register"), np.random.default_rng(seed))
    found = settle_form(FORMS, headings_of(form, pick), shares_of(form))
    assert found is not None
    assert [c.name for c in found.columns] == [c.name for c in form.columns]
    assert [c.kind for c in found.columns] == [c.kind for c in form.columns]


@given(seed=st.integers(0, 10**6), at=st.integers(0, 200), letter=st.sampled_from("abcdeghiklmnopqrstuvxy"))
def test_one_misread_letter_never_puts_a_column_under_another_name(seed, at, letter):
    form = draw_form(known_form("register"), np.random.default_rng(seed))
    headings = headings_of(form)
    line = headings[0]
    place = at % len(line)
    text = line[place]
    if text is None or len(text) < 8:
        return
    line[place] = text[: at % len(text)] + letter + text[at % len(text) + 1 :]
    found = settle_form(FORMS, headings, shares_of(form))
    if found is None:
        return
    for true, read in zip(form.columns, found.columns, strict=True):
        assert read.name in (true.name, true.name.partition("/")[0]) or read.name.startswith(OWN)


def test_a_column_nobody_knows_keeps_a_name_of_its_own():
    headings = ["Họ và tên", "Ngày sinh", "Chiều cao", "Quê quán", "Dân tộc"]
    columns = learned_columns([headings], [0.2] * 5)
    assert columns is not None
    assert [c.name for c in columns] == ["full_name_raw", "birth_date_raw", "column_3", "native_place_raw",
                                         "ethnic_group_raw"]  # fmt: skip
    assert columns[2].headings == ("Chiều cao",)


def test_two_columns_never_have_one_name():
    columns = learned_columns([["Họ và tên", "Ngày sinh", "Quê quán", "Quê quán"]], [0.25] * 4)
    assert columns is not None
    assert len({c.name for c in columns}) == 4


@pytest.mark.parametrize("headings", [[["", None, "x"]], [["Vật tư", "Số lượng", "Đơn giá"]], [[]]])
def test_what_is_no_ledger_is_no_form(headings):
    assert settle_form(FORMS, headings, [0.3] * len(headings[0])) is None


def test_a_known_form_keeps_the_widths_of_the_page():
    form = known_form("household_register")
    shares = shares_of(form)[::-1]
    found = settle_form(FORMS, headings_of(form), shares)
    assert found is not None
    assert shares_of(found) == shares


def test_without_a_form_of_free_order_only_known_forms_are_found():
    form = draw_form(known_form("register"), np.random.default_rng(4))
    assert settle_form([f for f in FORMS if not f.free_order], headings_of(form), shares_of(form)) is None
