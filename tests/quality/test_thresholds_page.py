import re
from collections.abc import Callable
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe

from quality.thresholds_page import COLUMNS, render_thresholds, rows, sentences, shown, weight
from schemas.messages import LANGUAGES
from schemas.thresholds import Thresholds
from tests.picture_of_report import browser, chromium
from tests.quality import made_thresholds
from tests.quality.pictures import parsed, words
from tests.quality.test_render import Page

MADE = (made_thresholds.made, partial(made_thresholds.made, "probability"), made_thresholds.nothing)


@pytest.mark.parametrize("made", MADE)
def test_the_page_is_one_file_that_asks_for_nothing(made: Callable[[], Thresholds]) -> None:
    html = render_thresholds(made())
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"}
    assert not re.findall(r"url\((?!data:)", html)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for language in LANGUAGES:
        assert not re.search(r"\b(nan|None|inf)\b", page.text[language])


def test_the_choice_stands_beside_what_is_used_now() -> None:
    made = made_thresholds.made()
    names = [name for name, _ in rows(made, "vi")]
    assert names == ["Đang dùng", "Chọn", "Rẻ nhất, không giới hạn"]
    assert all(len(cells) == len(COLUMNS) for _, cells in rows(made, "vi"))
    assert rows(made, "vi")[0][1][0] == "6 (64 : 1)"
    assert rows(made, "vi")[0][1][1] == "−1 (1 : 2)"
    assert "sự thật đã cho" in sentences(made, "vi")[-1]
    assert "xác suất" in sentences(made_thresholds.made("probability"), "vi")[-1]


def test_a_limit_that_no_thresholds_keep_is_told() -> None:
    made = made_thresholds.made(records=100)
    assert not made.keeps_pile
    assert any("2,00" in said for said in sentences(made, "vi"))
    assert "accepted_in_part" in render_thresholds(made)
    assert "accepted_in_part" not in render_thresholds(made_thresholds.made(records=10**6)).split("<main>")[1]


@pytest.mark.parametrize("made", MADE)
def test_pictures_show_the_chosen_threshold(made: Callable[[], Thresholds]) -> None:
    show = shown(made(), "vi")
    for picture in (show.cost, show.rates, show.pile):
        assert any(w.startswith("chọn") for w in words(parsed(picture)))


@pytest.mark.parametrize(
    ("value", "said"), [(6, "6 (64 : 1)"), (-1.5, "−1,5 (1 : 2,8)"), (0, "0 (1 : 1)"), (13.75, "13,75 (13.777 : 1)")]
)
def test_a_weight_is_told_with_its_odds(value: float, said: str) -> None:
    assert weight(value, "vi") == said


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_it_never_scrolls_sideways_and_axe_finds_nothing_serious(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("page") / "thresholds.html"
    path.write_text(render_thresholds(made_thresholds.made()), encoding="utf-8")
    with browser() as running:
        page = running.new_page()
        page.goto(path.as_uri())
        for language in LANGUAGES:
            page.check(f"#language-{language}", force=True)
            for width in (1366, 720, 400):
                page.set_viewport_size({"width": width, "height": 800})
                assert int(page.evaluate("document.documentElement.scrollWidth")) <= width
            found = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}] == []
