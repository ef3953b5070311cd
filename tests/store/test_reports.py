"""What reports and people ask of the store."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from store import load, reports
from store.engine import Store
from tests.store import made_batches as made
from tests.store.conftest import second

pytestmark = pytest.mark.store

HOSTILE = ("", "x", "0" * 31, "0" * 33, "A" * 32, "' OR true --", "0" * 32)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> load.LoadBatch:
    return made.make(tmp_path_factory.mktemp("first"), made.Recipe("one", rows=40, quarantined=3))


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory) -> load.LoadBatch:
    return second(tmp_path_factory.mktemp("then"), 1)


def test_a_batch_as_it_was_loaded(read_store: Store, first: load.LoadBatch) -> None:
    found = reports.batch(read_store, first.batch.batch_id)
    assert found is not None
    assert (found.province_code, found.province_code_63, found.state, found.stop_rule) == ("01", None, "loaded", None)
    assert (found.code_version, found.model_version) == ("0.1.0", "v1")
    assert found.recorded_at == first.batch.recorded_at
    assert (found.sums.read, found.sums.loaded, found.sums.quarantined) == (43, 40, 3)


def test_batches_files_and_events(read_store: Store, first: load.LoadBatch, then: load.LoadBatch) -> None:
    ids = {first.batch.batch_id, then.batch.batch_id}
    assert set(reports.batches(read_store)["batch_id"].to_pylist()) == ids
    [file] = reports.batch_files(read_store, then.batch.batch_id).to_pylist()
    assert (file["file"], file["kind"], file["encoding"], file["outcome"]) == (
        "sổ hộ khẩu.csv", "delimited", "utf-8", "accepted",
    )  # fmt: skip
    [event] = reports.batch_events(read_store, then.batch.batch_id).to_pylist()
    assert (event["batch_id"], event["event"]) == (then.batch.batch_id, "loaded")


def test_outcomes_row_by_row(read_store: Store, then: load.LoadBatch) -> None:
    wanted = made.read(then.tables.row_outcomes)
    found = pa.concat_tables(reports.row_outcomes(read_store, then.batch.batch_id))
    assert found.schema.equals(t.ROW_OUTCOMES.schema)
    assert found.sort_by("record_id").to_pylist() == wanted.sort_by("record_id").to_pylist()
    assert reports.outcome_counts(read_store, then.batch.batch_id) == {
        "loaded": 6, "merged": 4, "known": 0, "quarantined": 2, "rejected": 0,
    }  # fmt: skip


def test_quarantine(read_store: Store, first: load.LoadBatch) -> None:
    found = pa.concat_tables(reports.quarantined_rows(read_store, first.batch.batch_id))
    assert found.to_pylist() == made.read(first.tables.quarantine).to_pylist()


@pytest.mark.parametrize("batch_id", HOSTILE)
def test_an_unknown_batch_has_nothing(read_store: Store, batch_id: str) -> None:
    assert reports.batch(read_store, batch_id) is None
    assert reports.batch_files(read_store, batch_id).num_rows == 0
    assert reports.batch_events(read_store, batch_id).num_rows == 0
    assert set(reports.outcome_counts(read_store, batch_id).values()) == {0}
    assert list(reports.row_outcomes(read_store, batch_id)) == []
    assert list(reports.quarantined_rows(read_store, batch_id)) == []


@pytest.mark.parametrize("person_id", HOSTILE)
def test_an_unknown_person_has_nothing(read_store: Store, person_id: str) -> None:
    assert reports.current_person_id(read_store, person_id) is None
    assert reports.person(read_store, person_id).num_rows == 0
    assert reports.person_records(read_store, person_id).num_rows == 0
    assert reports.person_sources(read_store, person_id).num_rows == 0


def test_a_person_comes_back_as_it_was_loaded(read_store: Store, first: load.LoadBatch) -> None:
    wanted = made.read(first.tables.golden_persons).to_pylist()[9]
    assert reports.person(read_store, wanted["person_id"]).to_pylist() == [wanted]
    [record] = reports.person_records(read_store, wanted["person_id"]).to_pylist()
    assert record == made.read(first.tables.records).to_pylist()[9]


def test_persons_of_the_store_and_of_a_province(read_store: Store) -> None:
    everyone = pa.concat_tables(reports.golden_persons(read_store))
    assert everyone.num_rows == reports.person_count(read_store) == 45
    assert reports.person_count(read_store, "01") == 45
    for other in ("79", "", "1", "01' OR true --"):
        assert reports.person_count(read_store, other) == 0
        assert list(reports.golden_persons(read_store, other)) == []


def test_the_pyramid_counts_the_living_by_sex_and_year(loaded_store: Store, tmp_path: Path) -> None:
    dead = {"death_kind": "dead", "province_code": "79"}
    unknown = {"sex_code": None, "birth_year": None, "province_code": "79"}
    for number, values in enumerate((dead, unknown)):
        recipe = made.Recipe(f"more {number}", rows=3, values=_typed(values))
        load.load_batch(loaded_store, made.make(tmp_path / str(number), recipe, 2 + number))
    everyone = pa.concat_tables(reports.golden_persons(loaded_store)).to_pylist()
    living = Counter((p["sex_code"], p["birth_year"]) for p in everyone if p["death_kind"] is None)
    found = {(r["sex_code"], r["birth_year"]): r["persons"] for r in reports.pyramid(loaded_store).to_pylist()}
    assert found == living
    assert reports.pyramid(loaded_store, "79").to_pylist() == [{"sex_code": None, "birth_year": None, "persons": 3}]


def _typed(values: dict[str, object]) -> dict[str, object]:
    return {n: pa.array([v] * 3, pa.int16() if n == "birth_year" else pa.string()) for n, v in values.items()}


def test_pairs_are_asked_for_by_persons_or_records_only(store: Store) -> None:
    assert reports.pairs_between(store, "x'; DROP TABLE persons", "0" * 32).num_rows == 0
    assert reports.pairs_between(store, "0" * 32, "1" * 32).num_rows == 0
    assert not reports.is_known(store, "0" * 32)
    assert not reports.is_known(store, "nobody")
