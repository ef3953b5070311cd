"""What a column function of this floor returns: standardised columns, why cells are empty, and what was found.

Column functions take a `pa.Array` of text as read and work on its distinct values only; `by_distinct` does
the encoding and the way back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason


@dataclass(frozen=True)
class Finding:
    """A rule that fired on some rows of the column: its id, the field, the row numbers (int64, ascending)."""

    rule_id: str
    field: str
    rows: np.ndarray


@dataclass(frozen=True)
class Standardised:
    """One field of a chunk: standardised columns by name, one EmptyReason letter a row, the findings."""

    columns: Mapping[str, pa.Array]
    reasons: pa.Array
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Value:
    """One distinct value standardised: a value for each column, why it is empty, rule ids that fired."""

    values: tuple[object, ...]
    reason: EmptyReason = EmptyReason.FILLED
    rules: tuple[str, ...] = field(default=())


def by_distinct(
    raw: pa.Array, read: Callable[[str], Value], names: Sequence[str], types: Sequence[pa.DataType], field_name: str,
) -> Standardised:  # fmt: skip
    """Apply `read` to each distinct non-null text of the column and spread the results over its rows.

    A null cell is empty with reason BLANK. `names` and `types` describe `Value.values`, in order.
    """
    encoded = raw.dictionary_encode()
    read_values = [read(text) for text in encoded.dictionary.to_pylist()]
    index = encoded.indices
    columns = {
        name: pa.array([v.values[i] for v in read_values], kind).take(index)
        for i, (name, kind) in enumerate(zip(names, types, strict=True))
    }
    letters = pa.array([v.reason.value for v in read_values], pa.string()).take(index)
    reasons = pc.fill_null(letters, EmptyReason.BLANK.value)
    return Standardised(columns, reasons, _findings(read_values, index, field_name))


def _findings(values: Sequence[Value], index: pa.Array, field_name: str) -> tuple[Finding, ...]:
    rules = sorted({rule for v in values for rule in v.rules})
    if not rules:
        return ()
    codes = pc.fill_null(index, -1).to_numpy(zero_copy_only=False)
    found = []
    for rule in rules:
        hit = np.array([rule in v.rules for v in values] + [False])
        found.append(Finding(rule, field_name, np.flatnonzero(hit[codes]).astype(np.int64)))
    return tuple(found)


def found(rule_id: str, field_name: str, hit: np.ndarray) -> tuple[Finding, ...]:
    """One finding on the rows where `hit` is true; none if there is no such row."""
    rows = np.flatnonzero(hit).astype(np.int64)
    return (Finding(rule_id, field_name, rows),) if len(rows) else ()


def joined(*groups: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of several sources, one for each rule and field, rows ascending and each once."""
    rows: dict[tuple[str, str], list[np.ndarray]] = {}
    for finding in (f for group in groups for f in group):
        rows.setdefault((finding.rule_id, finding.field), []).append(finding.rows)
    return tuple(Finding(rule, name, np.unique(np.concatenate(parts))) for (rule, name), parts in rows.items())
