"""One step at a time on the command line: a file or folder in, Parquet files out, no store and no Airflow."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import batch_steps, file_steps
from pipeline.artefacts import (
    merge_parts,
    parts,
    read_chunks,
    read_small,
    split_file,
    write_json,
    write_parts,
)  # fmt: skip
from pipeline.context import Run, opened_run
from pipeline.delivery import Refusal
from pipeline.intake import PROVINCE_NOT_GIVEN, Plan, forget_plan, open_run, plan_batch, resolve_province
from pipeline.offices import NOTHING_SAID, Reading
from pipeline.settings import Settings
from pipeline.workplace import borrowed_place
from quality import validate
from readers.forms import form_texts
from readers.reading import ReadLimits
from schemas import tables as t
from schemas.errors import FileRefused, UsageError
from schemas.field import TableSpec

if TYPE_CHECKING:
    from readers.page_pictures import Drawn

Written = dict[str, int]
_OF_ENGINE = ("engine", "spark_master", "spark_from_rows", "spark_memory_mib")
_READING, _ANY_PROVINCE = "reading.json", "01"


def show(file: Path, target: Path, settings: Settings) -> "Drawn":
    """Draw the pages of a scan: the first into `target`, others beside it as name-2.png, name-3.png ...

    Raises:
        FileRefused: it is no scan.
        UsageError: there is no such file; forms.*: a form of the settings is wrong.
    """
    from readers.page_pictures import draw_file  # its libraries take a second, which no other step has to wait for

    if not file.is_file():
        raise UsageError("path.not_found", path=str(file))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        drawn = draw_file(file, Path(folder), ReadLimits(), form_texts(settings.forms))
        for number, name in enumerate(drawn.files, 1):
            other = target if number == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")
            (Path(folder) / name).replace(other)
    return drawn


def read(file: Path, out: Path, settings: Settings, reading: Reading = NOTHING_SAID) -> Written:
    """Read one file, or all files of an archive -> source_records.parquet, read_findings.parquet, reading.json.

    Raises:
        FileRefused: the file is no ledger.
        UsageError: there is no such file.
    """
    with _scratch(plan_batch([file], _ANY_PROVINCE, settings), settings) as run:
        refused = [r for r in (file_steps.read_file(run, f, reading.decisions) for f in run.plan.files) if r]
        good = [f for f in run.plan.files if file_steps.refusal_of(run, f) is None]
        steps = [run.of("read_file", f.file_id) for f in good]
        if not steps:
            first = refused[0] if refused else Refusal("file.companion")
            raise FileRefused(first.code, rows=first.rows, **first.details)
        _made(out)
        records, findings = out / "source_records.parquet", out / "read_findings.parquet"
        rows = merge_parts([s / "source_records" for s in steps], records, t.SOURCE_RECORDS)
        found = merge_parts([s / "findings" for s in steps], findings, t.CHECK_RESULTS)
        readings = [run.steps.finished("read_file", f.file_id).facts["reading"] for f in good]
        write_json(out / _READING, readings[0] if len(readings) == 1 else readings)
    return {str(records): rows, str(findings): found, "findings_exit": int(bool(refused))}


def standardise_folder(folder: Path, out: Path, province: str, settings: Settings) -> Written:
    """Standardise what `read` wrote -> records.parquet, quarantine.parquet, check_results.parquet."""
    source = _needed(folder / "source_records.parquet")
    with _scratch(_plan_of(source, province, settings), settings) as run:
        file = run.plan.files[0]
        step = run.of("read_file", file.file_id)
        split_file(source, step / "source_records", t.SOURCE_RECORDS)
        _split_or_nothing(folder / "read_findings.parquet", step / "findings", t.CHECK_RESULTS)
        file_steps.profile_batch(run, file)
        file_steps.standardise_records(run, file)
        merge_parts(run.of("profile_batch", file.file_id) / "profile", _made(out) / "profile.parquet", t.PROFILE)
        return _write_outcome(run.of("standardise_records", file.file_id), out)


def check_folder(folder: Path, out: Path, settings: Settings) -> Written:
    """Build households and check what `standardise` wrote; what it kept out stays kept out."""
    source = _needed(folder / "records.parquet")
    with _scratch(_plan_of(source, PROVINCE_NOT_GIVEN, settings), settings) as run:
        file = run.plan.files[0]
        split_file(source, run.of("standardise_records", file.file_id) / "records", t.RECORDS)
        profile = run.of("profile_batch", file.file_id) / "profile"
        _split_or_nothing(folder / "profile.parquet", profile, t.PROFILE)
        file_steps.build_households(run, file)
        file_steps.check_records(run, file)
        step = run.of("check_records", file.file_id)
        for name, spec in (("quarantine", t.QUARANTINE), ("check_results", t.CHECK_RESULTS)):
            _prepend(folder / f"{name}.parquet", step / name, spec)
        return _write_outcome(step, out)


def validate_folder(folder: Path, settings: Settings) -> Written:
    """The gate over the golden persons of a folder of `check`, each record a person of its own."""
    source = _needed(folder / "records.parquet")
    with _scratch(_plan_of(source, PROVINCE_NOT_GIVEN, settings), settings) as run:
        split_file(source, run.steps.at("records"), t.RECORDS)
        golden = (batch_steps.as_persons(chunk) for chunk in read_chunks(run.steps.at("records")))
        kept_out = _rows(folder / "quarantine.parquet")
        matched = _rows(source)
        facts = validate.BatchFacts(run.plan.received, matched + kept_out, matched, quarantined=kept_out)
        result = validate.validate_batch(golden, facts)
    write_json(folder / "validation.json", asdict(result))
    return {str(folder / "validation.json"): result.persons, "findings_exit": int(not result.success)}


@contextmanager
def _scratch(plan: Plan, settings: Settings) -> Iterator[Run]:
    """A run folder for one step, removed at the end; personal data do not stay behind."""
    before = os.umask(0o077)  # what a step writes is read by its owner alone
    try:
        with borrowed_place(settings.home) as folder:
            of_engine = {name: getattr(settings, name) for name in _OF_ENGINE}
            here = Settings(folder, workers=settings.workers, **of_engine)
            with opened_run(open_run(plan, here), here) as run:
                yield run
    finally:
        os.umask(before)
        forget_plan(plan)


def _plan_of(source: Path, province: str, settings: Settings) -> Plan:
    code, code_63 = (PROVINCE_NOT_GIVEN, None) if province == PROVINCE_NOT_GIVEN else resolve_province(province)
    plan = plan_batch([source], _ANY_PROVINCE, settings)
    return Plan(plan.batch_id, code, code_63, plan.received_on, plan.files, ())


def _needed(path: Path) -> Path:
    try:
        pq.read_schema(path)
    except (OSError, pa.ArrowInvalid):
        raise UsageError("path.not_a_step", path=str(path)) from None
    return path


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UsageError("path.cannot_write", path=str(folder)) from None
    return folder


def _write_outcome(step: Path, out: Path) -> Written:
    specs = {"records": t.RECORDS, "quarantine": t.QUARANTINE, "check_results": t.CHECK_RESULTS}
    _made(out)
    paths = {name: out / f"{name}.parquet" for name in specs}
    rows = {name: merge_parts(step / name, paths[name], spec) for name, spec in specs.items()}
    return {str(paths[name]): n for name, n in rows.items()} | {"findings_exit": int(rows["quarantine"] > 0)}


def _split_or_nothing(file: Path, folder: Path, spec: TableSpec) -> None:
    if file.exists():
        split_file(file, folder, spec)
    else:
        write_parts([], folder, spec)


def _prepend(file: Path, folder: Path, spec: TableSpec) -> None:
    """Put the rows of the step before in front of this step's."""
    if file.exists():
        own = [read_small(folder, spec)]
        shutil.rmtree(folder)
        split_file(file, folder, spec)
        number = len(parts(folder))
        write_parts(own, folder / "own", spec)
        for part in parts(folder / "own"):
            part.rename(folder / f"part-{number:05d}.parquet")
            number += 1


def _rows(file: Path) -> int:
    return int(pq.read_metadata(file).num_rows) if file.exists() else 0
