"""Reads of a batch in progress, against the plainest possible oracle."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as t
from schemas.field import TableSpec
from store import load, queries
from store.copying import copy_out
from store.engine import Store
from tests.store import made_batches as made
from tests.store.conftest import second

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> load.LoadBatch:
    return made.make(tmp_path_factory.mktemp("first"), made.Recipe("one", rows=40, quarantined=3))


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory) -> load.LoadBatch:
    return second(tmp_path_factory.mktemp("then"), 1)


def by_id(table: pa.Table) -> dict[str, dict[str, object]]:
    rows = table.to_pylist()
    found = {row["record_id"]: row for row in rows}
    assert len(found) == len(rows), "a row came twice"
    return found


def test_the_version_counts_loaded_batches(read_store: Store, store: Store) -> None:
    assert (queries.version(read_store), queries.version(store)) == (2, 0)


def test_known_files(read_store: Store, first: load.LoadBatch) -> None:
    known, unknown = first.files["file_id"][0].as_py(), "0" * 32
    assert queries.known_files(read_store, [known, unknown]) == {known: first.batch.batch_id}
    assert queries.known_files(read_store, []) == {}


def test_known_content_names_record_and_batch_each_row_once(read_store: Store, first: load.LoadBatch) -> None:
    records = made.read(first.tables.records)
    asked = pa.table({
        "record_id": made.ids("asked", 42),
        "content_id": pa.concat_arrays([records["content_id"].combine_chunks(), made.ids("new", 2)]),
    })  # fmt: skip
    found = by_id(queries.known_content(read_store, asked))
    wanted = {asked["record_id"][n].as_py(): records["record_id"][n].as_py() for n in range(records.num_rows)}
    assert {k: v["known_record_id"] for k, v in found.items()} == wanted
    assert {v["known_batch_id"] for v in found.values()} == {first.batch.batch_id}


@pytest.mark.parametrize("ask", [queries.known_content, queries.known_quarantined])
def test_the_file_of_a_known_row_is_asked_after_its_content(
    read_store: Store, ask: Callable[[Store, pa.Table], pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the content of every row is looked up once for each file that the store has ever seen."""
    plans = []

    def explained(connection: Connection, query: str, spec: TableSpec) -> Iterator[pa.Table]:
        plans.extend(connection.execute(sa.text(f"EXPLAIN {query}")).scalars().all())
        return copy_out(connection, query, spec)

    monkeypatch.setattr(queries, "copy_out", explained)
    ask(read_store, pa.table({"record_id": made.ids("asked", 500), "content_id": made.ids("new", 500)}))
    scanned = [line for line in plans if " on " in line and "Scan" in line]
    assert "asked" in scanned[0]
    assert "batch_files" in scanned[-1]


def test_content_said_twice_in_the_store_is_named_once(loaded_store: Store, tmp_path: Path) -> None:
    same = made.ids("same content", 3).take(pa.array([0, 0, 0]))
    batch = made.make(tmp_path, made.Recipe("three", rows=3, values={"content_id": same}), 2)
    load.load_batch(loaded_store, batch)
    found = queries.known_content(loaded_store, pa.table({"record_id": ["a" * 32], "content_id": same.slice(0, 1)}))
    assert found["known_record_id"].to_pylist() == [min(made.ids("record three", 3).to_pylist())]


def test_known_quarantined_looks_in_quarantine_only(read_store: Store, first: load.LoadBatch) -> None:
    waiting, stored = made.read(first.tables.quarantine), made.read(first.tables.records).slice(0, 2)
    asked = pa.table({
        "record_id": made.ids("asked", 5),
        "content_id": pa.concat_arrays([c["content_id"].combine_chunks() for c in (waiting, stored)]),
    })  # fmt: skip
    found = queries.known_quarantined(read_store, asked)
    assert sorted(found["known_record_id"].to_pylist()) == sorted(waiting["record_id"].to_pylist())


@pytest.mark.parametrize("ask", [queries.known_content, queries.known_quarantined])
def test_an_empty_store_or_question_knows_nothing(store: Store, read_store: Store, ask) -> None:  # type: ignore[no-untyped-def]
    nothing = pa.table({"record_id": pa.array([], pa.string()), "content_id": pa.array([], pa.string())})
    something = pa.table({"record_id": ["a" * 32], "content_id": ["b" * 32]})
    for answer in (ask(store, something), ask(read_store, nothing)):
        assert answer.schema.equals(t.KNOWN_CONTENT.schema)
        assert answer.num_rows == 0


def test_stored_records_come_back_exactly_and_once(read_store: Store, first: load.LoadBatch) -> None:
    records = made.read(first.tables.records)
    ids = pa.chunked_array([records["record_id"].combine_chunks(), records["record_id"].slice(0, 3).combine_chunks()])
    found = pa.concat_tables(queries.stored_records(read_store, ids))
    assert found.schema.equals(t.RECORDS.schema)
    assert by_id(found) == by_id(records)


def test_unknown_records_are_not_invented(read_store: Store) -> None:
    assert list(queries.stored_records(read_store, made.ids("nobody", 3))) == []
    assert list(queries.stored_records(read_store, pa.array([], pa.string()))) == []


_READ_WHOLE = {"invariants.py", "undo_scope.py"}
"""Modules whose questions read whole tables, or temporary ones, in any case."""


def test_no_key_that_is_looked_up_is_hidden_from_the_index_by_row_security() -> None:
    """The server asks no index of a table with row security for a `coalesce`, which may leak: it reads all rows."""
    hidden = re.compile(r"\b\w+_id\s*=\s*coalesce\(", re.IGNORECASE)
    found = {f.name for f in Path(queries.__file__).parent.glob("*.py") if hidden.search(f.read_text(encoding="utf-8"))}
    assert found == _READ_WHOLE
