"""What people ask of households: who lives there, who did, by which lines, and how many of a batch's are whole."""

import re
from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa

from schemas import tables as contracts
from schemas.field import Column, TableSpec
from store.copying import copy_out
from store.engine import Store
from store.reports import current_person_id

_ID = re.compile(r"[0-9a-f]{32}")
_S, _I16, _I32 = pa.string(), pa.int16(), pa.int32()

ROSTER = TableSpec(
    "roster",
    (
        *(c for c in contracts.HOUSEHOLD_MEMBERS.columns),
        Column("household_id", _S),
        Column("full_name", _S),
        Column("birth_year", _I16),
        *(Column(f"{side}_{name}", kind) for side in ("from", "to") for name, kind in (
            ("file", _S), ("sheet", _S), ("line", _I32)
        )),
    ),
    ("person_id", "stay"),
    "Stays with who lived there and the places of the lines that began and ended them.",
)  # fmt: skip


@dataclass(frozen=True)
class HouseholdFigures:
    """Households with a member of a batch, as the store has them now; persons by their state in these.

    Attributes:
        headed: households with one head.
        issues: (rule, households) where somebody has to say who is the head.
        closed: households where nobody is left.
        sizes: (members, households) of those with members.
        living, dead, missing: persons of the batch, by golden record.
        unclear: persons of the batch whom two ledgers put into two households at one time.
        without: persons of the batch without a household.
    """

    headed: int
    issues: tuple[tuple[str, int], ...]
    closed: int
    sizes: tuple[tuple[int, int], ...]
    living: int
    dead: int
    missing: int
    unclear: int
    without: int


def household_keys(store: Store, given: str) -> list[str]:
    """Keys of the households of that key, or of that number as ledgers write it; several lists may share a number."""
    where = "household_key = CAST(:g AS uuid)" if _ID.fullmatch(given) else "household_id = :g"
    query = f"SELECT encode(uuid_send(household_key), 'hex') FROM golden_households WHERE {where} ORDER BY 1"
    with store.reading() as connection:
        return [str(key) for key in connection.execute(sa.text(query), {"g": given}).scalars()]


def household(store: Store, key: str) -> pa.Table:
    """GOLDEN_HOUSEHOLDS: the row of that key; none if there is no such household."""
    names = ", ".join(contracts.GOLDEN_HOUSEHOLDS.column_names)
    return _asked(
        store, f"SELECT {names} FROM golden_households WHERE household_key = '{{id}}'", key, contracts.GOLDEN_HOUSEHOLDS
    )


def roster(store: Store, key: str) -> pa.Table:
    """ROSTER of a household: who is there first, the head, then by place in the ledger; those who left after them."""
    order = "h.to_reason IS NOT NULL, h.is_head DESC, h.household_position NULLS LAST, h.from_date, h.record_id"
    return _asked(store, f"{_ROSTER} WHERE h.household_key = '{{id}}' ORDER BY {order}", key, ROSTER)


def person_stays(store: Store, person_id: str) -> pa.Table:
    """ROSTER of one person, also under a former id: all stays in the order of time."""
    current = current_person_id(store, person_id)
    if current is None:
        return ROSTER.schema.empty_table()
    return _asked(store, f"{_ROSTER} WHERE h.person_id = '{{id}}' ORDER BY h.stay", current, ROSTER)


def household_figures(store: Store, batch_id: str) -> HouseholdFigures:
    """The households that a batch has members in; all 0 for a batch that the store does not know."""
    if not _ID.fullmatch(batch_id):
        raise ValueError("no batch id")
    with store.reading() as connection:
        for statement in _TEMPORARY:
            connection.execute(sa.text(statement.format(id=batch_id)))
        issues = [(str(i), int(n)) for i, n in connection.execute(sa.text(_ISSUES)) if i is not None]
        sizes = [(int(m), int(n)) for m, n in connection.execute(sa.text(_SIZES))]
        headed, closed = connection.execute(sa.text(_HEADED)).one()
        living, dead, missing, unclear, without = connection.execute(sa.text(_STATES)).one()
    return HouseholdFigures(
        int(headed), tuple(issues), int(closed), tuple(sizes), int(living), int(dead), int(missing), int(unclear),
        int(without),
    )  # fmt: skip


def _asked(store: Store, query: str, given: str, spec: TableSpec) -> pa.Table:
    if not _ID.fullmatch(given):
        return spec.schema.empty_table()
    with store.reading() as connection:
        return pa.concat_tables([spec.schema.empty_table(), *copy_out(connection, query.format(id=given), spec)])


_STAY_COLUMNS = ", ".join(f"h.{c}" for c in contracts.HOUSEHOLD_MEMBERS.column_names)
_PLACES = ", ".join(f"{side[0]}.{c} AS {side}_{c}" for side in ("from", "to") for c in ("file", "sheet", "line"))
_ROSTER = f"""
    SELECT {_STAY_COLUMNS}, g.household_id, p.full_name, p.birth_year, {_PLACES}
    FROM household_members h
    JOIN golden_persons p USING (person_id) JOIN golden_households g ON g.household_key = h.household_key
    LEFT JOIN row_outcomes f ON f.record_id = h.from_record_id AND f.outcome <> 'rejected'
    LEFT JOIN row_outcomes t ON t.record_id = h.to_record_id AND t.outcome <> 'rejected'"""
_TEMPORARY = (
    """CREATE TEMP TABLE batch_persons ON COMMIT DROP AS
       SELECT DISTINCT m.person_id FROM row_outcomes o JOIN memberships m USING (record_id)
       WHERE o.batch_id = '{id}' AND o.outcome IN ('loaded', 'merged')""",
    "ANALYZE batch_persons",
    """CREATE TEMP TABLE batch_households ON COMMIT DROP AS
       SELECT g.* FROM (SELECT DISTINCT household_key FROM household_members JOIN batch_persons USING (person_id)) k
       JOIN golden_households g USING (household_key)""",
)
_ISSUES = "SELECT head_issue, count(*) FROM batch_households GROUP BY 1 ORDER BY 2 DESC, 1"
_SIZES = "SELECT member_count, count(*) FROM batch_households WHERE member_count > 0 GROUP BY 1 ORDER BY 1"
_HEADED = """
    SELECT count(*) FILTER (WHERE head_person_id IS NOT NULL), count(*) FILTER (WHERE member_count = 0)
    FROM batch_households"""
_STATES = """
    SELECT count(*) FILTER (WHERE NOT is_gone),
           count(*) FILTER (WHERE is_gone AND death_kind IS DISTINCT FROM 'missing'),
           count(*) FILTER (WHERE death_kind = 'missing'), count(*) FILTER (WHERE is_unclear),
           count(*) FILTER (WHERE NOT has_stay)
    FROM (SELECT p.death_kind, num_nonnulls(p.death_year, p.death_kind) > 0 AS is_gone,
                 coalesce(s.is_unclear, false) AS is_unclear, s.person_id IS NOT NULL AS has_stay
          FROM batch_persons b JOIN golden_persons p USING (person_id)
          LEFT JOIN (SELECT person_id, bool_or(to_reason = 'unclear') AS is_unclear
                     FROM household_members JOIN batch_persons USING (person_id) GROUP BY 1) s
              USING (person_id)) states"""
