"""A clerk's work in a real browser, by keyboard: 2 000 rows uploaded, corrected, sent, stored as corrected."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import draft_sending, drafts
from pipeline.settings import Settings
from store import reports
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.portal.browsing import Running, running

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine"),
]  # fmt: skip
_PATIENCE = 60_000
_NAME, _BORN, _SEX, _NUMBERS = 2, 3, 4, slice(11, 13)
_WRONG_SEX, _WRONG_DAY, _NAMELESS = "nuwx", "31/02/1978", "Hoàng Thị Thử Nghiệm"


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def portal(opened: Store, home: Settings) -> Iterator[Running]:
    with running(opened, home) as answering:
        yield answering


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated ledger of 2 000 rows, with 25 women's sex misspelled, an impossible day, and a name left out."""
    out = tmp_path_factory.mktemp("book")
    write_batch(GenerateOptions(1_800, 11, ("01",)), "csv", out, 1)
    path = next((out / "input").iterdir())
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))[:2_001]
    women = [row for row in rows[1:] if row[_SEX].lower() in ("nữ", "nu")][:25]
    for row in women:
        row[_SEX] = _WRONG_SEX
    rows[60][_NAME : _SEX + 1] = ["Hoàng Văn Thử Ngày", _WRONG_DAY, "Nam"]
    rows[60][_NUMBERS] = ["", ""]  # nobody else of the ledger is taken for him
    rows[61][_NAME] = ""
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)
    return path


def count(page: Page, name: str) -> int:
    return int(page.locator(f"#total-{name}").inner_text().replace(".", ""))


def grave(page: Page) -> list[str]:
    """What axe finds on a page."""
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in Axe().run(page).response["violations"]]


def settled(page: Page) -> None:
    """Wait until everything is saved and checked."""
    expect(page.locator("#checking")).to_have_text("Đã kiểm tra xong.", timeout=_PATIENCE)


def go_to(page: Page, text: str, cell: str = "Ô") -> None:
    """Press F8 until a cell with that text, and that word in its name, is the active one."""
    editor = page.locator(".editor")
    expect(editor).to_be_focused(timeout=_PATIENCE)
    for _ in range(120):
        if editor.input_value() == text and cell in (editor.get_attribute("aria-label") or ""):
            return
        before = editor.get_attribute("aria-label")
        page.keyboard.press("F8")
        expect(editor).not_to_have_attribute("aria-label", before or "", timeout=_PATIENCE)
    raise AssertionError(text)


def test_a_clerk_uploads_corrects_by_keyboard_and_sends(
    portal: Running, shown: Browser, book: Path, home: Settings, opened: Store
) -> None:
    page = portal.page(shown)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(f"{portal.address}/uploads")
    assert grave(page) == []
    page.set_input_files("#files", str(book))
    page.wait_for_url("**/desk/*", timeout=_PATIENCE)
    expect(page.locator(".at-cell.b, .at-cell.r").first).to_be_visible(timeout=_PATIENCE)
    settled(page)
    expect(page.locator(".at-cell.here")).to_have_class(re.compile(r" (b|r) "))
    expect(page.locator(".editor")).to_be_focused()  # typing corrects at once
    assert count(page, "read") == 2_000
    assert count(page, "fit") + count(page, "blocked") == 2_000
    before = count(page, "cells")

    go_to(page, _WRONG_SEX)  # one fix for all equal values
    expect(page.locator("#panel")).to_contain_text("25")
    page.keyboard.type("Nữ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Đã sửa 25 ô.", timeout=_PATIENCE)

    go_to(page, _WRONG_DAY)
    page.keyboard.type("21/02/1978")
    page.keyboard.press("Enter")
    settled(page)
    page.keyboard.press("Control+z")
    expect(page.locator(".editor")).to_have_value(_WRONG_DAY, timeout=_PATIENCE)
    page.keyboard.press("Control+y")
    expect(page.locator(".editor")).to_have_value("21/02/1978", timeout=_PATIENCE)

    go_to(page, "", "Họ và tên")
    page.keyboard.type(_NAMELESS)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Mọi thay đổi đã được lưu.", timeout=_PATIENCE)
    settled(page)
    assert count(page, "cells") < before
    blocked, fit = count(page, "blocked"), count(page, "fit")
    assert grave(page) == []
    draft_page = page.url
    page.goto(f"{draft_page}/prepare")
    assert grave(page) == []
    page.goto(draft_page)
    settled(page)
    page.locator("#send").press("Enter")
    page.wait_for_url("**/sent", timeout=_PATIENCE)
    expect(page.locator("#sent")).to_contain_text("Đang chờ nạp, thứ 1")
    assert grave(page) == []

    draft_id = draft_sending.next_to_load(home)
    assert draft_id is not None
    assert draft_sending.load(draft_id, home) == "loaded"
    expect(page.locator("#sent")).to_have_text("Đã nạp xong.", timeout=_PATIENCE)
    batch_id = drafts.standing_of(draft_id, home).batch_id
    counts = reports.outcome_counts(opened, batch_id)
    assert (counts["quarantined"], counts["loaded"] + counts["merged"]) == (blocked, fit)
    people = [row for chunk in reports.golden_persons(opened) for row in chunk.to_pylist()]
    assert [p for p in people if p["full_name"] == _NAMELESS]
    (dated,) = [p for p in people if p["full_name"] == "Hoàng Văn Thử Ngày"]
    assert (dated["birth_year"], dated["birth_month"], dated["birth_day"]) == (1978, 2, 21)
    assert faults == []


def test_a_name_corrected_among_sorted_ones_takes_its_clerk_along(
    portal: Running, shown: Browser, tmp_path: Path
) -> None:
    page = portal.page(shown)
    page.goto(f"{portal.address}/uploads")
    page.set_input_files("#files", str(ledger(tmp_path / "so.csv", FAMILY)))
    page.wait_for_url("**/desk/*", timeout=_PATIENCE)
    settled(page)
    page.select_option("#order", "name")
    first = page.locator(".grid-row[aria-rowindex='2']")
    expect(first).to_contain_text("Nguyễn Văn Bách", timeout=_PATIENCE)
    first.locator(".at-cell").nth(2).click()
    page.keyboard.type("Nguyễn Văn Vượng")
    page.keyboard.press("Control+Enter")
    settled(page)
    last = page.locator(".grid-row[aria-rowindex='6']")
    expect(last).to_contain_text("Nguyễn Văn Vượng", timeout=_PATIENCE)
    expect(last.locator(".here")).to_have_count(1)
    expect(page.locator(".editor")).to_have_value("Nguyễn Văn Vượng")
    assert grave(page) == []


def test_a_word_that_an_input_method_composes_is_left_alone_while_the_check_comes_back(
    portal: Running, shown: Browser, home: Settings, tmp_path: Path
) -> None:
    page = portal.page(shown)
    page.goto(f"{portal.address}/uploads")
    page.set_input_files("#files", str(ledger(tmp_path / "a.csv", [*FAMILY, NO_SUCH_DAY])))
    page.wait_for_url("**/desk/*", timeout=_PATIENCE)
    settled(page)
    editor = page.locator(".editor")
    page.locator(".at-cell", has_text="Quách Thị Nhình").click()
    keys = page.context.new_cdp_session(page)
    page.keyboard.type("Quách Thị Nhàn")
    page.keyboard.press("Enter")  # a check begins
    page.keyboard.press("ArrowUp")
    with page.expect_response(lambda answer: "/rows?" in answer.url, timeout=_PATIENCE):  # the check has come back
        keys.send("Input.imeSetComposition", {"text": "Lê Thị Hoaf", "selectionStart": 11, "selectionEnd": 11})
    settled(page)
    page.wait_for_timeout(500)
    assert editor.input_value() == "Lê Thị Hoaf"
    keys.send("Input.imeSetComposition", {"text": "Lê Thị Hoà", "selectionStart": 10, "selectionEnd": 10})
    keys.send("Input.insertText", {"text": "Lê Thị Hoà"})
    assert editor.input_value() == "Lê Thị Hoà"
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Mọi thay đổi đã được lưu.", timeout=_PATIENCE)
    expect(page.locator(".at-cell", has_text="Lê Thị Hoà")).to_be_visible(timeout=_PATIENCE)
    drafts.discard(drafts.open_draft(page.url.rpartition("/")[2], home))
