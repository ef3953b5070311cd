"""What must hold for a month of a province or of the nation: declared once, from FIELDS; its numbers are data.

A sum that does not add up is critical: the report would say something false. All else is a warning: a figure that
looks odd, and that somebody should explain. Bounds stand in `data/month_limits.csv`, since what is odd in the nation
may be usual in one province.
"""

from dataclasses import replace

from quality.gate_limits import MONTH, Limit, month_limits_of, shipped_of_months
from quality.suite import BATCH, Expected, Kind
from schemas.fields import FIELDS

_GUARDS: tuple[tuple[str, str], ...] = (
    ("rows.balance", "rows_unaccounted"), ("rows.batches", "rows_beside_batches"), ("fields.rows", "fields_off"),
)  # fmt: skip
_WHOLE: tuple[tuple[str, str], ...] = (
    ("batches.stopped", "stopped_share"), ("batches.undone", "undone_share"),
    ("rows.quarantined", "quarantined_share"), ("rows.rejected", "rejected_share"), ("rows.merged", "merged_share"),
    ("fields.worse", "largest_drop_share"),
)  # fmt: skip
_PEOPLE: tuple[tuple[str, str], ...] = (
    ("persons.sex", "male_share"), ("persons.young_sex", "young_sex_ratio"), ("persons.heaping", "whipple_index"),
    ("persons.digits", "myers_index"), ("households.head", "headless_share"),
    ("households.heads", "several_heads_share"), ("households.size", "mean_members"),
    ("scans.waiting", "cells_waiting_share"), ("scans.corrected", "cells_corrected_share"),
    ("groups.kept_out", "widest_gap_share"), ("cases.old", "old_cases_share"),
)  # fmt: skip

REQUIRED: tuple[str, ...] = tuple(f.name for f in FIELDS if f.required)
"""Fields that a row should always have: the least share of rows that do is a limit."""

_FIELDS = (
    *((f"{name}.filled", f"{name}_filled_share") for name in REQUIRED),
    *((f"{f.name}.valid", f"{f.name}_valid_share") for f in FIELDS),
)
MONTH_EXPECTATIONS: tuple[Expected, ...] = (
    *(Expected(MONTH + name, BATCH, column, Kind.BETWEEN, low=0, high=0) for name, column in _GUARDS),
    *(Expected(MONTH + name, BATCH, column, Kind.BETWEEN, "warning") for name, column in (*_WHOLE, *_FIELDS, *_PEOPLE)),
)
"""Every expectation on a month, without its bounds: the guards, rows, fields, then persons and what waits."""

FIGURES: tuple[str, ...] = tuple(e.column for e in MONTH_EXPECTATIONS)
"""The figures of a month that are judged."""


def month_expectations(scope: str, own: tuple[Limit, ...] = ()) -> tuple[Expected, ...]:
    """The expectations on a month of the nation or of a province (its code).

    Args:
        scope: `nation`, or a code of the 34.
        own: limits of the operator's, which go before those of the package.
    """
    limits = month_limits_of(shipped_of_months(), own, scope=scope)
    return tuple(
        replace(e, low=limits[e.id].low, high=limits[e.id].high) if e.id in limits else e for e in MONTH_EXPECTATIONS
    )
