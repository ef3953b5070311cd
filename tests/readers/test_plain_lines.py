"""Plain lines are cut as the reader that goes line by line cuts them (plain_lines)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers import delimited
from readers.dialect import Dialect
from readers.lines import Lines
from readers.plain_lines import cells_of, has_plain_lines, plain_lines

DIALECT = Dialect(",", width=3)


@pytest.mark.parametrize(
    ("line", "is_plain"),
    [
        ("a,b,c", True), ("a,b", True), ('"a, b",,"c"', True), ('"","",""', True), ('""', True),
        ("", False), ('a,"b""c",d', False), ('"a"b,c,d', False), ('a","b","c,d', False), ('a,b"c,d', False),
        ('"a', False), ('"a,b",c,d"', False), (' "a",b,c', False),
    ],
)  # fmt: skip
def test_a_plain_line_has_quotes_around_whole_cells_only(line: str, is_plain: bool) -> None:
    assert plain_lines(Lines(line.encode() + b"\n"), DIALECT).tolist() == [is_plain]


def test_ragged_lines_are_named_and_left_out() -> None:
    lines = Lines(b'x\na,b,c\n\n1,2,3,4\n"d, e",f,\n')
    columns, ragged = cells_of(lines, np.array([True, True, False, True, True]), DIALECT)

    assert ragged == [0, 2]
    assert [c.to_pylist() for c in columns] == [["a", "d, e"], ["b", "f"], ["c", ""]]


def test_escapes_and_a_single_column_leave_no_plain_lines() -> None:
    assert has_plain_lines(DIALECT)
    assert not has_plain_lines(Dialect(",", escape="\\", width=3))
    assert not has_plain_lines(Dialect(",", width=1))
    assert not has_plain_lines(Dialect("·", width=3))


LINE = st.text(st.sampled_from('ab,"; \t\ufeffđ'), max_size=14)


@given(st.lists(LINE, max_size=12), st.sampled_from(",;"), st.integers(2, 4))
def test_the_quick_way_says_what_the_plain_way_says(lines: list[str], separator: str, width: int) -> None:
    dialect = Dialect(separator, width=width)
    text = "".join(line + "\n" for line in lines)

    assert _rows(text, dialect, is_quick=True) == _rows(text, dialect, is_quick=False)


def _rows(text: str, dialect: Dialect, *, is_quick: bool) -> list[tuple[object, ...]]:
    splitter = delimited._Splitter(dialect)
    splitter._has_plain = is_quick
    grids = [*splitter.feed(text.encode()), *splitter.finish()]
    return [
        (int(line), int(count), tuple(cells), tuple(grid.surplus.get(row, ())), row in {t.row for t in grid.troubles})
        for grid in grids
        if grid.counts is not None
        for row, (line, count, *cells) in enumerate(
            zip(grid.lines, grid.counts, *(c.to_pylist() for c in grid.columns), strict=True)
        )
    ]
