"""Households of the store: their members over time as the batch hands them over, and what is counted from these.

Members are derived from the records of a person, households from their members: both can be made again at any time
(`count_touched` for any set of household keys), so that whatever moves a record moves the household with it.
"""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import copy_in, count_rows, of_persons, read_parts
from store.indexes import copy_many
from store.queries import by_index, each_record
from store.upserts import is_empty

_SPEC = contracts.HOUSEHOLD_MEMBERS
_NAMES = ", ".join(_SPEC.column_names)
TOUCHED = "touched_households"
"""Temporary table of the household keys that are counted anew."""


def stage_members(connection: Connection, folders: Sequence[Path], touched: pa.Array) -> None:
    """Stage the stays of the persons that the store has; note the households of all, those that they leave too."""
    _run(
        connection,
        f"CREATE TEMP TABLE staged_{_SPEC.name} ON COMMIT DROP AS SELECT {_NAMES} FROM {_SPEC.name} WHERE false",
    )
    copy_in(connection, f"staged_{_SPEC.name}", of_persons(folders, _SPEC, touched, are_touched=True))
    _run(connection, f"ANALYZE staged_{_SPEC.name}")
    _run(connection, f"CREATE TEMP TABLE {TOUCHED} (household_key uuid) ON COMMIT DROP")
    keys = (pa.table({"household_key": pc.unique(t["household_key"])}) for t in read_parts(folders, ["household_key"]))
    copy_in(connection, TOUCHED, keys)
    _run(
        connection,
        f"""INSERT INTO {TOUCHED} SELECT household_key FROM household_members WHERE person_id IN (
                SELECT person_id FROM staged_golden_persons UNION SELECT old_person_id FROM moved)""",
    )


def write_members(connection: Connection, folders: Sequence[Path], touched: pa.Array) -> None:
    """Write the stays; those that say what they said stay as they were recorded."""
    _run(
        connection,
        f"""DELETE FROM household_members m USING (
                SELECT person_id FROM staged_golden_persons UNION SELECT old_person_id FROM retired) p
            WHERE m.person_id = p.person_id AND NOT EXISTS (
                SELECT FROM staged_household_members s WHERE s.person_id = m.person_id AND s.stay = m.stay
                AND ({_values("s")}) IS NOT DISTINCT FROM ({_values("m")}))""",
    )
    _run(
        connection,
        f"""INSERT INTO household_members ({_NAMES}) SELECT {_NAMES} FROM staged_household_members
            ON CONFLICT (person_id, stay) DO NOTHING""",
    )
    new = of_persons(folders, _SPEC, touched, are_touched=False)
    copy_many(connection, _SPEC.name, new, count_rows(folders))


def count_touched(connection: Connection) -> None:
    """Make the golden households of the keys in TOUCHED anew from their members; without any they are gone."""
    spec = contracts.GOLDEN_HOUSEHOLDS
    names = ", ".join(spec.column_names)
    if is_empty(connection, spec.name):
        _run(connection, f"INSERT INTO {spec.name} ({names}) {_counted('household_members')}")
        return
    _run(
        connection,
        f"""CREATE TEMP TABLE touched_members ON COMMIT DROP AS
            SELECT m.* FROM (SELECT DISTINCT household_key FROM {TOUCHED}) t
            {by_index("household_members", "household_key", "t", "m")}""",
    )
    values = [c for c in spec.column_names if c not in spec.key]
    _run(
        connection,
        f"""INSERT INTO {spec.name} AS stored ({names}) {_counted("touched_members", _ONE_BY_ONE)}
            ON CONFLICT (household_key) DO UPDATE SET {", ".join(f"{c} = excluded.{c}" for c in values)}
            WHERE ({", ".join(f"stored.{c}" for c in values)})
                IS DISTINCT FROM ({", ".join(f"excluded.{c}" for c in values)})""",
    )
    _run(
        connection,
        f"""DELETE FROM {spec.name} h USING {TOUCHED} t WHERE t.household_key = h.household_key
            AND NOT EXISTS (SELECT FROM household_members m WHERE m.household_key = h.household_key)""",
    )


def count_again(connection: Connection, keys: str) -> None:
    """Make the households of other keys anew, after `count_touched`; `keys` is a query of household_key."""
    _run(connection, "DROP TABLE IF EXISTS touched_members")
    _run(connection, f"TRUNCATE {TOUCHED}")
    _run(connection, f"INSERT INTO {TOUCHED} {keys}")
    count_touched(connection)


def _values(table: str) -> str:
    return ", ".join(f"{table}.{c}" for c in _SPEC.column_names)


_OPEN = "to_reason IS NULL"
_WHY_NO_HEAD = (
    f"count(*) FILTER (WHERE is_head AND {_OPEN}) > 1",
    "bool_or(is_head AND to_reason = 'death')",
    "bool_or(is_head AND to_reason = 'missing')",
    "bool_or(is_head AND to_reason IN ('moved_out', 'unclear'))",
    "true",
)
_HEADS = f"count(*) FILTER (WHERE is_head AND {_OPEN})"
_RULE = " ".join(f"WHEN {test} THEN '{rule}'" for test, rule in zip(_WHY_NO_HEAD, contracts.HEAD_RULES, strict=True))


_ALL_AT_ONCE = "JOIN records r ON r.record_id = {beside}.record_id"
_ONE_BY_ONE = each_record("{beside}.record_id")
"""How the records of members are found: of a batch by their index, however large the store is."""


def _counted(members: str, records: str = _ALL_AT_ONCE) -> str:
    """GOLDEN_HOUSEHOLDS of the members in a table; `records` joins the records `r` of the table {beside}.

    The number and the address are those of the record of one member: the head before the others, who is there before
    who left, the newest entry, then the lowest content id, so that the order of batches makes no difference.
    """
    return f"""
        SELECT h.household_key, r.province_code, r.household_id, r.permanent_residence_text,
               r.permanent_residence_code, h.head_person_id, h.head_rule_id, h.member_count, h.dead_count,
               h.missing_count, h.valid_from, h.valid_to
        FROM (SELECT household_key,
                     CASE WHEN {_HEADS} = 1
                          THEN (array_agg(person_id) FILTER (WHERE is_head AND {_OPEN}))[1] END AS head_person_id,
                     CASE WHEN count(*) FILTER (WHERE {_OPEN}) = 0 OR {_HEADS} = 1 THEN NULL
                          {_RULE} END AS head_rule_id,
                     count(*) FILTER (WHERE {_OPEN})::integer AS member_count,
                     count(*) FILTER (WHERE to_reason = 'death')::integer AS dead_count,
                     count(*) FILTER (WHERE to_reason = 'missing')::integer AS missing_count,
                     min(from_date) AS valid_from,
                     CASE WHEN count(*) FILTER (WHERE {_OPEN}) = 0 THEN max(to_date) END AS valid_to
              FROM {members} GROUP BY household_key) h
        JOIN (SELECT DISTINCT ON (t.household_key) t.household_key, r.record_id, r.province_code, r.household_id,
                     r.permanent_residence_text, r.permanent_residence_code
              FROM {members} t {records.format(beside="t")}
              ORDER BY t.household_key, to_reason IS NULL DESC, is_head DESC, from_date DESC NULLS LAST,
                       r.content_id, t.record_id) r USING (household_key)"""


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
