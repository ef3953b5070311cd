"""Templates in the portal: blank for every clerk, filled with the own office's last batch alone, each time told."""

from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from pipeline import run
from pipeline.acting import acting_as
from pipeline.settings import Settings
from store import accounts
from store.accounts import Account, AccountRole, StoredAccount
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, ledger
from tests.portal.clients import Client, app_of

pytestmark = pytest.mark.store
NGA = Account("nga", AccountRole.UPLOADER, "01", "Phường Trúc Bạch")
LAN = Account("lan", AccountRole.UPLOADER, "01", "Phường Ngọc Hà")
VINH = Account("vinh", AccountRole.UPLOADER, "40", "Phường Trúc Bạch")
KIEM = Account("kiem", AccountRole.AUDITOR)


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    for account in (NGA, LAN, VINH):
        accounts.add(opened, StoredAccount(account, "x"))
    with acting_as("nga"):
        run.run_batch([ledger(tmp_path_factory.mktemp("sent") / "a.csv", FAMILY)], "01", home)
    return app_of(opened, home, (NGA, LAN, VINH, KIEM))


def names_in(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [str(cell.value) for cell in sheet["A"][1:] if cell.value]


def told(store: Store) -> list[tuple[str, str]]:
    query = "SELECT actor, action FROM audit_events WHERE action = 'template.filled' ORDER BY sequence"
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_the_blank_template_is_a_workbook_without_rows(app: FastAPI) -> None:
    page = Client(app, "lan").get("/templates").text
    assert "/templates/blank.xlsx" in page
    assert "/templates/last.xlsx" not in page
    answer = Client(app, "lan").get("/templates/blank.xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert names_in(answer.content) == []


def test_the_office_gets_its_own_rows_and_the_audit_is_told(app: FastAPI, opened: Store) -> None:
    nga = Client(app, "nga")
    assert "/templates/last.xlsx" in nga.get("/templates").text
    assert told(opened) == []
    answer = nga.get("/templates/last.xlsx")
    assert sorted(names_in(answer.content)) == sorted(row[1] for row in FAMILY)
    assert told(opened) == [("nga", "template.filled")]


@pytest.mark.parametrize("name", ["lan", "vinh", "kiem"])
def test_another_office_another_province_another_role_get_nothing(app: FastAPI, opened: Store, name: str) -> None:
    before = told(opened)
    assert Client(app, name).get("/templates/last.xlsx").status_code == 404
    assert told(opened) == before


def test_a_batch_that_is_too_long_is_told(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("pipeline.template_book.MOST_ROWS", 3)
    assert "/templates/last.xlsx" not in Client(app, "nga").get("/templates").text
    answer = Client(app, "nga").get("/templates/last.xlsx")
    assert answer.status_code == 400
    assert "quá nhiều dòng" in answer.text
