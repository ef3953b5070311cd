"""Twelve tasks of a clerk (UX 5), each to its end in a real browser, from signing in to a batch that is mended.

1 first sign-in, 2 blank template, 3 sixty errors in 2 000 rows, 4 one fix for all equal cells and taken back, 5 error
file mended in a spreadsheet, 6 old font, 7 unknown heading, 8 order of dates, 9 the same file again, 10 a household
looked at, 11 verdict before sending, 12 last batch as a template. A line that breaks: test_uploads.py.
"""

import csv
import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import accounts as pipeline_accounts
from pipeline import codes, draft_sending, drafts
from pipeline.settings import Settings
from store import accounts, reports
from store.accounts import StoredAccount
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.pipeline.deliveries import FAMILY, HEADINGS, NO_SUCH_DAY, ledger
from tests.portal import worlds
from tests.portal.browsing import Running, running
from tests.portal.clients import UPLOADER
from tests.portal.test_desk_in_browser import count, go_to, grave, settled
from tests.store import contents

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine"),
]  # fmt: skip
_PATIENCE = 120_000
_NAME, _BORN, _SEX, _NUMBERS, _ENTERED = 2, 3, 4, slice(11, 13), 17
_DAY = re.compile(r"\d\d?[./-]\d\d?[./-]19[3-8]\d")
_SAID = "mot cau that dai va de nho"


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def portal(opened: Store, home: Settings) -> Iterator[Running]:
    accounts.add(opened, StoredAccount(UPLOADER, "x"))
    with running(opened, home) as answering:
        yield answering


def uploaded(portal: Running, shown: Browser, path: Path) -> Page:
    """The desk with that file, checked."""
    page = portal.page(shown)
    page.set_default_timeout(_PATIENCE)
    page.goto(f"{portal.address}/uploads")
    page.set_input_files("#files", str(path))
    page.wait_for_url("**/desk/*")
    settled(page)
    return page


def loaded(page: Page, home: Settings) -> str:
    """Send the draft of a page and load it; the id of its batch."""
    page.locator("#send").press("Enter")
    page.wait_for_url("**/sent")
    draft_id = page.url.split("/")[-2]
    assert draft_sending.load(draft_id, home) == "loaded"
    expect(page.locator("#sent")).to_have_text("Đã nạp xong.", timeout=_PATIENCE)
    return drafts.standing_of(draft_id, home).batch_id


def family(number: int, *, more: tuple[tuple[str, ...], ...] = ()) -> list[tuple[str, ...]]:
    """A household of its own, so that nothing of it was delivered before."""
    return [(f"0107{number:05d}", row[1] + " Tự" * (number % 3), *row[2:8], "") for row in (*FAMILY, *more)]


def people(store: Store) -> dict[str, tuple[int | None, int | None, int | None]]:
    rows = [row for chunk in reports.golden_persons(store) for row in chunk.to_pylist()]
    return {row["full_name"]: (row["birth_year"], row["birth_month"], row["birth_day"]) for row in rows}


def test_1_a_new_clerk_signs_in_chooses_a_password_and_sets_up_the_second_factor(
    home: Settings, shown: Browser
) -> None:
    with worlds.running(home) as portal:
        added = pipeline_accounts.add(portal.portal.store, pipeline_accounts.wanted("moi.ha-noi", "uploader", "01"))
        page = shown.new_page()
        page.set_default_timeout(_PATIENCE)
        page.goto(portal.address)
        page.fill("#name", "moi.ha-noi")
        page.fill("#password", added.password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/new-code**")
        secret = page.locator("input[name=secret]").input_value()
        page.fill("#code", codes.code_at(secret, time.time()))
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        for field, text in (("old", added.password), ("new", _SAID), ("again", _SAID)):
            page.fill(f"#{field}", text)
        page.keyboard.press("Enter")
        expect(page.locator(".said.good")).to_contain_text("Đã đổi mật khẩu")
        page.get_by_role("link", name="Nộp sổ").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nộp sổ")
        page.close()


@pytest.mark.long
def test_2_a_blank_template_is_filled_in_and_loaded(
    portal: Running, shown: Browser, home: Settings, opened: Store, tmp_path: Path
) -> None:
    page = portal.page(shown)
    page.goto(f"{portal.address}/uploads")
    page.get_by_role("link", name="Tệp mẫu").first.click()
    assert grave(page) == []
    with page.expect_download() as coming:
        page.get_by_role("link", name="Tải mẫu trống").click()
    book = openpyxl.load_workbook(BytesIO(Path(coming.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for line, row in enumerate(family(2), 2):
        for heading, text in zip(HEADINGS, row, strict=True):
            sheet.cell(line, columns[heading], text)
    book.save(tmp_path / "mẫu đã điền.xlsx")
    page.close()
    desk = uploaded(portal, shown, tmp_path / "mẫu đã điền.xlsx")
    assert (count(desk, "read"), count(desk, "blocked")) == (len(FAMILY), 0)
    loaded(desk, home)
    assert family(2)[0][1] in people(opened)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A ledger of 2 000 rows with 60 errors: 20 impossible days, 20 names left out, 20 sexes misspelled.

    Returns the file, and what has to stand in each cell (letter and line) that is mended one by one.
    """
    out = tmp_path_factory.mktemp("planted")
    write_batch(GenerateOptions(1_800, 23, ("01",)), "csv", out, 1)
    path = next((out / "input").iterdir())
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))[:2_001]
    mend: dict[str, str] = {}
    women = [at for at, row in enumerate(rows) if at > 900 and row[_SEX].lower() in ("nữ", "nu")][:20]
    for at in women:
        rows[at][_SEX] = "nuwx"
    for n in range(20):
        at = next(i for i in range(40 + 20 * n, 2_000) if len(rows[i]) == len(rows[0]))
        rows[at][_NUMBERS], rows[at][_ENTERED] = ["", ""], ""
        rows[at][_NAME : _SEX + 1] = [f"Hoàng Văn Thử {'ABCDEGHIKLMNOPQRSTUV'[n]}", f"31/02/{1950 + n}", "Nam"]
        mend[f"D{at + 1}"] = f"2{n % 9}/02/{1950 + n}" if n % 9 else f"20/02/{1950 + n}"
        sound = next(i for i in range(at + 3, at + 20) if _is_sound(rows[i], len(rows[0])))
        rows[sound][_NUMBERS], rows[sound][_ENTERED] = ["", ""], ""  # nothing else is wrong in it
        rows[sound][_NAME] = ""
        mend[f"C{sound + 1}"] = f"Lê Thị Thiếu {'ABCDEGHIKLMNOPQRSTUV'[n]}"
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)
    return path, mend


def _is_sound(row: list[str], columns: int) -> bool:
    return len(row) == columns and _DAY.fullmatch(row[_BORN]) is not None


def test_3_sixty_errors_in_2000_rows_are_mended_by_keyboard_and_sent(
    portal: Running, shown: Browser, planted: tuple[Path, dict[str, str]], home: Settings, opened: Store
) -> None:
    path, mend = planted
    page = uploaded(portal, shown, path)
    assert count(page, "read") == 2_000
    before = count(page, "blocked")
    assert before >= 40
    waiting, editor, is_bulk_done = dict(mend), page.locator(".editor"), False
    for _ in range(1_500):
        label = editor.get_attribute("aria-label") or ""
        cell = (re.search(r"Ô ([A-Z]+[0-9]+)", label) or ["", ""])[1]
        if cell in waiting:
            page.keyboard.type(waiting.pop(cell))
            page.keyboard.press("Enter")
            label = ""
        elif not is_bulk_done and editor.input_value() == "nuwx":
            page.keyboard.type("Nữ")
            page.keyboard.press("Control+Enter")
            expect(page.locator("#said")).to_have_text("Đã sửa 20 ô.", timeout=_PATIENCE)
            is_bulk_done = True
        if not waiting and is_bulk_done:
            break
        page.keyboard.press("F8")
        if label:
            expect(editor).not_to_have_attribute("aria-label", label, timeout=_PATIENCE)
        else:
            page.wait_for_timeout(150)
    assert waiting == {}
    settled(page)
    edits = drafts.open_draft(page.url.rpartition("/")[2], home).replayed.edits
    assert set(mend.values()) <= {edit.after for edit in edits}
    assert count(page, "blocked") <= before - 40
    loaded(page, home)
    query = "SELECT full_name, birth_year, birth_month, birth_day FROM records WHERE full_name LIKE '%Th% _'"
    known = {str(name): day for name, *day in contents.rows(opened, query)}  # as records: they may belong to one person
    assert {text for cell, text in mend.items() if cell.startswith("C")} <= set(known)
    told = [known[f"Hoàng Văn Thử {letter}"] for letter in "ABCDEGHIKLMNOPQRSTUV"]
    wanted = [[int(part) for part in text.split("/")][::-1] for cell, text in mend.items() if cell.startswith("D")]
    assert sorted(told) == sorted(wanted)


def test_4_one_fix_for_all_equal_cells_is_taken_back_and_made_again(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    rows = [(*row[:4], "nuwx", *row[5:]) for row in family(4)]
    page = uploaded(portal, shown, ledger(tmp_path / "a.csv", rows))
    wrong = count(page, "cells")
    go_to(page, "nuwx")
    page.keyboard.type("Nữ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Đã sửa 5 ô.", timeout=_PATIENCE)
    settled(page)
    assert count(page, "cells") < wrong
    page.keyboard.press("Control+z")
    expect(page.locator(".at-cell", has_text="nuwx")).to_have_count(5, timeout=_PATIENCE)
    page.keyboard.press("Control+y")
    expect(page.locator(".at-cell", has_text="nuwx")).to_have_count(0, timeout=_PATIENCE)
    drafts.discard(drafts.open_draft(page.url.rpartition("/")[2], home))


@pytest.mark.long
def test_5_an_error_file_is_mended_in_a_spreadsheet_and_uploaded_again(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings, opened: Store
) -> None:
    bad = ("010700005", "Lê Thị Bưởi Tệp Lỗi", *NO_SUCH_DAY[2:])
    page = uploaded(portal, shown, ledger(tmp_path / "a.csv", [*family(5), bad]))
    assert count(page, "blocked") == 1
    batch_id = loaded(page, home)
    page.goto(f"{portal.address}/batches/{batch_id}")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Tải tệp lỗi (Excel)").click()
    book = openpyxl.load_workbook(BytesIO(Path(coming.value.path()).read_bytes()))
    sheet = next(s for s in book.worksheets if s.max_column > len(HEADINGS))
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "31/02/1978")
    cell.value = "21/02/1978"
    book.save(tmp_path / "đã sửa.xlsx")
    again = uploaded(portal, shown, tmp_path / "đã sửa.xlsx")
    assert count(again, "blocked") == 0
    loaded(again, home)
    assert people(opened)["Lê Thị Bưởi Tệp Lỗi"] == (1978, 2, 21)
    page.goto(f"{portal.address}/batches/{batch_id}")
    expect(page.locator(".said").first).to_contain_text("Không cần làm gì")


def test_6_an_old_font_is_shown_before_and_after(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    lines = ["Hä vµ tªn;Ngµy sinh;Giíi tÝnh;D©n téc", *(f"NguyÔn V¨n §Þnh;1/2/19{n};Nam;Kinh" for n in range(40, 70))]
    path = tmp_path / "cũ.csv"
    path.write_bytes("\n".join(lines).encode("latin-1"))
    page = uploaded(portal, shown, path)
    expect(page.locator(".at-cell", has_text="Nguyễn Văn Định").first).to_be_visible()
    page.get_by_role("link", name="Cột và cách đọc").click()
    expect(page.locator("dl.facts")).to_contain_text("NguyÔn V¨n §Þnh")
    expect(page.locator("dl.facts")).to_contain_text("Nguyễn Văn Định")
    assert grave(page) == []
    drafts.discard(drafts.open_draft(page.url.split("/")[-2], home))


@pytest.mark.long
def test_7_an_unknown_heading_is_explained_once_and_remembered(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    odd = tuple("Cột lạ số bảy" if heading == "Giới tính" else heading for heading in HEADINGS)
    page = uploaded(portal, shown, ledger(tmp_path / "a.csv", family(7), headings=odd))
    page.get_by_role("link", name="Cột và cách đọc").click()
    page.select_option("select[name='heading/Cột lạ số bảy']", "sex")
    page.get_by_role("button", name="Lưu và kiểm tra lại").click()
    settled(page)
    expect(page.locator(".at-head", has_text="Cột lạ số bảy")).to_contain_text("Giới tính")
    loaded(page, home)
    again = uploaded(portal, shown, ledger(tmp_path / "b.csv", family(70), headings=odd))
    expect(again.locator(".at-head", has_text="Cột lạ số bảy")).to_contain_text("Giới tính")
    drafts.discard(drafts.open_draft(again.url.rpartition("/")[2], home))


@pytest.mark.long
def test_8_the_order_of_day_and_month_is_said_once_for_the_file(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings, opened: Store
) -> None:
    rows = [(*row[:1], f"{row[1]} Tháng Trước", row[2], f"0{n}/0{n + 2}/19{60 + n}", *row[4:]) for n, row in
            enumerate(family(8), 1)]  # fmt: skip
    page = uploaded(portal, shown, ledger(tmp_path / "a.csv", rows))
    page.get_by_role("link", name="Cột và cách đọc").click()
    page.select_option("#dates", "mdy")
    page.get_by_role("button", name="Lưu và kiểm tra lại").click()
    settled(page)
    loaded(page, home)
    assert people(opened)[rows[0][1]] == (1961, 1, 3)


def test_9_the_same_file_again_is_told_with_batch_day_and_sender(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    path = ledger(tmp_path / "a.csv", family(9))
    batch_id = loaded(uploaded(portal, shown, path), home)
    page = uploaded(portal, shown, path)
    told = page.locator("#files")
    expect(told).to_contain_text(f"Anh/chị đã nộp tệp này rồi, ở đợt {batch_id[:8]}")
    expect(told).to_contain_text("người nộp: nga")
    assert (count(page, "fit"), count(page, "blocked")) == (0, 0)
    drafts.discard(drafts.open_draft(page.url.rpartition("/")[2], home))


def test_10_a_household_is_looked_at_and_then_the_wrong_rows_alone(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    rows = [*FAMILY, NO_SUCH_DAY]
    page = uploaded(portal, shown, ledger(tmp_path / "a.csv", rows))
    page.locator(".at-cell", has_text="Quách Thị Nhình").click()
    page.locator("#household").check()
    expect(page.locator(".grid-row")).to_have_count(3)
    assert "⌂" in page.locator(".at-cell.at-line").first.inner_text()
    page.locator("#household").uncheck()
    page.locator("#only-wrong").check()
    expect(page.locator(".at-cell", has_text="31/02/1978")).to_be_visible()
    page.wait_for_function("document.querySelectorAll('.grid-row').length < 6")
    drafts.discard(drafts.open_draft(page.url.rpartition("/")[2], home))


@pytest.mark.long
def test_11_the_verdict_is_read_before_sending_from_its_page(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    page = uploaded(portal, shown, ledger(tmp_path / "a.csv", family(11)))
    page.get_by_role("link", name="Xem trước kết luận").click()
    expect(page.locator(".said")).to_contain_text("Cửa kiểm tra sẽ cho đợt này vào", timeout=_PATIENCE)
    assert grave(page) == []
    loaded(page, home)
    page.get_by_role("link", name="Xem đợt nộp").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đợt")


@pytest.mark.long
def test_12_the_last_batch_comes_as_a_template_and_unchanged_rows_are_known(
    portal: Running, shown: Browser, tmp_path: Path, home: Settings
) -> None:
    loaded(uploaded(portal, shown, ledger(tmp_path / "a.csv", family(12))), home)
    page = portal.page(shown)
    page.goto(f"{portal.address}/templates")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Tải mẫu đã điền").click()
    book = openpyxl.load_workbook(BytesIO(Path(coming.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, columns["Họ và tên"]).value in {row[1] for row in family(12)}
    new = (family(12)[0][0], "Nguyễn Thị Mới Sinh", "Con", "05/05/2020", "Nữ", *family(12)[0][5:8], "")
    for heading, text in zip(HEADINGS, new, strict=True):
        sheet.cell(len(FAMILY) + 2, columns[heading], text)
    book.save(tmp_path / "b.xlsx")
    again = uploaded(portal, shown, tmp_path / "b.xlsx")
    assert (count(again, "known"), count(again, "fit"), count(again, "blocked")) == (len(FAMILY), 1, 0)
    loaded(again, home)
