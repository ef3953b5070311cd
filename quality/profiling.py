"""Count what a batch holds: empty fields and why, findings by rule, ages and sexes, heaped years."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.fields import FIELDS

FIELD_COUNTS = pa.schema(
    [
        pa.field("field", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),
    ]
)
FINDING_COUNTS = pa.schema(
    [
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),
    ]
)
AGE_COUNTS = pa.schema(
    [
        pa.field("born_from", pa.int16()),
        pa.field("sex_code", pa.string()),
        pa.field("count", pa.int64(), nullable=False),
    ]
)
_YEARS_A_GROUP = 5
_ROUND = 5


def field_counts(records: pa.Table) -> pa.Table:
    """How often each of the 17 fields is filled (``.``) or empty for each reason.

    Args:
        records: any table with ``empty_reasons`` (RECORDS, GOLDEN_PERSONS): 17 letters a row.

    Returns:
        FIELD_COUNTS: field, reason, count; only pairs that occur, fields in the law's order. Tables add up with
        `add_counts`.

    Raises:
        ValueError: when the letters of a row are not as many as the fields.
    """
    # Few patterns of 17 letters occur in a ledger: the distinct ones are counted, not the rows.
    seen = pc.value_counts(records.column("empty_reasons"))
    patterns, counts = seen.field("values").to_pylist(), seen.field("counts").to_numpy()
    letters = np.array([_letters(p) for p in patterns]).reshape(len(patterns), len(FIELDS))
    fields, reasons, totals = [], [], []
    for position, field in enumerate(FIELDS):
        for reason in np.unique(letters[:, position]):
            fields.append(field.name)
            reasons.append(str(reason))
            totals.append(int(counts[letters[:, position] == reason].sum()))
    return pa.table([fields, reasons, totals], schema=FIELD_COUNTS)


def finding_counts(findings: pa.Table) -> pa.Table:
    """FINDING_COUNTS of CHECK_RESULTS: rule_id, field, severity, count, the most frequent first."""
    keys = ["rule_id", "field", "severity"]
    counted = findings.group_by(keys).aggregate([([], "count_all")]).rename_columns([*keys, "count"])
    return counted.select(FINDING_COUNTS.names).cast(FINDING_COUNTS).sort_by(_ORDER)


def age_counts(golden: pa.Table) -> pa.Table:
    """AGE_COUNTS of GOLDEN_PERSONS: people by five years of birth (``born_from`` = first of them) and sex code.

    Null years and sexes are counted as null. Living or dead alike: the ledger seldom says.
    """
    year = golden.column("birth_year")
    start = pc.multiply(pc.floor(pc.divide(pc.cast(year, pa.float64()), _YEARS_A_GROUP)), _YEARS_A_GROUP)
    table = pa.table({"born_from": pc.cast(start, pa.int16()), "sex_code": golden.column("sex_code")})
    counted = table.group_by(["born_from", "sex_code"]).aggregate([([], "count_all")])
    named = counted.rename_columns(["born_from", "sex_code", "count"]).select(AGE_COUNTS.names).cast(AGE_COUNTS)
    return named.sort_by([("born_from", "ascending"), ("sex_code", "ascending")])


def add_counts(tables: Iterable[pa.Table]) -> pa.Table | None:
    """Add up tables of counts of one schema (all columns but ``count`` are the key), in order of first appearance.

    Returns None for no tables, since their schema is unknown.
    """
    listed = list(tables)
    if not listed:
        return None
    keys = [n for n in listed[0].schema.names if n != "count"]
    summed = pa.concat_tables(listed).group_by(keys, use_threads=False).aggregate([("count", "sum")])
    return summed.rename_columns([*keys, "count"]).select(listed[0].schema.names).cast(listed[0].schema)


def whipple_index(born: np.ndarray, first: int, last: int, *, fewest: int = 1) -> float | None:
    """Heaping on years of birth that end in 0 or 5: 100 = none, 500 = all years do.

    Whipple's index (United Nations, Manual II, 1955) on years of birth, since ledgers hold years, not ages.

    Args:
        born: births by year, index = year.
        first: first year of the window.
        last: last year of the window, inclusive; a window of whole tens is fair to each final digit.
        fewest: least births in the window; below it the index says nothing and None is returned.
    """
    years = np.arange(max(first, 0), min(last + 1, born.size))
    total = int(born[years].sum())
    if total < max(fewest, 1):
        return None
    return round(float(born[years[years % _ROUND == 0]].sum()) * _ROUND * 100 / total, 2)


def _letters(pattern: str) -> list[str]:
    if len(pattern) != len(FIELDS):
        raise ValueError(f"empty_reasons of {len(pattern)} letters for {len(FIELDS)} fields")
    return list(pattern)


_ORDER = [("count", "descending"), ("rule_id", "ascending"), ("field", "ascending")]
