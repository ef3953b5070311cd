"""Events keep the specification, whatever a step did."""

import jsonschema

from pipeline import lineage_events
from pipeline.column_lineage import made_from, of_step, spec
from pipeline.lineage_events import Output, StepRun
from tests.pipeline.open_lineage import EVENT

RUN = StepRun("check_records", "ab12/0001", "01", "0.1.0", "cd34")


def test_events_keep_the_specification() -> None:
    outputs = [
        Output(of_step("check_records", "records"), spec("records"), made_from("check_records", "records"), 90),
        Output(of_step("check_records", "own"), None, {}, 3),
    ]
    for event in (
        lineage_events.started(RUN), lineage_events.completed(RUN, outputs), lineage_events.failed(RUN, "store.down")
    ):  # fmt: skip
        jsonschema.validate(event, EVENT, jsonschema.Draft202012Validator)
        assert event["run"]["runId"] == RUN.run_id
        assert event["job"]["name"] == "ingest_batch.check_records"


def test_tries_of_one_batch_have_one_parent() -> None:
    parents = {
        lineage_events.started(StepRun(step, batch, "01", "0.1.0"))["run"]["facets"]["parent"]["run"]["runId"]
        for step, batch in (("read_file", "a/0001"), ("survive", "a/0001"), ("survive", "a/0002"))
    }
    assert len(parents) == 2
