"""What people ask of households: who lives there, who did, and by which lines."""

import re

import pyarrow as pa
import sqlalchemy as sa

from schemas import tables as contracts
from schemas.field import Column, TableSpec
from store.copying import copy_out
from store.engine import Store
from store.reports import current_person_id
from store.roles import Role

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


def household_keys(store: Store, given: str) -> list[str]:
    """Keys of the households of that key, or of that number as ledgers write it; several lists may share a number."""
    where = "household_key = CAST(:g AS uuid)" if _ID.fullmatch(given) else "household_id = :g"
    query = f"SELECT encode(uuid_send(household_key), 'hex') FROM golden_households WHERE {where} ORDER BY 1"
    with store.reading(Role.REVIEW) as connection:
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


def _asked(store: Store, query: str, given: str, spec: TableSpec) -> pa.Table:
    if not _ID.fullmatch(given):
        return spec.schema.empty_table()
    with store.reading(Role.REVIEW) as connection:
        return pa.concat_tables([spec.schema.empty_table(), *copy_out(connection, query.format(id=given), spec)])


_STAY_COLUMNS = ", ".join(f"h.{c}" for c in contracts.HOUSEHOLD_MEMBERS.column_names)
_PLACES = ", ".join(f"{side[0]}.{c} AS {side}_{c}" for side in ("from", "to") for c in ("file", "sheet", "line"))
_ROSTER = f"""
    SELECT {_STAY_COLUMNS}, g.household_id, p.full_name, p.birth_year, {_PLACES}
    FROM household_members h
    JOIN golden_persons p USING (person_id) JOIN golden_households g ON g.household_key = h.household_key
    LEFT JOIN row_outcomes f ON f.record_id = h.from_record_id AND f.outcome <> 'rejected'
    LEFT JOIN row_outcomes t ON t.record_id = h.to_record_id AND t.outcome <> 'rejected'"""
