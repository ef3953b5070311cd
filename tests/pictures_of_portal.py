"""Take pictures of the pages of the portal, for docs/portal.md: `python -m tests.pictures_of_portal docs/portal`.

Synthetic ledgers in a home folder of their own, which is gone afterwards.
"""

import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from pipeline import accounts, period_building, run
from pipeline.inquiries import asked
from pipeline.settings import Settings
from store.accounts import Account, AccountRole
from store.engine import stop_store
from store.roles import Role
from tests.picture_of_report import browser
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger
from tests.portal.worlds import SAID, Running, running


def take(folder: Path) -> None:
    """All pictures, 1366 x 768."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="sohoa-pictures-"))
    settings = Settings(home, workers=1, received_on=date(2024, 6, 1))
    try:
        first = run.run_batch([ledger(home / "sent" / "so_1.csv", (*FAMILY, NAMELESS, NO_SUCH_DAY))], "01", settings)
        others = [(row[0].replace("0101", "0102"), f"{row[1]} Hai", *row[2:8], "") for row in FAMILY]
        run.run_batch([ledger(home / "sent" / "so_2.csv", others)], "01", settings)
        _months(settings)
        with running(settings) as portal, browser() as chrome:
            _pictures(portal, chrome, folder, first.batch_id, _kept_out(settings))
            _first_time(settings, portal, chrome, folder / "new_code.png")
    finally:
        stop_store(home)


def _months(settings: Settings) -> None:
    """The reports of this month, as they will stand after it."""
    moment = datetime.now(UTC) + timedelta(days=32)
    month = period_building.count("", settings, moment)
    for scope in ("nation", "01", "40", "92"):
        period_building.write(scope, month, settings, moment)


def _kept_out(settings: Settings) -> str:
    with asked(settings) as store, store.reading(Role.REVIEW) as connection:
        query = "SELECT encode(uuid_send(record_id), 'hex') FROM quarantine ORDER BY 1 LIMIT 1"
        return str(connection.execute(sa.text(query)).scalar_one())


def _pictures(portal: Running, chrome: Browser, folder: Path, batch_id: str, record_id: str) -> None:
    for role, places in (
        ("uploader", {"batches": "/batches", "batch": f"/batches/{batch_id}", "not_there": f"/batches/{'0' * 32}"}),
        ("lead", {"accounts": "/accounts", "undo": f"/undo/{batch_id}", "undo_list": "/undo"}),
        ("auditor", {"account": "/account", "months": "/reports", "reveal": "/reveal", "reveals": "/reveal"}),
        ("privacy-officer", {"proposals": "/accounts/proposals"}),
        ("db-admin", {"start": "/"}),
    ):  # fmt: skip
        page = chrome.new_page(viewport={"width": 1366, "height": 768})
        page.goto(portal.address)
        if role == "uploader":
            page.screenshot(path=folder / "sign_in.png")
        _sign_in(page, portal, role, folder / "code.png")
        for name, path in places.items():
            page.goto(portal.address + path)
            if name == "reveal":
                _ask(page, record_id)
            if name == "accounts":
                _propose(page)
            page.screenshot(path=folder / f"{name}.png")
        page.close()


def _ask(page: Page, record_id: str) -> None:
    """Ask for a row kept out, and show what waits."""
    page.fill("#subject", record_id)
    page.fill("#reason", "đối chiếu mẫu số 12 của báo cáo tháng")
    page.click("main button")
    page.click("main p:last-child a")


def _propose(page: Page) -> None:
    """Propose an account; its name is what the privacy officer sees."""
    page.fill("#name", "nga.ba-vi")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


def _first_time(settings: Settings, portal: Running, chrome: Browser, path: Path) -> None:
    """The page that shows a new account the secret of its codes."""
    added = accounts.add_asked(Account("moi", AccountRole.UPLOADER, "01"), settings)
    page = chrome.new_page(viewport={"width": 1366, "height": 768})
    page.goto(portal.address)
    page.fill("#name", "moi")
    page.fill("#password", added.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/**")
    page.screenshot(path=path, full_page=True)
    page.close()


def _sign_in(page: Page, portal: Running, role: str, picture: Path) -> None:
    """Sign in with a code, and take a picture of where it is asked for."""
    page.fill("#name", role)
    page.fill("#password", SAID)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code**")
    page.screenshot(path=picture)
    page.fill("#code", portal.code(role, time.time()))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
