"""Load a batch: what its files came to, then one transaction in the store."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import report_notes
from pipeline.context import CODE_VERSION, Run
from pipeline.delivery import PlannedFile
from pipeline.file_steps import refusal_of
from pipeline.intake import sealed_names
from pipeline.issuing_authority import issuing_authority
from pipeline.outcomes import FileSums, corrections_folder, outcomes_folder, sums, write_row_outcomes
from pipeline.vault import open_vault
from quality.validate import BatchFacts
from schemas import tables as t
from store import load
from store.batch import BatchRow, BatchTables, LoadBatch, LoadCounts
from store.engine import Store

_KIND_OF_REFUSED = "unknown"
_COLUMN = ("sheet", "position", "letter", "heading", "raw_column")


def batch_facts(run: Run) -> BatchFacts:
    """What the gate has to know of the batch: rows read, matched, known, kept out, rejected."""
    match = run.steps.finished("match_records")
    read = rejected = kept_out = unsure = 0
    for file in run.plan.files:
        refusal = refusal_of(run, file)
        rejected += refusal.rows if refusal else 0
        for step, table in (("standardise_records", "quarantine"), ("check_records", "quarantine")):
            manifest = run.manifest(step, file.file_id)
            kept_out += manifest.tables.get(table, 0) if manifest else 0
        manifest = run.manifest("read_file", file.file_id)
        read += manifest.tables.get("source_records", 0) if manifest else 0
        unsure += int(manifest.facts.get("unsure", 0)) if manifest else 0
    matched, known = match.tables["own"], match.tables["known"]
    # A known row that would also have been quarantined counts as known.
    return BatchFacts(run.plan.received, read + rejected, matched, known, read - matched - known, rejected, unsure)


def load_batch(
    run: Run, store: Store, known: dict[str, str], stop_rules: tuple[str, ...],
    released: Sequence[Mapping[str, Any]] = (), has_turn: bool = False,
) -> LoadCounts:  # fmt: skip
    """Write outcomes, then everything in one transaction.

    Args:
        run: the run.
        store: the store.
        known: file_id -> batch_id of the files that were loaded before.
        stop_rules: critical expectations that failed; with any, all rows are rejected and only that is noted.
        released: those that failed and that somebody lets the batch in with.
        has_turn: this run holds the turn at the store.

    Raises:
        StoreMoved: another batch was committed since matching.
    """
    stop_rule = stop_rules[0] if stop_rules else None
    write_row_outcomes(run, stop_rule)
    files = batch_files(run, known, stop_rule)
    return load.load_batch(
        store,
        LoadBatch(
            _batch_row(run, stop_rule), files, _tables(run, stop_rule), _seen_version(run), _key_scheme(run),
            issuing_authority(run.settings), report_notes.gather(run, released),
            sealed_names(run.plan, open_vault(run.settings)), has_turn,
            None if stop_rule else file_columns(run, known),
        ),
    )  # fmt: skip


def batch_files(run: Run, known: dict[str, str], stop_rule: str | None) -> pa.Table:
    """BATCH_FILES of the run: kind, encoding, outcome and sums of each file."""
    counted = sums(run)
    rows = [_file_row(run, f, counted[f.file_id], known.get(f.file_id), stop_rule) for f in run.plan.files]
    rows += [_bare_row(run, f, "already_known", run.plan.batch_id) for f in run.plan.repeats]
    rows += [_bare_row(run, f, "set_aside", None) for f in run.plan.companions]
    return pa.Table.from_pylist(rows, schema=t.BATCH_FILES.schema)


def file_columns(run: Run, known: Mapping[str, str]) -> pa.Table:
    """FILE_COLUMNS of the files of the run that were read and not loaded before."""
    rows = [
        {"file_id": file.file_id, **{name: column[name] for name in _COLUMN}}
        for file in run.plan.files
        if file.file_id not in known and not refusal_of(run, file)
        and (manifest := run.manifest("read_file", file.file_id))
        for column in manifest.facts.get("reading", {}).get("columns", [])
        if column["raw_column"]
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=t.FILE_COLUMNS.schema)


def _file_row(
    run: Run, file: PlannedFile, sums_: FileSums, known: str | None, stop_rule: str | None
) -> dict[str, object]:
    manifest = run.manifest("read_file", file.file_id)
    reading = manifest.facts.get("reading", {}) if manifest else {}
    outcome, reason = _outcome(run, file, sums_, bool(reading.get("findings")), known, stop_rule)
    return {
        "batch_id": run.plan.batch_id, "file_id": file.file_id, "file": file.name,
        "kind": reading.get("kind", _KIND_OF_REFUSED), "encoding": reading.get("encoding"),
        "outcome": outcome, "reason": reason, "read": sums_.read, **sums_.counts,
    }  # fmt: skip


def _outcome(
    run: Run, file: PlannedFile, sums_: FileSums, has_file_findings: bool, known: str | None, stop_rule: str | None
) -> tuple[str, str | None]:
    refusal = refusal_of(run, file)
    if known or (sums_.read and sums_.counts["known"] == sums_.read):
        return "already_known", known
    if refusal or stop_rule:
        return "file_rejected", refusal.code if refusal else stop_rule
    if sums_.counts["quarantined"]:
        return "rows_rejected", None
    return ("accepted_with_warnings" if sums_.findings or has_file_findings else "accepted"), None


def _bare_row(run: Run, file: PlannedFile, outcome: str, reason: str | None) -> dict[str, object]:
    """A file without rows of its own."""
    nothing = dict.fromkeys(("read", *t.OUTCOMES), 0)
    return {
        "batch_id": run.plan.batch_id, "file_id": file.file_id, "file": file.name, "kind": _KIND_OF_REFUSED,
        "encoding": None, "outcome": outcome, "reason": reason, **nothing,
    }  # fmt: skip


def _batch_row(run: Run, stop_rule: str | None) -> BatchRow:
    match = run.steps.finished("match_records")
    return BatchRow(
        run.plan.batch_id, run.plan.province_code, CODE_VERSION, str(match.facts["model"]["version"]),
        datetime.now(UTC), run.plan.province_code_63, stop_rule,
    )  # fmt: skip


def _tables(run: Run, stop_rule: str | None) -> BatchTables:
    """All tables as the steps left them; the store itself leaves out rows whose outcome is known or rejected."""
    if stop_rule:
        return BatchTables(row_outcomes=[outcomes_folder(run)])
    both = ("standardise_records", "check_records")

    def made(step: str, table: str) -> list[Path]:
        return [run.table(step, None, table)]

    return BatchTables(
        records=run.tables("check_records", "records"), block_keys=made("match_records", "block_keys"),
        clusters=made("match_records", "clusters"), golden_persons=made("survive", "golden_persons"),
        value_sources=made("survive", "value_sources"), household_members=made("survive", "household_members"),
        scored_pairs=made("match_records", "scored_pairs"),
        quarantine=[f for s in both for f in run.tables(s, "quarantine")],
        findings=[f for s in both for f in run.tables(s, "check_results")], row_outcomes=[outcomes_folder(run)],
        cells=_cells(run),
        corrections=[corrections_folder(run)], replaced_records=made("match_records", "replaced_records"),
    )  # fmt: skip


def _cells(run: Run) -> list[Path]:
    """The cells of the scans of the run."""
    read = ((f.file_id, run.manifest("read_file", f.file_id)) for f in run.plan.files)
    return [run.table("read_file", file_id, "cells") for file_id, found in read if found and "cells" in found.tables]


def _seen_version(run: Run) -> int:
    return int(run.steps.finished("match_records").parameters["store_version"])


def _key_scheme(run: Run) -> str:
    return str(run.steps.finished("match_records").parameters["key_scheme"])
