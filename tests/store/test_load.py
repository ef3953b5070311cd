"""One transaction a batch: all of it or nothing, once and never twice."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from schemas import tables as t
from schemas.errors import ContractError, StoreMoved, StoreUnavailable
from store import invariants, load, queries, reports
from store.batch import BatchTables, LoadBatch, LoadCounts, Sums
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import NO_PART_OF_A_BATCH, digest, rows

pytestmark = pytest.mark.store


def test_a_batch_is_counted_and_stored(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20, quarantined=3, rejected=2))
    counts = load.load_batch(store, batch)
    assert counts == LoadCounts(Sums(25, 20, 0, 0, 3, 2), persons_new=20)
    assert reports.batch(store, batch.batch.batch_id).sums == counts.sums  # type: ignore[union-attr]
    assert queries.version(store) == 1
    assert invariants.store_check(store) == ()


def test_every_row_has_one_outcome_and_the_sums_are_counted_from_them(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20, quarantined=3, rejected=2))
    load.load_batch(store, batch)
    found = rows(store, "SELECT outcome, count(*), count(DISTINCT record_id) FROM row_outcomes GROUP BY 1 ORDER BY 1")
    assert found == [("loaded", 20, 20), ("quarantined", 3, 3), ("rejected", 2, 2)]
    file = reports.batch_files(store, batch.batch.batch_id).to_pylist()[0]
    assert [file[c] for c in ("read", *t.OUTCOMES)] == [25, 20, 0, 0, 3, 2]


def test_the_same_batch_again_changes_nothing_but_adds_an_event(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20, quarantined=3))
    first = load.load_batch(store, batch)
    before = digest(store, NO_PART_OF_A_BATCH)
    again = load.load_batch(store, batch)
    assert digest(store, NO_PART_OF_A_BATCH) == before
    assert again == LoadCounts(first.sums, is_repeated=True)
    assert reports.batch_events(store, batch.batch.batch_id)["event"].to_pylist() == ["loaded", "repeated"]


def test_a_batch_matched_against_an_older_store_is_turned_away(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path / "a", made.Recipe("a")))
    before = digest(store)
    late = made.make(tmp_path / "b", made.Recipe("b"), seen_version=0)
    with pytest.raises(StoreMoved):
        load.load_batch(store, late)
    assert digest(store) == before
    load.load_batch(store, replace(late, seen_version=queries.version(store)))


def test_a_stopped_batch_leaves_rejected_rows_and_may_come_again(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20, quarantined=3))
    stopped = _stopped(tmp_path, batch)
    assert load.load_batch(store, stopped).sums == Sums(23, 0, 0, 0, 0, 23)
    assert load.load_batch(store, stopped).sums == Sums(23, 0, 0, 0, 0, 23)
    stored = reports.batch(store, batch.batch.batch_id)
    assert stored is not None
    assert (stored.state, stored.stop_rule) == ("stopped", "gate.person.enough")
    assert reports.outcome_counts(store, batch.batch.batch_id)["rejected"] == 23
    assert queries.known_files(store, [batch.files["file_id"][0].as_py()]) == {}
    assert invariants.store_check(store) == ()
    assert load.load_batch(store, batch).sums == Sums(23, 20, 0, 0, 3, 0)
    assert invariants.store_check(store) == ()
    assert reports.batch_events(store, batch.batch.batch_id)["event"].to_pylist() == ["stopped", "stopped", "loaded"]


def test_a_stopped_batch_after_a_loaded_one_is_only_a_repetition(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20))
    load.load_batch(store, batch)
    before = digest(store, NO_PART_OF_A_BATCH)
    assert load.load_batch(store, _stopped(tmp_path, batch)).is_repeated
    assert digest(store, NO_PART_OF_A_BATCH) == before


def test_a_stopped_batch_must_not_claim_that_rows_were_loaded(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20))
    lying = replace(batch, batch=replace(batch.batch, stop_rule="gate.person.enough"))
    with pytest.raises(ContractError):
        load.load_batch(store, lying)
    assert reports.batch(store, batch.batch.batch_id) is None


def test_notes_are_kept_with_the_batch_and_written_anew(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=4))
    load.load_batch(store, replace(_stopped(tmp_path, batch), notes={"gate": "{}", "files": "[]"}))
    load.load_batch(store, replace(batch, notes={"gate": '{"a": 1}'}))
    assert rows(store, "SELECT note, content FROM batch_notes ORDER BY 1") == [("gate", '{"a": 1}')]


@pytest.mark.parametrize("table", ["records", "clusters", "quarantine", "row_outcomes"])
def test_a_missing_row_anywhere_stops_the_load(store: Store, tmp_path: Path, table: str) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20, quarantined=3))
    spec = next(s for s in t.TABLES if s.name == table)
    short = made.read(getattr(batch.tables, table)).slice(1)
    before = digest(store)
    with pytest.raises(ContractError):
        load.load_batch(store, made.with_table(batch, table, tmp_path / "short", spec, short))
    assert digest(store) == before


def test_a_doubled_row_stops_the_load(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=20))
    outcomes = made.read(batch.tables.row_outcomes)
    doubled = pa.concat_tables([outcomes, outcomes.slice(0, 1)])
    with pytest.raises(ContractError) as error:
        load.load_batch(store, made.with_table(batch, "row_outcomes", tmp_path / "d", t.ROW_OUTCOMES, doubled))
    assert error.value.details["table"] == "row_outcomes"
    assert queries.version(store) == 0


def test_known_and_rejected_rows_leave_nothing_but_their_outcome(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path / "a", made.Recipe("a", rows=5)))
    known = _all_known(tmp_path / "b", made.Recipe("b", rows=5, quarantined=0), queries.version(store))
    persons = digest(store)["golden_persons"]
    counts = load.load_batch(store, known)
    assert counts.sums == Sums(5, 0, 0, 5, 0, 0)
    assert digest(store)["golden_persons"] == persons
    assert rows(store, "SELECT count(*) FROM records") == [(5,)]
    assert invariants.store_check(store) == ()


def test_a_file_that_says_nothing_new_is_known_when_it_comes_again(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path / "a", made.Recipe("a", rows=5)))
    known = _all_known(tmp_path / "b", made.Recipe("b", rows=5), queries.version(store))
    load.load_batch(store, known)
    file_id = known.files["file_id"][0].as_py()
    assert queries.known_files(store, [file_id]) == {file_id: known.batch.batch_id}


def test_a_file_delivered_before_counts_its_rows_as_known(store: Store, tmp_path: Path) -> None:
    first = made.make(tmp_path / "a", made.Recipe("a", rows=5, quarantined=2))
    load.load_batch(store, first)
    other = made.make(tmp_path / "b", made.Recipe("b", rows=5), queries.version(store))
    again = _file_again(first, other.batch.batch_id, first.batch.batch_id)
    counts = load.load_batch(store, replace(other, files=pa.concat_tables([other.files, again])))
    assert counts.sums == Sums(12, 5, 0, 7, 0, 0)
    assert invariants.store_check(store) == ()


def test_a_file_twice_in_one_batch_counts_its_rows_as_known_the_second_time(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=5, quarantined=2))
    again = _file_again(batch, batch.batch.batch_id, batch.batch.batch_id)
    counts = load.load_batch(store, replace(batch, files=pa.concat_tables([batch.files, again])))
    assert counts.sums == Sums(14, 5, 0, 7, 2, 0)
    assert invariants.store_check(store) == ()


def test_a_file_that_names_a_delivery_nobody_knows_is_refused(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=5))
    stranger = made.files_of(batch.batch.batch_id, "f" * 32, 0, "already_known").to_pylist()[0]
    files = pa.Table.from_pylist(
        [*batch.files.to_pylist(), stranger | {"file": "b", "reason": "e" * 32}], t.BATCH_FILES.schema
    )
    with pytest.raises(ContractError):
        load.load_batch(store, replace(batch, files=files))


# Failures


class _Fails:
    """Counts statements, copies and commits of the driver, and makes the one of a number fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int | None = None, kill: object = None) -> None:
        self.count, self.at, self.kill = 0, at, kill
        for kind, name in ((psycopg.Cursor, "execute"), (psycopg.Cursor, "copy"), (psycopg.Connection, "commit")):
            monkeypatch.setattr(kind, name, self._wrapped(getattr(kind, name)))

    def _wrapped(self, real):  # type: ignore[no-untyped-def]
        def call(driver, *given, **named):  # type: ignore[no-untyped-def]
            self.count += 1
            if self.count == self.at:
                if self.kill is None:
                    raise psycopg.OperationalError("injected")
                self.kill(driver)  # type: ignore[operator]
            return real(driver, *given, **named)

        return call


def test_any_statement_may_fail_and_nothing_is_left(
    loaded_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = made.make(tmp_path, made.Recipe("third", rows=5, quarantined=1), queries.version(loaded_store))
    before = digest(loaded_store)
    at = 0
    while True:
        at += 1
        with monkeypatch.context() as patch:
            fails = _Fails(patch, at)
            try:
                load.load_batch(loaded_store, batch)
                break
            except StoreUnavailable:
                pass
        assert digest(loaded_store) == before, f"statement {at}"
    assert at == fails.count + 1 > 40
    assert invariants.store_check(loaded_store) == ()


@pytest.mark.parametrize("at", [3, 20, 45])
def test_a_lost_connection_leaves_nothing(
    loaded_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, superuser: object, at: int
) -> None:
    batch = made.make(tmp_path / "other", made.Recipe("third", rows=5), queries.version(loaded_store))
    before = digest(loaded_store)

    def kill(driver: object) -> None:
        info = driver.info if isinstance(driver, psycopg.Connection) else driver.connection.info  # type: ignore[attr-defined]
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", (info.backend_pid,))  # type: ignore[attr-defined]

    with monkeypatch.context() as patch, pytest.raises(StoreUnavailable):
        _Fails(patch, at, kill)
        load.load_batch(loaded_store, batch)
    assert digest(loaded_store) == before
    assert load.load_batch(loaded_store, batch).sums.loaded == 5


def test_two_loads_at_once_take_turns_and_the_later_has_to_match_again(store: Store, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    batches = [made.make(tmp_path / name, made.Recipe(name, rows=50)) for name in "abcd"]
    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(load.load_batch, store, batch) for batch in batches]
    failed = [r.exception() for r in results if r.exception()]
    assert len(failed) == 3
    assert all(isinstance(e, StoreMoved) for e in failed)
    assert queries.version(store) == 1
    assert invariants.store_check(store) == ()


def test_the_order_of_batches_does_not_matter_for_what_is_stored(
    store: Store, loaded_store: Store, tmp_path: Path
) -> None:
    """Batches that share households but no person leave the same persons and households whichever comes first."""
    households = made.ids("one household", 5)
    recipes = [made.Recipe(name, rows=5, values={"household_key": households}) for name in ("x", "y")]
    for target, order in ((store, recipes), (loaded_store, recipes[::-1])):
        for recipe in order:
            load.load_batch(target, made.make(tmp_path / recipe.seed, recipe, queries.version(target)))
    people = ",".join(made.ids("person x", 5).to_pylist())
    ours = f"household_key IN (SELECT household_key FROM golden_persons WHERE person_id = ANY('{{{people}}}'))"
    for query in (f"SELECT * FROM golden_persons WHERE {ours} ORDER BY 1", _HOUSEHOLDS.format(ours)):
        assert rows(store, query) == rows(loaded_store, query) != []
    assert rows(store, _HOUSEHOLDS.format(ours))[0][-1] == 2


_HOUSEHOLDS = "SELECT household_key, province_code, member_count FROM golden_households WHERE {} ORDER BY 1"


def _stopped(folder: Path, batch: LoadBatch) -> LoadBatch:
    outcomes = made.read(batch.tables.row_outcomes).to_pylist()
    rejected = [r | {"outcome": "rejected", "person_id": None, "rule_id": "gate.person.enough"} for r in outcomes]
    rows_ = pa.Table.from_pylist(rejected, schema=t.ROW_OUTCOMES.schema)
    files = batch.files.to_pylist()
    return replace(
        batch,
        batch=replace(batch.batch, stop_rule="gate.person.enough"),
        tables=BatchTables(row_outcomes=[made.write(folder / "stopped", t.ROW_OUTCOMES, rows_)]),
        files=pa.Table.from_pylist(
            [f | {"outcome": "file_rejected", "reason": "gate.person.enough"} for f in files],
            schema=t.BATCH_FILES.schema,
        ),
    )


def _all_known(folder: Path, recipe: made.Recipe, seen: int) -> LoadBatch:
    """A batch whose every row says what a record of batch `a` says; its records are there and must not be stored."""
    batch = made.make(folder, recipe, seen)
    before = made.ids("record a", 5).to_pylist()
    outcomes = [
        r | {"outcome": "known", "person_id": None, "known_record_id": before[n % 5]}
        for n, r in enumerate(made.read(batch.tables.row_outcomes).to_pylist())
    ]
    rows_ = pa.Table.from_pylist(outcomes, schema=t.ROW_OUTCOMES.schema)
    tables = BatchTables(
        records=batch.tables.records, row_outcomes=[made.write(folder / "known", t.ROW_OUTCOMES, rows_)]
    )
    files = made.files_of(batch.batch.batch_id, batch.files["file_id"][0].as_py(), len(outcomes), "already_known")
    return replace(batch, tables=tables, files=files)


def _file_again(batch: LoadBatch, batch_id: str, first: str) -> pa.Table:
    row = batch.files.to_pylist()[0]
    again = row | {"batch_id": batch_id, "file": "copy.csv", "outcome": "already_known", "reason": first, "read": 0}
    return pa.Table.from_pylist([again], schema=t.BATCH_FILES.schema)
