"""Events of OpenLineage (spec 2-0-2) of a step: it began, it ended well or badly, what it read and wrote, by column.

They are dictionaries that become JSON. Names in them are of steps, tables, columns, digests; figures are counts.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline import column_lineage
from pipeline.column_lineage import DataSet, Origins
from schemas.field import TableSpec

Event = dict[str, Any]
JOBS, BATCH_JOB = "sohoa", "ingest_batch"
_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_PRODUCER = "https://sohoa.invalid/pipeline"
_FACETS: Mapping[str, tuple[str, str]] = {
    "parent": ("1-2-0", "ParentRunFacet"), "schema": ("1-2-0", "SchemaDatasetFacet"),
    "columnLineage": ("1-2-0", "ColumnLineageDatasetFacet"), "jobType": ("2-0-4", "JobTypeJobFacet"),
    "outputStatistics": ("1-0-2", "OutputStatisticsOutputDatasetFacet"),
    "errorMessage": ("1-0-1", "ErrorMessageRunFacet"), "processing_engine": ("1-1-1", "ProcessingEngineRunFacet"),
}  # fmt: skip
"""Facets of the spec that are used: version and name of the schema of each."""


@dataclass(frozen=True)
class StepRun:
    """One try at a step, as the events of it name it.

    Attributes:
        step: its name.
        batch: batch and number of the attempt: what belongs together.
        province: code of the 34.
        version: of the code.
        file_id: digest of the file, for a step that goes file by file.
        run_id: of this try alone.
    """

    step: str
    batch: str
    province: str
    version: str
    file_id: str = ""
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Output:
    """A data set that was written: its columns, where they come from, its rows."""

    of: DataSet
    columns: TableSpec | None
    origins: Origins
    rows: int | None


def started(run: StepRun) -> Event:
    """The step begins."""
    return _event(run, "START", {}, _inputs(run, ()), [])


def completed(run: StepRun, outputs: Iterable[Output]) -> Event:
    """The step ended well, and wrote that."""
    written = list(outputs)
    return _event(run, "COMPLETE", {}, _inputs(run, written), [_output(each) for each in written])


def failed(run: StepRun, cause: str) -> Event:
    """The step did not end well; `cause` is a code or the kind of an error, never its text."""
    told = {"errorMessage": _facet("errorMessage", message=cause, programmingLanguage="PYTHON")}
    return _event(run, "FAIL", told, _inputs(run, ()), [])


def _event(run: StepRun, kind: str, told: Mapping[str, Any], inputs: list[Event], outputs: list[Event]) -> Event:
    parent = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{_PRODUCER}/{run.batch}"))
    facets = {
        "parent": _facet("parent", run={"runId": parent}, job={"namespace": JOBS, "name": BATCH_JOB}),
        "processing_engine": _facet("processing_engine", name="sohoa", version=run.version),
        **told,
    }
    job_type = _facet("jobType", processingType="BATCH", integration="SOHOA", jobType="TASK")
    return {
        "eventType": kind, "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds"), "producer": _PRODUCER,
        "schemaURL": _EVENT, "run": {"runId": run.run_id, "facets": facets},
        "job": {"namespace": JOBS, "name": f"{BATCH_JOB}.{run.step}", "facets": {"jobType": job_type}},
        "inputs": inputs, "outputs": outputs,
    }  # fmt: skip


def _inputs(run: StepRun, outputs: Iterable[Output]) -> list[Event]:
    """What the step reads by its declaration, and whatever a column of its outputs comes from."""
    of_ledger = (column_lineage.of_ledger(run.province, run.file_id),) if run.step == "read_file" else ()
    from_columns = (o.of for output in outputs for origins in output.origins.values() for o in origins)
    found = dict.fromkeys((*of_ledger, *column_lineage.taken(run.step), *from_columns))
    return [{"namespace": each.space, "name": each.name} for each in found]


def _output(output: Output) -> Event:
    facets: Event = {}
    if output.columns is not None:
        listed = [{"name": c.name, "type": str(c.type)} | ({"description": c.description} if c.description else {})
                  for c in output.columns.columns]  # fmt: skip
        facets["schema"] = _facet("schema", fields=listed)
    if output.origins:
        followed = {name: {"inputFields": [_origin(o) for o in origins]} for name, origins in output.origins.items()}
        facets["columnLineage"] = _facet("columnLineage", fields=followed)
    made: Event = {"namespace": output.of.space, "name": output.of.name, "facets": facets}
    if output.rows is not None:
        made["outputFacets"] = {"outputStatistics": _facet("outputStatistics", rowCount=output.rows)}
    return made


def _origin(origin: column_lineage.Origin) -> Event:
    kind = {"type": "DIRECT" if origin.is_direct else "INDIRECT", "subtype": origin.subtype}
    how = kind | ({"description": origin.says} if origin.says else {}) | {"masking": origin.says == "hash"}
    return {"namespace": origin.of.space, "name": origin.of.name, "field": origin.column, "transformations": [how]}


def _facet(key: str, **values: Any) -> Event:
    version, name = _FACETS[key]
    return {"_producer": _PRODUCER, "_schemaURL": f"{_SPEC}/facets/{version}/{name}.json#/$defs/{name}", **values}
