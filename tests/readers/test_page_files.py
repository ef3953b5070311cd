import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from readers.page_files import read_pages
from readers.pages import Page
from readers.reading import FileFinding, ReadLimits
from schemas.errors import FileRefused
from tests.readers.page_pictures import as_file, as_pages, pdf_with_broken_page, sheet

LIMITS = ReadLimits()


def _read(tmp_path: Path, content: bytes, limits: ReadLimits = LIMITS) -> tuple[list[Page], list[FileFinding]]:
    path, notes = tmp_path / "page", []
    path.write_bytes(content)
    return list(read_pages(path, limits, notes.append)), notes


def _refusal(tmp_path: Path, content: bytes, limits: ReadLimits = LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        _read(tmp_path, content, limits)
    return refused.value.code


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})])
def test_a_lossless_picture_comes_as_it_was_stored(tmp_path: Path, kind: str, options: dict[str, object]) -> None:
    pages, notes = _read(tmp_path, as_file(sheet(), kind, dpi=(200, 200), **options))
    assert [p.number for p in pages] == [1]
    assert np.array_equal(pages[0].picture, sheet())
    assert pages[0].dpi == pytest.approx(200, abs=0.1)
    assert notes == []


@pytest.mark.parametrize(
    ("mode", "kind", "options", "noted"),
    [
        ("L", "PNG", {}, False), ("1", "TIFF", {"compression": "group4"}, False), ("P", "PNG", {}, False),
        ("CMYK", "JPEG", {}, True), ("CMYK", "TIFF", {}, True), ("RGBA", "PNG", {}, True), ("LA", "PNG", {}, True),
    ],
)  # fmt: skip
def test_every_kind_of_colours_becomes_rgb(
    tmp_path: Path, mode: str, kind: str, options: dict[str, object], noted: bool
) -> None:
    (page,), notes = _read(tmp_path, as_file(sheet(), kind, mode, **options))
    assert page.picture.dtype == np.uint8
    assert page.picture.shape == (80, 120, 3)
    assert page.picture[60:, 70:].min() > 245
    assert page.picture[:30, :50].mean() < 160
    assert [n.rule_id for n in notes] == ["file.picture_converted"] * noted


def test_sixteen_bits_are_cut_to_eight(tmp_path: Path) -> None:
    deep = np.linspace(0, 65535, 64 * 32).reshape(32, 64).astype(np.uint16)
    out = io.BytesIO()
    Image.fromarray(deep).save(out, "PNG")
    (page,), notes = _read(tmp_path, out.getvalue())
    assert np.abs(page.picture[:, :, 0].astype(int) - (deep >> 8)).max() <= 1
    assert [n.rule_id for n in notes] == ["file.picture_converted"]


def test_see_through_parts_lie_on_white(tmp_path: Path) -> None:
    clear = np.dstack([sheet(), np.zeros((80, 120), np.uint8)])
    out = io.BytesIO()
    Image.fromarray(clear, "RGBA").save(out, "PNG")
    assert _read(tmp_path, out.getvalue())[0][0].picture.min() == 255


@given(orientation=st.integers(1, 8))
def test_a_photo_stands_as_its_file_says(tmp_path_factory: pytest.TempPathFactory, orientation: int) -> None:
    stored = {1: 0, 3: 2, 6: 1, 8: 3}
    exif = Image.Exif()
    exif[274] = orientation
    content = as_file(sheet(), "JPEG", exif=exif.tobytes(), quality=95)
    (page,), notes = _read(tmp_path_factory.mktemp("exif"), content)
    assert [n.rule_id for n in notes] == ["file.picture_turned"] * (orientation != 1)
    if orientation in stored:
        upright = np.rot90(sheet(), -stored[orientation])
        assert page.picture.shape == upright.shape
        assert np.abs(page.picture.astype(int) - upright).mean() < 4


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_pages_come_one_by_one_in_order(tmp_path: Path, kind: str) -> None:
    pictures = [np.full((60, 90, 3), shade, np.uint8) for shade in (250, 160, 70)]
    pages, _ = _read(tmp_path, as_pages(pictures, kind))
    assert [p.number for p in pages] == [1, 2, 3]
    assert [round(float(p.picture.mean()) / 10) for p in pages] == [25, 16, 7]


def test_bytes_behind_a_picture_are_told_and_not_read(tmp_path: Path) -> None:
    for kind in ("PNG", "JPEG"):
        _, notes = _read(tmp_path, as_file(sheet(), kind) + b"PK\x03\x04" + b"x" * 500)
        assert [n.rule_id for n in notes] == ["file.bytes_behind"], kind


def test_one_broken_page_of_a_pdf_is_told_and_the_others_read(tmp_path: Path) -> None:
    pages, notes = _read(tmp_path, pdf_with_broken_page([sheet(), sheet(), sheet()], 1))
    assert [p.number for p in pages] == [1, 3]
    assert [(n.rule_id, n.sheet) for n in notes] == [("page.damaged", "Trang 2")]


def test_limits_of_pixels_and_pages(tmp_path: Path) -> None:
    assert _refusal(tmp_path, as_file(sheet(), "PNG"), ReadLimits(pixels=9_000)) == "file.picture_too_large"
    many = [sheet(40, 40)] * 6
    assert _refusal(tmp_path, as_pages(many, "TIFF"), ReadLimits(pages=5)) == "file.too_many_pages"
    assert _refusal(tmp_path, as_pages(many, "PDF"), ReadLimits(pages=5)) == "file.too_many_pages"


@given(kind=st.sampled_from(["PNG", "JPEG", "TIFF", "PDF"]), share=st.floats(0.02, 0.9))
def test_what_is_cut_is_refused(tmp_path_factory: pytest.TempPathFactory, kind: str, share: float) -> None:
    content = as_file(np.random.default_rng(1).integers(0, 255, (80, 120, 3)).astype(np.uint8), kind)
    cut = content[: max(9, int(len(content) * share))]
    assert _refusal(tmp_path_factory.mktemp("cut"), cut) == "file.damaged"


@given(st.data())
def test_garbled_bytes_end_as_pages_or_as_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "TIFF", "PDF"]))
    content = bytearray(as_file(sheet(), kind))
    for at in data.draw(st.lists(st.integers(8, len(content) - 1), min_size=1, max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("garbled") / "page"
    path.write_bytes(bytes(content))
    try:
        pages = list(read_pages(path, LIMITS))
    except FileRefused:
        return
    assert all(p.picture.ndim == 3 for p in pages)


def test_anything_else_is_no_page_file(tmp_path: Path) -> None:
    assert _refusal(tmp_path, b"so,ho ten\n1,An\n") == "file.unsupported_kind"
