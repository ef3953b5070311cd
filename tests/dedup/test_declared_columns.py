"""Columns of any table as integers: what counts as one value, what is missing, what cannot be read."""

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.declared_columns import code_column, composite, key_hashes, read_coded
from dedup.declared_form import Column
from dedup.declared_yaml import parse_declaration
from schemas.errors import UsageError
from tests.dedup.tables import coded, people

SHORT = "id: nr\ncomparisons: [{column: a, levels: [exact]}]\nblocking: [[a]]\n"


def test_text_is_cleaned_and_folded() -> None:
    found = code_column(Column("a", ("a",)), [pa.array(["Nguyễn  Văn", "nguyen van", None, " ", "?"])])
    assert found.texts == ("", "?", "Nguyễn Văn", "nguyen van")
    assert found.codes.tolist() == [2, 3, 0, 0, 1]
    assert found.hashes[2] == found.hashes[3] != 0
    assert found.missing == 2


def test_several_columns_are_joined() -> None:
    found = code_column(Column("a", ("a", "b")), [pa.array(["An", None]), pa.array(["Bình", None])])
    assert found.texts == ("", "An Bình")
    assert found.codes.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("written", "values", "read"),
    [
        ("YYYYMMDD", ["19560409", "19609413", "1956"], ["19560409", "19609413", None]),
        ("DD/MM/YYYY", ["9/4/1956", " 09/04/1956 ", "1956-04-09"], ["19560409", "19560409", None]),
        ("DD.MM.YYYY", ["9.4.1956", "9x4x1956"], ["19560409", None]),
        ("YYYY", ["1956", "0000"], ["19560000", None]),
        ("YYYY-MM-DD", [datetime.date(1956, 4, 9), None], ["19560409", None]),
        ("YYYY-MM-DD", [datetime.datetime(1956, 4, 9, 23), None], ["19560409", None]),
    ],
)
def test_dates_as_they_are_written(written: str, values: list[object], read: list[str | None]) -> None:
    found = code_column(Column("a", ("a",), "date", written), [pa.array(values)])
    assert [found.texts[c] or None for c in found.codes] == read
    assert found.unreadable == sum(r is None and v is not None for v, r in zip(values, read, strict=True))


def test_a_date_of_three_columns_may_lack_parts() -> None:
    years, months, days = pa.array([1956, 1956, None]), pa.array([4, None, 1]), pa.array([9, None, 1])
    found = code_column(Column("a", ("y", "m", "d"), "date"), [years, months, days])
    assert [found.texts[c] for c in found.codes] == ["19560409", "19560000", ""]


def test_numbers_and_sets() -> None:
    numbers = code_column(Column("a", ("a",), "number"), [pa.array(["1.50", "1.5", "-0", "0", "nan", "x", ""])])
    assert numbers.codes[0] == numbers.codes[1]
    assert numbers.codes[2] == numbers.codes[3]
    assert (numbers.missing, numbers.unreadable) == (3, 2)
    texts = code_column(Column("a", ("a",), "set", separator=";"), [pa.array(["b; a", "A;b;", ";", None])])
    lists = code_column(Column("a", ("a",), "set"), [pa.array([["b", "a"], ["a", "b", None], [], None])])
    for found in (texts, lists):
        assert found.codes.tolist() == [1, 1, 0, 0]


@given(st.lists(st.tuples(st.text("abc", max_size=2), st.text("xy", max_size=1)), min_size=1, max_size=30))
def test_combinations_are_counted_once(rows: list[tuple[str, str]]) -> None:
    columns = [code_column(Column("a", ("a",)), [pa.array([r[n] for r in rows])]) for n in (0, 1)]
    codes, values = composite(columns)
    said = [tuple(columns[n].texts[values[c, n]] for n in (0, 1)) for c in codes]
    assert said == rows
    assert len(set(codes.tolist()) | {0}) == len(values)
    assert all((code == 0) == (row == ("", "")) for code, row in zip(codes, rows, strict=True))


def test_parts_of_keys() -> None:
    names = code_column(Column("a", ("a",)), [pa.array(["Trần Văn", "tran", None])])
    first = key_hashes(names, 4, 0, "")[names.codes]
    assert first[0] == first[1] != 0 == first[2]
    dates = code_column(Column("a", ("a",), "date", "YYYYMMDD"), [pa.array(["19560409", "19800409", "19560000"])])
    days = key_hashes(dates, 0, 0, "day_month")[dates.codes]
    assert days[0] == days[1] != 0 == days[2]
    years = key_hashes(dates, 0, 0, "year")[dates.codes]
    assert years[0] == years[2] != years[1]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pa.table({"nr": [1, 2]}), "comparisons.column_missing"),
        (pa.table({"nr": [1, 1], "a": ["x", "y"]}), "comparisons.ids"),
        (pa.table({"nr": [1, None], "a": ["x", "y"]}), "comparisons.ids"),
        (pa.table({"nr": [1, 2], "a": [["x"], ["y"]]}), "comparisons.column_type"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, table: pa.Table, code: str) -> None:
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(UsageError, match=code):
        read_coded([tmp_path / "t.parquet"], parse_declaration(SHORT))


def test_nothing_depends_on_the_order_of_rows_or_files(tmp_path: Path) -> None:
    table, _ = people(40)
    one, declaration = coded(table, tmp_path / "one")
    for number in range(2):
        pq.write_table(table.take(list(range(number, table.num_rows, 2))), tmp_path / f"{number}.parquet")
    other = read_coded([tmp_path / "1.parquet", tmp_path / "0.parquet"], declaration)
    assert one.ids.equals(other.ids)
    for name, column in one.columns.items():
        assert column.texts == other.columns[name].texts
        assert column.codes.tolist() == other.columns[name].codes.tolist()
