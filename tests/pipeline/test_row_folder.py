"""The folder of failing rows is sealed with the report: a byte changed on any page is found and its page named."""

from pathlib import Path

import pytest

from pipeline import report_sealing, report_verifier, row_folder
from pipeline.kept_rows import KeptRows
from pipeline.report_verifier import verify
from tests.pipeline import sealed_reports
from tests.pipeline.sealed_reports import KEPT, MARKS, PEM, SIGNER
from tests.quality import made_facts, made_rows

FOLDER = f"{made_facts.BATCH}.rows"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A sealed report with its folder."""
    facts, stem = sealed_reports.facts(), made_facts.BATCH
    files = sealed_reports.files_of(facts, stem)
    rows = row_folder.write(tmp_path, stem, KeptRows(made_rows.index(), lambda: iter(made_rows.pages())))
    seal = report_sealing.seal_of(facts.delivery, KEPT, MARKS[3], files, SIGNER, rows)
    report_sealing.write(tmp_path, stem, files, seal, SIGNER)
    return tmp_path / f"{stem}.html"


def test_a_whole_folder_is_sound_by_any_of_its_pages(page: Path) -> None:
    pages = sorted((page.parent / FOLDER).iterdir())
    assert [p.name for p in pages] == [
        "000001.html", "000002.html", "000003.html", "000004.html", "index.html",
        "rule.birth_date.default_day.html", "rule.birth_date.impossible.html", "rule.header.missing_required.html",
    ]  # fmt: skip
    for given in (page, *pages):
        found = verify(given, PEM)
        assert (found.findings, found.is_signed, found.files) == ((), True, 2 + len(pages))


@pytest.mark.parametrize("name", ["000002.html", "index.html", "rule.birth_date.impossible.html"])
def test_a_changed_byte_names_the_page(page: Path, name: str) -> None:
    path = page.parent / FOLDER / name
    whole = path.read_bytes()
    at = len(whole) - 40
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    (found,) = verify(page, PEM).findings
    assert (found.kind, found.file) == ("changed", f"{FOLDER}/{name}")
    assert found.first <= at < found.last
    assert f"{FOLDER}/{name}" in report_verifier.in_words(verify(page, PEM), 0)[0]


def test_a_page_taken_out_or_slipped_in_is_found(page: Path) -> None:
    (page.parent / FOLDER / "000003.html").unlink()
    (page.parent / FOLDER / "000009.html").write_text("x")
    found = {(f.kind, f.file) for f in verify(page, PEM).findings}
    assert found == {("file_missing", f"{FOLDER}/000003.html"), ("stranger", f"{FOLDER}/000009.html")}


def test_a_folder_made_again_is_the_same_and_older_pages_go(page: Path) -> None:
    folder = page.parent / FOLDER
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    (folder / "000777.html").write_text("x")
    row_folder.write(page.parent, made_facts.BATCH, KeptRows(made_rows.index(), lambda: iter(made_rows.pages())))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert not folder.with_name(FOLDER + ".part").exists()
