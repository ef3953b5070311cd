from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import artefacts
from schemas.errors import ContractError
from schemas.field import Column, TableSpec

SPEC = TableSpec("t", (Column("id", pa.string(), nullable=False),), ("id",), "")


def table(ids: list[str]) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.string())}, schema=SPEC.schema)


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(0, 7), max_size=8))
def test_parts_hold_all_rows_in_order_and_no_part_is_too_large(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(artefacts, "PART_ROWS", 5)
        names = iter(str(i) for i in range(1000))
        tables = [table([next(names) for _ in range(n)]) for n in sizes]
        rows = artefacts.write_parts(tables, folder, SPEC)
    read = list(artefacts.read_chunks(folder))
    assert rows == sum(sizes) == artefacts.count_rows(folder)
    assert [i for t in read for i in t["id"].to_pylist()] == [str(i) for i in range(rows)]
    assert all(t.num_rows <= 5 for t in read)
    assert read, "an empty table still has a part that says its columns"


def test_a_part_that_breaks_its_contract_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ContractError):
        artefacts.write_part(pa.table({"x": [1]}), tmp_path / "part-00000.parquet", SPEC)
    assert not list(tmp_path.iterdir())


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "step"
    with pytest.raises(OSError, match="cut"), artefacts.new_folder(target) as folder:
        (folder / "half").write_text("x")
        raise OSError("cut")
    assert not target.exists()
    with artefacts.new_folder(target) as folder:
        assert not (folder / "half").exists()
        artefacts.write_manifest(folder, artefacts.Manifest("step", "1", facts={"a": 1}))
    manifest = artefacts.read_manifest(target)
    assert manifest is not None
    assert manifest.facts == {"a": 1}


def test_parts_and_one_file_are_the_same_table(tmp_path: Path) -> None:
    artefacts.write_parts([table(["a", "b"]), table(["c"])], tmp_path / "parts", SPEC)
    assert artefacts.merge_parts(tmp_path / "parts", tmp_path / "one.parquet", SPEC) == 3
    artefacts.split_file(tmp_path / "one.parquet", tmp_path / "again", SPEC)
    assert artefacts.read_small(tmp_path / "again", SPEC).to_pylist() == [{"id": x} for x in "abc"]
