"""Write pictures of ledger pages, and the truth about each cell.

    python -m data_samples.pages --pages 20 --seed 7 --levels 1 2 3 --forms household_register --out /tmp/pages

Gives OUT/<number>.<png|jpg|tif|pdf> and OUT/truth.parquet (data_samples.pages.truth). Equal options give equal pages.
Forms, levels, kinds of font and formats take turns; the people, prints and damage are drawn.
"""

import argparse
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.pages.boxes import MadePage
from data_samples.pages.fonts import FONT_KINDS
from data_samples.pages.levels import LEVELS
from data_samples.pages.page_files import FORMATS, ending, write_file
from data_samples.pages.render import make_page
from data_samples.pages.truth import TRUTH, truth_table
from readers.forms import load_forms

_BUNDLE = 3
"""Pages of a TIFF or PDF of several."""


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, write the pages, say how much and how fast."""
    given = _parser().parse_args(arguments)
    if given.pages < 1:
        sys.exit("--pages must be 1 or more")
    given.out.mkdir(parents=True, exist_ok=True)
    start, number, files = time.perf_counter(), 0, 0
    with pq.ParquetWriter(given.out / "truth.parquet", TRUTH) as writer:
        while number < given.pages:
            kind = given.formats[files % len(given.formats)]
            count = 1 if kind in ("png", "jpg") else min(_BUNDLE if files % 2 else 1, given.pages - number)
            pages = [_page(given, number + at) for at in range(count)]
            writer.write_table(_written(given.out, files, pages, kind))
            number, files = number + count, files + 1
    seconds = time.perf_counter() - start
    sys.stdout.write(
        f"{number} pages in {files} files in {seconds:.1f} s ({seconds / number:.2f} s/page): {given.out}\n"
    )


def _page(given: argparse.Namespace, number: int) -> MadePage:
    """Page `number` of a run: levels take turns fastest, then forms, then kinds of font, so that all combine."""
    levels, forms, kinds = given.levels, given.forms, given.kinds
    level = levels[number % len(levels)]
    form = forms[(number + number // len(levels)) % len(forms)]
    kind = kinds[(number + number // (len(levels) * len(forms))) % len(kinds)]
    return make_page(given.seed * 1_000_000 + number, form, level, kind, given.fonts)


def _written(out: Path, file: int, pages: list[MadePage], kind: str) -> pa.Table:
    name = f"{file + 1:05d}.{ending(kind)}"
    write_file(out / name, pages, kind)
    return truth_table(name, pages)


def _parser() -> argparse.ArgumentParser:
    forms = [f.form_id for f in load_forms()]
    parser = argparse.ArgumentParser(
        prog="python -m data_samples.pages", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--levels", type=int, nargs="+", choices=LEVELS, default=list(LEVELS), metavar="1..5")
    parser.add_argument("--forms", nargs="+", choices=forms, default=forms)
    parser.add_argument("--fonts", choices=("dev", "tune", "held_out"), default="dev")
    parser.add_argument("--kinds", nargs="+", choices=FONT_KINDS, default=["printed", "typewriter", "handwriting"])
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=["png"])
    parser.add_argument("--out", type=Path, required=True)
    return parser


if __name__ == "__main__":
    main()
