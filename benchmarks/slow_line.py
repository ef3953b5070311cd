"""Whether, and when, a ledger of 5 MB arrives whole over a line of 256 kbit/s that is cut three times.

python -m benchmarks.slow_line [--mb 5] [--kbit 256] [--cuts 3]
"""

import argparse
import hashlib
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.common import write_results
from pipeline import drafts
from pipeline.acting import acting
from pipeline.settings import Settings
from store.engine import open_store, stop_store
from tests.picture_of_report import browser
from tests.pipeline.deliveries import FAMILY, ledger
from tests.portal.bad_line import BadLine
from tests.portal.browsing import Running, running

_PATIENCE = 1_200_000


def main() -> None:
    """Measure, and write results/slow_line.csv."""
    given = argparse.ArgumentParser()
    given.add_argument("--mb", type=float, default=5)
    given.add_argument("--kbit", type=float, default=256)
    given.add_argument("--cuts", type=int, default=3)
    wish = given.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sohoa-line-"))
    settings = Settings(home / "home", workers=1, received_on=date(2024, 6, 1))
    try:
        row = measured(settings, book(home / "sổ lớn.csv", int(wish.mb * 1e6)), wish)
    finally:
        stop_store(settings.home)
        shutil.rmtree(home, ignore_errors=True)
    print(row)
    print(write_results("slow_line", [row]))


def book(path: Path, size: int) -> Path:
    """A ledger of about that many bytes."""
    family = "".join(f'"{cell}",' for row in FAMILY for cell in row)
    count = size // len(family.encode()) + 1
    return ledger(path, [(*r[:1], f"{r[1]} {n:06d}", *r[2:]) for n in range(count) for r in FAMILY])


def measured(settings: Settings, path: Path, wish: argparse.Namespace) -> dict[str, object]:
    """One upload in a browser, from choosing the file to its desk."""
    size = path.stat().st_size
    cuts = [size * (at + 1) // (wish.cuts + 1) for at in range(wish.cuts)]
    store = open_store(settings.store_url, settings.home, acting(settings))
    with running(store, settings) as portal, browser() as chrome:
        line = BadLine(portal.port, wish.kbit * 1000 / 8, cuts)
        page = Running(line.port).page(chrome)
        page.goto(f"http://127.0.0.1:{line.port}/uploads", timeout=_PATIENCE)
        start = time.monotonic()
        page.set_input_files("#files", str(path))
        page.wait_for_url("**/desk/*", timeout=_PATIENCE)
        seconds = time.monotonic() - start
        draft = drafts.open_draft(page.url.rpartition("/")[2], settings)
        with drafts.originals_of(draft, settings) as (there,):
            is_whole = hashlib.sha256(there.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()
        line.close()
    store.close()
    return {
        "file_bytes": size, "kbit_a_second": wish.kbit, "cuts": line.cut, "seconds": round(seconds, 1),
        "without_cuts_at_least": round(size * 8 / wish.kbit / 1000, 1), "bytes_on_the_line": line.passed,
        "arrived_whole": is_whole,
    }  # fmt: skip


if __name__ == "__main__":
    main()
