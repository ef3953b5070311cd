"""Models are trained on a table, and two of them compared on it."""

import itertools
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.model import load_model, save_model
from pipeline.labels import NO_LABELS
from pipeline.matching_step import MatchRequest, match_file
from pipeline.models import DIMENSIONS, Lesson, compare, train
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.tables import LABELLED_PAIRS
from tests.dedup.ledgers import province

TABLE, TRUTH = province(5, 1500)


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
    model = train(records, tmp_path / "new" / "v3.json", "v3", settings)
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
        train(tmp_path / "nowhere", tmp_path / "m.json", "x", settings)
    with pytest.raises(UsageError, match=r"path\.cannot_write"):
        train(records, records / "m.json", "x", settings)


def decided() -> pa.Table:
    """Each person who stands twice, and neighbours of the list who are two."""
    by_person: dict[str, list[str]] = {}
    for record, person in zip(TRUTH["record_id"].to_pylist(), TRUTH["person_id"].to_pylist(), strict=True):
        by_person.setdefault(person, []).append(record)
    same = [(ids[0], ids[1], "same") for ids in by_person.values() if len(ids) > 1]
    firsts = [ids[0] for ids in by_person.values()][: len(same) + 1]
    rows = [*same, *((one, other, "different") for one, other in itertools.pairwise(firsts))]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=LABELLED_PAIRS.schema)


def test_decided_pairs_are_learnt_from_and_told(records: Path, settings: Settings, tmp_path: Path) -> None:
    pairs = decided()
    told = train(records, tmp_path / "l.json", "l", settings, Lesson(labels=pairs))
    plain = train(records, tmp_path / "p.json", "p", settings)
    assert f"{pairs.num_rows} pairs that people decided" in told.trained_on
    assert plain.trained_on.endswith("no labels")
    assert told.training_data != plain.training_data
    assert train(records, tmp_path / "n.json", "p", settings, Lesson(labels=NO_LABELS)) == plain
    agreed = compare(None, tmp_path / "l.json", records, settings, pairs).labels
    assert [(row["version"], row["decision"]) for row in agreed] == [
        (version, decision) for version in (load_model().version, "l") for decision in ("same", "different")
    ]
    for same, different in (agreed[:2], agreed[2:]):
        assert same["matches"] > 0.8 * pairs.num_rows / 2
        assert different["non_matches"] > 0.9 * pairs.num_rows / 2


def test_another_seed_draws_other_strangers(records: Path, settings: Settings, tmp_path: Path) -> None:
    one, other = (train(records, tmp_path / "s.json", "s", settings, Lesson(seed=seed)) for seed in (1, 2))
    assert one.levels["birth_level"]["chance"] != other.levels["birth_level"]["chance"]
