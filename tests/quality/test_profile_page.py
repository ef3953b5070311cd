import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from quality.profile_page import render_profile, sentences, shown, sizes
from schemas.match_profile import MatchProfile
from schemas.messages import LANGUAGES
from tests.picture_of_report import browser, chromium
from tests.quality import made_profile
from tests.quality.pictures import parsed, rectangles, size
from tests.quality.test_render import Page

MADE = (made_profile.made, made_profile.nothing)


@pytest.mark.parametrize("made", MADE)
def test_the_page_is_one_file_that_asks_for_nothing(made: Callable[[], MatchProfile]) -> None:
    html = render_profile(made())
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"}
    assert not re.findall(r"url\((?!data:)", html)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for language in LANGUAGES:
        assert not re.search(r"\b(nan|None)\b", page.text[language])


def test_each_rule_has_a_row_and_a_bar_of_its_pairs() -> None:
    show = shown(made_profile.made(), "vi")
    assert [row.label for row in show.rules] == ["họ tên, ngày sinh", "a new rule", "người khác trong hai hộ đã khớp"]
    assert show.rules[0].cells == ("1.200", "300", "900", "40")
    bar = parsed(show.rules[0].bar)
    assert [size(r, "width") for s in ("match", "merged") for r in rectangles(bar, s)] == [50, 150]
    (thin,) = rectangles(parsed(show.rules[1].bar), "merged")
    assert size(thin, "width") > 1
    assert not rectangles(parsed(show.rules[2].bar), "match")


def test_counts_are_told_in_words_and_large_clusters_together() -> None:
    made = made_profile.made()
    assert sentences(made, "vi")[0] == "1.000 bản ghi, 1.234 cặp đáng so (1,2 cặp mỗi bản ghi)."
    assert [(name, n) for name, n, _ in sizes(made, "vi")] == [("1", 700), ("2", 100), ("3", 20), ("hơn 10", 2)]
    show = shown(made, "vi")
    assert [row.label for row in show.seconds] == ["đọc", "tìm cặp", "own"]
    assert show.outcomes[0].cells[0] == "150"
    assert show.weights is not None
    assert shown(made_profile.nothing(), "vi").weights is None


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_it_never_scrolls_sideways_and_axe_finds_nothing_serious(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("page") / "profile.html"
    path.write_text(render_profile(made_profile.made()), encoding="utf-8")
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
