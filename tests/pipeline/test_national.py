"""The register against itself: what batches missed is asked about once, nobody is changed, a run is taken up."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import batch_keys, national, run
from pipeline.settings import Settings
from schemas.errors import SohoaError, UsageError
from store import reviews
from store.digest import store_digest
from store.invariants import store_check
from store.reviews import Judgement
from store.roles import Role
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.store


@pytest.fixture
def loaded(settings: Settings, tmp_path: Path) -> Settings:
    """Two provinces with the same family, delivered under a model that joined nobody."""
    moved = [("0709" + row[0][4:], *row[1:]) for row in FAMILY]
    for number, (rows, province) in enumerate(((FAMILY, "01"), (moved, "33"))):
        run.run_batch([ledger(tmp_path / f"{number}.csv", rows)], province, settings)
    return settings


def counts(settings: Settings) -> tuple[int, str]:
    with run.opened(settings) as store:
        return len(reviews.open_reviews(store)), store_digest(store).whole


def joined(settings: Settings) -> int:
    """Pairs of records that are of one person."""
    query = """SELECT count(*) FROM memberships l JOIN memberships r
               ON l.person_id = r.person_id AND l.record_id < r.record_id"""
    with run.opened(settings) as store, store.reading(Role.BACKUP) as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


def test_nothing_is_new_in_a_register_that_was_loaded_under_this_model(loaded: Settings) -> None:
    before = counts(loaded)
    pairs = joined(loaded)
    assert pairs, "the family is in both provinces"
    found = national.rematch(loaded)
    assert found["records"] == 2 * len(FAMILY)
    assert found["confirmed"] == pairs
    assert (found["proposed"], found["reviews"]) == (0, 0)
    assert counts(loaded) == before


def test_persons_whom_an_older_model_left_apart_are_asked_about_once_and_stay_as_they_are(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import batch_steps

    blind = batch_steps.store_model
    with monkeypatch.context() as older:
        older.setattr(batch_steps, "store_model", lambda s: replace(blind(s), match_weight=1e6, review_weight=1e6))
        moved = [("0709" + row[0][4:], *row[1:]) for row in FAMILY]
        for number, (rows, province) in enumerate(((FAMILY, "01"), (moved, "33"))):
            run.run_batch([ledger(tmp_path / f"{number}.csv", rows)], province, settings)
    assert not joined(settings)
    waiting, digest = counts(settings)
    assert not waiting

    found = national.rematch(settings)
    assert found["proposed"] >= 4
    assert counts(settings) == (found["proposed"] + found["reviews"], digest), "asked about, and nobody changed"
    with run.opened(settings) as store:
        assert not store_check(store)
        pair = reviews.open_reviews(store).to_pylist()[0]
        sides = (pair["left_record_id"], pair["right_record_id"])
        reviews.decide(store, Judgement(*sides, "different", "Trần Lan", "thử"))

    again = national.rematch(settings)
    assert again["run"] != found["run"]
    assert (again["proposed"], again["reviews"], again["apart"]) == (0, 0, 1)
    assert again["waiting"] == found["proposed"] + found["reviews"] - 1
    assert counts(settings)[1] == digest


def test_a_run_that_was_cut_off_goes_on_and_leaves_no_pairs_behind(loaded: Settings) -> None:
    folder = national.start(loaded)
    listed = national.list_parts(folder)
    assert listed == ["01-1-1", "33-1-1"]
    first = national.match_part(folder, listed[0], loaded)
    with pytest.raises(SohoaError, match=r"run\.unfinished"):
        national.propose(folder, loaded)
    sealed = folder / "01-1-1.sealed"
    stamp = sealed.stat().st_mtime_ns
    assert national.match_part(folder, listed[0], loaded) == first
    assert sealed.stat().st_mtime_ns == stamp
    assert b"PAR1" not in sealed.read_bytes()
    found = national.rematch(loaded)
    assert found["run"] == folder.name
    assert not list(folder.glob("*.sealed"))
    assert not (folder / batch_keys.KEY_NAME).exists()
    national.propose(folder, loaded)
    assert national.result_of(folder) == found


def test_parts_of_a_province_find_what_the_whole_finds(loaded: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = national.rematch(loaded)
    monkeypatch.setattr(national, "ROWS_OF_A_PART", 2)
    parts = national.rematch(loaded)
    assert parts["parts"] > whole["parts"]
    assert {k: parts[k] for k in ("records", "confirmed")} == {k: whole[k] for k in ("records", "confirmed")}


def test_another_model_and_an_empty_store_are_told(loaded: Settings, new_store_url: object, tmp_path: Path) -> None:
    folder = national.start(loaded)
    other = replace(loaded, population=50_000_000)
    assert national.unfinished(loaded) == folder
    assert national.unfinished(other) is None or national._model(other) == national._model(loaded)
    empty = replace(loaded, home=tmp_path / "other", store_url=new_store_url())  # type: ignore[operator]
    with pytest.raises(UsageError, match=r"national\.no_records"):
        national.start(empty)
