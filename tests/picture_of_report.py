"""Take a picture of a report file, for the README: `python -m tests.picture_of_report REPORT.html docs/report.png`."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str | None:
    """Path of this machine's Chromium, if it has one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that nothing but its page talks to."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


def take(report: Path, picture: Path, *, width: int = 1366, height: int = 1240) -> None:
    """A picture of the top of a report as it opens, twice as sharp as a plain screen."""
    with browser() as running:
        page = running.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=1.5, java_script_enabled=False
        )
        page.goto(report.resolve().as_uri())
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
