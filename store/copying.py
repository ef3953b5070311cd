"""Arrow tables into PostgreSQL and back by COPY, as CSV made and read by Arrow: the fastest way measured for texts.

Rows of ids and whole numbers go in binary form (`store.narrow_rows`). In CSV null is an unquoted empty cell and empty
text a quoted one, on both ways. Ids are uuid inside, 32 digits outside.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from psycopg import sql
from sqlalchemy.engine import Connection

from schemas.field import TableSpec
from schemas.tables import PART_ROWS
from store.narrow_rows import binary
from store.tables import ID_COLUMNS

_WRITE = pa_csv.WriteOptions(include_header=False)
_FIRST_SERVER_THAT_TAKES_END_MARKS = 180_000
_STAGED = sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WHERE false")
_MOVED = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
_END_MARK = re.compile(rb"\n\\\.[\r\n]")


def parts(folders: Sequence[Path]) -> list[Path]:
    """The parts of a folder table that may lie in several folders, in order."""
    return [path for folder in folders for path in sorted(folder.glob("part-*.parquet"))]


def read_parts(folders: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.Table]:
    """The parts as tables of those columns, one after the other."""
    for path in parts(folders):
        yield pq.read_table(path, columns=list(columns), partitioning=None)


def of_persons(folders: Sequence[Path], spec: TableSpec, touched: pa.Array, *, are_touched: bool) -> Iterator[pa.Table]:
    """The rows of those persons, or of all others."""
    if are_touched and not len(touched):
        return
    for table in read_parts(folders, spec.column_names):
        if len(touched):
            mask = pc.is_in(table["person_id"], value_set=touched)
            yield table.filter(mask if are_touched else pc.invert(mask))
        else:
            yield table


def count_rows(folders: Sequence[Path]) -> int:
    """Rows of a folder table, from the footers of its parts."""
    return sum(int(pq.read_metadata(path).num_rows) for path in parts(folders))


def copy_in(connection: Connection, target: str, tables: Iterable[pa.Table]) -> int:
    """COPY tables into the target, by column name; returns the rows.

    The next table is made and encoded while the server takes the present one.

    Raises:
        psycopg.Error: a row was not taken (`store.faults` translates it).
    """
    cursor = psycopg_cursor(connection)
    return sum(_send(cursor, target, *ready) for ready in _ahead(tables))


def copy_through(connection: Connection, target: str, tables: Iterable[pa.Table]) -> int:
    """The same for a table with row security, into which the server takes no COPY: by way of a temporary table.

    Part by part, so that what was just written is still in memory when it is read.
    """
    cursor, rows, stage = psycopg_cursor(connection), 0, f"incoming_{target}"
    for ready in _ahead(tables):
        names = sql.SQL(", ").join(map(sql.Identifier, ready[0].schema.names))
        if not rows:
            cursor.execute(_STAGED.format(sql.Identifier(stage), names, sql.Identifier(target)))
        sent = _send(cursor, stage, *ready)
        cursor.execute(_MOVED.format(sql.Identifier(target), names, names, sql.Identifier(stage)))
        if cursor.rowcount != sent:
            raise psycopg.DataError("rows sent and rows taken differ")
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("pg_temp", stage)))
        rows += sent
    if rows:
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("pg_temp", stage)))
    return rows


def copy_out(connection: Connection, query: str, spec: TableSpec) -> Iterator[pa.Table]:
    """The rows of a query, whose columns have the spec's names, as tables of at most PART_ROWS rows."""
    columns = ", ".join(f"encode(uuid_send({c}), 'hex')" if c in ID_COLUMNS else f'"{c}"' for c in spec.column_names)
    statement = f"COPY (SELECT {columns} FROM ({query}) AS asked) TO STDOUT (FORMAT csv)"
    with psycopg_cursor(connection).copy(statement.encode()) as copy:
        rows: list[bytes] = []
        for row in copy:  # the server sends one message a row
            rows.append(bytes(row))
            if len(rows) == PART_ROWS:
                yield _decode(rows, spec)
                rows = []
        if rows:
            yield _decode(rows, spec)


def psycopg_cursor(connection: Connection) -> psycopg.Cursor[tuple[object, ...]]:
    """A driver cursor in the transaction of that connection."""
    if not connection.in_transaction():
        connection.begin()
    cursor: psycopg.Cursor[tuple[object, ...]] = connection.connection.cursor()  # type: ignore[assignment]
    return cursor


_Encoded = tuple[pa.Table, pa.Buffer | bytes, Literal["csv", "binary"]]


def _ahead(tables: Iterable[pa.Table]) -> Iterator[_Encoded]:
    source = iter(tables)
    with ThreadPoolExecutor(1) as worker:
        waiting = worker.submit(_next_encoded, source)
        while (ready := waiting.result()) is not None:
            waiting = worker.submit(_next_encoded, source)
            yield ready


def _next_encoded(source: Iterator[pa.Table]) -> _Encoded | None:
    for table in source:
        if table.num_rows:
            rows = binary(table)
            if rows is not None:
                return table, rows, "binary"
            stream = pa.BufferOutputStream()
            pa_csv.write_csv(table, stream, _WRITE)
            return table, stream.getvalue(), "csv"
    return None


def _send(
    cursor: psycopg.Cursor[tuple[object, ...]], target: str, table: pa.Table, encoded: pa.Buffer | bytes,
    form: Literal["csv", "binary"],
) -> int:  # fmt: skip
    into = sql.SQL("COPY {} ({}) FROM STDIN ").format(
        sql.Identifier(target), sql.SQL(", ").join(map(sql.Identifier, table.schema.names))
    )
    view = memoryview(encoded)
    old = cursor.connection.info.server_version < _FIRST_SERVER_THAT_TAKES_END_MARKS
    if form == "csv" and old and _END_MARK.search(view):
        # Before version 18 a cell with a line of backslash and full stop ended the data.
        with cursor.copy(into) as copy:
            for row in table.to_pylist():
                copy.write_row(tuple(row.values()))
    else:
        with cursor.copy(into + sql.SQL(f"(FORMAT {form})")) as copy:
            copy.write(view)
    if cursor.rowcount != table.num_rows:
        raise psycopg.DataError("rows sent and rows taken differ")
    return int(table.num_rows)


def _decode(rows: list[bytes], spec: TableSpec) -> pa.Table:
    convert = pa_csv.ConvertOptions(
        column_types=spec.schema, null_values=[""], true_values=["t"], false_values=["f"],
        strings_can_be_null=True, quoted_strings_can_be_null=False,
    )  # fmt: skip
    read = pa_csv.ReadOptions(column_names=list(spec.column_names), block_size=1 << 26, use_threads=False)
    parse = pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)  # a null alone is an empty line
    table = pa_csv.read_csv(pa.BufferReader(b"".join(rows)), read, parse, convert)
    return table.combine_chunks().cast(spec.schema)
