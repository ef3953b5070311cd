"""Pictures of each part of the reports, on an old screen (1366x768) and on A4: `python -m tests.pictures_of_report`.

They are looked at by a person when a part changes, and lie in docs/report.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser

from quality import period_render, render, row_pages
from quality.failing_rows import FailingRow, RowGroup, RowIndex, RowPage, summary_of
from quality.pdf import render_pdf
from quality.period_report import build_period
from quality.report import build_report
from tests.picture_of_report import browser
from tests.quality import made_facts, made_months, made_rows

FOLDER = Path(__file__).parents[1] / "docs" / "report"
MOST_BYTES = 120_000
_MADE = datetime(2026, 11, 20, tzinfo=UTC)
_BATCH = "2ff76339b10b2448dd8f54913790bdca"
_WIDTH, _HEIGHT, _COLOURS = 1366, 768, 48
_DPI = 84


def pages() -> Iterator[tuple[str, str]]:
    """Name and page of a batch's report and of the nation's month, both made up."""
    yield "batch", render.render_html(build_report(made_facts.facts()))
    yield "month", period_render.render_html(build_period(made_months.nation(12)))


def on_screen(running: Browser, name: str, html: str) -> None:
    """A picture of each part, as it stands when its heading is at the top."""
    page = running.new_page(viewport={"width": _WIDTH, "height": _HEIGHT}, java_script_enabled=True)
    page.set_content(html)
    for number, section in enumerate(page.query_selector_all("article[lang=vi] > section")):
        part = (section.get_attribute("aria-labelledby") or "").removeprefix("vi-")
        section.evaluate("part => window.scrollTo({top: part.offsetTop, behavior: 'instant'})")
        kept(FOLDER / f"{name}-{number:02}-{part}.png", Image.open(BytesIO(page.screenshot())))
    page.close()


def of_rows(running: Browser) -> None:
    """A picture of the index, of a rule and of a page of failing rows."""
    pages = [rows_page(number) for number in (1, 2, 3)]
    index = RowIndex(tuple(map(summary_of, pages)))
    shown = {
        "index": row_pages.of_index(index, _BATCH), "rule": next(html for _, html in row_pages.of_rules(index, _BATCH)),
        "page": row_pages.of_page(pages[1], len(pages), _BATCH),
    }  # fmt: skip
    for name, html in shown.items():
        page = running.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        page.set_content(html)
        kept(FOLDER / f"rows-{name}.png", Image.open(BytesIO(page.screenshot())))
        page.close()


def rows_page(number: int) -> RowPage:
    """A page of rows with two causes."""

    def rows(first: int, step: int, count: int) -> tuple[FailingRow, ...]:
        lines = range(number * 3_000 + first, number * 3_000 + first + step * count, step)
        return tuple(FailingRow(None, line, None, made_rows.record(line)) for line in lines)

    groups = (
        RowGroup(made_rows.NO_DAY, "Sổ 1", "D", "Ngày sinh", rows(12, 61, 17)),
        RowGroup(made_rows.CENTURY, "Sổ 1", "D", "Ngày sinh", rows(40, 33, 48)),
    )
    return RowPage(number, "so-ho-khau-1994.xlsx", groups)


def on_paper(name: str, html: str) -> None:
    """A picture of each page of the Vietnamese part."""
    document = pypdfium2.PdfDocument(render_pdf(html, about=f"sohoa · {name}", title=name, made=_MADE))
    for number in range((len(document) + 1) // 2):
        kept(FOLDER / f"{name}-a4-{number + 1:02}.png", document[number].render(scale=_DPI / 72).to_pil())


def kept(path: Path, picture: Image.Image) -> None:
    """Keep a picture with few colours. Raises ValueError where it is still too large."""
    few = picture.convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(path.name)


def main() -> None:
    """Make all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with browser() as running:
        for name, html in pages():
            on_screen(running, name, html)
            on_paper(name, html)
        of_rows(running)


if __name__ == "__main__":
    main()
