from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import blocks

ROWS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=6), min_size=1, max_size=5)


@pytest.mark.parametrize("most", [1000, 0], ids=["carried", "split anew"])
@settings(max_examples=25, deadline=None)
@given(keys=ROWS)
def test_every_row_comes_once_and_no_key_lies_in_two_chunks(
    tmp_path_factory: pytest.TempPathFactory, most: int, keys: list[list[str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("blocks")
    number = 0
    for part, values in enumerate(keys):
        ids = [str(number + i) for i in range(len(values))]
        number += len(values)
        table = pa.table({"record_id": pa.array(ids, pa.string()), "key": pa.array(values, pa.string())})
        pq.write_table(table, folder / f"part-{part:05d}.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_MOST_STRADDLING", most)
        chunks = list(blocks.whole_blocks(folder, "key", duckdb.connect(), folder / "work"))
    assert sorted(i for c in chunks for i in c["record_id"].to_pylist()) == sorted(map(str, range(number)))
    seen = [set(c["key"].to_pylist()) - {None} for c in chunks]
    assert sum(map(len, seen)) == len(set().union(*seen))


def test_keys_of_a_file_in_no_order_are_not_taken_out_of_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in range(3):
        table = pa.table({"record_id": [f"{part}{n}" for n in range(50)], "key": [f"k{n}" for n in range(50)]})
        pq.write_table(table, tmp_path / f"part-{part:05d}.parquet")
    monkeypatch.setattr(blocks, "_MOST_STRADDLING", 100)
    carried: list[pa.Table] = []
    monkeypatch.setattr(blocks, "_carried", lambda paths, key, straddling: carried.append(straddling) or iter(()))
    with duckdb.connect(config={"memory_limit": "64MiB"}) as sql:
        chunks = list(blocks.whole_blocks(tmp_path, "key", sql, tmp_path / "work"))
        assert sql.sql("SELECT count(*) FROM straddling").fetchall() == [(50,)]
    assert sum(c.num_rows for c in chunks) == 150
    assert carried == []
