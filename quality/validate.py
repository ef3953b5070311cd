"""The gate: Great Expectations over what would be loaded, chunk by chunk, one verdict a batch.

The only door to Great Expectations, opened inside functions since the import takes seconds. It works in memory:
no project folder, no analytics, no call to any host. Its own results hold examples of wrong values, which are
personal data: only counts leave this module, and neither run times nor random ids, so that a result can be compared
byte for byte.
"""

import importlib.metadata
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from quality.frames import columns_of, columns_of_reasons, larger, person_frame
from quality.gate_limits import Limits
from quality.metrics import TALLIED, BatchFacts, Tally
from quality.period_facts import MonthResult
from quality.suite import Expected, Kind, batch_expectations, person_expectations

if TYPE_CHECKING:
    from great_expectations import Checkpoint

_RUN_ROWS = 131_072
_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_WHICH_ROWS = {"result_format": "COMPLETE", "partial_unexpected_count": 0}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExpectationResult:
    """What came of one expectation over all chunks: counts only.

    Attributes:
        id: ``gate.<field>.<what>``: key of its text in the catalogue.
        expectation: class of Great Expectations, in its snake case.
        field: field of `schemas.fields`, ``person`` or ``batch``.
        column: the column or the metric.
        severity: critical | warning.
        mostly: least share that must keep to it.
        success: did it hold?
        rows: rows looked at.
        checked: values looked at (rows less empty ones, unless emptiness is what is looked at).
        unexpected: values that broke it.
        observed: the metric itself, for those of a batch.
        evaluated: could it be evaluated in every run? If not, it failed.
    """

    id: str
    expectation: str
    field: str
    column: str
    severity: str
    mostly: float
    success: bool
    rows: int
    checked: int
    unexpected: int
    observed: float | None = None
    evaluated: bool = True


@dataclass(frozen=True)
class Validation:
    """The verdict of the gate; `dataclasses.asdict` of it is JSON and the same for the same data.

    Attributes:
        success: nothing critical failed; the batch may be loaded.
        stop_rules: ids of the critical expectations that failed.
        warnings: ids of the others that failed.
        persons: golden persons looked at.
        metrics: the figures of the batch, None where they say nothing.
        results: one for each expectation, in the order of the suite.
        engine: name and version of what judged.
    """

    success: bool
    stop_rules: tuple[str, ...]
    warnings: tuple[str, ...]
    persons: int
    metrics: dict[str, float | None]
    results: tuple[ExpectationResult, ...]
    engine: str


def validate_batch(
    golden: Iterable[pa.Table], facts: BatchFacts, spill: Path | None = None, limits: Limits | None = None
) -> Validation:
    """Judge the golden persons of a batch and the figures of the batch.

    Args:
        golden: chunks of GOLDEN_PERSONS, each once; at most about 200 000 rows are held at a time.
        facts: the counts of the rows of the batch.
        spill: folder of what does not fit in memory meanwhile (None = the system's own).
        limits: what a number may be; None = those of the package for the nation.

    Returns:
        The verdict. A batch without any golden person (all rows known before) passes if its sums are right.
    """
    expected, of_batch = person_expectations(facts.received_on, limits), batch_expectations(limits)
    sums = {e.id: _Sum(e) for e in (*expected, *of_batch)}
    columns = tuple(dict.fromkeys((*TALLIED, *columns_of(expected), *columns_of_reasons())))
    gate = _Gate()
    persons = gate.checkpoint("persons", expected)
    with Tally(spill) as tally:
        for chunk in larger(golden, columns, _RUN_ROWS):
            tally.add(chunk)
            _add_run(sums, persons, person_frame(chunk, expected))
        metrics = asdict(tally.metrics(facts))
    row = pd.DataFrame({name: [value] for name, value in metrics.items()}, dtype="float64")
    _add_run(sums, gate.checkpoint("batch", of_batch), row)
    return _verdict([s.result(metrics) for s in sums.values()], tally.persons, metrics)


def judge_months(
    figures: Mapping[str, Mapping[str, float | None]], expected: Mapping[str, tuple[Expected, ...]]
) -> dict[str, tuple[MonthResult, ...]]:
    """Judge months: a row of figures each, those of one suite together.

    Args:
        figures: of each scope (`nation`, or a code of the 34), by column.
        expected: the expectations on each scope, all of kind BETWEEN.

    Returns:
        A result for each expectation, by scope.
    """
    suites: dict[tuple[Expected, ...], list[str]] = {}
    for scope in figures:
        suites.setdefault(expected[scope], []).append(scope)
    gate, told = _Gate(), {}
    for number, (suite, scopes) in enumerate(suites.items()):
        frame = pd.DataFrame([figures[scope] for scope in scopes], dtype="float64")
        broken = _broken_rows(gate.checkpoint(f"month-{number}", suite, _WHICH_ROWS), frame)
        for row, scope in enumerate(scopes):
            told[scope] = tuple(_of_month(e, figures[scope][e.column], broken.get(e.id), row) for e in suite)
    log.info("gate: %d months of provinces or the nation, %d suites", len(figures), len(suites))
    return told


def engine() -> str:
    """Name and version of what judges."""
    return f"great_expectations {importlib.metadata.version('great-expectations')}"


@dataclass
class _Sum:
    """Counts of one expectation over the runs of its checkpoint."""

    expected: Expected
    rows: int = 0
    missing: int = 0
    unexpected: int = 0
    evaluated: bool = True

    def add(self, counts: dict[str, Any]) -> None:
        # An expectation that raised comes back without counts; its message may hold values and stays in here.
        if not counts:
            self.evaluated = False
            return
        self.rows += int(counts["element_count"])
        self.missing += int(counts.get("missing_count") or 0)
        self.unexpected += int(counts["unexpected_count"])

    def result(self, metrics: dict[str, float | None]) -> ExpectationResult:
        e, checked = self.expected, self.rows - self.missing
        # A share of the whole batch: one chunk may lie below it, so the runs' own verdicts are not added up.
        held = self.evaluated and self.unexpected <= (1 - e.mostly) * checked + 1e-9
        return ExpectationResult(
            e.id, e.kind.value, e.field, e.column, e.severity, e.mostly, held, self.rows, checked, self.unexpected,
            metrics.get(e.column), self.evaluated,
        )  # fmt: skip


class _Gate:
    """A context of Great Expectations in memory and the checkpoints in it."""

    def __init__(self) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )

        self._gx = gx
        # Of itself it would make a folder for pages that nobody builds, which a kill leaves behind.
        nowhere = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False))
        self._context = gx.get_context(mode="ephemeral", project_config=nowhere)
        self._context.enable_analytics(False)
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._source = self._context.data_sources.add_pandas("golden")

    def checkpoint(self, name: str, expected: Sequence[Expected], told: Mapping[str, Any] = _FORMAT) -> "Checkpoint":
        """A checkpoint of record with one suite of those expectations; its frame is given with each run."""
        suite = self._gx.ExpectationSuite(name=name, expectations=[_expectation(e) for e in expected])
        asset = self._source.add_dataframe_asset(name)
        data = asset.add_batch_definition_whole_dataframe(name)
        definition = self._gx.ValidationDefinition(name=name, data=data, suite=self._context.suites.add(suite))
        added = self._context.validation_definitions.add(definition)
        checkpoint = self._gx.Checkpoint(name=name, validation_definitions=[added], result_format=dict(told))
        return self._context.checkpoints.add(checkpoint)


def _expectation(e: Expected) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    arguments: dict[str, Any] = {"meta": {"id": e.id}, "severity": e.severity, "mostly": e.mostly}
    match e.kind:
        case Kind.FILLED | Kind.UNIQUE:
            arguments |= {"column": e.column}
        case Kind.IN_SET:
            arguments |= {"column": e.column, "value_set": list(e.allowed)}
        case Kind.BETWEEN:
            arguments |= {"column": e.column, "min_value": e.low, "max_value": e.high}
        case Kind.MATCHES:
            arguments |= {"column": e.column, "regex": e.pattern}
        case Kind.NOT_BEFORE:
            arguments |= {"column_A": e.column, "column_B": e.other, "or_equal": True}
            arguments |= {"ignore_row_if": "either_value_is_missing"}
    return get_expectation_impl(e.kind.value)(**arguments)


def _add_run(sums: dict[str, _Sum], checkpoint: "Checkpoint", frame: pd.DataFrame) -> None:
    run = checkpoint.run(batch_parameters={"dataframe": frame})
    for of_suite in run.run_results.values():
        for result in of_suite.results:
            configuration: Any = result.expectation_config
            sums[configuration.meta["id"]].add(result.result)


def _broken_rows(checkpoint: "Checkpoint", frame: pd.DataFrame) -> dict[str, frozenset[int]]:
    """The rows that broke each expectation; those that could not be evaluated are not in it."""
    broken: dict[str, frozenset[int]] = {}
    for of_suite in checkpoint.run(batch_parameters={"dataframe": frame}).run_results.values():
        for result in of_suite.results:
            configuration: Any = result.expectation_config
            if result.result:
                broken[configuration.meta["id"]] = frozenset(result.result.get("unexpected_index_list") or ())
    return broken


def _of_month(e: Expected, observed: float | None, broken: frozenset[int] | None, row: int) -> MonthResult:
    held = broken is not None and row not in broken
    return MonthResult(e.id, e.column, e.severity, e.low, e.high, observed, held, broken is not None)


def _verdict(results: list[ExpectationResult], persons: int, metrics: dict[str, float | None]) -> Validation:
    failed = [r for r in results if not r.success]
    stop = tuple(r.id for r in failed if r.severity == "critical")
    log.info(
        "gate: %d persons, %d expectations, %d failed, %d of them stop", persons, len(results), len(failed), len(stop)
    )
    return Validation(
        not stop, stop, tuple(r.id for r in failed if r.severity != "critical"), persons, metrics, tuple(results),
        engine(),
    )  # fmt: skip


__all__ = ["BatchFacts", "ExpectationResult", "Validation", "engine", "judge_months", "validate_batch"]
