"""Rows in quarantine decided in the portal: masked, with a reason, by those of their province alone."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser

from pipeline import run
from pipeline.settings import Settings
from store import row_judgements, waiting_rows
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger
from tests.portal.browsing import running
from tests.portal.clients import Client, app_of, as_role

pytestmark = pytest.mark.store
LAN = Account("lan", AccountRole.REVIEWER, "01")
VINH = Account("vinh", AccountRole.REVIEWER, "40")
NEVER = [as_role(role, "01") for role in AccountRole if role not in (AccountRole.REVIEWER, AccountRole.LEAD)]


@pytest.fixture(scope="module")
def filled(opened: Store, home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = ledger(tmp_path_factory.mktemp("sent") / "so.csv", (*FAMILY, NAMELESS, NO_SUCH_DAY))
    run.run_batch([path], "01", home)
    return opened


@pytest.fixture(scope="module")
def app(filled: Store, home: Settings) -> FastAPI:
    return app_of(filled, home, (LAN, VINH, *NEVER))


@pytest.fixture
def row(filled: Store) -> Iterator[str]:
    """The row of the impossible day, undecided."""
    record = next(r.record_id for r in waiting_rows.rows(filled, 10) if r.rule_id.startswith("birth_date"))
    yield record
    if standing(filled):
        row_judgements.undo(filled, row_judgements.RowJudgement(record, "undone", "test", "test"))


def standing(store: Store) -> list[tuple[str, str, str]]:
    return [(r["decision"], r["author"], r["reason"]) for r in row_judgements.standing(store).to_pylist()]


def test_rows_are_shown_masked_and_decided_with_a_reason(app: FastAPI, filled: Store, row: str) -> None:
    lan = Client(app, "lan")
    page = lan.get("/rows").text
    assert "Còn 2 dòng" in page
    assert row in page
    assert "31/02/1978" not in page
    assert "Bưởi" not in page
    assert lan.post(f"/rows/{row}", {"answer": "reject", "reason": " "}).status_code == 400
    assert standing(filled) == []
    answer = lan.post(f"/rows/{row}", {"answer": "reject", "reason": "dòng tổng cộng"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/rows?done=reject")
    assert standing(filled) == [("reject", "lan", "dòng tổng cộng")]
    assert "Đã bỏ dòng" in lan.get("/rows?done=reject").text
    assert lan.post(f"/rows/{row}", {"answer": "undo", "reason": "nhầm"}).status_code == 303
    assert standing(filled) == []


def test_what_no_person_may_overrule_is_not_offered_and_not_taken(app: FastAPI, filled: Store) -> None:
    lan, shown = Client(app, "lan"), {}
    for found in waiting_rows.rows(filled, 10):
        form = re.search(rf'action="/rows/{found.record_id}".*?</form>', lan.get("/rows").text, re.DOTALL)
        assert form is not None
        shown[found.rule_id] = 'value="accept"' in form.group()
        if not shown[found.rule_id]:
            answer = lan.post(f"/rows/{found.record_id}", {"answer": "accept", "reason": "x"})
            assert answer.status_code == 400
    assert False in shown.values()
    assert standing(filled) == []


def test_others_reach_nothing(app: FastAPI, filled: Store, row: str) -> None:
    vinh = Client(app, "vinh")
    assert row not in vinh.get("/rows").text
    sent = {"answer": "reject", "reason": "x"}
    shapes = {(a.status_code, a.text) for a in (vinh.post(f"/rows/{r}", sent) for r in (row, "f" * 32))}
    assert {shape[0] for shape in shapes} == {404}
    for each in NEVER:
        assert Client(app, each.name).get("/rows").status_code == 404
        assert Client(app, each.name).post(f"/rows/{row}", sent).status_code == 404
    assert Client(app, "lan").ask("POST", f"/rows/{row}", data=sent).status_code == 403
    assert standing(filled) == []


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_a_row_is_decided_by_keyboard(shown: Browser, filled: Store, home: Settings, row: str) -> None:
    with running(filled, home, (LAN,)) as portal:
        page = portal.page(shown, name="lan")
        page.goto(f"{portal.address}/rows")
        assert [v["id"] for v in Axe().run(page).response["violations"]] == []
        page.locator(f'[data-row="{row}"] input[name="reason"]').focus()
        page.keyboard.type("dòng tổng")
        page.keyboard.press("Tab")
        while page.locator(":focus").get_attribute("value") != "reject":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/rows?done=reject")
        assert [d for d, _, _ in standing(filled)] == ["reject"]
