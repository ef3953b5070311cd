"""The report of a batch: how long it takes to make, how large it is, how long a browser takes to open it.

    python -m benchmarks.report --rows 1000000

A batch of that many people goes through the whole job into an empty embedded store (its report is one of the steps),
then the report is made again as an auditor would, page, figures and paper. The page is opened in a Chromium without
network, several times; its time is that until everything is drawn.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.common import machine, timed, write_results
from benchmarks.whole_job import PROVINCE, generate, step_figures

OPENED = 5
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Measure each size and write results/report.csv."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, nargs="+", default=[100_000])
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    print(machine())
    print(write_results("report", [measure(people, given.seed) for people in given.rows]))


def measure(people: int, seed: int) -> dict[str, object]:
    """The line of the results table for one size."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    environment, sohoa = {"SOHOA_HOME": str(folder / "home")}, str(Path(sys.executable).with_name("sohoa"))
    try:
        generate(people, seed, folder / "input")
        ledgers = sorted(str(p) for p in (folder / "input").rglob("*.csv") if "truth" not in p.name)
        done = timed([sohoa, "run", *ledgers, "--province", PROVINCE, "--json"], environment)
        answer = json.loads(done.output)
        batch, read = answer["batch_id"], answer["read"]
        step, _ = step_figures(folder / "home", batch, "report_batch")
        again = timed([sohoa, "report", "batch", batch, "--out", str(folder / "again")], environment)
        full = timed([sohoa, "report", "batch", batch, "--data", "--pdf", "--out", str(folder / "full")], environment)
        page = folder / "again" / f"{batch}.html"
        row = {
            "people": people, "rows": read, "first_seconds": round(step, 1), "again_seconds": round(again.wall, 1),
            "with_data_and_pdf_seconds": round(full.wall, 1), "page_bytes": page.stat().st_size,
            "report_bytes": size_of(folder / "again"), "with_data_and_pdf_bytes": size_of(folder / "full"),
            "opened_ms": opened(page),
        }  # fmt: skip
        print(row)
        return row
    finally:
        timed([sohoa, "store", "stop"], environment)
        shutil.rmtree(folder, ignore_errors=True)


def size_of(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def opened(page: Path) -> int | None:
    """Milliseconds until a Chromium has drawn the page, the median of several; None where there is none."""
    from playwright.sync_api import sync_playwright

    found = next((path for path in map(shutil.which, _CHROMIUM) if path), None)
    if found is None:
        return None
    times = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for _ in range(OPENED):
            context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
            tab = context.new_page()
            tab.goto(page.as_uri())
            times.append(tab.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd"))
            context.close()
        browser.close()
    return round(statistics.median(times))


if __name__ == "__main__":
    main()
