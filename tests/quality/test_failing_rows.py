"""Sums of failing rows: a row once by state, once under each cause, nowhere lost between pages."""

from quality.failing_rows import STATES, FailingRow, RowIndex, rows_of, summary_of
from tests.quality import made_rows
from tests.quality.made_rows import CENTURY, NO_DAY, REFUSED


def test_a_row_counts_once_by_state_and_once_under_each_cause() -> None:
    index = made_rows.index()
    assert index.states == {"quarantined": 4, "in_review": 2, "rejected": 85}
    assert index.causes == {REFUSED: 85, NO_DAY: 4, CENTURY: 2}
    assert set(index.states) == set(STATES)


def test_pages_are_found_by_file_and_told_with_their_lines() -> None:
    index = made_rows.index()
    assert [[p.number for p in pages] for pages in index.files.values()] == [[1], [2, 3], [4]]
    counts = {c.cause: (c.rows, c.first, c.last) for c in index.pages[1].counts}
    assert counts == {NO_DAY: (3, 12, 40), CENTURY: (1, 12, 12)}
    assert [(c.rows, c.first, c.last) for c in index.pages[3].counts] == [(1, None, None)]


def test_a_run_stands_for_all_its_rows() -> None:
    assert rows_of([FailingRow(None, 2, 86, ""), FailingRow(None, None, None, "a")]) == 86
    assert RowIndex().states == dict.fromkeys(STATES, 0)
    assert summary_of(made_rows.pages()[0]).states == (0, 0, 85)
