"""Metrics as a collector of OTLP receives them; nothing, not even an import, without one; a dead one ends nothing."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from pipeline import telemetry
from pipeline.telemetry import INSTRUMENTS
from tests.pipeline.collectors import Collector, collecting

ROOT = Path(__file__).parents[2]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setattr(telemetry._Now, "sending", None)
    with collecting() as made:
        yield made


def received(collector: Collector) -> dict[str, list[tuple[dict[str, str], Any]]]:
    """Metric -> its points: attributes and value."""
    found: dict[str, list[tuple[dict[str, str], Any]]] = {}
    for _, body in collector.posted:
        message = ExportMetricsServiceRequest()
        message.ParseFromString(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        for metric in message.resource_metrics[0].scope_metrics[0].metrics:
            kind = metric.WhichOneof("data")
            for point in getattr(metric, kind).data_points:
                of = {a.key: a.value.string_value for a in point.attributes}
                value = point.sum if kind == "histogram" else point.as_int or point.as_double
                found.setdefault(metric.name, []).append((of, value))
    return found


def test_a_step_is_told_by_step_and_province(collector: Collector) -> None:
    url = f"{collector.url}/v1/metrics"
    telemetry.step_done(url, "check_records", "01", 1.5, 2048, {"records": 90, "quarantine": 10})
    telemetry.step_failed(url, "read_file", "40", "file.empty")
    telemetry.batch_done(url, "01", "loaded", {"loaded": 80, "merged": 10, "quarantined": 10})
    telemetry.flush(url)
    assert {path for path, _ in collector.posted} == {"/v1/metrics"}
    told = received(collector)
    of = {"step": "check_records", "province": "01"}
    assert told["sohoa.step.duration"] == [(of, 1.5)]
    assert told["sohoa.step.size"] == [(of, 2048)]
    assert told["sohoa.step.quarantine_share"] == [(of, 0.1)]
    assert ({**of, "table": "quarantine"}, 10) in told["sohoa.step.rows"]
    assert told["sohoa.step.failures"] == [({"step": "read_file", "province": "40", "cause": "file.empty"}, 1)]
    assert ({"province": "01", "outcome": "merged"}, 10) in told["sohoa.batch.rows"]
    assert set(told) == {each.name for each in INSTRUMENTS}


def test_counts_are_differences_so_that_those_of_many_processes_add_up(collector: Collector) -> None:
    for rows in (3, 4):
        telemetry.step_done(collector.url, "read_file", "01", 1, 1, {"source_records": rows})
        telemetry.flush(collector.url)
    assert sum(value for _, value in received(collector)["sohoa.step.rows"]) == 7


def test_a_collector_that_is_gone_is_asked_once_and_ends_nothing(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = 400
    telemetry.step_done(collector.url, "read_file", "01", 1, 1, {})
    telemetry.flush(collector.url)
    asked = len(collector.posted)
    for _ in range(5):
        telemetry.step_done(collector.url, "read_file", "01", 1, 1, {})
        telemetry.flush(collector.url)
    assert (asked, len(collector.posted)) == (1, 1)
    assert [record.name for record in caplog.records] == ["pipeline.telemetry"]


def test_without_a_collector_nothing_is_imported() -> None:
    code = (
        "import sys; from pipeline import telemetry, run\n"
        "telemetry.step_done(None, 'read_file', '01', 1, 1, {}); telemetry.flush(None)\n"
        "sys.exit(any(m.split('.')[0] == 'opentelemetry' for m in sys.modules))"
    )
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, env=given).returncode == 0


def as_prometheus(instrument: telemetry.Instrument) -> set[str]:
    """The names that a collector gives a metric for Prometheus: dots, unit and kind as its naming rules have them."""
    unit = {"s": "_seconds", "By": "_bytes", "1": "_ratio"}.get(instrument.unit, "")
    name = instrument.name.replace(".", "_") + unit
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {name + ending for ending in endings[instrument.kind]}


def test_the_dashboard_shows_what_is_sent_and_all_of_it() -> None:
    board = json.loads((ROOT / "deploy" / "dashboard.json").read_text("utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    named = {name for query in queries for name in re.findall(r"\bsohoa_\w+", query)}
    sent = {name for instrument in INSTRUMENTS for name in as_prometheus(instrument)}
    assert named <= sent
    for instrument in INSTRUMENTS:
        assert named & as_prometheus(instrument), f"{instrument.name} is on no panel"
    variables = {each["name"] for each in board["templating"]["list"]}
    variables |= {"__rate_interval", "__range"}
    assert {name for query in queries for name in re.findall(r"\$(\w+)", query)} <= variables
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    assert all(" · " in panel["title"] for panel in board["panels"])
