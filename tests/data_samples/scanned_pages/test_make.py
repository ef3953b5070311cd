"""The committed pages are what the generator makes now."""

import csv
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageSequence

from data_samples.scanned_pages.make import SAMPLES, make

HERE = Path(__file__).parents[3] / "data_samples" / "scanned_pages"
_MOST_BYTES = 1_500_000


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("scanned_pages")
    make(folder)
    return folder


def pictures(path: Path) -> list[np.ndarray]:
    if path.suffix == ".pdf":
        return [np.asarray(page.render(scale=2).to_pil().convert("RGB")) for page in pypdfium2.PdfDocument(path)]
    return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(path))]


def test_committed_truth_is_made_truth(made):
    name = "expected/truth.csv"
    assert (HERE / name).read_text("utf-8") == (made / name).read_text("utf-8")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.file)
def test_committed_pictures_are_made_pictures(made, sample):
    """Byte for byte on the machine that made them; another processor may round a grey level otherwise."""
    committed, now = (pictures(folder / "input" / sample.file) for folder in (HERE, made))
    assert len(committed) == len(now) == len(sample.pages)
    for one, two in zip(committed, now, strict=True):
        assert one.shape == two.shape
        assert np.abs(one.astype(int) - two).mean() < 1


def test_they_are_few_and_small():
    assert sum(p.stat().st_size for p in (HERE / "input").iterdir()) < _MOST_BYTES
    assert {p.name for p in (HERE / "input").iterdir()} == {s.file for s in SAMPLES}


def test_the_truth_has_what_makes_pages_hard():
    with (HERE / "expected" / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["kind"] for r in rows} == {"cell", "header"}
    assert {r["handwriting"] for r in rows} == {"yes", "no"}
    assert any(r["text"] == "-nt-" for r in rows)
    assert any(r["text"] == "" for r in rows)
