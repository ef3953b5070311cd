"""Scans as ledgers: pages are sheets, unsure cells keep their rows out, what people read stands over recognisers."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageDraw, ImageFont

from data_samples.pages.boxes import MadePage
from data_samples.pages.fonts import faces, file_of
from data_samples.pages.pdf import text_pdf
from data_samples.pages.render import make_page
from readers import registry
from readers.reading import FileReading
from readers.scans import BY_PERSON
from schemas.cells import CELLS, UNSURE
from schemas.decisions import Decision, cell_place
from schemas.errors import FileRefused

First = tuple[FileReading, pa.Table, pa.Table, pa.Table]


@pytest.fixture(scope="module")
def page() -> MadePage:
    return make_page(31, "household_register", 1, "printed")


@pytest.fixture(scope="module")
def scan(page: MadePage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scan") / "trang.png"
    Image.fromarray(page.picture).save(path, dpi=(page.dpi, page.dpi))
    return path


def _read(path: Path, out: Path, *decisions: Decision) -> tuple[FileReading, pa.Table, pa.Table, pa.Table]:
    reading = registry.read_file(path, out, name=path.name, decisions=decisions)
    tables = (pq.read_table(out / name) for name in ("source_records", "cells", "findings"))
    source, cells, findings = tables
    return reading, source, cells, findings


@pytest.fixture(scope="module")
def first(scan: Path, tmp_path_factory: pytest.TempPathFactory) -> First:
    """The page as it is read with nothing decided."""
    return _read(scan, tmp_path_factory.mktemp("first") / "out")


def _written(page: MadePage) -> dict[int, dict[str, str]]:
    """What stands in each line of the page, by raw column."""
    rows: dict[int, dict[str, str]] = {}
    for box in page.boxes:
        if box.row is not None and box.text:
            rows.setdefault(box.row + 1, {})[box.column] = box.text
    return rows


def test_a_clean_page_is_read_row_by_row(page: MadePage, first: First) -> None:
    reading, source, cells, findings = first
    written = _written(page)
    assert (reading.kind, reading.rows) == ("scan", len(written))
    assert source["line"].to_pylist() == sorted(written)
    assert set(source["page"].to_pylist()) == {1}
    assert set(source["sheet"].to_pylist()) == {"Trang 1"}
    asked = ("birth_date_raw", "sex_raw")
    right = sum(row[c] == written[row["line"]].get(c) for row in source.to_pylist() for c in asked)
    assert right >= 0.9 * len(asked) * len(written)
    heads = {box.text for box in page.boxes if box.kind == "header" and box.column == "household_id_raw"}
    assert cells.schema.equals(CELLS.schema)
    assert set(cells["record_id"].to_pylist()) <= set(source["record_id"].to_pylist())
    assert len(heads) == 1
    waiting = set(findings.filter(pa.compute.equal(findings["rule_id"], UNSURE))["record_id"].to_pylist())
    unsure = {cell["record_id"] for cell in cells.to_pylist() if not cell["is_accepted"]}
    assert waiting <= unsure


def test_a_cell_says_where_it_stands_and_keeps_its_picture_while_it_waits(scan: Path, first: First) -> None:
    _, _, cells, _ = first
    with Image.open(scan) as picture:
        width, height = picture.size
    for cell in cells.to_pylist():
        corners = [tuple(map(float, point.split(","))) for point in cell["quad"].split()]
        assert len(corners) == 4
        assert all(-2 <= x <= width + 2 and -2 <= y <= height + 2 for x, y in corners)
        assert (cell["crop"] is None) == cell["is_accepted"]


OWN_FORM = """
titles: "Sổ của xã"
header:
  above:
    - - {name: current_residence_raw, labels: ["Nơi thường trú:", "Địa chỉ:", "Thường trú tại:"]}
columns:
  - {name: full_name_raw, width: 50, headings: "Họ và tên"}
  - {name: birth_date_raw, width: 50, headings: "Ngày sinh"}
"""


def test_a_form_of_ones_own_says_what_a_label_means(scan: Path, first: First, tmp_path: Path) -> None:
    registry.read_file(scan, tmp_path / "own", name=scan.name, forms=(("zz_of_our_town", OWN_FORM),))
    source = pq.read_table(tmp_path / "own" / "source_records")
    assert first[1]["current_residence_raw"].null_count == source.num_rows
    assert source["current_residence_raw"].to_pylist() == first[1]["permanent_residence_raw"].to_pylist()


def test_what_a_person_read_stands_over_every_recogniser(scan: Path, first: First, tmp_path: Path) -> None:
    row = first[1].to_pylist()[0]
    place = cell_place(row["file_id"], 1, row["line"], "full_name_raw")
    decided = Decision("cell", place, "Hoàng Thị Ngọc Lan", "remembered")
    reading, again, cells, _ = _read(scan, tmp_path / "b", decided)
    assert again.to_pylist()[0]["full_name_raw"] == "Hoàng Thị Ngọc Lan"
    told = {(c["record_id"], c["raw_column"]): c for c in cells.to_pylist()}
    cell = told[row["record_id"], "full_name_raw"]
    assert (cell["rule"], cell["is_accepted"], cell["confidence"], cell["crop"]) == (BY_PERSON, True, 1.0, None)
    assert reading.rows == again.num_rows == first[0].rows
    assert not any(f.rule_id.startswith("decision.") for f in reading.findings)


def test_the_same_page_is_read_the_same_twice(scan: Path, first: First, tmp_path: Path) -> None:
    for one, other in zip(first, _read(scan, tmp_path), strict=True):
        assert one == other


def test_a_page_that_fits_no_form_is_left_whole(scan: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    Image.new("RGB", (900, 1200), "white").save(blank)
    with pytest.raises(FileRefused) as refused:
        registry.read_file(blank, tmp_path / "x", name="blank.png")
    assert refused.value.code == "page.nothing_read"
    both = tmp_path / "both.tif"
    with Image.open(blank) as cover, Image.open(scan) as page:
        cover.save(both, save_all=True, append_images=[page.convert("RGB")])
    reading, source, _, _ = _read(both, tmp_path / "y")
    assert [f.sheet for f in reading.findings if f.rule_id == "page.no_form"] == ["Trang 1"]
    assert set(source["page"].to_pylist()) == {2}


def test_what_a_stamp_leaves_in_an_empty_row_is_no_person_and_is_told(
    page: MadePage, first: First, tmp_path: Path
) -> None:
    empty = max(b.row for b in page.boxes if b.row is not None)
    assert empty not in {b.row for b in page.boxes if b.text}
    quad = next(b.quad for b in page.boxes if (b.row, b.column) == (empty, "full_name_raw"))
    x, y = (sum(c[k] for c in quad) / 4 for k in (0, 1))
    picture = Image.fromarray(page.picture)
    face = ImageFont.truetype(file_of(faces("dev", "printed")[0]), 40)
    ImageDraw.Draw(picture).text((x, y), "//", fill=(40, 40, 40), font=face, anchor="mm")
    path = tmp_path / "trang.png"
    picture.save(path, dpi=(page.dpi, page.dpi))
    reading, source, cells, _ = _read(path, tmp_path / "out")
    assert [(f.sheet, f.line) for f in reading.findings if f.rule_id == "page.scraps"] == [("Trang 1", empty + 1)]
    assert source["line"].to_pylist() == first[1]["line"].to_pylist()
    assert empty + 1 not in cells["line"].to_pylist()


def test_a_pdf_whose_text_is_not_what_it_shows_is_read_by_its_picture_and_told(page: MadePage, tmp_path: Path) -> None:
    path = tmp_path / "so.pdf"
    path.write_bytes(
        text_pdf([page], dict(zip("0123456789", "5678901234", strict=True)) | {"n": "m", "h": "k", "a": "o"})
    )
    reading, source, cells, _ = _read(path, tmp_path / "out")
    assert [f.sheet for f in reading.findings if f.rule_id == "page.other_text"] == ["Trang 1"]
    assert all(engine["engine"] != "pdf" for text in cells["readings"].to_pylist() for engine in json.loads(text))
    written = _written(page)
    right = sum(row["birth_date_raw"] == written[row["line"]].get("birth_date_raw") for row in source.to_pylist())
    assert right >= 0.8 * len(written)
