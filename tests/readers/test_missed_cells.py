"""A cell that may only seem empty is told from one that is left empty."""

from hypothesis import given
from hypothesis import strategies as st

from readers.missed_cells import Seen, missed


def _table(gap: Seen, rows: int = 6) -> list[Seen]:
    """Rows of a name, a birth and a sex, and a column that nobody fills in; the last row's sex is `gap`."""
    full = [Seen(row, column, "x", True) for row in range(rows) for column in ("name", "born", "sex")]
    return [*full[:-1], gap, *(Seen(row, "notes", "", False) for row in range(rows))]


def test_a_gap_in_a_column_that_all_others_fill_is_looked_at() -> None:
    cells = _table(Seen(5, "sex", "", False))
    told = missed(cells)
    assert [cell for cell, is_missed in zip(cells, told, strict=True) if is_missed] == [Seen(5, "sex", "", False)]


def test_letters_that_came_to_nothing_are_looked_at_anywhere() -> None:
    assert missed([Seen(0, "notes", "", True), Seen(None, "head_name_raw", "", True)]) == [True, True]
    assert missed([Seen(0, "notes", "", False), Seen(None, "head_name_raw", "", False)]) == [False, False]


def test_empty_rows_miss_nothing() -> None:
    cells = _table(Seen(5, "sex", "x", True)) + [Seen(9, column, "", False) for column in ("name", "sex", "notes")]
    assert not any(missed(cells))


@given(st.lists(st.builds(Seen, st.none() | st.integers(0, 4), st.sampled_from("abc"), st.sampled_from(["", "x"]),
                          st.booleans())))  # fmt: skip
def test_what_says_something_is_not_missed(cells: list[Seen]) -> None:
    told = missed(cells)
    assert len(told) == len(cells)
    assert not any(is_missed for cell, is_missed in zip(cells, told, strict=True) if cell.text)
