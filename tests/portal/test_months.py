"""Reports of months: who sees which in the list, and gets which."""

import re
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from pipeline import period_building
from pipeline.settings import Settings
from portal.batches import REPORT_CSP
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
EVERYONE = (
    Account("nga", AccountRole.UPLOADER, "01"), Account("vinh", AccountRole.LEAD, "40"),
    Account("hai", AccountRole.ENGINEER), Account("kiem", AccountRole.AUDITOR),
    Account("kiem-hn", AccountRole.AUDITOR, "01"),
)  # fmt: skip
SEEN = {
    "nga": ["province-01"], "vinh": ["province-40"], "kiem": ["nation", "province-01", "province-40"],
    "kiem-hn": ["province-01"],
}  # fmt: skip
MONTH = "2026-10"


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings) -> FastAPI:
    moment = datetime(2026, 11, 5, tzinfo=UTC)
    period_building.count(MONTH, home, moment)
    for scope in ("nation", "01", "40"):
        period_building.write(scope, MONTH, home, moment)
    return app_of(opened, home, EVERYONE)


@pytest.mark.parametrize("who", SEEN)
def test_the_list_has_what_the_account_may_read_and_each_opens(app: FastAPI, who: str, home: Settings) -> None:
    client = Client(app, who)
    listed = re.findall(r'href="/reports/([^"]+)"', client.get("/reports").text)
    assert listed == [f"{scope}-{MONTH}" for scope in SEEN[who]]
    for stem in listed:
        answer = client.get(f"/reports/{stem}")
        assert answer.content == (home.home / "reports" / f"{stem}.html").read_bytes()
        assert answer.headers["content-security-policy"] == REPORT_CSP


@pytest.mark.parametrize("who", ["nga", "vinh", "kiem-hn"])
def test_what_the_list_has_not_is_not_there(app: FastAPI, who: str) -> None:
    client = Client(app, who)
    for scope in {"nation", "province-01", "province-40"} - set(SEEN[who]):
        assert client.get(f"/reports/{scope}-{MONTH}").status_code == 404, scope


@pytest.mark.parametrize("stem", ["nation-2026-09", "province-99-2026-10", "nation", "%2e%2e%2fkeys", "x" * 80])
def test_what_nobody_wrote_is_not_there(app: FastAPI, stem: str) -> None:
    assert Client(app, "kiem").get(f"/reports/{stem}").status_code == 404


def test_an_engineer_reads_no_report(app: FastAPI) -> None:
    page = Client(app, "hai").get("/batches").text
    assert 'href="/reports"' not in page
    assert Client(app, "hai").get("/reports").status_code == 404


def test_before_the_first_month_the_list_says_when_one_comes(opened: Store, home: Settings) -> None:
    empty = Settings(home.home / "nothing-yet", store_url=home.store_url)
    assert "sau khi tháng đó kết thúc" in Client(app_of(opened, empty, EVERYONE), "kiem").get("/reports").text


def test_links_between_reports_lead_on(app: FastAPI) -> None:
    kiem = Client(app, "kiem")
    assert kiem.get(f"/reports/province-01-{MONTH}.html").status_code == 200
    answer = kiem.get(f"/reports/{'a' * 32}.html")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/batches/{'a' * 32}/report")
