"""Metrics of steps and batches over OTLP/HTTP, where a setting names a collector; nothing otherwise.

The only door to OpenTelemetry. Attributes are names of steps, provinces, outcomes and codes of errors: no value of a
person, no name of a file. Counts are sent as differences, because a task of Airflow is a process of its own: the
collector adds up what all of them say (docs/airflow.md).
"""

import logging
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider

Kind = Literal["counter", "histogram", "gauge"]
_SECONDS = 3.0
"""What a collector that does not answer may cost, at most once in `_FORGIVEN` seconds."""
_BETWEEN, _FORGIVEN = 10.0, 60.0
_BUCKETS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)
_KEPT_OUT = "quarantine"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Instrument:
    """One metric: its name, what it is, its unit (UCUM), what it says."""

    name: str
    kind: Kind
    unit: str
    says: str


ROWS = Instrument("sohoa.step.rows", "counter", "{row}", "rows that a step wrote, by table")
SECONDS = Instrument("sohoa.step.duration", "histogram", "s", "seconds of a step that ended well")
BYTES = Instrument("sohoa.step.size", "counter", "By", "bytes of the sealed artefacts of a step")
FAILURES = Instrument("sohoa.step.failures", "counter", "{failure}", "steps that did not end well, by cause")
SHARE = Instrument("sohoa.step.quarantine_share", "gauge", "1", "share of the rows of a step that it kept out")
BATCHES = Instrument("sohoa.batch.reports", "counter", "{batch}", "batches that came to their report, by state")
BATCH_ROWS = Instrument("sohoa.batch.rows", "counter", "{row}", "rows of batches that came to their report, by outcome")
INSTRUMENTS: tuple[Instrument, ...] = (ROWS, SECONDS, BYTES, FAILURES, SHARE, BATCHES, BATCH_ROWS)


@dataclass
class _Sending:
    """What this process sends with; a forked child makes its own."""

    pid: int
    provider: "MeterProvider"
    instruments: Mapping[str, Any]
    is_lost: list[bool]
    due: float


class _Now:
    sending: _Sending | None = None


def step_done(url: str | None, step: str, province: str, seconds: float, size: int, tables: Mapping[str, int]) -> None:
    """A step ended well.

    Args:
        url: of the collector; None: nothing is sent.
        step: its name.
        province: code of the 34.
        seconds: how long it took.
        size: bytes of what it left, sealed.
        tables: rows of each table that it wrote.
    """
    if url is None:
        return
    of = {"step": step, "province": province}
    for table, rows in tables.items():
        _add(url, ROWS, rows, {**of, "table": table})
    _add(url, SECONDS, seconds, of)
    _add(url, BYTES, size, of)
    kept_out, passed = tables.get(_KEPT_OUT), tables.get("records", 0)
    if kept_out is not None and kept_out + passed:
        _add(url, SHARE, kept_out / (kept_out + passed), of)
    flush(url, is_last=False)


def step_failed(url: str | None, step: str, province: str, cause: str) -> None:
    """A step did not end well; `cause` is the code of the error, or its kind."""
    if url is not None:
        _add(url, FAILURES, 1, {"step": step, "province": province, "cause": cause})


def batch_done(url: str | None, province: str, state: str, outcomes: Mapping[str, int]) -> None:
    """A batch came to its report: loaded or stopped, and the outcome of each row."""
    if url is None:
        return
    _add(url, BATCHES, 1, {"province": province, "state": state})
    for outcome, rows in outcomes.items():
        _add(url, BATCH_ROWS, rows, {"province": province, "outcome": outcome})


def flush(url: str | None, *, is_last: bool = True) -> None:
    """Send what was counted: at the end of a task, or now and then in between. Whatever goes wrong ends nothing."""
    sending, now = _Now.sending, time.monotonic()
    if url is None or sending is None or sending.pid != os.getpid():
        return
    if sending.due > now + (_BETWEEN if is_last else 0.0):  # the collector did not answer a moment ago
        return
    sending.is_lost.clear()
    sending.provider.force_flush(timeout_millis=_SECONDS * 1000)
    if sending.is_lost:
        _LOG.warning("metrics could not be sent; the collector is asked again in a minute")
    sending.due = time.monotonic() + (_FORGIVEN if sending.is_lost else _BETWEEN)


def _add(url: str, what: Instrument, value: float, attributes: Mapping[str, str]) -> None:
    if _Now.sending is None or _Now.sending.pid != os.getpid():
        _Now.sending = _begun(url)
    instrument = _Now.sending.instruments[what.name]
    if what.kind == "counter":
        instrument.add(value, attributes)
    elif what.kind == "histogram":
        instrument.record(value, attributes)
    else:
        instrument.set(value, attributes)


def _begun(url: str) -> _Sending:
    # Imported by those alone who send: it takes a third of a second.
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
    from opentelemetry.sdk.metrics.export import (
        AggregationTemporality,
        MetricExportResult,
        MetricsData,
        PeriodicExportingMetricReader,
    )
    from opentelemetry.sdk.resources import Resource

    is_lost: list[bool] = []

    class Exporter(OTLPMetricExporter):
        def export(self, metrics_data: MetricsData, timeout_millis: float | None = None, **more: Any) -> Any:
            done = super().export(metrics_data, timeout_millis=timeout_millis, **more)
            if done is not MetricExportResult.SUCCESS:
                is_lost.append(True)
            return done

    delta = AggregationTemporality.DELTA
    exporter = Exporter(url, timeout=_SECONDS, preferred_temporality={Counter: delta, Histogram: delta})
    # A thread of its own would not outlive the fork of a worker, nor the end of a task.
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=math.inf)
    provider = MeterProvider([reader], Resource({"service.name": "sohoa"}), shutdown_on_exit=False)
    meter = provider.get_meter("sohoa")
    made: dict[str, Any] = {}
    for what in INSTRUMENTS:
        if what.kind == "counter":
            made[what.name] = meter.create_counter(what.name, what.unit, what.says)
        elif what.kind == "histogram":
            made[what.name] = meter.create_histogram(
                what.name, what.unit, what.says, explicit_bucket_boundaries_advisory=_BUCKETS
            )
        else:
            made[what.name] = meter.create_gauge(what.name, what.unit, what.says)
    # That it could not be sent is one line of ours; the exporter would write several for each try.
    logging.getLogger("opentelemetry.exporter.otlp.proto.http").setLevel(logging.CRITICAL)
    return _Sending(os.getpid(), provider, made, is_lost, time.monotonic() + _BETWEEN)
