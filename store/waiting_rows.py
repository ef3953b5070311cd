"""The rows that wait in quarantine: counted by the rule that keeps them out, and listed, those not yet judged first.

A row waits no longer once a row of a later delivery took its place: of its error file, or of its own file mended. An
accepted row that came in with another file is told as accepted: no id leads from one to the other.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schemas.fields import ALL_FIELDS
from store.engine import Store
from store.roles import Role
from store.row_judgements import STANDING_ROWS


@dataclass(frozen=True)
class RuleCount:
    """How many rows wait that a rule keeps out (their first in the order of rules.csv), and what was decided of them.

    `undecided` rows wait for somebody, `accepted` ones to be delivered again, `rejected` ones for nothing any more.
    """

    rule_id: str
    undecided: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class WaitingRow:
    """A row in quarantine, unmasked: whoever shows it masks `raw_value` first.

    Attributes:
        cells: letter and heading of each column that the field is read from; none for files that keep no columns.
        rule_ids: all rules that keep the row out, `rule_id` the first of them.
        decision: accept | reject | None, by `author`.
    """

    record_id: str
    batch_id: str
    province_code: str
    file: str
    sheet: str | None
    page: int | None
    line: int
    rule_id: str
    rule_ids: tuple[str, ...]
    field: str
    raw_value: str | None
    cells: tuple[tuple[str, str], ...]
    decision: str | None
    author: str | None


def counts(store: Store) -> list[RuleCount]:
    """The rules that keep rows out, the one with most undecided rows first."""
    query = f"""
        SELECT rule_id, count(*) FILTER (WHERE decision IS NULL), count(*) FILTER (WHERE decision = 'accept'),
               count(*) FILTER (WHERE decision = 'reject')
        FROM ({_WAITING}) w GROUP BY rule_id ORDER BY 2 DESC, 3 DESC, 1"""
    with store.reading(Role.REVIEW) as connection:
        return [RuleCount(*row) for row in connection.execute(sa.text(query))]


def rows(store: Store, limit: int, rule_id: str | None = None) -> list[WaitingRow]:
    """Rows that wait, of one rule or of all; undecided before decided, those of the oldest batch first."""
    where = "" if rule_id is None else "WHERE w.rule_id = :rule"
    given = {"limit": limit} if rule_id is None else {"limit": limit, "rule": rule_id}
    with store.reading(Role.REVIEW) as connection:
        found = connection.execute(sa.text(_SHOWN.format(where=where)), given).mappings()
        return [_row(dict(row)) for row in found]


def _row(found: dict[str, Any]) -> WaitingRow:
    cells = tuple((str(letter), str(heading)) for letter, heading in found.pop("cells"))
    return WaitingRow(**found | {"cells": cells, "rule_ids": tuple(found["rule_ids"])})


_RAWS = ", ".join(f"('{f.name}', ARRAY[{', '.join(map(repr, f.raw_columns))}]::text[])" for f in ALL_FIELDS)
_WAITING = (
    f"""
    SELECT q.*, o.batch_id, b.province_code, b.recorded_at, j.decision, j.author
    FROM quarantine q JOIN row_outcomes o ON o.record_id = q.record_id AND o.outcome = 'quarantined'
    JOIN batches b ON b.batch_id = o.batch_id
    LEFT JOIN ({STANDING_ROWS}) j ON j.province_code = b.province_code AND j.content_id = q.content_id
    WHERE NOT EXISTS (SELECT FROM corrections c WHERE c.corrected_record_id = q.record_id)"""
    ""
)
_SHOWN = f"""
    SELECT encode(uuid_send(w.record_id), 'hex') AS record_id, encode(uuid_send(w.batch_id), 'hex') AS batch_id,
        w.province_code, w.file, w.sheet, w.page, w.line, w.rule_id, w.field, w.raw_value, w.decision, w.author,
        ARRAY(SELECT DISTINCT rule_id FROM (
            SELECT w.rule_id UNION ALL
            SELECT c.rule_id FROM check_results c WHERE c.record_id = w.record_id AND c.severity = 'block') r
            ORDER BY rule_id) AS rule_ids,
        coalesce((
            SELECT jsonb_agg(jsonb_build_array(k.letter, k.heading) ORDER BY k.position) FROM file_columns k
            JOIN (VALUES {_RAWS}) f (field, raws) ON f.field = w.field AND k.raw_column = ANY(f.raws)
            WHERE k.file_id = w.file_id AND k.sheet IS NOT DISTINCT FROM w.sheet), '[]'::jsonb) AS cells
    FROM ({_WAITING}) w {{where}}
    ORDER BY w.decision IS NOT NULL, w.recorded_at, w.batch_id, w.file, w.sheet NULLS FIRST, w.line, w.record_id
    LIMIT :limit"""
