"""Tables on their way to Spark and back: a function of several tables there gives one, whose rows say which they are.

What goes there has two more columns: the number of the chunk, and the place of a row in it. What comes back has the
number of the chunk and a struct for each table, of which each row fills one.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import TableSpec

CHUNK, PLACE = "chunk_", "place_"
"""Columns that no table of ours has: their names end in a line."""
_TYPES = {
    pa.string(): "string", pa.int64(): "bigint", pa.int32(): "int", pa.int16(): "smallint", pa.int8(): "tinyint",
    pa.bool_(): "boolean", pa.float32(): "float", pa.float64(): "double", pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamp",
}  # fmt: skip


def columns_in_words(schema: pa.Schema) -> str:
    """Names and types of columns as Spark writes them."""
    return ", ".join(f"`{column.name}` {_TYPES[column.type]}" for column in schema)


def result_in_words(gives: Sequence[TableSpec]) -> str:
    """The columns of what comes back."""
    structs = (
        f"t{n} struct<{', '.join(f'`{c.name}`: {_TYPES[c.type]}' for c in spec.columns)}>"
        for n, spec in enumerate(gives)
    )
    return ", ".join((f"{CHUNK} int", *structs))


def numbered(chunks: Sequence[pa.Table]) -> pa.Table:
    """The rows of some chunks with the number of the chunk, from 0, and their place in it."""
    made = []
    for n, chunk in enumerate(chunks):
        number, place = np.full(chunk.num_rows, n, np.int32), np.arange(chunk.num_rows, dtype=np.int32)
        made.append(chunk.append_column(CHUNK, pa.array(number)).append_column(PLACE, pa.array(place)))
    return pa.concat_tables(made).combine_chunks()


def of_chunks(rows: pa.Table, schema: pa.Schema) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each chunk among numbered ones, in their places and with their own schema."""
    for number in pc.unique(rows[CHUNK]).to_pylist():
        own = rows.filter(pc.equal(rows[CHUNK], number)).sort_by(PLACE)
        yield number, own.select(schema.names).cast(schema)


def wrapped(number: int, tables: Sequence[pa.Table]) -> pa.Table:
    """What a function made of a chunk as one table."""
    sizes = [table.num_rows for table in tables]
    rows = sum(sizes)
    columns: dict[str, pa.Array] = {CHUNK: pa.array(np.full(rows, number, np.int32))}
    for n, table in enumerate(tables):
        plain = pa.schema([pa.field(c.name, c.type) for c in table.schema])
        filled = table.cast(plain).to_struct_array().combine_chunks() if rows else pa.nulls(0, pa.struct(plain))
        before, after = (pa.nulls(size, filled.type) for size in (sum(sizes[:n]), sum(sizes[n + 1 :])))
        columns[f"t{n}"] = pa.concat_arrays([before, filled, after])
    return pa.table(columns)


def unwrapped(result: pa.Table, gives: Sequence[TableSpec], chunks: int) -> Iterator[tuple[pa.Table, ...]]:
    """The tables of each chunk, in their order; empty ones where nothing was made of it."""
    found = []
    for n, spec in enumerate(gives):
        own = result.filter(pc.is_valid(result[f"t{n}"]))
        flat = pa.table(own[f"t{n}"].combine_chunks().flatten(), names=spec.column_names)
        found.append((own[CHUNK], flat.cast(spec.schema)))
    for number in range(chunks):
        yield tuple(table.filter(pc.equal(chunk, number)).combine_chunks() for chunk, table in found)
