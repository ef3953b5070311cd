"""Cells of scans read in the portal: the picture behind the check, numbers blind, the next one by Enter, taken back."""

import base64
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser

from data_samples.pages.render import make_page
from pipeline import cell_review, page_views, run
from pipeline.cell_review import Letters, OpenCell
from pipeline.settings import Settings
from store import cell_judgements, cells
from store.accounts import Account, AccountRole
from store.engine import Store
from tests.picture_of_report import browser, chromium
from tests.portal.browsing import Running, running
from tests.portal.clients import Client, app_of, as_role

LAN = Account("lan", AccountRole.REVIEWER, "01")
MINH = Account("minh", AccountRole.REVIEWER, "01")
VINH = Account("vinh", AccountRole.REVIEWER, "40")
NEVER = [as_role(role, "01") for role in AccountRole if role not in (AccountRole.REVIEWER, AccountRole.LEAD)]
ACCOUNTS = (LAN, MINH, VINH, *NEVER)


@pytest.fixture(scope="module")
def scanned(opened: Store, home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A page that is hard to read, loaded."""
    path = tmp_path_factory.mktemp("scan") / "trang.png"
    Image.fromarray(make_page(5, "household_register_10", 4, "handwriting").picture).save(path)
    run.run_batch([path], "01", home)
    return opened


@pytest.fixture
def app(scanned: Store, home: Settings) -> Iterator[FastAPI]:
    yield app_of(scanned, home, ACCOUNTS)
    for stands in cell_judgements.standing(scanned):
        for _ in stands.readers:
            said = cell_judgements.CellJudgement(stands.record_id, stands.raw_column, "undone", "", "test")
            cell_judgements.decide(scanned, [said])


def path_of(cell: tuple[str, str]) -> str:
    return f"/scans/{cell[0]}/{cell[1].replace('/', '~')}"


def read(store: Store) -> dict[tuple[str, str], tuple[str | None, tuple[str, ...]]]:
    return {(s.record_id, s.raw_column): (s.text, s.readers) for s in cell_judgements.standing(store)}


@pytest.mark.store
def test_a_cell_is_read_and_the_next_one_comes(app: FastAPI, scanned: Store) -> None:
    lan, (first, second, *_) = Client(app, "lan"), cell_review.in_order(scanned)
    assert lan.get("/scans").headers["location"] == path_of(first)
    answer = lan.post(path_of(first), {"answer": "reads", "text": " Trần Thị Bé "})
    assert (answer.status_code, answer.headers["location"]) == (303, path_of(second))
    assert read(scanned)[first][1] == ("lan",)
    assert lan.post(path_of(second), {"answer": "illegible"}).status_code == 303
    assert lan.post("/scans/undo").headers["location"] == path_of(second)
    assert set(read(scanned)) == {first}
    assert lan.post(path_of(second), {"answer": "reads", "text": "  "}).headers["location"] == path_of(second)
    assert set(read(scanned)) == {first}


@pytest.mark.store
def test_a_picture_is_shown_as_an_event_and_to_its_province_alone(app: FastAPI, scanned: Store) -> None:
    first = cell_review.in_order(scanned)[0]
    answer = Client(app, "lan").get(f"{path_of(first)}/crop.png")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"\x89PNG")
    with scanned.reading() as connection:
        query = "SELECT actor, action FROM audit_events ORDER BY sequence DESC LIMIT 1"
        assert tuple(connection.execute(sa.text(query)).one()) == ("lan", "review.crop_shown")
    for who in ("vinh", *(a.name for a in NEVER)):
        client = Client(app, who)
        for path in (path_of(first), f"{path_of(first)}/crop.png"):
            assert client.get(path).status_code == 404
        assert client.post(path_of(first), {"answer": "illegible"}).status_code == 404
    batch = cell_review.batches(scanned)[0]
    assert Client(app, "vinh").post(f"/scans/send/{batch}").status_code == 404
    assert read(scanned) == {}


@pytest.mark.store
def test_the_page_stands_beside_the_field_behind_the_same_check(app: FastAPI, scanned: Store, home: Settings) -> None:
    first = cell_review.in_order(scanned)[0]
    lan = Client(app, "lan")
    page = lan.get(path_of(first)).text
    assert re.search(r'<polygon class="lit" points="(-?\d+,-?\d+ ){3}-?\d+,-?\d+"', page)
    assert "style=" not in page
    answer = lan.get(f"{path_of(first)}/page.webp")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/webp", "no-store")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.content[8:12] == b"WEBP"
    assert len(answer.content) <= 140_000
    with scanned.reading() as connection:
        query = "SELECT actor, action FROM audit_events ORDER BY sequence DESC LIMIT 1"
        assert tuple(connection.execute(sa.text(query)).one()) == ("lan", "review.page_shown")
    for who in ("vinh", *(a.name for a in NEVER)):
        assert Client(app, who).get(f"{path_of(first)}/page.webp").status_code == 404
    assert lan.get(f"/scans/{'f' * 32}/full_name_raw/page.webp").status_code == 404
    in_clear = [p for p in home.home.rglob("*") if p.is_file() and p.suffix == ".webp"]
    assert in_clear == []


@pytest.mark.store
def test_without_a_view_the_cell_is_read_as_before(
    app: FastAPI, scanned: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cell_review.in_order(scanned)[0]
    monkeypatch.setattr(page_views, "_found", lambda *_: None)
    page = Client(app, "lan").get(path_of(first))
    assert page.status_code == 200
    assert "<polygon" not in page.text
    assert Client(app, "lan").get(f"{path_of(first)}/page.webp").status_code == 404


@pytest.mark.store
def test_numbers_are_read_by_two_who_see_nothing(app: FastAPI, scanned: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No number of this page waits: the columns of another cell are told to be such."""
    waiting = cells.waiting(scanned).to_pylist()
    number, text = next(((c["record_id"], c["raw_column"]), c["text"]) for c in waiting if len(c["text"]) > 5)
    assert f'value="{text}"' in Client(app, "lan").get(path_of(number)).text
    for module in (cell_review, cell_judgements):
        monkeypatch.setattr(module, "READ_TWICE", frozenset({number[1]}))
    lan, minh = Client(app, "lan"), Client(app, "minh")
    assert 'value=""' in lan.get(path_of(number)).text
    lan.post(path_of(number), {"answer": "reads", "text": "012345678901"})
    assert read(scanned)[number] == (None, ("lan",))
    page = minh.get(path_of(number)).text
    assert "012345678901" not in page
    assert text not in page
    minh.post(path_of(number), {"answer": "reads", "text": "012345678901"})
    assert read(scanned)[number] == ("012345678901", ("lan", "minh"))


@pytest.mark.store
def test_rows_that_are_not_whole_are_not_sent(app: FastAPI, scanned: Store) -> None:
    batch = cell_review.batches(scanned)[0]
    answer = Client(app, "lan").post(f"/scans/send/{batch}")
    assert answer.headers["location"] == "/scans?sent=not_whole"
    assert "chưa" in Client(app, "lan").get("/scans?sent=not_whole").text.lower()


def test_letters_that_readings_disagree_in_are_doubtful() -> None:
    crop = base64.b64encode(b"x").decode()
    made = OpenCell("a", "full_name_raw", "b", "01", "f", 1, 1, crop, "Lê Thị Bé", ("Lê Thị Bé", "Lê Thi Bé"), False)
    assert cell_review.letters(made) == (Letters("Lê Th", False), Letters("ị", True), Letters(" Bé", False))


@pytest.fixture(scope="module")
def shown() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def portal(app: FastAPI, scanned: Store, home: Settings) -> Iterator[Running]:
    with running(scanned, home, (LAN,)) as answering:
        yield answering


@pytest.mark.store
@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_cells_are_read_by_keyboard(portal: Running, shown: Browser, scanned: Store) -> None:
    first, second, third, *_ = cell_review.in_order(scanned)
    page = portal.page(shown, name="lan")
    page.goto(f"{portal.address}/scans")
    assert page.url.endswith(path_of(first))
    assert page.locator(".crop img").evaluate("image => image.naturalWidth") > 0
    whole = page.locator("svg[data-near]").get_attribute("viewBox")
    assert page.evaluate("document.querySelector('svg image').getBBox().width") > 0
    beside, field = (page.locator(at).bounding_box() for at in (".pane", "#text"))
    assert beside is not None
    assert field is not None
    assert beside["x"] + beside["width"] <= field["x"], "side by side at 1366 pixels"
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    page.keyboard.press("F2")
    assert page.locator("svg[data-near]").get_attribute("viewBox") != whole
    page.keyboard.press("F2")
    assert page.locator("svg[data-near]").get_attribute("viewBox") == whole
    page.keyboard.press("Control+a")
    page.keyboard.type("Nguyễn Văn Bưởi")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path_of(second)}")
    page.keyboard.press("F4")
    page.wait_for_url(f"**{path_of(third)}")
    assert len(read(scanned)) == 2
    page.keyboard.press("F9")
    page.wait_for_url(f"**{path_of(second)}")
    assert set(read(scanned)) == {first}
