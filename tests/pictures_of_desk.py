"""Take pictures of the desk of the portal, for docs/portal.md: `python -m tests.pictures_of_desk docs/portal`.

A synthetic ledger in a home folder of its own, which is gone afterwards.
"""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import draft_runs, draft_sending, drafts, file_steps
from pipeline.acting import acting
from pipeline.context import opened_run
from pipeline.settings import Settings
from pipeline.steps import FILE_STEPS
from store.engine import open_store, stop_store
from tests.picture_of_report import browser
from tests.portal.browsing import running

_PATIENCE = 60_000


def take(folder: Path) -> None:
    """The pictures, 1366 x 768."""
    home = Path(tempfile.mkdtemp(prefix="sohoa-pictures-"))
    settings = Settings(home / "home", workers=1, received_on=date(2024, 6, 1))
    store = open_store(settings.store_url, settings.home, acting(settings))
    try:
        write_batch(GenerateOptions(1_800, 11, ("01",)), "csv", home / "made", 1)
        path = next((home / "made" / "input").iterdir()).rename(home / "so-phuong-truc-bach.csv")
        with running(store, settings) as portal, browser() as chrome:
            page = portal.page(chrome)
            page.goto(f"{portal.address}/uploads")
            page.set_input_files("#files", str(path))
            page.wait_for_url("**/desk/*", timeout=_PATIENCE)
            _desk(page, folder)
            draft = page.url.split("#")[0]
            page.goto(f"{draft}/prepare")
            page.screenshot(path=folder / "prepare.png")
            page.goto(f"{draft}/verdict")
            page.wait_for_selector("[data-again]", state="detached", timeout=_PATIENCE)
            page.screenshot(path=folder / "verdict.png")
            page.goto(f"{portal.address}/templates")
            page.screenshot(path=folder / "forms.png")
            page.goto(f"{portal.address}/uploads")
            page.screenshot(path=folder / "uploads.png")
            _sent(page, draft, settings, folder)
    finally:
        store.close()
        stop_store(settings.home)
        shutil.rmtree(home, ignore_errors=True)


def _sent(page: Page, draft: str, settings: Settings, folder: Path) -> None:
    """A draft on its way, four steps behind it."""
    draft_id = draft.rpartition("/")[2]
    found = drafts.open_draft(draft_id, settings)
    draft_sending.send(found, date(2024, 6, 1), settings)
    run_folder = draft_runs.open_run(draft_id, settings)
    drafts.set_standing(found, "loading", batch_id=run_folder.parent.name)
    with opened_run(run_folder, settings) as made:
        for step in FILE_STEPS[:4]:
            for file in made.plan.files:
                getattr(file_steps, step)(made, file)
    page.goto(f"{draft}/sent")
    page.screenshot(path=folder / "sent.png")


def _desk(page: Page, folder: Path) -> None:
    expect(page.locator("#checking")).to_have_text("Đã kiểm tra xong.", timeout=_PATIENCE)
    for _ in range(3):
        page.keyboard.press("F8")
        page.wait_for_timeout(500)
    page.screenshot(path=folder / "desk.png")


if __name__ == "__main__":
    take(Path(sys.argv[1]))
