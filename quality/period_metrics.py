"""The figures of a month that its expectations judge: those that its report tells, so that nothing hidden is judged.

A figure that says nothing (a share of a handful of rows) is None, and breaks no expectation.
"""

from collections.abc import Mapping

from quality.groups import DIMENSIONS
from quality.metrics import FEW_PERSONS
from quality.period_facts import AGES, added_balances
from quality.period_fields import PeriodField
from quality.period_report import PeriodReport
from quality.period_suite import REQUIRED
from quality.report_households import HouseholdSection
from quality.sections_scans import sums_of
from schemas.tables import OUTCOMES

Figures = Mapping[str, float | None]

_FEW_BATCHES, _FEW_ROWS, _FEW_GROUP = 5, 20, 100


def figures(report: PeriodReport) -> Figures:
    """The figures of a month by column of `quality.period_suite`."""
    return {
        **_rows(report), **_fields(report), **_people(report), **_households(report.households), **_scans(report),
        "widest_gap_share": _widest_gap(report), "old_cases_share": _old_cases(report),
    }  # fmt: skip


def _rows(report: PeriodReport) -> dict[str, float | None]:
    sums, told = report.tally.balance, report.verdicts
    lines = [line for part in report.facts.parts for line in part.batches if line.counts]
    beside = added_balances(line.balance for line in lines)
    batches = sum(told.values())
    return {
        "rows_unaccounted": sums.difference,
        "rows_beside_batches": sum(abs(getattr(sums, n) - getattr(beside, n)) for n in ("read", *OUTCOMES)),
        "fields_off": sum(field.now.rows != sums.taken for field in report.fields),
        "stopped_share": _share(told.get("stopped", 0), batches, _FEW_BATCHES),
        "undone_share": _share(told.get("undone", 0), batches, _FEW_BATCHES),
        "quarantined_share": _share(sums.quarantined, sums.read - sums.rejected, _FEW_ROWS),
        "rejected_share": _share(sums.rejected, sums.read, _FEW_ROWS),
        "merged_share": _share(sums.merged, sums.taken, _FEW_ROWS),
    }


def _fields(report: PeriodReport) -> dict[str, float | None]:
    found: dict[str, float | None] = {"largest_drop_share": _largest_drop(report.fields)}
    for field in report.fields:
        name, now = field.declared.name, field.now
        if name in REQUIRED:
            found[f"{name}_filled_share"] = _share(now.filled, now.rows, _FEW_ROWS)
        found[f"{name}_valid_share"] = _share(now.valid, now.filled, _FEW_ROWS)
    return found


def _largest_drop(fields: tuple[PeriodField, ...]) -> float | None:
    """The most by which the valid share of the values of a field is less than in the month before."""
    drops = []
    for field in fields:
        before = field.before
        if before is not None and before.filled >= _FEW_ROWS and field.now.filled >= _FEW_ROWS:
            drops.append(before.valid / before.filled - field.now.valid / field.now.filled)
    return round(max(0.0, *drops), 6) if drops else None


def _people(report: PeriodReport) -> dict[str, float | None]:
    found = report.population
    digits = found.final_digits
    return {
        "male_share": _share(found.males, found.males + found.females, FEW_PERSONS),
        "young_sex_ratio": found.young_sex_ratio,
        "whipple_index": found.whipple_index,
        "myers_index": None if digits is None else digits.myers_index,
    }


def _households(found: HouseholdSection | None) -> dict[str, float | None]:
    lived_in = 0 if found is None else found.households - found.empty
    if found is None or lived_in < _FEW_ROWS:
        return dict.fromkeys(("headless_share", "several_heads_share", "mean_members"))
    living = sum(group.members * group.households for group in found.sizes)
    return {
        "headless_share": _share(found.without_head, lived_in, _FEW_ROWS),
        "several_heads_share": _share(found.several_heads, lived_in, _FEW_ROWS),
        "mean_members": round(living / lived_in, 2),
    }


def _scans(report: PeriodReport) -> dict[str, float | None]:
    cells = sums_of(report.tally.cells)
    return {
        "cells_waiting_share": _share(cells["waiting"], cells["cells"], _FEW_ROWS),
        "cells_corrected_share": _share(cells["corrected"], cells["corrected"] + cells["confirmed"], _FEW_ROWS),
    }


def _widest_gap(report: PeriodReport) -> float | None:
    """How far the group whose rows are kept out most lies above all rows of its dimension; None without groups."""
    gaps = []
    for dimension in DIMENSIONS:
        groups = [g for g in report.groups or () if g.dimension == dimension and g.code is not None]
        rows, kept_out = sum(g.rows for g in groups), sum(g.kept_out for g in groups)
        large = [g for g in groups if g.rows >= _FEW_GROUP]
        gaps += [g.kept_out / g.rows - kept_out / rows for g in large] if len(large) > 1 else []
    return round(max(gaps), 6) if gaps else None


def _old_cases(report: PeriodReport) -> float | None:
    groups = report.cases.groups
    waiting = {g.days_from: g.rows + g.pairs for g in groups}
    return _share(waiting.get(AGES[-1], 0), sum(waiting.values()), _FEW_ROWS)


def _share(part: int, whole: int, fewest: int) -> float | None:
    return round(part / whole, 6) if whole >= fewest else None
