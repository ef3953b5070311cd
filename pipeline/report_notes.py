"""What the report of a batch needs and no table of the store tells: kept beside the batch in the same transaction.

The gate's result with its limits, the day of delivery, what matching counted, the messages of each file: counts,
codes and places, never a value of a person.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline import group_outcomes, sheet_names
from pipeline.acting import acting
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from pipeline.findings import Message, companion_message, file_messages
from pipeline.gate_limits import limits_for
from pipeline.sql import connect
from quality import suite

NAME = "report"


def gather(run: Run, released: Sequence[Mapping[str, Any]] = ()) -> dict[str, str]:
    """The note of a run whose gate has judged, by its name; `released` is what somebody let it in with."""
    match, gate = run.steps.finished("match_records"), run.steps.finished("validate_batch")
    limits = limits_for(run.plan.province_code, run.settings)
    expected = (*suite.person_expectations(run.plan.received, limits), *suite.batch_expectations(limits))
    note = {
        "received_on": run.plan.received_on,
        "model": match.facts["model"],
        "match_counts": match.facts["counts"],
        "validation": gate.facts["validation"],
        "released": list(released),
        "limits": {e.id: [e.low, e.high] for e in expected},
        "messages": messages(run),
        "groups": group_outcomes.count(run),
    }
    return {NAME: json.dumps(note, ensure_ascii=False, sort_keys=True)}


def messages(run: Run) -> dict[str, list[Mapping[str, Any]]]:
    """Messages of each file by its id, without what was read."""
    shown = sheet_names.shown_by(acting(run.settings))
    with connect(run.settings, run.spill()) as sql:
        found = {f.file_id: [_without_values(m) for m in file_messages(run, f, sql)] for f in run.plan.files}
    found |= {f.file_id: [_without_values(companion_message(f))] for f in run.plan.companions}
    names = {f.file_id: f.name for f in (*run.plan.files, *run.plan.companions)}
    return {i: [sheet_names.in_message(names[i], m, shown) for m in told] for i, told in found.items()}


def full_messages(run: Run, files: tuple[PlannedFile, ...]) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Messages of those files by file id, with what was read, masked: for the person who sent them."""
    with connect(run.settings, run.spill()) as sql:
        found = {f.file_id: tuple(asdict(m) for m in file_messages(run, f, sql)) for f in files}
    return found | {f.file_id: (asdict(companion_message(f)),) for f in run.plan.companions}


def _without_values(message: Message) -> Mapping[str, Any]:
    places = [{"sheet": p.sheet, "line": p.line} for p in message.places]
    first = message.places[0] if message.places else None
    column = {"letter": first.letter, "heading": first.heading} if first else {}
    rows = {"ranges": message.ranges, "more": message.more, "is_column": message.is_column}
    told = {"code": message.code, "severity": message.severity, "count": message.count, "places": places}
    return {**told, **column, **rows}
