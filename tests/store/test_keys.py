"""Keys of stored records are made again after the rules changed, and are those of all records; recent ones move."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from schemas import tables as t
from schemas.contract import conform
from schemas.errors import StoreMoved
from store import candidates, invariants, keys, load
from store.engine import Store
from store.keys import EVERY_KEY, KEY_TABLES, RECENT, ensure_block_keys, settle_recent
from tests.store import made_batches as made

pytestmark = pytest.mark.store


def one_key(records: pa.Table) -> pa.Table:
    conform(records, t.MATCH_RECORDS)
    rows = records.num_rows
    keys = [records["record_id"], pa.array(range(rows), pa.int64())]
    return pa.table(keys, schema=t.BLOCK_KEYS.schema)


def counted(store: Store) -> list[tuple[int, int]]:
    with store.reading() as connection:
        query = f"SELECT count(*), count(DISTINCT record_id) FROM {EVERY_KEY}"
        return [(int(a), int(b)) for a, b in connection.execute(sa.text(query))]


def test_an_empty_store_needs_none(store: Store) -> None:
    assert ensure_block_keys(store, one_key, "a") == 0


def test_they_are_made_again_for_every_record_where_another_scheme_made_them(store: Store, tmp_path: Path) -> None:
    ensure_block_keys(store, one_key, "a")
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40, quarantined=3)))
    before = counted(store)
    assert ensure_block_keys(store, one_key, "a") == 0
    assert counted(store) == before != [(40, 40)]
    assert ensure_block_keys(store, one_key, "b") == 40
    assert counted(store) == [(40, 40)]
    assert ensure_block_keys(store, one_key, "b") == 0


def test_they_are_made_again_where_they_are_missing(store: Store, tmp_path: Path) -> None:
    ensure_block_keys(store, one_key, "a")
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    with store.writing() as connection:
        connection.execute(sa.text(f"TRUNCATE {', '.join(KEY_TABLES)}"))
    assert ensure_block_keys(store, one_key, "a") == 40


def test_a_failure_leaves_them_as_they_were(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    before = counted(store)
    with pytest.raises(ZeroDivisionError):
        ensure_block_keys(store, lambda records: pa.table({"x": [1 // 0]}), "b")
    assert counted(store) == before


def test_a_batch_whose_keys_follow_another_scheme_is_matched_again(store: Store, tmp_path: Path) -> None:
    ensure_block_keys(store, one_key, "a")
    batch = made.make(tmp_path, made.Recipe("one", rows=4))
    with pytest.raises(StoreMoved) as error:
        load.load_batch(store, replace(batch, key_scheme="b"))
    assert error.value.code == "store.other_keys"
    load.load_batch(store, replace(batch, key_scheme="a"))


def rows_of(store: Store, *tables: str) -> list[int]:
    with store.reading() as connection:
        return [connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


def found(store: Store, keys: pa.Table) -> list[str]:
    ids = [table["record_id"].to_pylist() for table in candidates.match_candidates(store, [keys])]
    return sorted(x for some in ids for x in some)


def test_recent_keys_move_to_the_others_and_are_found_in_either_place(store: Store, tmp_path: Path) -> None:
    first, second = (made.make(tmp_path / n, made.Recipe(n, rows=40), i) for i, n in enumerate(("one", "two")))
    load.load_batch(store, first)
    count = rows_of(store, RECENT)[0]
    asked = pa.concat_tables([made.read(b.tables.block_keys) for b in (first, second)])
    before = found(store, asked)
    assert before
    assert rows_of(store, *KEY_TABLES) == [0, count]
    assert settle_recent(store) == 0
    assert settle_recent(store, most_bytes=0) == count
    assert rows_of(store, *KEY_TABLES) == [count, 0]
    assert found(store, asked) == before
    load.load_batch(store, second)
    assert settle_recent(store, most_bytes=0) > 0
    assert len(found(store, asked)) == 80
    assert not invariants.store_check(store)


def test_who_read_the_store_before_the_move_finds_each_key_once(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    count = rows_of(store, RECENT)[0]
    with store.reading() as before:
        before.execute(sa.text("SELECT 1 FROM memberships LIMIT 1")).all()
        assert settle_recent(store, most_bytes=0) == count
        assert before.execute(sa.text(f"SELECT count(*) FROM {EVERY_KEY}")).scalar_one() == count


def test_a_move_that_fails_moves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    before = rows_of(store, *KEY_TABLES)

    @contextmanager
    def failing(*_: object) -> Iterator[None]:
        yield
        raise ZeroDivisionError

    monkeypatch.setattr(keys, "built_after", failing)
    with pytest.raises(ZeroDivisionError):
        settle_recent(store, most_bytes=0)
    assert rows_of(store, *KEY_TABLES) == before
