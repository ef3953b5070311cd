"""Parts are worked on while they are being written (alongside)."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.alongside import WriterFailedError, alongside
from pipeline.artefacts import part_path


def total(tables: Iterator[pa.Table]) -> int:
    return sum(sum(t["n"].to_pylist()) for t in tables)


def write(folder: Path, number: int, value: int) -> None:
    """As the reader does: whole under its name, or not there."""
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table({"n": [value]}), folder / "unfinished")
    (folder / "unfinished").rename(part_path(folder, number))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_part_is_worked_on_once(tmp_path: Path, count: int) -> None:
    with alongside(tmp_path / "table", total) as sums:
        for number in range(count):
            write(tmp_path / "table", number, 10**number)
            sums.look(number)

    assert sums.result() == int("1" * count or "0")


def test_work_on_what_is_never_finished_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(KeyError), alongside(tmp_path / "table", total) as sums:
        write(tmp_path / "table", 0, 1)
        raise KeyError

    with pytest.raises(WriterFailedError):
        sums.result()


def test_what_the_work_raises_comes_to_whoever_asks_for_the_result(tmp_path: Path) -> None:
    with alongside(tmp_path / "table", total) as sums:
        pq.write_table(pa.table({"other": [1]}), part_path(tmp_path, 0).parent / "x.parquet")
        (tmp_path / "table").mkdir()
        pq.write_table(pa.table({"other": [1]}), part_path(tmp_path / "table", 0))

    with pytest.raises(KeyError):
        sums.result()
