"""Models are trained on a table, and two of them compared on it."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dedup.model import load_model, save_model
from pipeline.matching_step import MatchRequest, match_file
from pipeline.models import DIMENSIONS, compare, train
from pipeline.settings import Settings
from schemas.errors import UsageError
from tests.dedup.ledgers import province

TABLE, _ = province(5, 1500)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "records.parquet")
    return tmp_path / "records.parquet"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home")


def saved(path: Path, **changes: float) -> Path:
    save_model(replace(load_model(), **changes), path)  # type: ignore[arg-type]
    return path


def test_a_trained_model_is_that_of_match_train(records: Path, settings: Settings, tmp_path: Path) -> None:
    model = train(records, tmp_path / "new" / "v3.json", None, "v3", settings)
    assert (model.version, model.training_data != "") == ("v3", True)
    match_file(MatchRequest(records, tmp_path / "out", train=True), settings)
    other = load_model(tmp_path / "out" / "model.json")
    assert model.levels == other.levels
    assert oct((tmp_path / "new" / "v3.json").stat().st_mode)[-3:] == "600"


def test_a_model_against_itself_changes_nothing(records: Path, settings: Settings, tmp_path: Path) -> None:
    model = saved(tmp_path / "a.json")
    found = compare(model, model, records, settings)
    assert found.models[0] == found.models[1]
    assert all(row["before"] == row["after"] for row in found.changes)
    assert {row["dimension"] for row in found.groups} == set(DIMENSIONS)
    assert all(row["new_matches"] == row["lost_matches"] == 0 for row in found.groups)


def test_a_stricter_model_turns_matches_into_reviews(records: Path, settings: Settings, tmp_path: Path) -> None:
    strict = saved(tmp_path / "b.json", match_weight=40.0)
    found = compare(saved(tmp_path / "a.json"), strict, records, settings)
    pairs = {(row["before"], row["after"]): row["pairs"] for row in found.changes}
    assert pairs["match", "review"] > 0
    assert ("review", "match") not in pairs
    lost = pairs["match", "review"] + pairs.get(("match", "non_match"), 0)
    for dimension in DIMENSIONS:
        rows = [row for row in found.groups if row["dimension"] == dimension]
        assert sum(row["lost_matches"] for row in rows) == lost
    before, after = found.models
    assert before["matches"] - after["matches"] == lost
    assert after["persons"] > before["persons"]


def test_what_cannot_be_read_or_written_is_told(records: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"model\.unreadable"):
        compare(records, records, records, settings)
    with pytest.raises(UsageError, match=r"path\.not_a_step"):
        train(tmp_path / "nowhere", tmp_path / "m.json", None, "x", settings)
    with pytest.raises(UsageError, match=r"path\.cannot_write"):
        train(records, records / "m.json", None, "x", settings)
