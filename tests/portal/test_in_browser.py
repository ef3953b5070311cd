"""The portal in a real Chromium: signing in, the list that updates itself, every page by axe, no word of English."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from pipeline import run
from pipeline.result import BatchResult
from pipeline.settings import Settings
from schemas import messages
from schemas.messages import Language
from tests.picture_of_report import browser, chromium
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger
from tests.portal.worlds import SAID, Running, running

pytestmark = [
    pytest.mark.browser, pytest.mark.store,
    pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine"),
]  # fmt: skip
_MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def batch(home: Settings, tmp_path_factory: pytest.TempPathFactory) -> BatchResult:
    path = ledger(tmp_path_factory.mktemp("sent") / "so_xa_minh_chau.csv", (*FAMILY, NAMELESS, NO_SUCH_DAY))
    return run.run_batch([path], "01", home)


@pytest.fixture(scope="module")
def portal(home: Settings, batch: BatchResult) -> Iterator[Running]:
    assert batch.read
    with running(home) as found:
        yield found


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


def context(chrome: Browser, *, script: bool = True) -> BrowserContext:
    made = chrome.new_context(viewport={"width": 1366, "height": 768}, java_script_enabled=script, locale="vi-VN")
    made.set_default_timeout(15_000)
    return made


def signed_in(portal: Running, chrome: Browser, name: str, *, script: bool = True) -> Page:
    """A page of somebody who signed in by keyboard."""
    page = context(chrome, script=script).new_page()
    page.goto(portal.address)
    page.locator("#name:focus").wait_for()  # a browser that has much to do sets it a moment after the page is there
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(SAID)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code**")
    page.locator("#code:focus").wait_for()
    page.keyboard.type(next_code(portal, name))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


_steps: dict[str, int] = {}


def next_code(portal: Running, name: str) -> str:
    """A code that was not used: of the step before, of now or of the next one, all of which are taken."""
    now = int(time.time() // 30)
    step = max(now - 1, _steps.get(name, 0) + 1)
    while step > int(time.time() // 30) + 1:
        time.sleep(0.2)
    _steps[name] = step
    return portal.code(name, step * 30)


@pytest.fixture(scope="module")
def clerk(portal: Running, chrome: Browser) -> Iterator[Page]:
    page = signed_in(portal, chrome, "uploader")
    yield page
    page.context.close()


def test_a_clerk_signs_in_and_follows_the_batch_to_its_report(clerk: Page, portal: Running, batch: BatchResult) -> None:
    clerk.goto(portal.address)
    assert clerk.url.endswith("/batches")
    assert clerk.get_by_role("row").nth(1).get_by_role("cell").nth(0).inner_text() == "Đã nạp"
    clerk.get_by_role("link", name=batch.batch_id[:8]).click()
    assert clerk.get_by_role("heading", level=3).inner_text() == "so_xa_minh_chau.csv"
    clerk.get_by_role("link", name="Xem báo cáo của đợt").click()
    assert clerk.get_by_role("heading", level=1).first.inner_text() == "Thành phố Hà Nội"
    assert clerk.evaluate("window.origin") == "null"


def test_the_report_shows_its_style_and_fonts(clerk: Page, portal: Running, batch: BatchResult) -> None:
    errors: list[str] = []
    clerk.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    clerk.goto(f"{portal.address}/batches/{batch.batch_id}/report")
    assert "Be Vietnam Pro" in clerk.evaluate("getComputedStyle(document.body).fontFamily")
    assert [e for e in errors if "favicon" not in e] == []


def test_the_error_file_comes_as_a_download(clerk: Page, portal: Running, batch: BatchResult) -> None:
    clerk.goto(f"{portal.address}/batches/{batch.batch_id}")
    with clerk.expect_download() as coming:
        clerk.get_by_role("link", name="Tải tệp lỗi (Excel)").click()
    assert re.fullmatch(r"loi_[0-9a-f]{12}\.xlsx", coming.value.suggested_filename)
    assert Path(coming.value.path()).read_bytes().startswith(b"PK")


def test_the_list_brings_itself_up_to_date(
    clerk: Page, portal: Running, home: Settings, tmp_path: Path, batch: BatchResult
) -> None:
    clerk.goto(f"{portal.address}/batches")
    assert clerk.locator("tbody tr").count() == 1
    family = [(row[0].replace("0101", "0102"), f"{row[1]} Hai", *row[2:8], "") for row in FAMILY]
    other = run.run_batch([ledger(tmp_path / "so2.csv", family)], "01", home)
    clerk.wait_for_selector(f'tr[data-batch="{other.batch_id}"]', timeout=20_000)
    shown = clerk.locator("tbody tr").first
    assert shown.get_attribute("data-batch") == other.batch_id
    assert "Không cần làm gì" in shown.inner_text()
    assert clerk.locator(f'tr[data-batch="{batch.batch_id}"]').count() == 1


def test_it_works_without_script_and_a_lost_line_is_told(portal: Running, chrome: Browser, clerk: Page) -> None:
    page = signed_in(portal, chrome, "reviewer", script=False)
    assert page.url.endswith("/batches")
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Batches"
    page.get_by_role("button", name="Sign out").click()
    assert "/sign-in" in page.url
    page.context.close()
    clerk.goto(f"{portal.address}/batches")
    clerk.context.set_offline(True)
    clerk.get_by_text("Mất kết nối").wait_for(timeout=20_000)
    clerk.context.set_offline(False)


def pages(role: str, batch_id: str) -> list[str]:
    """The pages of a role, at all sizes of rights."""
    own = ["/account", "/no-such-page"]
    found = {
        "uploader": ["/batches", f"/batches/{batch_id}", "/uploads", "/templates"],
        "lead": ["/accounts", "/undo", f"/undo/{batch_id}"],
        "privacy-officer": ["/accounts/proposals"], "db-admin": ["/"],
    }  # fmt: skip
    return [*own, *found.get(role, [])]


ROLES = ("uploader", "lead", "privacy-officer", "db-admin")


@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_serious_on_any_page_and_no_page_speaks_english(
    portal: Running, chrome: Browser, batch: BatchResult, role: str
) -> None:
    """In both languages: axe, nothing asked of elsewhere, light, not wider than the screen; Vietnamese: its words."""
    page = signed_in(portal, chrome, role)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for language in messages.LANGUAGES:
        page.context.add_cookies([{"name": "sohoa_language", "value": language, "url": portal.address}])
        for path in pages(role, batch.batch_id):
            answer = page.goto(portal.address + path)
            assert answer is not None
            assert len(answer.body()) < _MOST_BYTES
            look_at(page, language)
    assert [url for url in asked if not url.startswith((portal.address, "data:"))] == []
    page.context.close()


def test_the_pages_of_signing_in_are_sound_too(portal: Running, chrome: Browser) -> None:
    page = context(chrome).new_page()
    for language in messages.LANGUAGES:
        page.context.add_cookies([{"name": "sohoa_language", "value": language, "url": portal.address}])
        page.goto(f"{portal.address}/sign-in")
        look_at(page, language)
        page.fill("#name", "uploader")
        page.fill("#password", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        look_at(page, language)
    page.fill("#name", "uploader")
    page.fill("#password", SAID)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code**")
    look_at(page, "en")
    page.context.close()


def look_at(page: Page, language: Language) -> None:
    """Axe, width, language."""
    violations = Axe().run(page).response["violations"]
    found = [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in {"serious", "critical"}]
    assert found == [], page.url
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 1366
    assert page.locator("html").get_attribute("lang") == language
    if language == "vi":
        assert english_words(page) == set(), page.url


def english_words(page: Page) -> set[str]:
    """Words on the page that our English texts have and our Vietnamese ones have not; the switch itself is English."""
    text = page.evaluate("""() => {
        const copy = document.documentElement.cloneNode(true);
        copy.querySelectorAll('[lang=en], script, style, code').forEach((node) => node.remove());
        copy.querySelectorAll('*').forEach((node) => node.append(' '));  // words of neighbours are not one word
        const said = [...copy.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((n) =>
            [n.getAttribute('aria-label'), n.getAttribute('title'), n.getAttribute('placeholder')]);
        return [document.title, copy.querySelector('body').textContent, ...said].join(' ');
    }""")
    ours = {role.replace("_", "-") for role in ("uploader", "reviewer", "lead", "privacy_officer", "db_admin")}
    seen = set(re.findall(r"[a-z]{2,}", re.sub("|".join(ours), " ", str(text).lower())))
    return (seen & words("en")) - words("vi")


def words(language: Language) -> set[str]:
    texts = (str(v) if isinstance(v, str) else " ".join(v.values()) for v in messages.catalogue(language).values())
    return {word for text in texts for word in re.findall(r"(?<![^\W_])[a-z]{2,}(?![^\W_])", text.lower())}
