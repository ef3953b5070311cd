"""Deliveries of a province and some days are run again where they are not wholly in the store, and only there."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import landing, landing_ledger, landing_zones, run, tasks
from pipeline.landing_again import again
from pipeline.settings import Settings
from schemas.errors import UsageError
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD
from tests.pipeline.test_giving_up import all_steps, killed_at
from tests.pipeline.test_landing import declare

pytestmark = pytest.mark.store
DAY, OTHER = date(2026, 11, 28), date(2026, 11, 20)
NOON = datetime(2026, 11, 28, 5, tzinfo=UTC)


@pytest.fixture
def sent(settings: Settings, tmp_path: Path) -> Settings:
    """Three deliveries whose runs were asked for: one is loaded, one was stopped, one never ran."""
    place = tmp_path / "zone"
    for name, rows in (("a", FAMILY[:3]), ("b", [*FAMILY[3:], *BAD]), ("c", FAMILY[3:4])):
        ledger(place / name / "so.csv", rows)
    ledger(place / "c" / "khac.csv", FAMILY[4:])
    for folder, names in (("a", ["so.csv"]), ("b", ["so.csv"]), ("c", ["khac.csv", "so.csv"])):
        declare(place / folder, *names)
    settings.home.mkdir(parents=True, exist_ok=True)
    table = f'[[zone]]\nname = "ha-noi"\nprovince = "01"\nurl = "{place.as_uri()}"\nwhole = "manifest"\n'
    (settings.home / "landing.toml").write_text(table, "utf-8")
    (zone,) = landing_zones.zones(settings)
    landed = landing.look(zone, settings, NOON)
    landing.sent(zone, [each.folder for each in landed], settings)
    ids = {e.name: e.folder for e in landing_ledger.read("ha-noi", settings).values()}
    for name in ("a", "b"):
        folder = Path(ids[name])
        with run.opened_run(folder, settings) as made:
            run.all_file_steps(made)
        run.finish_run(folder, settings)
    return settings


def test_what_is_not_in_the_store_is_fetched_again_and_what_is_there_is_left_alone(sent: Settings) -> None:
    assert {each.why for each in again("01", DAY, DAY, sent, is_trial=True)} == {"stopped", "not_loaded"}
    assert again("01", OTHER, OTHER, sent) == []
    chosen = again("01", OTHER, DAY, sent)
    assert {each.why for each in chosen} == {"stopped", "not_loaded"}
    assert all(each.zone == "ha-noi" and len(each.delivery) == 12 for each in chosen)
    assert again("01", OTHER, DAY, sent) == [], "they wait for the next look"
    (zone,) = landing_zones.zones(sent)
    landed = landing.look(zone, sent, NOON + timedelta(hours=1))
    assert {each.batch_id for each in landed} == {each.batch_id for each in chosen}


def test_a_batch_that_was_loaded_without_a_file_is_completed(sent: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "load_settings", lambda: sent)
    monkeypatch.setattr(tasks, "load_settings", lambda: sent)
    entry = next(e for e in landing_ledger.read("ha-noi", sent).values() if e.name == "c")
    bad, good = run.new_file_ids(entry.folder)
    killed_at("read_file", entry.folder, bad)
    assert tasks.give_up(entry.folder, bad)
    all_steps(entry.folder, good)
    for step in run.BATCH_STEPS:
        run.run_step(step, entry.folder)
    chosen = next(each for each in again("01", DAY, DAY, sent) if each.batch_id == entry.batch_id)
    assert chosen.why == "given_up"
    (zone,) = landing_zones.zones(sent)
    landed = landing.look(zone, sent, NOON + timedelta(hours=1))
    (folder,) = [Path(each.folder) for each in landed if run.new_file_ids(each.folder) == [bad]]
    with run.opened_run(folder, sent) as made:
        run.all_file_steps(made)
    assert run.finish_run(folder, sent).state == "loaded"
    assert entry.batch_id not in {each.batch_id for each in again("01", DAY, DAY, sent)}


def test_a_province_without_a_zone_is_told(sent: Settings) -> None:
    with pytest.raises(UsageError, match=r"landing\.no_such_province"):
        again("40", DAY, DAY, sent)
