"""Makes the committed pages from their seeds."""

import csv
from dataclasses import dataclass
from pathlib import Path

from data_samples.pages.boxes import MadePage, TrueBox
from data_samples.pages.fonts import FontKind
from data_samples.pages.page_files import write_file
from data_samples.pages.render import make_page


@dataclass(frozen=True)
class Sample:
    """A file: its format (data_samples.pages.page_files) and pages (seed, form, level, kind of font)."""

    file: str
    kind: str
    pages: tuple[tuple[int, str, int, FontKind], ...]


SAMPLES = (
    Sample("household_register.jpg", "jpg", ((9, "household_register", 3, "printed"),)),
    Sample(
        "household_book.tif",
        "g4",
        ((2, "household_book_member", 2, "typewriter"), (3, "household_book_member", 2, "typewriter")),
    ),
    Sample("old_register.pdf", "pdf", ((5, "register_1980s", 3, "typewriter"),)),
    Sample("pen_register.jpg", "jpg", ((3, "register_portrait", 4, "pen"),)),
)
COLUMNS = ("file", "page", "form_id", "kind", "row", "column", "text", "handwriting", "quad")


def make(out: Path) -> None:
    """Write input/ and expected/truth.csv under `out`; nearly the same pixels and the same truth on every machine."""
    for name in ("input", "expected"):
        (out / name).mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, ...]] = []
    for sample in SAMPLES:
        pages = [make_page(*page) for page in sample.pages]
        write_file(out / "input" / sample.file, pages, sample.kind)
        for number, page in enumerate(pages, 1):
            rows += [_row(sample.file, number, page, box) for box in page.boxes]
    with (out / "expected" / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, *rows])


def _row(file: str, number: int, page: MadePage, box: TrueBox) -> tuple[str, ...]:
    row = "" if box.row is None else str(box.row)
    quad = " ".join(str(round(v)) for point in box.quad for v in point)
    handwriting = "yes" if box.handwriting else "no"
    return file, str(number), page.form_id, box.kind, row, box.column, box.text, handwriting, quad
