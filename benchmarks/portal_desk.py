"""How soon a clerk sees the first error after an upload, how smoothly the grid scrolls, what the pages weigh.

python -m benchmarks.portal_desk [--people 9000 90000] [--repeats 3]

A portal of its own process, a real Chromium at 1366 x 768, generated ledgers of Hà Nội. The first error is timed from
the moment the whole file is at the portal (the browser asks to finish the upload) to a painted cell that is marked as
wrong or to be looked at.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from benchmarks.common import write_results
from benchmarks.portal_clicks import ledgers, signed_in
from pipeline.settings import Settings, child_environment
from store.engine import stop_store
from tests.picture_of_report import browser

_PORT = 8392
_AT = f"http://127.0.0.1:{_PORT}"
_PATIENCE = 60_000
_WANTED_SECONDS, _WANTED_FRAMES, _WANTED_BYTES = 2, 30, 300_000
_SCROLL = """() => new Promise((done) => {
  const grid = document.getElementById("grid"), start = performance.now(), took = [];
  let before = start;
  const step = (now) => {
    took.push(now - before); before = now;
    grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * (now - start) / 6000;
    if (now - start < 6000) requestAnimationFrame(step); else done(took.slice(1));
  };
  requestAnimationFrame(step);
})"""


def main() -> None:
    """Measure, and write results/portal_desk.csv."""
    given = argparse.ArgumentParser()
    given.add_argument("--people", type=int, nargs="+", default=[9_000, 90_000])
    given.add_argument("--repeats", type=int, default=3)
    wish = given.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sohoa-desk-"))
    settings = Settings(home / "home", received_on=date(2024, 6, 1))
    try:
        rows = []
        (token,) = signed_in(settings, 1)
        for people in wish.people:
            seeds = range(1, wish.repeats + 2)  # what was read before is known: each upload is of another ledger
            books = [one_file(ledgers(home / f"{people}-{seed}", people, seed)) for seed in seeds]
            rows += measured(settings, books, token)
    finally:
        stop_store(settings.home)
        shutil.rmtree(home, ignore_errors=True)
    for row in rows:
        print(row)
    print(write_results("portal_desk", rows))


def one_file(folder: Path) -> Path:
    """The only ledger of a folder; the files of others laid under it, line by line, where there are several."""
    first, *others = sorted(folder.iterdir())
    with first.open("ab") as target:
        for other in others:
            target.write(other.read_bytes().partition(b"\n")[2])
            other.unlink()
    return first


def measured(settings: Settings, books: list[Path], token: str) -> list[dict[str, object]]:
    """Two rows: the first upload after the portal has started, and later ones."""
    environment = child_environment({"SOHOA_HOME": str(settings.home), "SOHOA_RECEIVED_ON": "2024-06-01"})
    command = [sys.executable, "-m", "portal.command", "portal", "--port", str(_PORT)]
    serving = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        with browser() as chrome:
            answers(chrome)
            first, *later = [shown(chrome, token, book) for book in books]
    finally:
        serving.terminate()
        serving.wait()
    return [told("first after a start", [first]), told("later", later)]


def answers(chrome: Browser) -> None:
    """Wait until the portal answers."""
    page, end = chrome.new_page(), time.monotonic() + 60
    while time.monotonic() < end:
        try:
            page.goto(f"{_AT}/sign-in")
        except Exception:  # noqa: BLE001 - Chromium says it in several ways while nothing listens
            time.sleep(0.3)
            continue
        page.close()
        return
    raise RuntimeError("the portal does not answer")


def shown(chrome: Browser, token: str, book: Path) -> dict[str, float]:
    """Seconds to the first error and to the end of the check, frames, bytes, rows of one upload."""
    context = chrome.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies([{"name": "sohoa_session", "value": token, "url": _AT}])
    page, weight = context.new_page(), weighed(context)
    page.goto(f"{_AT}/uploads")
    start = []
    page.on("request", lambda request: start.append(time.monotonic()) if is_last(request) else None)
    page.set_input_files("#files", str(book))
    page.locator(".at-cell.b, .at-cell.r").first.wait_for(timeout=_PATIENCE)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    first = time.monotonic() - start[0]
    heavy = weight[0]
    expect(page.locator("#checking")).to_have_text("Đã kiểm tra xong.", timeout=_PATIENCE)
    checked = time.monotonic() - start[0]
    found = {"first_error": first, "checked": checked, "bytes": heavy, "rows": rows_of(page), **scrolled(page)}
    context.close()
    return found


def is_last(request: Request) -> bool:
    """Does that request say that the whole file is there?"""
    return request.url.endswith("/finish")


def weighed(context: BrowserContext) -> list[int]:
    """Bytes on the line of all that the pages of a context load, counted as they come."""
    total = [0]
    page = context.pages[0]
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def count(event: dict[str, float]) -> None:
        total[0] += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", count)
    return total


def rows_of(page: Page) -> int:
    """How many rows the totals say were read."""
    return int(page.locator("#total-read").inner_text().replace(".", ""))


def scrolled(page: Page) -> dict[str, float]:
    """Frames a second, half of them and the slowest twentieth, while all rows pass by in six seconds."""
    took = sorted(page.evaluate(_SCROLL))
    return {"frames": 1000 / statistics.median(took), "slow": 1000 / took[int(len(took) * 0.95)]}


def told(when: str, found: list[dict[str, float]]) -> dict[str, object]:
    """The figures of uploads of one ledger: medians."""
    half = {name: statistics.median(each[name] for each in found) for name in found[0]}
    return {
        "rows": int(half["rows"]), "check": when, "uploads": len(found),
        "first_error_s": round(half["first_error"], 2), "wanted_s": _WANTED_SECONDS if half["rows"] < 20_000 else "",
        "checked_s": round(half["checked"], 2), "frames_a_second": round(half["frames"]),
        "slowest_twentieth": round(half["slow"]), "wanted_frames": _WANTED_FRAMES,
        "bytes_until_first_error": int(half["bytes"]), "wanted_bytes": _WANTED_BYTES,
    }  # fmt: skip


if __name__ == "__main__":
    main()
