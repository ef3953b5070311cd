"""Masked views: the tables with persons' values as reports may see them, under the same names in a schema of their own.

Names keep their initials (`N***** V** A*`), numbers their last three digits (`***456`), texts their shape, a birth its
year. The views belong to a role that is subject to row security itself and works for the session's scope: with
`security_invoker` the reader would need the right to read the very columns that are masked.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from store.tables import METADATA

SCHEMA = "masked"
TABLES = ("records", "golden_persons", "golden_households", "quarantine", "issued_numbers")
_NUMBERS = frozenset({
    "personal_number", "old_id_number", "head_number", "household_id", "residence_file_number",
})  # fmt: skip
_NAMES = frozenset({"full_name", "surname", "middle_name", "given_name", "other_names"})
_SHAPED = frozenset({"birth_place"})
_HIDDEN = frozenset({
    "birth_day", "birth_month", "death_day", "death_month", "sort_key", "search_key", "raw_value",
})  # fmt: skip
_NAME = r"regexp_replace({}, '(?<=\S)\S', '*', 'g')"
_NUMBER = "'***' || right({}, 3)"
_SHAPE = r"regexp_replace(regexp_replace({}, '\d', '*', 'g'), '(?<=\w)[^\W\d_]', '*', 'g')"

_SAME_NUMBER = """
    SELECT s.left_record_id, s.right_record_id FROM public.scored_pairs s
    JOIN public.memberships a ON a.record_id = s.left_record_id
    JOIN public.memberships b ON b.record_id = s.right_record_id
    JOIN public.records l ON l.record_id = s.left_record_id AND l.province_code = a.province_code
    JOIN public.records r ON r.record_id = s.right_record_id AND r.province_code = b.province_code
    WHERE l.personal_number = r.personal_number"""
"""Masked numbers cannot be compared, so the pairs whose numbers are equal are a view of their own."""


def statements(owner: str, reader: str, backup: str) -> Iterator[str]:
    """Make the schema and its views anew; at the end the role is that of the views' owner.

    Args:
        owner: quoted name of the role that owns the views.
        reader: of the role that reads them.
        backup: of the role that a backup reads everything as.
    """
    yield f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    yield f"CREATE SCHEMA {SCHEMA}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {owner}, {reader}, {backup}"
    yield f"GRANT CREATE ON SCHEMA {SCHEMA} TO {owner}"
    yield f"SET LOCAL ROLE {owner}"
    for name, query in views().items():
        yield f"CREATE VIEW {SCHEMA}.{name} WITH (security_barrier = true) AS {query}"
        yield f"GRANT SELECT ON {SCHEMA}.{name} TO {reader}, {backup}"


def views() -> dict[str, str]:
    """The query of each masked view by its name."""
    made = {
        table: f"SELECT {', '.join(_masked(c) for c in METADATA.tables[table].columns)} FROM public.{table}"
        for table in TABLES
    }
    return made | {"same_number_pairs": _SAME_NUMBER}


def _masked(column: "sa.Column[object]") -> str:
    name = column.name
    if name in _HIDDEN:
        return f"NULL::{column.type} AS {name}"
    return f"{_shown(name)} AS {name}"


def _shown(name: str) -> str:
    if name in _NUMBERS:
        return _NUMBER.format(name)
    if name in _NAMES or name.endswith("_name"):
        return _NAME.format(name)
    if name in _SHAPED or name.endswith(("_text", "_raw")):
        return _SHAPE.format(name)
    return name
