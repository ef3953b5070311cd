"""The same ledger again, however it comes: every row is known, and the store says what it said."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from pipeline import run
from pipeline.settings import Settings
from store.digest import store_digest
from store.engine import open_store
from store.invariants import store_check
from tests.pipeline.deliveries import FAMILY, HEADINGS, ledger

pytestmark = pytest.mark.store
TURNED = [8, 3, 1, 0, 2, 4, 5, 6, 7]


def renamed(folder: Path) -> Path:
    return ledger(folder / "ten khac.csv", FAMILY)


def other_dialect(folder: Path) -> Path:
    path = ledger(folder / "so.csv", FAMILY, separator=";")
    path.write_text(path.read_text("utf-8").replace("\n", "\r\n"), "utf-8-sig", newline="")
    return path


def other_encoding(folder: Path) -> Path:
    path = ledger(folder / "so.csv", FAMILY, separator="\t")
    path.write_text(path.read_text("utf-8"), "utf-16")
    return path


def reordered(folder: Path) -> Path:
    """Households and columns in another order; the rows of a household stay in theirs."""
    rows = [*FAMILY[3:], *FAMILY[:3]]
    headings = [HEADINGS[n] for n in TURNED]
    return ledger(folder / "so.csv", [[row[n] for n in TURNED] for row in rows], headings=headings)


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (HEADINGS, *FAMILY):
        book.active.append(list(row))
    book.save(folder / "so.xlsx")
    return folder / "so.xlsx"


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "so.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(ledger(folder / "so.csv", FAMILY, separator="|"), "thon 2/so.csv")
    return folder / "so.zip"


FORMS: Mapping[str, Callable[[Path], Path]] = {
    form.__name__: form for form in (renamed, other_dialect, other_encoding, reordered, workbook, zipped)
}


def test_a_ledger_is_loaded_once_in_whatever_form_it_comes_again(settings: Settings, tmp_path: Path) -> None:
    first = run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", settings)
    assert (first.counts["loaded"], first.counts["known"]) == (len(FAMILY), 0)
    store = open_store(settings.store_url, settings.home)
    said = store_digest(store)
    for name, form in FORMS.items():
        (tmp_path / name).mkdir()
        again = run.run_batch([form(tmp_path / name)], "01", settings)
        assert (again.read, again.counts["known"]) == (len(FAMILY), len(FAMILY)), name
        assert store_digest(store) == said, name
    assert store_check(store) == ()
    store.close()
