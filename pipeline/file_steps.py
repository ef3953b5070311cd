"""The runner of the steps that go file by file: read, profile, standardise, households, check."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import engine, flight, row_judging, workers
from pipeline.alongside import alongside
from pipeline.artefacts import count_rows, part_path, parts, read_chunks, read_part, read_small, write_part
from pipeline.blocks import whole_blocks
from pipeline.context import Run, Work
from pipeline.delivery import PlannedFile, Refusal
from pipeline.engine import Tables
from pipeline.flight import Death
from pipeline.sql import connect
from pipeline.steps import FILE_STEPS
from quality import check
from readers import registry
from readers.forms import FormTexts, form_texts
from schemas import tables as t
from schemas.cells import UNSURE
from schemas.decisions import Decision
from schemas.errors import FileRefused
from schemas.judged import Judged
from schemas.outcome import Outcome
from transforms import households, standardise
from transforms.date_orders import with_order_told

_OUTCOME = (t.RECORDS, t.QUARANTINE, t.CHECK_RESULTS)


def read_file(run: Run, file: PlannedFile, decisions: Sequence[Decision] = ()) -> Refusal | None:
    """Read one file into source_records; a refusal is kept in the manifest and returned.

    The file is profiled on another processor meanwhile: profile_batch then finds its work done.
    """
    forms = form_texts(run.settings.forms)
    with run.working("read_file", file.file_id, _parameters(decisions, forms)) as work:
        try:
            profile = partial(standardise.profile_batch, spill=run.spill())
            with alongside(work.folder / "source_records", profile) as profiling:

                def progress(rows: int) -> None:
                    profiling.look(rows)
                    flight.came_to(rows)
                    if rows > workers.FEW_PARTS * t.PART_ROWS:
                        workers.make_ready(run.settings.worker_count)

                if file.refused is not None:
                    raise FileRefused(file.refused.code, rows=file.refused.rows, **file.refused.details)
                reading = registry.read_file(
                    run.lies(file.path), work.folder, name=file.name, file_id=file.file_id,
                    memo=run.lies(file.memo) if file.memo else None, decisions=decisions, forms=forms,
                    progress=progress,
                )  # fmt: skip
        except FileRefused as refused:
            refusal = Refusal.of(refused)
            work.facts["refused"] = asdict(refusal)
            return refusal
        work.facts["reading"] = asdict(reading)
        work.tables["source_records"] = reading.rows
        if (work.folder / "cells").exists():
            work.tables["cells"] = sum(int(pq.read_metadata(p).num_rows) for p in parts(work.folder / "cells"))
            work.facts["unsure"] = _unsure(work.folder / "findings")
    _write_profile(run, file, lambda: _as_told(profiling.result(), decisions))
    pa.default_memory_pool().release_unused()  # other processes need it now
    return None


def _as_told(profile: pa.Table, decisions: Sequence[Decision]) -> pa.Table:
    """The profile, with what a person said of the order of day and month."""
    order = next((d.value for d in decisions if d.kind == "dates"), None)
    return with_order_told(profile, "mdy" if order == "mdy" else "dmy") if order else profile


def _parameters(decisions: Sequence[Decision], forms: FormTexts) -> dict[str, Any]:
    """What else than the file decides how it is read."""
    own = {"forms": hashlib.sha256(repr(forms).encode()).hexdigest()} if forms else {}
    return {"decisions": [asdict(d) for d in decisions], **own}


def _unsure(findings: Path) -> int:
    """Rows with a cell of a scan that waits for a person."""
    found = (read_part(part) for part in parts(findings))
    return sum(pc.count_distinct(f.filter(pc.equal(f["rule_id"], UNSURE))["record_id"]).as_py() for f in found)


def refusal_of(run: Run, file: PlannedFile) -> Refusal | None:
    """The refusal of a file that was read before, if it was refused."""
    manifest = run.manifest("read_file", file.file_id)
    refused = manifest.facts.get("refused") if manifest else None
    return Refusal(**refused) if refused else None


def give_up(run: Run, file: PlannedFile, last: Death) -> Refusal:
    """Refuse a file that no try came through, with the rows that were counted, so that the others can go on.

    Its records in the run folder stay: they say at which step and row each try ended.
    """
    read = run.manifest("read_file", file.file_id)
    rows = int(read.tables.get("source_records", 0)) if read else last.rows if last.step == "read_file" else 0
    refusal = Refusal("file.given_up", rows, {"step": last.step, "found": last.cause})
    # What later steps left of it would be counted beside the refusal.
    for step in reversed(FILE_STEPS):
        forget_file(run, step, file)
    with run.working("read_file", file.file_id, dict(read.parameters) if read else {}) as work:
        work.facts["refused"] = asdict(refusal)
    return refusal


def forget_file(run: Run, step: str, file: PlannedFile) -> None:
    """Remove what a step made of a file, so that it can be made again."""
    run.steps.container(step, file.file_id).unlink(missing_ok=True)
    shutil.rmtree(run.steps.at(step, file.file_id), ignore_errors=True)


def profile_batch(run: Run, file: PlannedFile) -> None:
    """Profile the rows of one file."""
    source = run.table("read_file", file.file_id, "source_records")
    read = run.manifest("read_file", file.file_id)
    decisions = [Decision(**d) for d in read.parameters["decisions"]] if read else []
    _write_profile(run, file, lambda: _as_told(standardise.profile_batch(read_chunks(source), run.spill()), decisions))


def _write_profile(run: Run, file: PlannedFile, profile: Callable[[], pa.Table]) -> None:
    with run.working("profile_batch", file.file_id) as work:
        work.tables["profile"] = write_part(profile(), part_path(work.folder / "profile", 0), t.PROFILE)


@dataclass(frozen=True)
class _StandardiseJob:
    part: Path
    number: int
    out: Path
    profile: Path
    findings: tuple[Path, ...]
    province_code: str
    received_on: date
    judged: Judged


def standardise_records(run: Run, file: PlannedFile) -> None:
    """Standardise one file, part by part, on several processes where there are several parts."""
    read = run.of("read_file", file.file_id)
    with run.working("standardise_records", file.file_id) as work:
        told = _findings_of_parts(run, read)
        judged = row_judging.of_run(run.folder)
        jobs = [
            _StandardiseJob(
                part, number, work.folder, run.of("profile_batch", file.file_id) / "profile", told.get(str(part), ()),
                run.plan.province_code, run.plan.received, judged,
            )
            for number, part in enumerate(parts(read / "source_records"))
        ]  # fmt: skip
        hands = engine.engine_for(count_rows(read / "source_records"), run.settings)
        if hands is engine.HERE:
            _add_up(work, workers.on_processes(_standardise_part, jobs, run.settings.worker_count))
            return
        profile = read_small(jobs[0].profile, t.PROFILE)
        options = standardise.StandardiseOptions(run.plan.province_code, run.plan.received, judged)
        chunks = ((read_part(job.part), _found(job.findings)) for job in jobs)
        done = hands.rows(partial(_standardised, profile, options), chunks, _OUTCOME)
        _add_up(work, (_write_outcome(tables, work.folder, n) for n, tables in enumerate(done)))


def _findings_of_parts(run: Run, read: Path) -> dict[str, tuple[Path, ...]]:
    """The parts of the reader's findings that speak of rows of each part of the file.

    A broken file has a finding on every row: they are never read whole, nor all of them for each part.
    """
    source, found = parts(read / "source_records"), parts(read / "findings")
    if len(found) <= 1:
        return {str(part): tuple(found) for part in source}
    with connect(run.settings, run.spill()) as sql:
        pairs = sql.execute(
            """SELECT DISTINCT s.filename, f.filename FROM read_parquet(?, filename = true) f
               JOIN read_parquet(?, filename = true) s USING (record_id) ORDER BY ALL""",
            [[str(p) for p in found], [str(p) for p in source]],
        ).fetchall()
    told: dict[str, tuple[Path, ...]] = {}
    for part, findings in pairs:
        told[part] = (*told.get(part, ()), Path(findings))
    return told


def build_households(run: Run, file: PlannedFile) -> None:
    """Put the households of one file together."""
    source = run.table("standardise_records", file.file_id, "records")
    with run.working("build_households", file.file_id) as work, connect(run.settings, run.spill()) as sql:
        rows = 0
        hands = engine.engine_for(count_rows(source), run.settings)
        chunks = whole_blocks(source, "household_key", sql, work.folder / "shuffle")
        for number, (records,) in enumerate(hands.blocks(_housed, chunks, (t.RECORDS,))):
            rows += write_part(records, part_path(work.folder / "records", number), t.RECORDS)
            flight.came_to(rows)
        work.tables["records"] = rows
        shutil.rmtree(work.folder / "shuffle", ignore_errors=True)


def check_records(run: Run, file: PlannedFile) -> None:
    """Check the rows and households of one file; the parts of build_households hold whole households."""
    profile = read_small(run.of("profile_batch", file.file_id) / "profile", t.PROFILE)
    judged = row_judging.of_run(run.folder)
    with run.working("check_records", file.file_id) as work:
        source = run.table("build_households", file.file_id, "records")
        hands = engine.engine_for(count_rows(source), run.settings)
        done = hands.blocks(partial(_checked, profile, run.plan.received, judged), read_chunks(source), _OUTCOME)
        _add_up(work, (_write_outcome(tables, work.folder, n) for n, tables in enumerate(done)))


def _standardise_part(job: _StandardiseJob) -> dict[str, int]:
    options = standardise.StandardiseOptions(job.province_code, job.received_on, job.judged)
    profile = read_small(job.profile, t.PROFILE)
    done = _standardised(profile, options, read_part(job.part), _found(job.findings))
    return _write_outcome(done, job.out, job.number)


def _found(parts_of_findings: Sequence[Path]) -> pa.Table:
    return pa.concat_tables([t.CHECK_RESULTS.schema.empty_table(), *map(read_part, parts_of_findings)])


def _standardised(
    profile: pa.Table, options: standardise.StandardiseOptions, source: pa.Table, found: pa.Table | None
) -> Tables:
    found = _found(()) if found is None else found
    if found.num_rows:
        found = found.filter(pc.is_in(found["record_id"], source["record_id"].combine_chunks()))
    return _tables(standardise.standardise_records(source, profile, found, options=options))


def _housed(records: pa.Table) -> Tables:
    return (households.build_households(records),)


def _checked(profile: pa.Table, received_on: date, judged: Judged, records: pa.Table) -> Tables:
    return _tables(check.check_records(records, profile, received_on=received_on, judged=judged))


def _tables(outcome: Outcome) -> Tables:
    """The tables of an outcome in the order of `_OUTCOME`."""
    return outcome.accepted, outcome.quarantined, outcome.findings


def _write_outcome(tables: Tables, folder: Path, number: int) -> dict[str, int]:
    written = zip(_OUTCOME, tables, strict=True)
    return {spec.name: write_part(table, part_path(folder / spec.name, number), spec) for spec, table in written}


def _add_up(work: Work, counts: Iterator[dict[str, int]]) -> None:
    for count in counts:
        for name, rows in count.items():
            work.tables[name] = work.tables.get(name, 0) + rows
        flight.came_to(work.tables["records"] + work.tables["quarantine"])
