"""The numbers of the gate as data: for the nation, and for a province where its ledgers are of another kind.

A table of scope (`nation` or a province of the 34), expectation, and the bounds: `mostly` (least share of values that
must keep to it), `low`, `high`. Those of the package stand in `data/gate_limits.csv`; a file of the operator's goes
before them, a province before the nation. What guards the store has no line there, so nobody moves it.

Months are judged too (`quality.period_suite`; `data/month_limits.csv`): there `nation` is the month of the nation,
`province` that of any province, and a code that of one.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from schemas import code_lists
from schemas.errors import UsageError

NATION, PROVINCE = "nation", "province"
MONTH = "month."
"""What the names of the expectations on months begin with."""

COLUMNS = ("scope", "expectation", "mostly", "low", "high")


@dataclass(frozen=True)
class Limit:
    """Bounds of one expectation; None = not moved."""

    scope: str
    expectation: str
    mostly: float | None
    low: float | None
    high: float | None


Limits = Mapping[str, Limit]
"""Expectation -> its limit, for one province."""


@cache
def shipped() -> tuple[Limit, ...]:
    """Those of the package for batches."""
    return _of_package("gate_limits.csv")


@cache
def shipped_of_months() -> tuple[Limit, ...]:
    """Those of the package for months."""
    return _of_package("month_limits.csv")


def read_limits(text: str) -> tuple[Limit, ...]:
    """The limits of an operator's file.

    Raises:
        UsageError: gate_limits.columns; or, with the line, gate_limits.number, gate_limits.scope,
            gate_limits.expectation (unknown, or nothing that may be moved), gate_limits.twice.
    """
    rows = csv.DictReader(text.lstrip("\ufeff").splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise UsageError("gate_limits.columns", columns=", ".join(COLUMNS))
    known = {limit.expectation: limit for limit in (*shipped(), *shipped_of_months())}
    seen: set[tuple[str, str]] = set()
    found = []
    for number, row in enumerate(rows, 2):
        limit = _limit(row, number)
        if limit.scope not in _scopes(limit.expectation):
            raise UsageError("gate_limits.scope", line=number)
        if not _moves_what_it_may(limit, known):
            raise UsageError("gate_limits.expectation", line=number)
        if (limit.scope, limit.expectation) in seen:
            raise UsageError("gate_limits.twice", line=number)
        seen.add((limit.scope, limit.expectation))
        found.append(limit)
    return tuple(found)


def limits_of(*tables: Iterable[Limit], province: str = "") -> Limits:
    """The limits for a province: later tables before earlier ones, the province before the nation."""
    return _limits((NATION, province), tables)


def month_limits_of(*tables: Iterable[Limit], scope: str) -> Limits:
    """The limits for a month of the nation, or of a province (its code): that one before any."""
    found = _limits((NATION,) if scope == NATION else (PROVINCE, scope), tables)
    return {name: limit for name, limit in found.items() if name.startswith(MONTH)}


def _limits(scopes: tuple[str, ...], tables: Iterable[Iterable[Limit]]) -> Limits:
    found: dict[str, Limit] = {}
    for table in tables:
        rows = tuple(table)
        for scope in scopes:
            for limit in (row for row in rows if row.scope == scope):
                found[limit.expectation] = _over(found.get(limit.expectation), limit)
    return found


def _of_package(name: str) -> tuple[Limit, ...]:
    text = files("quality").joinpath("data", name).read_text("utf-8")
    return tuple(_limit(row, number) for number, row in enumerate(csv.DictReader(text.splitlines()), 2))


def _scopes(expectation: str) -> frozenset[str]:
    wide = {NATION, PROVINCE} if expectation.startswith(MONTH) else {NATION}
    return _provinces() | wide


def _over(earlier: Limit | None, later: Limit) -> Limit:
    """A bound that the later one does not give stays as it was."""
    if earlier is None:
        return later
    kept = {name: getattr(earlier, name) for name in ("mostly", "low", "high") if getattr(later, name) is None}
    return replace(later, **kept)


def _moves_what_it_may(limit: Limit, known: Mapping[str, Limit]) -> bool:
    """Only the kinds of bounds that the package's own line has."""
    own = known.get(limit.expectation)
    if own is None:
        return False
    given = {name for name in ("mostly", "low", "high") if getattr(limit, name) is not None}
    return bool(given) and given <= {name for name in ("mostly", "low", "high") if getattr(own, name) is not None}


def _limit(row: Mapping[str, str | None], line: int) -> Limit:
    bounds = {name: _number(row.get(name), line) for name in ("mostly", "low", "high")}
    if bounds["mostly"] is not None and not 0 <= bounds["mostly"] <= 1:
        raise UsageError("gate_limits.number", line=line)
    low, high = bounds["low"], bounds["high"]
    if low is not None and high is not None and low > high:
        raise UsageError("gate_limits.number", line=line)
    return Limit((row.get("scope") or "").strip(), (row.get("expectation") or "").strip(), **bounds)


def _number(text: str | None, line: int) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise UsageError("gate_limits.number", line=line)
    return value


@cache
def _provinces() -> frozenset[str]:
    return frozenset(row["code"] for row in code_lists.rows("provinces_34"))
