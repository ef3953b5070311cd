"""Take pictures of the pages where things are decided: `python -m tests.pictures_of_deciding docs/portal`.

A stopped batch, a cell of a scan beside its page, pairs, rows kept out, people merged by mistake, the own sessions. No
person in them exists.
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
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger
from tests.pipeline.test_gate_release import BAD
from tests.portal.browsing import running
from tests.store.contents import rows

_LODGE, _BEYOND = "Thôn 3, xã Tản Lĩnh, huyện Ba Vì, Hà Nội", "xã Nghi Phú, thành phố Vinh, Nghệ An"
ALIKE = (
    ("010100071", "Nguyễn Văn Bạch", "Chủ hộ", "1956", "Nam", "Kinh", "Hà Nội", _LODGE, ""),
    ("010100071", "Phạm Thị Xoan", "Vợ", "1961", "Nữ", "Kinh", "Hà Nội", _LODGE, ""),
    ("010100072", "Trần Thị Mận", "Chủ hộ", "4/5/1958", "Nữ", "Kinh", "Nam Định", _LODGE, ""),
)
"""People of the province who may be those of FAMILY."""
MOVED = (
    ("400200311", "Nguyễn Đình Khoa", "Chủ hộ", "1983", "Nam", "Kinh", "Hà Nội", _BEYOND, ""),
    ("400200311", "Trần Thị Mận", "Mẹ", "1958", "Nữ", "Kinh", "Hà Nội", _BEYOND, ""),
)
"""People of another province who may be, too."""
AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")
_NAMES = {"pairs": "pair", "unmerge": "unmerge_list"}
LEAD, LAN = Account("hoa", AccountRole.LEAD, "01"), Account("lan", AccountRole.REVIEWER, "01")


def take(folder: Path) -> None:
    """The pictures, 1366 x 768."""
    home = Path(tempfile.mkdtemp(prefix="sohoa-pictures-"))
    settings = Settings(home / "home", workers=1, received_on=date(2024, 6, 1))
    store = open_store(settings.store_url, settings.home, acting(settings))
    try:
        run.run_batch([ledger(home / "so_1.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY])], "01", settings)
        run.run_batch([ledger(home / "so_2.csv", [*ALIKE, AGAIN])], "01", settings)
        run.run_batch([ledger(home / "so_3.csv", MOVED)], "40", settings)
        stopped = run.run_batch([ledger(home / "so.csv", [FAMILY[3], *BAD])], "01", settings).batch_id
        Image.fromarray(make_page(5, "household_register_10", 4, "handwriting").picture).save(home / "trang.png")
        run.run_batch([home / "trang.png"], "01", settings)
        record, column = cell_review.in_order(store)[0]
        _sessions(store)
        with running(store, settings, (LEAD, LAN)) as portal, browser() as chrome:
            lead, lan = portal.page(chrome, name="hoa"), portal.page(chrome, name="lan")
            _shot(lead, f"{portal.address}/batches/{stopped}", folder / "stopped.png")
            _shot(lan, f"{portal.address}/account", folder / "sessions.png")
            _shot(lan, f"{portal.address}/scans/{record}/{column.replace('/', '~')}", folder / "scan.png")
            for name in ("across", "pairs", "rows", "unmerge"):
                _shot(lan, f"{portal.address}/{name}", folder / f"{_NAMES.get(name, name)}.png")
            _shot(lan, f"{portal.address}/unmerge/{_of_several(store)}", folder / "unmerge.png")
            lan.goto(f"{portal.address}/pairs")
            _shot(lan, f"{lan.url}/score", folder / "score.png")
    finally:
        store.close()
        stop_store(settings.home)
        shutil.rmtree(home, ignore_errors=True)


def _of_several(store: Store) -> str:
    """The person who has several records."""
    query = "SELECT encode(uuid_send(person_id), 'hex') FROM memberships GROUP BY person_id HAVING count(*) > 1"
    return str(rows(store, query)[0][0])


def _shot(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=path.stem in ("sessions", "score"))


def _sessions(store: Store) -> None:
    """Two places where lan is signed in."""
    accounts.add(store, StoredAccount(LAN, "x"))
    for token, place in (("a", Place("10.1.2.x", "Firefox", "Windows")), ("b", Place("10.1.7.x", "Chrome", "Android"))):
        sessions.begin(store, token, LAN, datetime.now(UTC), None, is_full=True, place=place)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
