"""Cells of a scan answered by people: the rows that are whole then enter, once, with the cells as their lineage."""

import json
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from data_samples.pages.render import make_page
from pipeline import cell_reviews, inquiries, run
from pipeline.settings import Settings
from readers.cell_book import HEADINGS, READS
from schemas.cells import HARMLESS
from schemas.errors import UsageError
from store import cells, invariants
from store.cell_judgements import READ_TWICE
from tests.store.contents import rows

pytestmark = pytest.mark.store


def _scan(path: Path) -> tuple[Path, dict[tuple[int, str], str]]:
    """A page that is hard to read, and what stands in it by line and column; header fields under line 0."""
    page = make_page(5, "household_register_10", 3, "handwriting")
    Image.fromarray(page.picture).save(path)
    return path, {(0 if b.row is None else b.row + 1, b.column): b.text for b in page.boxes}


def _truth(cell: dict[str, object], written: dict[tuple[int, str], str]) -> str:
    line = 0 if (0, str(cell["raw_column"])) in written else int(str(cell["line"]))
    return written.get((line, str(cell["raw_column"])), "")


def _stored(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with inquiries.asked(settings) as store:
        assert not invariants.store_check(store)
        return rows(store, query)


def test_answered_cells_let_their_rows_in(settings: Settings, tmp_path: Path) -> None:
    path, written = _scan(tmp_path / "trang.png")
    batch = run.run_batch([path], "01", settings)
    waiting = cell_reviews.waiting(None, batch.batch_id, 1000, settings)
    assert waiting
    assert batch.counts["quarantined"] > 0
    assert cell_reviews.send(batch.batch_id, settings) is None
    book = tmp_path / "o.xlsx"
    assert cell_reviews.write_book(book, batch.batch_id, settings) == len(waiting)
    for author in ("cán bộ Lan", "cán bộ Minh"):
        workbook = openpyxl.load_workbook(book)
        sheet = workbook.active
        for row in sheet.iter_rows(min_row=2):
            column = str(row[0].value).partition("/")[2]
            line = int(str(row[2].value))
            text = _truth({"raw_column": column, "line": line}, written)
            row[HEADINGS.index(READS)].value = text or None
            row[HEADINGS.index("Không đọc được (x) · Illegible (x)")].value = None if text else "x"
        answered = tmp_path / f"{author}.xlsx"
        workbook.save(answered)
        told = cell_reviews.bring_back(answered, author, "xem ảnh", settings)
        assert (told.unclear, told.open) == ((), 0)
    sent = cell_reviews.send(batch.batch_id, settings)
    assert sent is not None
    assert sent.counts["loaded"] + sent.counts["merged"] > 0
    (count,) = _stored(settings, "SELECT count(*) FROM corrections")
    assert int(str(count[0])) == sent.counts["loaded"] + sent.counts["merged"] + sent.counts["quarantined"]
    assert cell_reviews.send(batch.batch_id, settings) is None


def test_a_cell_is_called_what_a_ledger_calls_it_and_what_keeps_nobody_out_is_not_asked() -> None:
    assert cell_reviews.names_of("vi")["head_name_raw"] == "Họ tên chủ hộ"
    assert cell_reviews.names_of("en")["head_name_raw"] == "Head name"
    assert not set(HARMLESS) & set(cells._ASKED)
    assert {"full_name_raw", "birth_date_raw", "notes_raw", "entry_date_raw"} <= set(cells._ASKED)


def test_a_reading_is_taken_back_and_numbers_are_read_blind(settings: Settings, tmp_path: Path) -> None:
    path, _ = _scan(tmp_path / "trang.png")
    batch = run.run_batch([path], "01", settings)
    waiting = cell_reviews.waiting(None, batch.batch_id, 1000, settings)
    cell = next(c for c in waiting if c["raw_column"] not in READ_TWICE)
    told = (cell["record_id"], cell["raw_column"])
    assert cell_reviews.decide(*told, "reads", None, "Lan", "xem ảnh", settings) == "review.cell_reads"
    found = {(c["record_id"], c["raw_column"]): c for c in cell_reviews.waiting(None, batch.batch_id, 1000, settings)}
    assert (found[told]["settled"], found[told]["readers"]) == (True, 1)
    assert cell_reviews.decide(*told, "undone", None, "Lan", "nhầm", settings) == "review.cell_undone"
    for column, author, code in (
        (cell["raw_column"], " ", "review.who_and_why"),
        ("notes", "Lan", "store.cell_unknown"),
    ):
        with pytest.raises(UsageError) as error:
            cell_reviews.decide(cell["record_id"], column, "reads", "x", author, "xem ảnh", settings)
        assert error.value.code == code
    numbers = [c for c in waiting if c["raw_column"] in READ_TWICE]
    for number in numbers[:1]:
        assert number["machine"] == ""
        with pytest.raises(UsageError) as error:
            cell_reviews.decide(number["record_id"], number["raw_column"], "reads", None, "Lan", "xem ảnh", settings)
        assert error.value.code == "cells.blind"
    assert json.dumps(waiting, default=str)
