"""The page of samples: every draw, answered or not, with the bounds that `quality.sampling` gives; accessible."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from quality.sample_page import Sample, render_html, render_json
from quality.sampling import Stratum, estimated
from quality.wording import exact_share
from schemas import messages
from schemas.messages import LANGUAGES
from tests.picture_of_report import browser, chromium

BATCH = "7" * 32
NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
STRATA = (Stratum("loaded", 900, 90, 88, 1, 1), Stratum("quarantined", 100, 10, 9, 1, 0))


def sample(number: int, *found: Stratum, strata: str = "outcome") -> Sample:
    answered = NOON if found else None
    return Sample(
        number, f"s-{number}", strata, 1000, 100, "d" * 64, "5c0e91a7b24f", NOON, answered, len(found[:1]), found
    )


def samples() -> tuple[Sample, ...]:
    unseen = Stratum("", 1000, 100, 0, 0, 100)
    files = Stratum("tep-0a1b2c3d.csv", 1000, 100, 100, 0, 0)
    return sample(1, *STRATA), sample(2), sample(3, unseen, strata="none"), sample(4, files, strata="file")


def test_the_json_tells_every_draw_with_its_bounds() -> None:
    told = json.loads(render_json(BATCH, samples()))
    first, second, third, _ = told["samples"]
    result = estimated(STRATA)
    assert (first["share"], first["low"], first["high"]) == (result.share, result.low, result.high)
    assert (first["right"], first["wrong"], first["unclear"]) == (97, 2, 1)
    assert (second["answered_at"], second["share"], second["by_stratum"]) == (None, None, [])
    assert (third["share"], third["low"], third["high"]) == (None, 0, 1)
    assert render_json(BATCH, samples()) == render_json(BATCH, samples())


def test_the_page_says_what_was_found_in_both_languages() -> None:
    html = render_html(BATCH, samples())
    for language in LANGUAGES:
        assert messages.text("samples.waits", language, drawn=100) in html
        assert messages.text("samples.all", language) in html
        assert exact_share(estimated(STRATA).share or 0, language) in html
    assert all(s.seed in html and s.digest in html for s in samples())
    assert f'content="batch {BATCH}"' in html


def test_every_text_of_the_page_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[str] = set()

    class Said(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            said.add(key)
            return super().__getitem__(key)

    catalogue: Mapping[str, Any] = Said(messages.catalogue("vi"))
    monkeypatch.setattr(messages, "catalogue", lambda language: catalogue)
    render_html(BATCH, samples())
    assert {key for key in catalogue if key.startswith("samples.")} - said == set()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
def test_in_a_browser_nothing_serious_and_nothing_sideways(tmp_path: Path) -> None:
    path = tmp_path / "sample.html"
    path.write_text(render_html(BATCH, samples()), encoding="utf-8")
    with browser() as running:
        page = running.new_page(viewport={"width": 1366, "height": 768})
        page.goto(path.as_uri())
        for language in LANGUAGES:
            page.check(f"#language-{language}", force=True)
            found = Axe().run(page).response["violations"]
            grave = [v for v in found if v["impact"] in {"serious", "critical"}]
            assert [(v["id"], v["nodes"][0]["html"]) for v in grave] == []
            for width in (1366, 400):
                page.set_viewport_size({"width": width, "height": 768})
                assert page.evaluate("document.scrollingElement.scrollWidth") == width
