"""Take pictures of the pages where things are decided: `python -m tests.pictures_of_deciding docs/portal`.

A stopped batch, a cell of a scan beside its page, a pair of two provinces, the own sessions. All of it is synthetic.
"""

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from data_samples.pages.render import make_page
from pipeline import cell_review, run
from pipeline.acting import acting
from pipeline.settings import Settings
from store import accounts, sessions
from store.accounts import Account, AccountRole, StoredAccount
from store.engine import Store, open_store, stop_store
from store.sessions import Place
from tests.picture_of_report import browser
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD
from tests.portal.browsing import running
from tests.store.test_cross_pairs import OURS, THEIRS, across

LEAD, LAN = Account("hoa", AccountRole.LEAD, "01"), Account("lan", AccountRole.REVIEWER, "01")


def take(folder: Path) -> None:
    """The pictures, 1366 x 768."""
    home = Path(tempfile.mkdtemp(prefix="sohoa-pictures-"))
    settings = Settings(home / "home", workers=1, received_on=date(2024, 6, 1))
    store = open_store(settings.store_url, settings.home, acting(settings))
    try:
        across(store, home / "across")
        stopped = run.run_batch([ledger(home / "so.csv", [*FAMILY, *BAD])], "01", settings).batch_id
        Image.fromarray(make_page(5, "household_register_10", 4, "handwriting").picture).save(home / "trang.png")
        run.run_batch([home / "trang.png"], "01", settings)
        record, column = cell_review.in_order(store)[0]
        _sessions(store)
        with running(store, settings, (LEAD, LAN)) as portal, browser() as chrome:
            lead, lan = portal.page(chrome, name="hoa"), portal.page(chrome, name="lan")
            _shot(lead, f"{portal.address}/batches/{stopped}", folder / "stopped.png")
            _shot(lan, f"{portal.address}/account", folder / "sessions.png")
            _shot(lan, f"{portal.address}/scans/{record}/{column.replace('/', '~')}", folder / "scan.png")
            pair = "/".join(sorted((OURS[0], THEIRS[0])))
            _shot(lan, f"{portal.address}/across/{pair}", folder / "across.png")
    finally:
        store.close()
        stop_store(settings.home)
        shutil.rmtree(home, ignore_errors=True)


def _shot(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=path.stem == "sessions")


def _sessions(store: Store) -> None:
    """Two places where lan is signed in."""
    accounts.add(store, StoredAccount(LAN, "x"))
    for token, place in (("a", Place("10.1.2.x", "Firefox", "Windows")), ("b", Place("10.1.7.x", "Chrome", "Android"))):
        sessions.begin(store, token, LAN, datetime.now(UTC), None, is_full=True, place=place)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
