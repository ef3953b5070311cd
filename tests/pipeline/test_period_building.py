from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import period_building, tasks
from pipeline.period import bounds, month_of, previous
from pipeline.settings import Settings
from schemas.errors import UsageError

pytestmark = pytest.mark.store


def test_the_month_before_is_counted_and_its_reports_are_written_again_alike(settings: Settings) -> None:
    now = bounds("2026-10")[0] + timedelta(days=3)
    assert period_building.count("", settings, now) == "2026-09"
    names = [period_building.write(scope, "2026-09", settings, now) for scope in ("01", "nation")]
    assert names == ["province-01-2026-09.html", "nation-2026-09.html"]
    pages = [(settings.home / "reports" / name).read_bytes() for name in names]
    assert [period_building.write(scope, "2026-09", settings, now) for scope in ("01", "nation")] == names
    assert [(settings.home / "reports" / name).read_bytes() for name in names] == pages


def test_a_month_that_is_not_over_is_no_report_to_build(settings: Settings) -> None:
    now = bounds("2026-10")[0] + timedelta(days=3)
    with pytest.raises(UsageError, match=r"period\.not_over"):
        period_building.count("2026-10", settings, now)


def test_a_machine_of_one_province_writes_that_one_and_counts_nothing(settings: Settings) -> None:
    limited = replace(settings, province="33")
    assert period_building.provinces(limited) == ["33"]
    assert len(period_building.provinces(settings)) == 34
    with pytest.raises(UsageError, match=r"store\.national_only"):
        period_building.count("2026-09", limited, bounds("2026-10")[1])


def test_a_task_ends_with_the_answer_and_no_traceback(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tasks, "load_settings", lambda: settings)
    for month, code in ((month_of(datetime.now(UTC)), "period.not_over"), ("10/2026", "period.no_month")):
        with pytest.raises(SystemExit):
            tasks.count_month(month)
        assert f"[{code}]" in caplog.text
    assert tasks.count_month("") == previous(month_of(datetime.now(UTC)))
    month = previous(month_of(datetime.now(UTC)))
    assert tasks.report_partition(f"33|{month}").startswith("province-33-")
    assert tasks.partitions(["40"], month) == [f"40|{month}"]
    assert len(set(tasks.partitions([], month))) == 34
