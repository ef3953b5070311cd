import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from quality.evaluation_page import render_evaluation, shown
from schemas.evaluation import Evaluation
from schemas.messages import LANGUAGES, Language
from tests.dedup.evaluated import evaluated, pair_table, partition
from tests.picture_of_report import browser, chromium
from tests.quality import made_evaluation
from tests.quality.test_render import Page

MADE = (made_evaluation.both, made_evaluation.clusters_only, made_evaluation.pairs_only)


@pytest.mark.parametrize("made", MADE)
def test_the_page_is_one_file_that_asks_for_nothing(made: Callable[[], Evaluation]) -> None:
    html = render_evaluation(made())
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"}
    assert not [
        x for _, attrs in page.tags for k, x in attrs.items() if k in ("src", "href") and not (x or "").startswith("#")
    ]
    assert not re.findall(r"url\((?!data:)", html)
    assert html == render_evaluation(made())
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_both_languages_say_the_same_numbers() -> None:
    page = Page(render_evaluation(made_evaluation.both()))
    said = {x: re.findall(r"\d+", page.text[x].replace("1.000", "1,000")) for x in LANGUAGES}
    assert said["vi"] == said["en"]
    assert "Kết quả ghép so với sự thật" in page.text["vi"]


def test_sections_are_those_of_which_something_is_known() -> None:
    sections = {made: shown(made(), "vi").sections for made in MADE}
    assert sections[made_evaluation.both] == ("pairs", "calibration", "clusters", "groups", "method")
    assert sections[made_evaluation.clusters_only] == ("clusters", "method")
    assert sections[made_evaluation.pairs_only] == ("pairs", "method")


def test_small_groups_are_marked_and_none_is_left_out() -> None:
    made = made_evaluation.both()
    rows = [row for dimension in shown(made, "vi").groups for row in dimension.rows]
    assert len(rows) == len(made.groups)
    assert {row.is_small for row in rows} == {True, False}
    assert [row.is_small for row in rows] == [g.is_small for g in made.groups]


ODD = (
    lambda: evaluated(partition([1, 2, 3]), partition([1, 2, 3]), pair_table([(0, 1, "review", 0.2)])),
    lambda: evaluated(partition([1, 1]), partition([1, 2]), pair_table([])),
    lambda: evaluated(partition([1, 1]), None, pair_table([(0, 1, "non_match", 0.0)]), partition([1, 1]).select([0])),
    lambda: evaluated(partition([1, 1, 2, 2]), None, pair_table([(0, 2, "match", 1.0), (0, 3, "match", 1.0)])),
)


@pytest.mark.parametrize("made", ODD, ids=("nobody twice", "no pair", "no match", "all wrong"))
def test_an_odd_matching_has_a_page_too(made: Callable[[], Evaluation]) -> None:
    page = Page(render_evaluation(made()))
    for language in LANGUAGES:
        assert not re.search(r"\b(nan|None)\b", page.text[language])


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_it_never_scrolls_sideways_and_prints_every_section(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("page") / "evaluation.html"
    path.write_text(render_evaluation(made_evaluation.both()), encoding="utf-8")
    with browser() as running:
        for language in LANGUAGES:
            for width in (1366, 720, 400):
                assert scroll_width(running, path.as_uri(), language, width) <= width


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_axe_finds_nothing_serious(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("page") / "evaluation.html"
    path.write_text(render_evaluation(made_evaluation.both()), encoding="utf-8")
    with browser() as running:
        page = running.new_page()
        page.goto(path.as_uri())
        for language in LANGUAGES:
            page.check(f"#language-{language}", force=True)
            found = Axe().run(page).response["violations"]
            serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]
            assert serious == []


def scroll_width(running: Browser, uri: str, language: Language, width: int) -> int:
    page = running.new_page(viewport={"width": width, "height": 800})
    page.context.set_offline(True)
    page.goto(uri)
    page.check(f"#language-{language}", force=True)
    assert page.locator(f'article[lang="{language}"] h2').count() == 5
    found = int(page.evaluate("document.documentElement.scrollWidth"))
    page.close()
    return found
