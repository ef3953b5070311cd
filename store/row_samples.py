"""Random samples of the rows of a batch: drawn by a seed of the auditor's, and what was found of them.

A row is drawn by the SHA-256 of `seed/record id`: the lowest of each stratum are. Nobody can choose them who does not
choose the seed, anybody who has the ids can draw them again, and every draw is kept: nobody draws until he likes one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import UsageError
from schemas.field import Column, TableSpec
from schemas.tables import VALUE_COLUMNS
from store import audit
from store.audit import Event
from store.copying import copy_out
from store.engine import Store
from store.roles import Role

By = Literal["outcome", "file", "none"]
DRAWN_ROWS = TableSpec(
    "drawn_rows",
    (
        Column("record_id", pa.string(), nullable=False),
        Column("stratum", pa.string(), nullable=False),
        Column("outcome", pa.string(), nullable=False),
        Column("rule_id", pa.string()),
        Column("file", pa.string(), nullable=False),
        Column("sheet", pa.string()),
        Column("page", pa.int32()),
        Column("line", pa.int32()),
        *VALUE_COLUMNS,
    ),
    ("record_id",),
    "The rows of a sample: where each stands, what became of it, and what the store has of it (null: nothing).",
)
_SEED = re.compile(r"[A-Za-z0-9-]{1,40}")
_ID = re.compile(r"[0-9a-f]{32}")
_STRATUM: Mapping[By, str] = {"outcome": "outcome", "file": "file", "none": "''"}
_PLACES = ("record_id", "stratum", "outcome", "rule_id", "file", "sheet", "page", "line")
_VALUES = ", ".join(f'r."{c.name}"' for c in VALUE_COLUMNS)


@dataclass(frozen=True)
class Draw:
    """A sample as it was drawn.

    Attributes:
        number: of the draw, in the store.
        batch_id: the batch.
        seed: the auditor's.
        strata: what its rows are divided by.
        rows: rows of the batch.
        drawn: rows of the sample.
        digest: SHA-256 of the ids that were drawn, in order.
        author: who drew it.
    """

    number: int
    batch_id: str
    seed: str
    strata: By
    rows: int
    drawn: int
    digest: str
    author: str


@dataclass(frozen=True)
class Found:
    """What was found of the drawn rows of one stratum: drawn = right + wrong + unclear; `rows` are all of it."""

    stratum: str
    rows: int
    drawn: int
    right: int
    wrong: int
    unclear: int


@dataclass(frozen=True)
class Moments:
    """When a sample was drawn and answered last (None: never), and how often it was answered."""

    drawn_at: datetime
    answered_at: datetime | None
    answers: int


def strata(store: Store, batch_id: str, by: By) -> dict[str, int]:
    """Rows of a batch in each stratum.

    Raises:
        UsageError: batch.unknown.
    """
    with store.reading(Role.REVIEW) as connection:
        return _strata(connection, batch_id, by)


def rows_of(store: Store, batch_id: str, seed: str, by: By, wanted: Mapping[str, int]) -> pa.Table:
    """DRAWN_ROWS of that seed, so many of each stratum, in the order of stratum and place.

    Raises:
        UsageError: sample.seed, letters, digits and hyphens only, since it is kept and shown.
    """
    if not _SEED.fullmatch(seed):
        raise UsageError("sample.seed")
    with store.reading(Role.REVIEW) as connection:
        connection.execute(sa.text("CREATE TEMP TABLE wanted_rows (stratum text, rows bigint) ON COMMIT DROP"))
        connection.execute(sa.text("CREATE TEMP TABLE drawn_rows (record_id uuid) ON COMMIT DROP"))
        for stratum, rows in wanted.items():
            connection.execute(sa.text("INSERT INTO wanted_rows VALUES (:s, :n)"), {"s": stratum, "n": rows})
        connection.execute(
            sa.text(f"""
                INSERT INTO drawn_rows SELECT record_id FROM (
                    SELECT record_id, {_STRATUM[by]} AS stratum, row_number() OVER (PARTITION BY {_STRATUM[by]}
                        ORDER BY sha256(convert_to(:seed || '/' || replace(record_id::text, '-', ''), 'UTF8')),
                                 record_id) AS place
                    FROM row_outcomes WHERE batch_id = CAST(:b AS uuid)) r
                JOIN wanted_rows w USING (stratum) WHERE place <= w.rows"""),
            {"seed": seed, "b": batch_id},
        )
        connection.execute(sa.text("ANALYZE drawn_rows"))
        found = copy_out(connection, _drawn(batch_id, by), DRAWN_ROWS)
        return pa.concat_tables([DRAWN_ROWS.schema.empty_table(), *found])


def digest_of(record_ids: Sequence[str]) -> str:
    """SHA-256 of ids of rows, in order, one a line."""
    return sha256("".join(f"{record_id}\n" for record_id in sorted(record_ids)).encode()).hexdigest()


def record_draw(store: Store, draw: Draw, *, is_clear: bool, reason: str) -> int:
    """Keep that a sample was drawn; returns its number."""
    with store.writing("row_samples", Role.REVIEW) as connection:
        number = connection.execute(
            sa.text("""
                INSERT INTO row_samples (batch_id, seed, strata, rows, drawn, digest, author)
                VALUES (CAST(:batch_id AS uuid), :seed, :strata, :rows, :drawn, :digest, :author) RETURNING number"""),
            {name: getattr(draw, name) for name in ("batch_id", "seed", "strata", "rows", "drawn", "digest", "author")},
        ).scalar_one()
        action = "sample.drawn_clear" if is_clear else "sample.drawn"
        said = (reason,) if is_clear else ()
        audit.append(connection, store.acting, Event(action, "batch", draw.batch_id, after=(int(number),), said=said))
        return int(number)


def drawn(store: Store, number: int) -> Draw | None:
    """The draw of that number; None where there is none that the session may see."""
    return next((draw for draw in _draws(store, "number = :n", {"n": number})), None)


def draws_of(store: Store, batch_id: str) -> list[Draw]:
    """All samples that were drawn of a batch, oldest first."""
    return _draws(store, "batch_id = CAST(:b AS uuid)", {"b": batch_id}) if _ID.fullmatch(batch_id) else []


def moments(store: Store, batch_id: str) -> dict[int, Moments]:
    """When each sample of a batch was drawn and answered, by its number."""
    query = """
        SELECT s.number, s.recorded_at, max(f.answered_at), coalesce(max(f.answers), 0) FROM row_samples s
        LEFT JOIN (SELECT sample, stratum, max(recorded_at) AS answered_at, count(*) AS answers
                   FROM row_sample_findings WHERE batch_id = CAST(:b AS uuid) GROUP BY 1, 2) f ON f.sample = s.number
        WHERE s.batch_id = CAST(:b AS uuid) GROUP BY s.number"""
    with store.reading(Role.REVIEW) as connection:
        return {int(row[0]): Moments(*row[1:]) for row in connection.execute(sa.text(query), {"b": batch_id})}


def record_findings(store: Store, draw: Draw, found: Sequence[Found], author: str) -> None:
    """Keep what was found of a sample, all strata at once; of several findings the last one counts."""
    with store.writing("row_sample_findings", Role.REVIEW) as connection:
        for each in found:
            connection.execute(
                sa.text("""
                    INSERT INTO row_sample_findings
                        (sample, batch_id, stratum, rows, drawn, "right", wrong, unclear, author)
                    VALUES (:sample, CAST(:batch_id AS uuid), :stratum, :rows, :drawn, :right, :wrong, :unclear,
                            :author)"""),
                {"sample": draw.number, "batch_id": draw.batch_id, "author": author, **vars(each)},
            )
        totals = (sum(f.drawn for f in found), sum(f.wrong for f in found), sum(f.unclear for f in found))
        event = Event("sample.answered", "batch", draw.batch_id, after=(draw.number, *totals))
        audit.append(connection, store.acting, event)


def findings(store: Store, number: int) -> list[Found]:
    """What was found of a sample, by stratum: the last finding of each."""
    query = """
        SELECT DISTINCT ON (stratum) stratum, rows, drawn, "right", wrong, unclear FROM row_sample_findings
        WHERE sample = :n ORDER BY stratum, number DESC"""
    with store.reading(Role.REVIEW) as connection:
        return [Found(**row) for row in connection.execute(sa.text(query), {"n": number}).mappings()]


def _strata(connection: Connection, batch_id: str, by: By) -> dict[str, int]:
    known = "SELECT FROM batches WHERE batch_id = CAST(:b AS uuid)"
    if (
        not _ID.fullmatch(batch_id)
        or not connection.execute(sa.text(f"SELECT EXISTS ({known})"), {"b": batch_id}).scalar_one()
    ):
        raise UsageError("batch.unknown", batch=batch_id)
    query = f"SELECT {_STRATUM[by]}, count(*) FROM row_outcomes WHERE batch_id = CAST(:b AS uuid) GROUP BY 1 ORDER BY 1"
    return {str(name): int(rows) for name, rows in connection.execute(sa.text(query), {"b": batch_id})}


def _drawn(batch_id: str, by: By) -> str:
    """Outcomes of the drawn rows, with the record that the store has of each: a known row's is an earlier one."""
    return f"""
        SELECT o.record_id, {_STRATUM[by]} AS stratum, o.outcome, o.rule_id, o.file, o.sheet, o.page, o.line, {_VALUES}
        FROM drawn_rows d JOIN row_outcomes o ON o.record_id = d.record_id AND o.batch_id = '{batch_id}'
        LEFT JOIN memberships m
            ON m.record_id = CASE WHEN o.known_record_id IS NULL THEN o.record_id ELSE o.known_record_id END
        LEFT JOIN records r ON r.record_id = m.record_id AND r.province_code = m.province_code
        ORDER BY 2, o.file, o.sheet, o.page, o.line"""


def _draws(store: Store, where: str, given: Mapping[str, object]) -> list[Draw]:
    query = f"""
        SELECT number, encode(uuid_send(batch_id), 'hex') AS batch_id, seed, strata, rows, drawn, digest, author
        FROM row_samples WHERE {where} ORDER BY number"""
    with store.reading(Role.REVIEW) as connection:
        return [Draw(**row) for row in connection.execute(sa.text(query), dict(given)).mappings()]
