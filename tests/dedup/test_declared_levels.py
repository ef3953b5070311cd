"""Levels of declared comparisons: one case each, and laws for all of them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.declared_columns import CodedTable, code_column, key_hashes
from dedup.declared_form import TESTS, Column, Comparison, Level
from dedup.declared_levels import Comparer, levels_of

EXAMPLES = {
    ("text", "exact", 0.0): (("An", "An"), ("An", "an")),
    ("text", "folded", 0.0): (("Nguyễn", "nguyen"), ("Nguyễn", "nguyem")),
    ("text", "jaro_winkler", 0.9): (("martha", "marhta"), ("martha", "bertha")),
    ("text", "levenshtein", 1.0): (("lan", "lam"), ("lan", "aln")),
    ("text", "damerau", 1.0): (("lan", "aln"), ("lan", "nal")),
    ("text", "tokens", 0.5): (("xã An Bình", "An Bình"), ("xã An Bình", "xã Hòa Sơn")),
    ("text", "first", 3.0): (("thanh", "thao"), ("an", "an b")),
    ("number", "exact", 0.0): (("1", "1.0"), ("1", "2")),
    ("number", "difference", 2.0): (("10", "12"), ("10", "12.5")),
    ("number", "ratio", 0.9): (("90", "100"), ("90", "-100")),
    ("date", "exact", 0.0): (("1980-05-17", "1980-5-17"), ("1980-05-17", "1980-05-18")),
    ("date", "swapped", 0.0): (("1980-05-11", "1980-11-05"), ("1980-05-11", "1981-11-05")),
    ("date", "one_digit", 0.0): (("1980-05-17", "1908-05-17"), ("1980-05-17", "1981-05-18")),
    ("date", "days", 31.0): (("1980-05-31", "1980-07-01"), ("1980-05-30", "1980-07-01")),
    ("date", "month", 0.0): (("1980-05-31", "1980-05-01"), ("1980-05-31", "1980-06-01")),
    ("date", "year", 0.0): (("1980-05-31", "1980-11-01"), ("1980-05-31", "1981-05-31")),
    ("date", "day_month", 0.0): (("1980-05-31", "1991-05-31"), ("1980-05-31", "1980-06-30")),
    ("set", "exact", 0.0): (("a,b", "b,a"), ("a,b", "a")),
    ("set", "common", 2.0): (("a,b,c", "b,a"), ("a,b", "a,c")),
    ("set", "overlap", 0.5): (("a,b", "a"), ("a,b", "a,c")),
}


def comparer(kind: str, levels: tuple[Level, ...], *values: list[str | None]) -> Comparer:
    names = tuple("abcd"[: len(values)])
    columns = {
        name: code_column(Column(name, (name,), kind), [pa.array(v, pa.string())])
        for name, v in zip(names, values, strict=True)
    }
    size = len(values[0])
    table = CodedTable(pa.array(list(map(str, range(size)))), np.zeros(size, np.int32), np.full(size, -1), columns)
    return Comparer.of(Comparison("c", names, levels), table)


def level(found: Comparer, left: int = 0, right: int = 1) -> int:
    return int(found.levels(np.array([left]), np.array([right]))[0])


def test_there_is_an_example_of_each_test() -> None:
    assert {(kind, test) for kind, test, _ in EXAMPLES} == {(k, t) for k, tests in TESTS.items() for t in tests}


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda c: f"{c[0]} {c[1]}")
def test_what_passes_and_what_just_does_not(case: tuple[str, str, float]) -> None:
    kind, test, bound = case
    for values, wanted in zip(EXAMPLES[case], (2, 1), strict=True):
        assert level(comparer(kind, (Level(test, bound),), list(values))) == wanted


def test_the_first_level_that_passes_counts() -> None:
    levels = (Level("exact"), Level("folded"), Level("jaro_winkler", 0.95), Level("jaro_winkler", 0.7))
    found = comparer("text", levels, ["martha", "martha", "Martha", "marhta", "mart", "bob", None])
    assert [level(found, 0, n) for n in range(1, 7)] == [5, 4, 3, 2, 1, 0]


def test_names_in_each_others_place_and_levels_of_one_of_two_columns() -> None:
    levels = (Level("exact"), Level("swapped", 1.0), Level("swapped", 0.9), Level("exact", 0.0, ("a",)))
    found = comparer(
        "text", levels, ["Anna", "lang", "langg", "anna", "Anna", None], ["Lang", "anna", "anna", "x", None, "Lang"]
    )
    assert [level(found, 0, n) for n in range(6)] == [5, 4, 3, 1, 2, 1]
    assert level(found, 4, 5) == 0


def test_one_who_bears_one_name_twice_is_not_swapped() -> None:
    found = comparer("text", (Level("swapped", 1.0),), ["Thomas", "Thomas"], ["Thomas", "Thomas"])
    assert level(found) == 1


def test_a_day_that_no_calendar_has_is_near_no_other() -> None:
    found = comparer("date", (Level("days", 3.0),), ["1980-02-30", "1980-03-01", "1980-02-28"])
    assert [level(found, 0, 1), level(found, 1, 2)] == [1, 2]


def test_two_years_alone_are_one_year_and_not_one_day() -> None:
    levels = (Level("exact"), Level("one_digit"), Level("year"))
    born = ["1980", "1980", "1980", "1981"], [None, None, "5", None], [None, None, "17", None]
    columns = code_column(Column("a", ("y", "m", "d"), "date"), [pa.array(v, pa.string()) for v in born])
    table = CodedTable(pa.array(list("0123")), np.zeros(4, np.int32), np.full(4, -1), {"a": columns})
    found = Comparer.of(Comparison("c", ("a",), levels), table)
    assert [level(found, 0, n) for n in (1, 2, 3)] == [2, 2, 1]
    assert found.whole().tolist() == [False, False, True, False]
    assert (key_hashes(columns, 0, 0, "")[columns.codes] != 0).tolist() == [False, False, True, False]


@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_both_orders_of_a_pair_have_one_level(case: tuple[str, str, float], data: st.DataObject) -> None:
    kind, test, bound = case
    written = {
        "text": st.text("abác ", max_size=6), "number": st.integers(-20, 20).map(str),
        "date": st.dates().map(str), "set": st.lists(st.sampled_from("abcd"), max_size=3).map(",".join),
    }[kind]  # fmt: skip
    values = data.draw(st.lists(st.none() | written, min_size=2, max_size=12))
    found = comparer(kind, (Level("exact"), Level(test, bound)), values)
    left, right = (side.ravel() for side in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
    levels = levels_of([found], left, right)[:, 0].reshape(len(values), -1)
    assert np.array_equal(levels, levels.T)
    assert np.array_equal(levels == 0, (found.codes[:, None] == 0) | (found.codes[None, :] == 0))
    assert set(np.diag(levels).tolist()) <= {0, 3}
    again = levels_of([found], left, right, keep=False)[:, 0].reshape(len(values), -1)
    assert np.array_equal(levels, again)
