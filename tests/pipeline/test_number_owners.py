"""Whoever mends a copied number is told the row that it fits."""

import csv
from pathlib import Path

import xlsxwriter

from pipeline import error_files
from pipeline.context import Run
from pipeline.error_files import Wish
from pipeline.findings import file_messages
from pipeline.number_owners import RULE, said
from pipeline.sql import connect
from tests.pipeline.deliveries import FAMILY, HEADINGS, ledger, read_and_checked

OWNER = (*FAMILY[0][:8], "001.056.012345")
COPY, SECOND = (*FAMILY[1][:8], "001056012345"), (*FAMILY[2][:8], "001056012345")


def told(made: Run) -> str:
    with connect(made.settings, made.spill()) as sql:
        (found,) = [m for m in file_messages(made, made.plan.files[0], sql) if m.code == RULE]
    return found.vi


def test_the_row_that_a_copied_number_fits_is_named(tmp_path: Path) -> None:
    one = read_and_checked(ledger(tmp_path / "so.csv", [COPY, OWNER]), tmp_path / "a")
    assert told(one).endswith("Số này khớp với người ở: dòng 3.")
    two = read_and_checked(ledger(tmp_path / "so2.csv", [COPY, OWNER, SECOND]), tmp_path / "b")
    assert told(two).endswith("Số này khớp với người ở: dòng 2 → dòng 3; dòng 4 → dòng 3.")


def test_a_row_of_another_sheet_is_named_with_its_sheet(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "so.xlsx"))
    for name, row in (("Một", COPY), ("Hai", OWNER)):
        sheet = book.add_worksheet(name)
        for line, cells in enumerate((HEADINGS, *FAMILY[3:], row)):
            sheet.write_row(line, 0, cells)
    book.close()
    made = read_and_checked(tmp_path / "so.xlsx", tmp_path)
    assert told(made).endswith("Số này khớp với người ở: trang “#2”, dòng 4.")


def test_the_error_file_names_it_too(tmp_path: Path) -> None:
    made = read_and_checked(ledger(tmp_path / "so.csv", [OWNER, COPY, SECOND]), tmp_path / "a")
    (found,) = error_files.of_run(made, tmp_path / "out", Wish("blocked", form="csv"))
    lines = list(csv.reader(found.paths[0].read_text(encoding="utf-8-sig").splitlines()))
    named = [cell for row in lines for cell in row if "khớp với người ở: dòng 2." in cell]
    assert len(named) == 2


def test_nothing_is_said_of_no_number() -> None:
    assert said({}, "vi") == ""
