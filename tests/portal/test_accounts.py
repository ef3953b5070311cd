"""Accounts: a lead proposes for the own province, a privacy officer decides, nobody else does either."""

import re

import pytest
from fastapi import FastAPI

from pipeline import accounts as kept
from pipeline.settings import Settings
from store import account_proposals, accounts
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
LAN = Account("lan", AccountRole.LEAD, "01")
THAO = Account("thao", AccountRole.LEAD, "40")
BAO = Account("bao", AccountRole.PRIVACY_OFFICER)


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings) -> FastAPI:
    for each in (LAN, THAO, BAO):
        kept.add(opened, each)
    return app_of(opened, home, (LAN, THAO, BAO))


def proposed(app: FastAPI, name: str, role: str = "uploader") -> int:
    """Propose an account as the lead of Hà Nội; the number of the proposal."""
    answer = Client(app, "lan").post("/accounts/add", {"name": name, "role": role, "office": "Phường Láng"})
    assert answer.headers["location"] == "/accounts"
    page = Client(app, "bao").get("/accounts/proposals").text
    return int(re.findall(r'action="/accounts/proposals/(\d+)"', page)[-1])


def test_a_lead_proposes_and_a_privacy_officer_approves(app: FastAPI, opened: Store) -> None:
    number = proposed(app, "moi.1")
    assert "đang chờ" in Client(app, "lan").get("/accounts").text
    assert accounts.find(opened, "moi.1") is None
    page = Client(app, "bao").post(f"/accounts/proposals/{number}", {"decision": "approve"}).text
    assert re.search(r"moi\.1, mật khẩu tạm \(chỉ hiện một lần\): [a-z2-9-]{19}", page)
    found = accounts.find(opened, "moi.1")
    assert found is not None
    assert found.account == Account("moi.1", AccountRole.UPLOADER, "01", "Phường Láng", must_change=True)
    assert found.needs_code
    again = Client(app, "bao").post(f"/accounts/proposals/{number}", {"decision": "approve"})
    assert again.status_code == 400


def test_what_is_refused_adds_nobody(app: FastAPI, opened: Store) -> None:
    number = proposed(app, "moi.2")
    Client(app, "bao").post(f"/accounts/proposals/{number}", {"decision": "refuse"})
    assert accounts.find(opened, "moi.2") is None
    assert account_proposals.waiting(opened) == []


def test_an_account_is_barred_and_let_in_again(app: FastAPI, opened: Store) -> None:
    kept.add(opened, Account("cu", AccountRole.REVIEWER, "01"))
    for expected in (True, False):
        assert Client(app, "lan").post("/accounts/cu/bar").status_code == 303
        (waiting,) = account_proposals.waiting(opened)
        Client(app, "bao").post(f"/accounts/proposals/{waiting.number}", {"decision": "approve"})
        found = accounts.find(opened, "cu")
        assert found is not None
        assert found.is_disabled is expected


@pytest.mark.parametrize("role", ["auditor", "engineer", "privacy_officer", "db_admin"])
def test_no_lead_makes_an_account_of_the_nation(app: FastAPI, opened: Store, role: str) -> None:
    answer = Client(app, "lan").post("/accounts/add", {"name": "cao", "role": role})
    assert answer.status_code == 404
    assert account_proposals.waiting(opened) == []


def test_another_provinces_accounts_are_not_there(app: FastAPI, opened: Store) -> None:
    kept.add(opened, Account("cua.ha-noi", AccountRole.UPLOADER, "01"))
    assert "cua.ha-noi" not in Client(app, "thao").get("/accounts").text
    shapes = {
        re.sub(r'value="[^"]*"', "", Client(app, "thao").post(f"/accounts/{name}/bar").text)
        for name in ("cua.ha-noi", "nobody")
    }
    assert len(shapes) == 1
    assert account_proposals.waiting(opened) == []


def test_nobody_bars_himself(app: FastAPI) -> None:
    assert Client(app, "lan").post("/accounts/lan/bar").status_code == 404


@pytest.mark.parametrize(("name", "code"), [("Bí thư", 400), ("x", 400), ("lan", 400), ("a" * 90, 400)])
def test_a_wrong_name_is_told(app: FastAPI, name: str, code: int) -> None:
    assert Client(app, "lan").post("/accounts/add", {"name": name, "role": "uploader"}).status_code == code
