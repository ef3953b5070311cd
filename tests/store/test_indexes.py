"""Big loads drop indexes and build them again: the table ends as it began, with all rows, also after a failure."""

from pathlib import Path

import pytest

from schemas import tables as t
from schemas.errors import ContractError
from store import indexes, invariants, load, queries
from store.engine import Store
from store.partitions import partition_of
from tests.store import made_batches as made
from tests.store.conftest import Superuser, load_two
from tests.store.contents import digest, rows, run

pytestmark = pytest.mark.store

PART = partition_of("records", made.PROVINCE)
DEFINED = """
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2"""
CONSTRAINED = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2"""


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "_WORTH_IT_ROWS", 1)


def test_a_load_with_indexes_built_late_leaves_the_same_store(
    store: Store, loaded_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    defined, constrained = rows(store, DEFINED), rows(store, CONSTRAINED)
    load_two(store, tmp_path)
    assert (rows(store, DEFINED), rows(store, CONSTRAINED)) == (defined, constrained)
    assert invariants.store_check(store) == ()
    timed = (
        "batch_events",
        "audit_events",
        "household_members",
        "membership_history",
        "person_redirects",
        "store_version",
    )  # with the moment of their writing
    assert digest(store, timed) == digest(loaded_store, timed)


def test_a_doubled_key_is_still_refused_and_the_indexes_are_still_there(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe("a", 30))
    load.load_batch(store, batch)
    before, defined = digest(store), rows(store, DEFINED)
    records = made.read(batch.tables.records)
    with pytest.raises(ContractError) as error, store.writing() as connection:
        indexes.copy_many(connection, "records", [records], records.num_rows, PART)
    assert (error.value.code, error.value.details["table"]) == ("contract.key", "records")
    assert (digest(store), rows(store, DEFINED)) == (before, defined)


def test_few_rows_into_a_big_table_keep_the_indexes(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path / "a", made.Recipe("a", 60)))
    run(store, f"ANALYZE {PART}")
    oids = f"SELECT indexrelid FROM pg_index WHERE indrelid = '{PART}'::regclass ORDER BY 1"
    before = rows(store, oids)
    with store.writing() as connection:
        few = made.read(made.make(tmp_path / "b", made.Recipe("b", 10)).tables.records)
        assert indexes.copy_many(connection, "records", [few], 10, PART) == 10
    assert rows(store, oids) == before


def test_readers_never_see_half_a_load(store: Store, tmp_path: Path) -> None:
    """While the load holds its locks a reader waits, then sees all of it."""
    from concurrent.futures import ThreadPoolExecutor

    load.load_batch(store, made.make(tmp_path / "a", made.Recipe("a", 30)))
    batch = made.make(tmp_path / "b", made.Recipe("b", 300), 1)
    with ThreadPoolExecutor(2) as pool:
        loading = pool.submit(load.load_batch, store, batch)
        seen = set()
        while not loading.done():
            seen.add(rows(store, "SELECT count(*) FROM records")[0][0])
    seen.add(rows(store, "SELECT count(*) FROM records")[0][0])
    assert seen <= {30, 330}
    assert queries.version(store) == 2


def test_the_planner_knows_the_columns_that_are_searched(
    store: Store, emptied: tuple[Store, Superuser], tmp_path: Path
) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("a", 30)))
    # The view hides the statistics of tables with row security from whoever is subject to it.
    for table in ("records", PART):
        known = {row[0] for row in emptied[1].execute("SELECT attname FROM pg_stats WHERE tablename = %s", [table])}
        assert {"record_id", "content_id", "file_id"} <= known, table


@pytest.mark.parametrize("incoming", [0, 5])
def test_an_empty_delivery_is_no_trouble(store: Store, incoming: int) -> None:
    defined = rows(store, DEFINED)
    with store.writing() as connection:
        assert indexes.copy_many(connection, "records", [t.RECORDS.schema.empty_table()], incoming, PART) == 0
    assert rows(store, DEFINED) == defined
