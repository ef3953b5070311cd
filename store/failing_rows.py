"""The rows of a batch that did not come in, or came in with something to look at, in the order of file, sheet and line.

What erasures, retention and undone batches take away is gone from here: `pipeline.kept_rows` keeps what was told once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa

from schemas.field import Column, TableSpec
from schemas.fields import ALL_FIELDS
from store.copying import copy_out
from store.engine import Store
from store.report_figures import is_batch_id
from store.roles import Role

FAILING_ROWS = TableSpec(
    "failing_rows",
    (
        Column("record_id", pa.string(), nullable=False),
        Column("file_id", pa.string(), nullable=False),
        Column("file", pa.string(), nullable=False),
        Column("sheet", pa.string()),
        Column("page", pa.int32()),
        Column("line", pa.int32()),
        Column("outcome", pa.string(), nullable=False),
        Column("rule_id", pa.string(), description="for rows kept out and rejected: the first rule that did it"),
        Column("found_rule_id", pa.string(), description="a finding that blocks or wants a review; null: none"),
        Column("found_field", pa.string()),
    ),
    ("record_id", "found_rule_id", "found_field"),
    "Rows kept out and rejected, and rows that came in with a finding of severity review; a line a finding.",
)


@dataclass(frozen=True)
class Cell:
    """The columns that a field of a sheet is read from: their letters and headings, the same number of each."""

    letters: tuple[str, ...]
    headings: tuple[str, ...]


Cells = dict[tuple[str, str | None, str], Cell]
"""By file id, sheet and field."""


def failing_rows(store: Store, batch_id: str) -> Iterator[pa.Table]:
    """FAILING_ROWS of a batch, chunk by chunk. Raises ValueError where that is no id."""
    if not is_batch_id(batch_id):
        raise ValueError("no batch id")
    with store.reading(Role.REPORT) as connection:
        connection.execute(sa.text("SET LOCAL work_mem = '128MB'"))
        yield from copy_out(connection, _FAILING.format(id=batch_id), FAILING_ROWS)


def cells(store: Store, batch_id: str) -> Cells:
    """Where the fields of the files of a batch are read from; files that keep no columns have none."""
    with store.reading(Role.REPORT) as connection:
        rows = connection.execute(sa.text(_CELLS), {"id": batch_id}).all()
    found: Cells = {}
    for file_id, sheet, field, letters, headings in rows:
        found[file_id, sheet, field] = Cell(tuple(letters), tuple(headings))
    return found


def keep_notes(store: Store, batch_id: str, prefix: str, notes: Iterable[tuple[str, str]]) -> None:
    """Keep notes beside a batch in place of all whose names begin so; one transaction, one after the other.

    Raises:
        UsageError: the store is limited to a province.
    """
    with store.writing("batch_notes") as connection:
        of = {"b": batch_id, "p": prefix.replace("_", r"\_") + "%"}
        connection.execute(sa.text("DELETE FROM batch_notes WHERE batch_id = CAST(:b AS uuid) AND note LIKE :p"), of)
        for name, content in notes:
            connection.execute(
                sa.text("""INSERT INTO batch_notes (batch_id, note, content) VALUES (CAST(:b AS uuid), :n, :c)
                           ON CONFLICT (batch_id, note) DO NOTHING"""),
                {"b": batch_id, "n": name, "c": content},
            )  # fmt: skip


# Two halves, since most rows of a batch have no finding: those are found by their findings.
_PLACE = "o.record_id, o.file_id, o.file, o.sheet, o.page, o.line, o.outcome, o.rule_id"
_OWN = "o.batch_id = '{id}' AND o.file_id IN (SELECT file_id FROM batch_files WHERE batch_id = '{id}')"
_FAILING = f"""
    SELECT {_PLACE}, c.rule_id AS found_rule_id, c.field AS found_field FROM row_outcomes o
    LEFT JOIN check_results c ON c.record_id = o.record_id AND c.severity IN ('block', 'review')
    WHERE {_OWN} AND o.outcome IN ('quarantined', 'rejected')
    UNION ALL SELECT {_PLACE}, c.rule_id, c.field FROM row_outcomes o
    JOIN check_results c ON c.record_id = o.record_id AND c.severity = 'review'
    WHERE {_OWN} AND o.outcome IN ('loaded', 'merged')
    ORDER BY file, sheet NULLS FIRST, page NULLS FIRST, line NULLS FIRST, record_id, found_rule_id, found_field"""
_RAWS = ", ".join(f"('{f.name}', ARRAY[{', '.join(map(repr, f.raw_columns))}]::text[])" for f in ALL_FIELDS)
_CELLS = f"""
    SELECT encode(uuid_send(k.file_id), 'hex'), k.sheet, f.field, array_agg(k.letter ORDER BY k.position),
           array_agg(k.heading ORDER BY k.position)
    FROM file_columns k JOIN (VALUES {_RAWS}) f (field, raws) ON k.raw_column = ANY(f.raws)
    WHERE k.file_id IN (SELECT file_id FROM batch_files WHERE batch_id = CAST(:id AS uuid))
    GROUP BY 1, 2, 3"""
