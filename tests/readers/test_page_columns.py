"""Writing tells where an edge of a column does not belong; lines between rows are read whole."""

from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq

from readers import registry
from readers.forms import BETWEEN, load_forms
from readers.page_bend import flatten
from readers.page_columns import cut_writing
from readers.page_form import Columns, fit_columns
from readers.page_ink import ink_of
from readers.page_rules import Rules, find_rules
from readers.page_turns import letters_of
from readers.pages import Page
from readers.scans import ReadPage, read_page
from tests.readers.ledger_pages import page, person

LINES = ("Hộ số 12: Trần Văn Bình - Thôn Đông", "Hộ số 17: Lê Thị Hoa - Thôn Đoài")
ROWS = [LINES[0], *(person(n) for n in range(1, 5)), LINES[1], *(person(n) for n in range(2, 6))]


def test_a_line_as_wide_as_the_table_is_one_cell() -> None:
    read = read_page(Page(1, page(ROWS)), load_forms())
    assert isinstance(read, ReadPage)
    across = {c.box.row: c.verdict.text for c in read.cells if c.box.column == BETWEEN}
    assert across == {0: LINES[0], 5: LINES[1]}
    assert {c.box.row for c in read.cells if c.box.column == "full_name_raw"} == {1, 2, 3, 4, 6, 7, 8, 9}


def test_households_between_rows_are_those_of_the_rows_below(tmp_path: Path) -> None:
    scan = tmp_path / "so.png"
    cv2.imwrite(str(scan), page(ROWS))
    registry.read_file(scan, tmp_path / "out", name=scan.name)
    rows = pq.read_table(tmp_path / "out" / "source_records").to_pylist()
    assert [row["household_id_raw"] for row in rows] == ["12"] * 4 + ["17"] * 4
    assert {row["head_name_raw"] for row in rows} == {"Trần Văn Bình", "Lê Thị Hoa"}


def _laid(picture: np.ndarray) -> tuple[Columns, Rules, np.ndarray]:
    flat = flatten(ink_of(picture).dark)
    assert flat is not None
    rules = find_rules(flat)
    assert rules is not None
    columns = fit_columns(rules, load_forms())
    assert columns is not None
    return columns, rules, letters_of(flat.dark)


def test_edges_that_no_line_shows_must_not_cut_words() -> None:
    columns, rules, letters = _laid(page([person(n) for n in range(1, 10)]))
    assert not cut_writing(columns, rules, letters)
    lines = list(columns.lines)
    lines[2] = -1
    edges = columns.edges.copy()
    edges[2] = edges[1] + 100  # through the names
    assert cut_writing(Columns(columns.form, edges, tuple(lines), 0.05), rules, letters)
    edges[2] = edges[3] - 12  # over paper
    assert not cut_writing(Columns(columns.form, edges, tuple(lines), 0.05), rules, letters)
