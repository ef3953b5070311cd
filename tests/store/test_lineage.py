"""The query of lineage: by indexes alone, and its columns come and go with the batch."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from schemas import tables as t
from store import lineage, load
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import rows

pytestmark = pytest.mark.store


def batch(folder: Path, seed: str, count: int) -> load.LoadBatch:
    """A made batch whose file has two columns."""
    plain = made.make(folder, made.Recipe(seed, rows=count))
    file_id = plain.files["file_id"][0].as_py()
    columns = [
        {"file_id": file_id, "sheet": None, "position": n, "letter": "AB"[n], "heading": h, "raw_column": raw}
        for n, (h, raw) in enumerate((("Họ tên", "full_name_raw"), ("Chủ hộ", "head_name_raw")))
    ]
    return replace(plain, columns=pa.Table.from_pylist(columns, schema=t.FILE_COLUMNS.schema))


def test_a_value_has_its_line_columns_code_and_model(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, batch(tmp_path, "a", 8))
    ((person,),) = rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons ORDER BY 1 LIMIT 1")
    found = {row["field"]: row for row in lineage.trace(store, str(person))}
    name = found["full_name"]
    assert name["cells"] == [["A", "Họ tên", "full_name_raw"]]
    assert (name["is_source"], name["method"]) == (True, "only")
    assert name["line"]
    assert name["code_version"]
    assert name["model_version"]
    assert found["household"]["cells"] == [["B", "Chủ hộ", "head_name_raw"]]
    assert found["native_place"]["cells"] == []
    assert list(lineage.trace(store, "0" * 32)) == []


def test_a_file_is_loaded_anew_without_double_columns(store: Store, tmp_path: Path) -> None:
    with store.writing() as connection:
        given = batch(tmp_path, "a", 2)
        for _ in range(2):
            lineage.write_columns(connection, given.columns)
            connection.execute(sa.text("DROP TABLE staged_file_columns"))
    assert rows(store, "SELECT count(*) FROM file_columns") == [(2,)]


def test_no_table_is_read_as_a_whole(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, batch(tmp_path, "a", 3_000))
    ((person,),) = rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons ORDER BY 1 LIMIT 1")
    with store.reading() as connection:
        # A table of few rows is read as a whole for good reason; with this set, only one that no index leads to.
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        told = connection.execute(sa.text("EXPLAIN " + lineage.QUERY), {"p": person}).scalars().all()
    large = ("golden_persons", "memberships", "records_01", "row_outcomes", "value_sources", "scored_pairs")
    scanned = [line for line in told if "Seq Scan" in line and any(f" on {name}" in line for name in large)]
    assert scanned == []
