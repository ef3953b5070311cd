"""conform(table, spec): exact columns, order, types, nulls and unique key, or a ContractError."""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import ContractError
from schemas.field import TableSpec


def conform(table: pa.Table, spec: TableSpec, *, check_key: bool = True) -> pa.Table:
    """Return the table, unchanged, if it keeps the contract.

    Raises:
        ContractError: naming the table and the columns that break it, never a value.
    """
    if tuple(table.schema.names) != spec.column_names:
        raise ContractError(spec.name, "columns", _difference(table.schema.names, spec.column_names))
    wrong = [c.name for c in spec.columns if table.schema.field(c.name).type != c.type]
    if wrong:
        raise ContractError(spec.name, "types", ", ".join(wrong))
    holes = [c.name for c in spec.columns if not c.nullable and table.column(c.name).null_count]
    if holes:
        raise ContractError(spec.name, "nulls", ", ".join(holes))
    if check_key and _has_doubles(table, spec.key):
        raise ContractError(spec.name, "key", ", ".join(spec.key))
    return table.cast(spec.schema)


def empty(spec: TableSpec) -> pa.Table:
    """A table of that contract with no rows."""
    return spec.schema.empty_table()


def _difference(seen: list[str], wanted: tuple[str, ...]) -> str:
    missing = [c for c in wanted if c not in seen]
    extra = [c for c in seen if c not in wanted]
    return f"missing {missing}, extra {extra}" if missing or extra else "wrong order"


def _has_doubles(table: pa.Table, key: tuple[str, ...]) -> bool:
    if len(key) == 1:
        return bool(pc.count_distinct(table.column(key[0])).as_py() != table.num_rows)
    return bool(table.group_by(list(key)).aggregate([]).num_rows != table.num_rows)
