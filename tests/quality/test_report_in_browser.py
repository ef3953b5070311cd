"""The report in a real browser, offline and without script: both languages, by keyboard, small and large, on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from quality.render import render_html
from quality.report import build_report
from schemas.messages import LANGUAGES
from tests.picture_of_report import browser, chromium
from tests.quality import made_facts

pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module", params=["facts", "stopped"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(build_report(getattr(made_facts, request.param)())), encoding="utf-8")
    return path


def opened(running: Browser, report: Path, *, width: int = 1366, height: int = 768, script: bool = False) -> Page:
    page = running.new_page(viewport={"width": width, "height": height}, java_script_enabled=script)
    page.context.set_offline(True)
    page.goto(report.as_uri())
    return page


def language_seen(page: Page) -> list[str]:
    return [x for x in LANGUAGES if page.locator(f'article[lang="{x}"]').is_visible()]


def test_it_opens_without_network_and_script_and_asks_for_nothing(running: Browser, report: Path) -> None:
    context = running.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert [a for a in asked if not a.startswith("data:")] == [report.as_uri()]
    assert language_seen(page) == ["vi"]
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Thành phố Hà Nội"]
    context.close()


def test_the_language_changes_by_keyboard(running: Browser, report: Path) -> None:
    page = opened(running, report)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert language_seen(page) == ["en"]
    page.keyboard.press("ArrowLeft")
    assert language_seen(page) == ["vi"]
    page.get_by_text("English", exact=True).click()
    assert language_seen(page) == ["en"]
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(running: Browser, report: Path, language: str) -> None:
    page = opened(running, report, script=True)  # axe itself is a script
    page.check(f"#language-{language}", force=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (720, 1000), (400, 800)])
def test_it_never_scrolls_sideways(running: Browser, report: Path, language: str, width: int, height: int) -> None:
    page = opened(running, report, width=width, height=height, script=True)
    page.check(f"#language-{language}", force=True)
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    page.close()


def test_the_font_is_its_own(running: Browser, report: Path) -> None:
    page = opened(running, report, script=True)
    faces = page.evaluate(
        "document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').map(x => x.weight))"
    )
    page.close()
    assert sorted(faces) == ["400", "600"]


def test_it_prints_on_a4(running: Browser, report: Path) -> None:
    page = opened(running, report)
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert printed.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed


def test_what_is_folded_away_is_printed(running: Browser, report: Path) -> None:
    page = opened(running, report, script=True)
    page.emulate_media(media="print")
    heights = page.evaluate(
        "[...document.querySelectorAll('article[lang=vi] details > :not(summary)')]"
        ".map(x => x.getBoundingClientRect().height)"
    )
    page.close()
    assert heights
    assert min(heights) > 10
