"""Which names among the reports are those of months."""

from pathlib import Path

import pytest

from pipeline import period_shelf
from pipeline.period import Period
from pipeline.settings import Settings


def test_newest_month_first_and_the_nation_before_its_provinces(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    kept = ["province-40-2026-10", "nation-2026-10", "province-01-2026-10", "province-01-2025-12"]
    others = ["0" * 32, "province-1-2026-10", "nation-2026-13", "nation-2026-10-1", "xnation-2026-10"]
    for name in (*kept, *others):
        (tmp_path / "reports" / f"{name}.html").touch()
    found = [of.stem for of in period_shelf.written(Settings(tmp_path))]
    assert found == ["nation-2026-10", "province-01-2026-10", "province-40-2026-10", "province-01-2025-12"]


def test_a_home_without_reports_has_none(tmp_path: Path) -> None:
    assert period_shelf.written(Settings(tmp_path)) == []


@pytest.mark.parametrize(("scope", "stem"), [("nation", "nation-2026-10"), ("01", "province-01-2026-10")])
def test_a_name_is_read_as_it_is_written(scope: str, stem: str, tmp_path: Path) -> None:
    wanted = Period(scope, "2026-10")
    assert period_shelf.named(wanted.stem) == wanted
    assert period_shelf.path_of(wanted, Settings(tmp_path)).name == f"{stem}.html"
