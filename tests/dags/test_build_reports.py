"""The DAG in a real Airflow with a real store: a month counted once, its reports the same when they are built again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import report_verifying
from pipeline.acting import acting
from pipeline.period import month_of, previous
from pipeline.settings import Settings
from store.engine import open_store
from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]


def written(home: Home) -> dict[str, bytes]:
    """The pages and JSON files of months; what a seal says of its making is not among them."""
    files = (home.path / "reports").glob("*-20??-??.*")
    return {p.name: p.read_bytes() for p in files if p.name.count(".") == 1}


def load_last_month(home: Home, folder: Path) -> str:
    """A delivery that came in the month before this one; its month."""
    assert home.sohoa("run", str(ledger(folder / "so.csv", FAMILY)), "--province", "01").returncode == 0
    settings = Settings(home.path)
    store = open_store(None, home.path, acting(settings))
    with store.writing("batches") as connection:
        connection.exec_driver_sql("UPDATE batches SET recorded_at = recorded_at - interval '1 month'")
    store.close()
    return previous(month_of(datetime.now(UTC)))


def test_the_reports_of_the_month_before_are_built_by_airflow_and_again(home: Home, tmp_path: Path) -> None:
    month = load_last_month(home, tmp_path)
    done = home.dag("build_reports", provinces=["01", "33"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(home.states()) == [("announce", "success"), ("count_month", "success"), ("report_nation", "success")]
    partitions = [str(key) for (key,) in home.ask("SELECT partition_key FROM asset_event ORDER BY 1")]
    assert partitions == [f"01|{month}", f"33|{month}"]
    build(home, partitions)
    first = written(home)
    stems = [f"nation-{month}", f"province-01-{month}", f"province-33-{month}"]
    assert sorted(first) == sorted(f"{stem}.{ending}" for stem in stems for ending in ("html", "json"))
    for stem in stems:
        page = home.path / "reports" / f"{stem}.html"
        assert report_verifying.verified(page, None, Settings(home.path)).verdict.findings == ()
    again = home.dag("build_reports", month=month, provinces=["01", "33"])
    assert again.returncode == 0, again.stdout + again.stderr
    build(home, partitions)
    assert written(home) == first


def build(home: Home, partitions: list[str]) -> None:
    """The runs that the scheduler begins, one for each partition (`test_service` has a scheduler)."""
    for partition in partitions:
        done = home.dag("province_report", partition=partition)
        assert done.returncode == 0, done.stdout + done.stderr
