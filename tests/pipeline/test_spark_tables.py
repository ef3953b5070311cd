"""Tables on their way to Spark and back."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import spark_tables
from pipeline.spark_tables import numbered, of_chunks, unwrapped, wrapped
from schemas import tables as t
from schemas.field import Column, TableSpec

_SPECS = [spec for spec in vars(t).values() if isinstance(spec, TableSpec)]
_NAMES = TableSpec("names", (Column("id", pa.int64(), False), Column("name", pa.string())), ("id",), "")
_DAYS = TableSpec("days", (Column("day", pa.date32()),), ("day",), "")
_CHUNKS = st.lists(st.lists(st.tuples(st.integers(0, 9), st.none() | st.text(max_size=3)), max_size=4), max_size=4)


def names(rows: list[tuple[int, str | None]]) -> pa.Table:
    return pa.table([[r[0] for r in rows], [r[1] for r in rows]], schema=_NAMES.schema)


def days(count: int) -> pa.Table:
    return pa.table([[date(2000, 1, n + 1) if n else None for n in range(count)]], schema=_DAYS.schema)


@pytest.mark.parametrize("spec", _SPECS, ids=lambda s: s.name)
def test_spark_knows_the_columns_of_each_table(spec: TableSpec) -> None:
    words = spark_tables.columns_in_words(spec.schema)
    assert words.count("`") == 2 * len(spec.columns)
    assert not {spark_tables.CHUNK, spark_tables.PLACE} & set(spec.column_names)


@given(_CHUNKS)
def test_what_is_sent_in_any_order_is_taken_apart_as_it_was(chunks: list[list[tuple[int, str | None]]]) -> None:
    tables = [names(rows) for rows in chunks]
    if not tables:
        return
    sent = numbered(tables)
    mixed = sent.take(pa.array(range(sent.num_rows - 1, -1, -1), pa.int64()))
    found = dict(of_chunks(mixed, _NAMES.schema))
    assert found == {n: table for n, table in enumerate(tables) if table.num_rows}


@given(_CHUNKS, st.integers(0, 3))
def test_several_tables_come_back_as_they_were_made(chunks: list[list[tuple[int, str | None]]], more: int) -> None:
    made = [(names(rows), days(n % 3)) for n, rows in enumerate(chunks)]
    results = [wrapped(n, tables) for n, tables in enumerate(made)]
    empty = wrapped(0, (names([]), days(0)))
    back = list(unwrapped(pa.concat_tables([empty, *results]), (_NAMES, _DAYS), len(chunks) + more))
    assert back[: len(made)] == made
    assert back[len(made) :] == [(names([]), days(0))] * more


def test_what_comes_back_is_named_for_spark() -> None:
    words = spark_tables.result_in_words((_NAMES, _DAYS))
    assert words == "chunk_ int, t0 struct<`id`: bigint, `name`: string>, t1 struct<`day`: date>"
