import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.artefacts import write_parts
from pipeline.settings import Settings
from pipeline.sql import connect, stream, view
from schemas.field import Column, TableSpec

SPEC = TableSpec("t", (Column("id", pa.string(), nullable=False), Column("n", pa.int32())), ("id",), "")


def table(count: int) -> pa.Table:
    return pa.table({"id": [str(i) for i in range(count)], "n": pa.array(range(count), pa.int32())}, schema=SPEC.schema)


def test_a_folder_table_is_a_view_and_streams_back_under_its_contract(tmp_path: Path) -> None:
    folder = tmp_path / "it's a folder"
    write_parts([table(10)], folder, SPEC)
    with connect(Settings(tmp_path), tmp_path / "spill") as sql:
        view(sql, "t", [folder], SPEC)
        chunks = list(stream(sql, "SELECT * FROM t WHERE n >= 4 ORDER BY n", SPEC, rows=4))
    assert all(c.schema == SPEC.schema for c in chunks)
    assert [n for c in chunks for n in c["n"].to_pylist()] == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("folders", [[], ["nowhere"]])
def test_no_part_is_an_empty_view_of_the_same_columns(tmp_path: Path, folders: list[str]) -> None:
    with connect(Settings(tmp_path), tmp_path / "spill") as sql:
        view(sql, "t", [tmp_path / f for f in folders], SPEC)
        assert sql.sql("SELECT count(*), max(n) FROM t").fetchall() == [(0, None)]


def test_memory_and_spill_are_those_of_the_settings(tmp_path: Path) -> None:
    with connect(Settings(tmp_path, memory_mib=256, workers=1), tmp_path / "spill") as sql:
        found = dict(sql.sql("SELECT name, value FROM duckdb_settings()").fetchall())
    assert found["threads"] == "1"
    assert found["temp_directory"] == str(tmp_path / "spill")
    assert found["memory_limit"].startswith("256")


def test_no_progress_is_drawn_into_an_answer(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from pipeline.settings import Settings; from pipeline.sql import connect\n"
        f"with connect(Settings(Path({str(tmp_path)!r}), workers=1), Path({str(tmp_path)!r}) / 'spill') as sql:\n"
        "    sql.execute('SET progress_bar_time = 0')\n"
        "    sql.sql('SELECT count(DISTINCT range * 7 % 1000003) FROM range(5000000)').fetchall()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
