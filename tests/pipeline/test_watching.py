"""A real batch on a real store, watched: metrics and events arrive, by the letter of their formats, and name nobody."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from pipeline import lineage_sending, run, telemetry
from pipeline.settings import Settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS
from schemas.tables import OUTCOMES
from tests.pipeline.collectors import Collector, collecting
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger
from tests.pipeline.open_lineage import EVENT
from tests.pipeline.test_telemetry import received

pytestmark = pytest.mark.store
CANARIES = ("Bách", "Mận", "Nhình", "010123456", "010234567", "so-cua-ba-man", "Họ và tên")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry._Now, "sending", None)
    monkeypatch.setattr(lineage_sending._Silence, "until", 0.0)


def watched(settings: Settings, collector: Collector) -> Settings:
    return replace(
        settings, metrics_url=f"{collector.url}/v1/metrics", lineage=f"{collector.url}/api/v1/lineage"
    )  # fmt: skip


def test_a_batch_is_seen_step_by_step_and_nobody_is_named(settings: Settings, tmp_path: Path) -> None:
    with collecting() as collector:
        given = watched(settings, collector)
        empty = tmp_path / "trong.csv"
        empty.write_bytes(b"")
        result = run.run_batch([ledger(tmp_path / "so-cua-ba-man.csv", [*FAMILY, NAMELESS]), empty], "01", given)
        assert result.state == "loaded"
        told = received(posted_to(collector, "/v1/metrics"))
        events = [json.loads(body) for path, body in collector.posted if path == "/api/v1/lineage"]

    outcomes = {of["outcome"]: value for of, value in told["sohoa.batch.rows"]}
    assert outcomes == dict(result.counts)
    assert set(outcomes) == set(OUTCOMES)
    assert {of["step"] for of, _ in told["sohoa.step.duration"]} >= {*FILE_STEPS, *BATCH_STEPS}
    assert {of["province"] for points in told.values() for of, _ in points} == {"01"}
    assert ({"step": "check_records", "province": "01", "table": "records"}, 5) in told["sohoa.step.rows"]
    assert all(value > 0 for _, value in told["sohoa.step.size"])

    for event in events:
        jsonschema.validate(event, EVENT, jsonschema.Draft202012Validator)
    kinds = Counter((event["job"]["name"].split(".")[-1], event["eventType"]) for event in events)
    assert kinds["read_file", "COMPLETE"] == 2
    assert all(kinds[step, "START"] == kinds[step, "COMPLETE"] >= 1 for step in (*FILE_STEPS, *BATCH_STEPS))
    read = next(
        output for event in events for output in event["outputs"]
        if output["name"] == "read_file.source_records" and "columnLineage" in output["facets"]
    )  # fmt: skip
    lineage = read["facets"]["columnLineage"]["fields"]
    assert [o["field"] for o in lineage["full_name_raw"]["inputFields"]] == ["B"]
    assert read["outputFacets"]["outputStatistics"]["rowCount"] == 6

    said = json.dumps(events, ensure_ascii=False) + str(told)
    assert not [canary for canary in CANARIES if canary in said]


def test_a_step_that_fails_is_told_by_its_code(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: object) -> None:
        raise RuntimeError("Nguyễn Văn Bách")

    monkeypatch.setattr("pipeline.file_steps.households.build_households", breaks)
    with collecting() as collector:
        with pytest.raises(RuntimeError):
            run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", watched(settings, collector))
        told = received(posted_to(collector, "/v1/metrics"))
        events = [json.loads(body) for path, body in collector.posted if path == "/api/v1/lineage"]
    of = {"step": "build_households", "province": "01", "cause": "RuntimeError"}
    assert told["sohoa.step.failures"] == [(of, 1)]
    last = events[-1]
    assert (last["eventType"], last["run"]["facets"]["errorMessage"]["message"]) == ("FAIL", "RuntimeError")
    assert "Bách" not in json.dumps(events, ensure_ascii=False) + str(told)


def test_nobody_who_is_told_or_does_not_answer_changes_the_result(settings: Settings, tmp_path: Path) -> None:
    nowhere = replace(settings, metrics_url="http://127.0.0.1:9/v1/metrics", lineage="http://127.0.0.1:9/lineage")
    assert run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", nowhere).state == "loaded"


def posted_to(collector: Collector, path: str) -> Collector:
    """What was posted to one path alone."""
    kept = Collector()
    kept.posted = [posted for posted in collector.posted if posted[0] == path]
    return kept
