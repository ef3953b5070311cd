"""Reports of a month in a real browser, offline and without script: languages, sizes, axe, paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from quality.period_render import render_html
from quality.period_report import build_period, stem_of
from schemas.messages import LANGUAGES
from tests.picture_of_report import browser, chromium
from tests.quality import made_months
from tests.quality.test_report_in_browser import language_seen, opened

pytestmark = [pytest.mark.browser, pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")]
MADE = {"province": made_months.province, "nation": made_months.nation, "nothing": made_months.nothing}


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports side by side, under the names that they link to; a page stands for that of a batch."""
    folder = tmp_path_factory.mktemp("months")
    for name, made in MADE.items():
        (folder / f"{name}.html").write_text(render_html(build_period(made())), "utf-8")
    facts = made_months.province()
    (folder / f"{stem_of('01', facts.month)}.html").write_text(render_html(build_period(facts)), "utf-8")
    (folder / f"{facts.parts[0].batches[0].batch_id}.html").write_text("<title>batch</title><h1>batch</h1>", "utf-8")
    return folder


@pytest.mark.parametrize("name", MADE)
def test_it_opens_offline_without_script_and_asks_for_nothing(running: Browser, folder: Path, name: str) -> None:
    context = running.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / f"{name}.html").as_uri())
    assert [a for a in asked if not a.startswith("data:")] == [(folder / f"{name}.html").as_uri()]
    assert language_seen(page) == ["vi"]
    context.close()


def test_from_the_nation_to_a_batch_in_two_clicks(running: Browser, folder: Path) -> None:
    page = opened(running, folder / "nation.html")
    page.get_by_role("link", name="Thành phố Hà Nội").first.click()
    assert page.get_by_role("heading", level=1).first.inner_text() == "Thành phố Hà Nội, tháng 11/2026"
    batch_id = made_months.province().parts[0].batches[0].batch_id
    page.get_by_role("link", name=batch_id[:12]).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "batch"
    page.close()


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(running: Browser, folder: Path, name: str, language: str) -> None:
    page = opened(running, folder / f"{name}.html", script=True)  # axe itself is a script
    page.check(f"#language-{language}", force=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("name", ["province", "nation"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (720, 1000), (400, 800)])
def test_it_never_scrolls_sideways(running: Browser, folder: Path, name: str, width: int, height: int) -> None:
    page = opened(running, folder / f"{name}.html", width=width, height=height, script=True)
    for language in LANGUAGES:
        page.check(f"#language-{language}", force=True)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.scrollingElement.scrollWidth") == width
    page.close()


def test_it_prints_on_a4_with_what_is_folded_away(running: Browser, folder: Path) -> None:
    page = opened(running, folder / "nation.html", script=True)
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed
    page.emulate_media(media="print")
    heights = page.evaluate(
        "[...document.querySelectorAll('article[lang=vi] details > :not(summary)')]"
        ".map(x => x.getBoundingClientRect().height)"
    )
    page.close()
    assert heights
    assert min(heights) > 10
