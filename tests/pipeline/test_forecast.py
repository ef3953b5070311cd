"""Forecasts: from the rates that were measured, corrected by what this machine took."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import rates
from pipeline import forecast, inquiries, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from tests.pipeline.deliveries import FAMILY, ledger


def measured() -> list[dict[str, str]]:
    with (rates.RESULTS / "whole_job.csv").open(encoding="utf-8", newline="") as source:
        return [row for row in csv.DictReader(source) if row["step"] == "whole job"]


def of_rows(folder: Path, rows: int) -> Path:
    """A file of so many short lines; nothing of it but its size is looked at."""
    path = folder / f"{rows}.csv"
    path.write_bytes(b"a;b\n" * (rows + 1))
    return path


def test_the_shipped_rates_are_those_of_the_committed_measurements() -> None:
    with rates.TARGET.open(encoding="utf-8", newline="") as source:
        assert [tuple(line) for line in csv.reader(source)] == [rates.HEADER, *rates.rates()]


@pytest.mark.parametrize("row", measured(), ids=lambda row: row["rows"])
def test_the_measured_runs_are_forecast_within_a_fifth(row: dict[str, str], tmp_path: Path) -> None:
    told = forecast.forecast([of_rows(tmp_path, int(row["rows"]))], Settings(tmp_path))
    assert told.rows == int(row["rows"])
    assert told.seconds == pytest.approx(float(row["seconds"]), rel=0.2)


def test_more_rows_take_more_of_everything(tmp_path: Path) -> None:
    few, many = (forecast.forecast([of_rows(tmp_path, rows)], Settings(tmp_path)) for rows in (1_000, 300_000))
    assert few.seconds < many.seconds
    assert few.peak_mib < many.peak_mib
    assert few.disk_mib < many.disk_mib
    assert many.seconds == pytest.approx(sum(many.steps.values()), abs=0.2)


def test_rows_are_told_from_kind_and_size(tmp_path: Path) -> None:
    names = {"a.xlsx": 838_861, "b.png": 5_000, "c.bin": 356_516}
    for name, size in names.items():
        (tmp_path / name).write_bytes(b"\x00" * size)
    assert {name: forecast.rows_of(tmp_path / name) for name in names} == {
        "a.xlsx": 10_000,
        "b.png": 20,
        "c.bin": 1_000,
    }
    assert forecast.rows_of(tmp_path / "gone.csv") == 0
    scan = forecast.forecast([tmp_path / "b.png"], Settings(tmp_path))
    assert scan.steps["read_file"] > 4


@pytest.mark.store
def test_what_a_batch_took_is_compared_and_corrects_the_next_forecast(settings: Settings, tmp_path: Path) -> None:
    path = ledger(tmp_path / "so.csv", FAMILY)
    told: list[tuple[str, forecast.Forecast]] = []

    def seen(batch_id: str, new: list[Path]) -> None:
        told.append((batch_id, forecast.forecast(new, settings)))
        forecast.keep(batch_id, told[0][1], settings)

    inquiries.planned([path], "01", settings, seen)
    ((batch_id, made),) = told
    assert made.rows == len(FAMILY)
    with pytest.raises(UsageError) as not_run:
        forecast.compared(batch_id, settings)
    assert not_run.value.code == "forecast.not_run"
    result = run.run_batch([path], "01", settings)
    assert result.batch_id == batch_id
    rows = {row["what"]: row for row in forecast.compared(batch_id, settings)}
    assert rows["rows"]["actual"] == len(FAMILY)
    assert rows["seconds"]["actual"] > 0
    assert rows["load_batch"]["off"].endswith("%")
    factor = forecast.machine_factor(settings)
    assert factor == pytest.approx(rows["seconds"]["actual"] / rows["seconds"]["forecast"], rel=0.01)
    again = forecast.forecast([path], settings)
    assert again.seconds == pytest.approx(made.seconds * factor, rel=0.05)
    known: list[int] = []
    inquiries.planned([path], "01", settings, lambda _, new: known.append(len(new)))
    assert known == [0], "what is loaded already costs nothing"


def test_without_a_forecast_nothing_is_compared(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as none:
        forecast.compared("0" * 32, replace(Settings(tmp_path)))
    assert none.value.code == "forecast.none"
