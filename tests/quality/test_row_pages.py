"""The pages of failing rows: every row is on its page with place, cell and reason, and every link leads somewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from quality import row_links, row_pages
from schemas import messages
from schemas.messages import LANGUAGES
from tests.picture_of_report import browser, chromium
from tests.quality import made_rows

BATCH = "a" * 32


def written() -> dict[str, str]:
    index = made_rows.index()
    pages = {row_links.page_name(p.number): row_pages.of_page(p, 4, BATCH) for p in made_rows.pages()}
    return {**pages, **dict(row_pages.of_rules(index, BATCH)), "index.html": row_pages.of_index(index, BATCH)}


class Links(HTMLParser):
    """Ids and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids += [told["id"] or ""] if "id" in told else []
        self.links += [told["href"] or ""] if tag == "a" else []


def test_every_row_stands_with_line_cell_id_and_reason() -> None:
    files = written()
    second = files["000002.html"]
    for n in (12, 13, 40):
        assert f"<li><b>{n}</b> D{n} {made_rows.record(n)}" in second
    assert second.count(made_rows.record(12)) == 2
    assert all(messages.wrong("birth_date.impossible", x) in second for x in LANGUAGES)
    assert "Ngày sinh &lt;b&gt;" in second
    assert "<b>77</b> " in files["000003.html"]  # several columns make the value: there is no one cell
    assert "<b>3: –</b>" in files["000004.html"]
    assert "<b>2–86</b>" in files["000001.html"]
    assert messages.text("rows.counted", "vi") in files["000001.html"]
    assert messages.text("rows.counted", "vi") not in second


def test_every_link_leads_to_a_page_and_a_place_on_it() -> None:
    files = {name: Links(text) for name, text in written().items()}
    for name, found in files.items():
        assert len(found.ids) == len(set(found.ids)), name
        for link in found.links:
            target, _, place = link.partition("#")
            if target == f"../{BATCH}.html":
                continue
            assert target in files, (name, link)
            assert not place or place in files[target].ids, (name, link)


def test_links_of_the_report_lead_to_a_place() -> None:
    files = {name: Links(text) for name, text in written().items()}
    links = row_links.Links(made_rows.index(), BATCH)
    told = [links.index, links.field("birth_date"), *map(links.file, made_rows.index().files)]
    told += [links.in_file(p.file, c.cause.rule_id) for p in made_rows.index().pages for c in p.counts]
    for link in told:
        target, _, place = link.removeprefix(f"{BATCH}.rows/").partition("#")
        assert not place or place in files[target].ids, link


def test_pages_hold_no_script_and_fetch_nothing() -> None:
    for text in written().values():
        assert not re.search(r"<script|https?:|url\(|src=|javascript:", text)


def test_an_empty_index_says_so() -> None:
    from quality.failing_rows import RowIndex

    assert messages.text("rows.nothing", "vi") in row_pages.of_index(RowIndex(), BATCH)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("rows")
    for name, text in written().items():
        (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_in_a_browser_nothing_serious_nothing_sideways_and_one_language(folder: Path) -> None:
    with browser() as running:
        page = running.new_page(viewport={"width": 1366, "height": 768})
        page.context.set_offline(True)
        for name in ("index.html", "rule.birth_date.impossible.html", "000002.html"):
            page.goto((folder / name).as_uri())
            for language, other in (("vi", "en"), ("en", "vi")):
                page.check(f"#language-{language}", force=True)
                assert page.locator(f"main [lang={language}]").first.is_visible()
                assert not page.locator(f"main [lang={other}]").first.is_visible()
                found = Axe().run(page).response["violations"]
                grave = [v for v in found if v["impact"] in {"serious", "critical"}]
                assert [(v["id"], v["nodes"][0]["html"]) for v in grave] == []
            for width in (1366, 400):
                page.set_viewport_size({"width": width, "height": 768})
                assert page.evaluate("document.scrollingElement.scrollWidth") == width
