"""The runner: every step of a batch, one after the other, or one of them by name for Airflow.

Airflow and the command line call the same functions; a step that was finished in a run folder is not made again.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline import (
    batch_steps,
    binding,
    error_files,
    file_steps,
    flight,
    gate_release,
    holding,
    inquiries,
    loading,
    offices,
    originals,
    reporting,
    resuming,
    senders,
    system_errors,
    workers,
)  # fmt: skip
from pipeline.acting import acting
from pipeline.artefacts import read_json, write_json
from pipeline.context import Run, opened_run
from pipeline.delivery import PlannedFile
from pipeline.flight import Death
from pipeline.intake import UNPACKED, Plan, forget_plan, open_run, plan_batch
from pipeline.names import seal_stored_names
from pipeline.offices import NOTHING_SAID, Reading
from pipeline.result import BatchResult, as_json, from_json, named, sums_in_words
from pipeline.settings import Settings, load_settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS
from schemas.errors import FileRefused, SohoaError, StoreMoved, UsageError
from schemas.tables import OUTCOMES
from store.engine import Store, borrowed, open_store
from store.turns import turn

_RESULT, _KNOWN = "result.json", "known_files.json"
_MATCHING_AGAIN = "matching_again"
_GIVEN_UP = "file.given_up"
_MAY_PASS = ("running", "stopped", "system", "store.")
"""How the causes begin that are not the file's fault."""
_ATTEMPTS = 5
_MOST_TOLD = 20
_REMATCH = ("match_records", "survive", "validate_batch")
Told = Callable[[str], None]


def run_batch(
    paths: Sequence[Path],
    province: str,
    settings: Settings,
    *,
    told: Told = lambda step: None,
    reading: Reading = NOTHING_SAID,
    errors: Path | None = None,
    begun: Told = lambda batch_id: None,
) -> BatchResult:
    """The whole job on a delivery. `told` hears the name of each step; `reading`: what a person said of the files.

    `begun` hears the id of the batch once its run folder is open.

    `errors` is a folder for the error files, in clear; without it none are written, and they are made when asked for.

    Raises:
        SohoaError: usage, environment or policy; whatever is raised, nothing or everything was loaded.
    """
    with system_errors.translated(), borrowed(settings.store_url, settings.home):
        folder = _start(paths, province, settings, reading, is_whole=True)
        begun(folder.parent.name)
        try:
            with opened_run(folder, settings) as run:
                all_file_steps(run, told)
                result = _finish(run, told)
                if errors is not None:
                    with opened(settings) as store:
                        result = error_files.added(run, store, result, errors)
                if reading.remember and result.state == "loaded":
                    with opened(settings) as store:
                        offices.remember_all(store, run.plan.province_code, reading, f"batch {run.plan.batch_id}")
            resuming.end(folder)
            return result
        finally:
            resuming.leave(folder)


def all_file_steps(run: Run, told: Told = lambda step: None) -> None:
    """Read, profile, standardise and check each file that was not loaded before; a refused one goes no further."""
    with workers.kept():
        for file in new_files(run):
            for step in FILE_STEPS:
                told(f"{step} {file.name}")
                if not _file_step(run, step, file):
                    break


def finish_run(folder: Path, settings: Settings, told: Told = lambda step: None) -> BatchResult:
    """The steps of a whole batch on a run folder whose files are checked.

    Raises:
        UsageError: this is no run folder.
        SohoaError: run.unfinished where a step before is missing.
    """
    if not (folder / "plan.json").exists():
        raise UsageError("path.not_a_step", path=str(folder))
    with system_errors.translated(), borrowed(settings.store_url, settings.home), opened_run(folder, settings) as run:
        return _finish(run, told)


def start(
    paths: Sequence[str], province: str, encodings: Sequence[str] = (), headings: Sequence[str] = (), office: str = ""
) -> str:
    """Open a run folder for a delivery; returns its path. The first task of the DAG.

    Raises:
        UsageError: as `_start`, but without the paths: Airflow writes what is raised into its log.
    """
    try:
        with system_errors.translated():
            reading = Reading(encodings, headings, office)
            return str(_start([Path(p) for p in paths], province, load_settings(), reading))
    except UsageError as wrong:
        details = {k: v for k, v in wrong.details.items() if k != "path"}
        raise UsageError(wrong.code, **details) from None


def new_file_ids(folder: str) -> list[str]:
    """Ids of the files of a run that were not loaded before."""
    with opened_run(Path(folder), load_settings()) as run:
        return [file.file_id for file in new_files(run)]


def run_step(step: str, folder: str, file_id: str | None = None) -> str:
    """One step of a run by name; returns the sealed file of its artefacts. A task of the DAG.

    Raises:
        FileRefused: read_file refused the file; noted in its manifest, so that the others can go on.
        SohoaError: run.unfinished where a step before it is missing.
    """
    settings = load_settings()
    with system_errors.translated(), opened_run(Path(folder), settings) as run, senders.acting_for(run):
        if file_id is None:
            _batch_step(run, step)
            return str(run.steps.container(step))
        file = next(f for f in run.plan.files if f.file_id == file_id)
        if step == FILE_STEPS[0] and _is_given_up(run, file):  # somebody cleared its tasks: it is tried anew
            file_steps.forget_file(run, step, file)
        if _is_given_up(run, file) or not _file_step(run, step, file):
            raise _refused(run, file)
        return str(run.steps.container(step, file_id))


def give_up(folder: str, file_id: str) -> bool:
    """Refuse a file at which the tries of its tasks ended without an answer; False if it has one. A task of the DAG.

    Raises:
        SohoaError: run.unfinished where it failed for want of something else than sense: the disk, the store.
    """
    with system_errors.translated(), opened_run(Path(folder), load_settings()) as run:
        file = next(f for f in run.plan.files if f.file_id == file_id)
        if file_steps.refusal_of(run, file) is not None or run.is_done(FILE_STEPS[-1], file_id):
            return False
        last = next((d for d in reversed(flight.deaths(run.folder)) if d.file_id == file_id), None)
        if last is None or last.cause.startswith(_MAY_PASS):
            raise SohoaError("run.unfinished", step=last.step if last else None)
        file_steps.give_up(run, file, last)
        originals.keep(run, file)
        return True


def earlier_deaths(step: str, folder: str, file_id: str | None) -> list[Death]:
    """What became of earlier tries at a step that did not end well."""
    found = flight.deaths(Path(folder))
    return [d for d in found if d.step == step and d.file_id == (file_id or "") and d.cause != "running"]


def _is_given_up(run: Run, file: PlannedFile) -> bool:
    refusal = file_steps.refusal_of(run, file)
    return refusal is not None and refusal.code == _GIVEN_UP


def _refused(run: Run, file: PlannedFile) -> FileRefused:
    """The refusal of a file for the log of its task: alias, code, sums, and where the report will lie."""
    refusal = file_steps.refusal_of(run, file)
    rows = refusal.rows if refusal else 0
    sums = sums_in_words(rows, dict.fromkeys(OUTCOMES, 0) | {"rejected": rows}, run.settings.language)
    report = inquiries.report_path(run.settings, run.plan.batch_id)
    return FileRefused(
        refusal.code if refusal else "run.unfinished", rows=rows, file=file.name, sums=sums, report=report
    )


def verdict(folder: str) -> dict[str, Any]:
    """The sums of a run for the last task of the DAG: codes, counts and paths, never a value of a person.

    Raises:
        SohoaError: run.unfinished, run.files_refused or batch.stopped, so that the DAG run fails visibly.
    """
    with opened_run(Path(folder), load_settings()) as run:
        result = _result_of(run)
    _demand_sums(result)
    refused = [f"{f.file} ({f.reason})" for f in result.files if f.outcome == "file_rejected"]
    told = {"sums": sums_in_words(result.read, result.counts, load_settings().language), "report": result.report}
    if result.state == "stopped":
        raise SohoaError("batch.stopped", rules=", ".join(result.stop_rules), **told)
    if refused:
        files = ", ".join(refused[:_MOST_TOLD]) + (", …" if len(refused) > _MOST_TOLD else "")
        raise SohoaError("run.files_refused", count=len(refused), files=files, **told)
    short = as_json(result)
    del short["files"]
    return short


def _demand_sums(result: BatchResult) -> None:
    """Every row has one outcome, in each file and in the batch. Raises SohoaError run.sums_differ."""
    for name, read, counts in ((result.batch_id, result.read, result.counts), *_sums_of_files(result)):
        if read != sum(counts.values()):
            raise SohoaError("run.sums_differ", file=name, sums=f"{read} ≠ {sum(counts.values())}")
    if result.read != sum(f.read for f in result.files if not f.is_twin):
        raise SohoaError("run.sums_differ", file=result.batch_id)


def _sums_of_files(result: BatchResult) -> list[tuple[str, int, Mapping[str, int]]]:
    return [(f.file, f.read, f.counts) for f in result.files]


def new_files(run: Run) -> list[PlannedFile]:
    """Files of the run that were not loaded before."""
    known = known_files(run)
    return [file for file in run.plan.files if file.file_id not in known]


def known_files(run: Run) -> dict[str, str]:
    """file_id -> batch_id of the files that were loaded before this run began."""
    return dict(read_json(run.folder / _KNOWN))


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store of the settings, closed at the end; an embedded server keeps running."""
    store = open_store(settings.store_url, settings.home, acting(settings))
    try:
        seal_stored_names(store, settings)
        yield store
    finally:
        store.close()


def _start(
    paths: Sequence[Path], province: str, settings: Settings, reading: Reading, *, is_whole: bool = False
) -> Path:
    plan = plan_batch(paths, province, settings)
    try:
        return open_folder(plan, settings, reading, is_whole=is_whole)
    except BaseException:
        forget_plan(plan)
        raise


def open_folder(plan: Plan, settings: Settings, reading: Reading, *, is_whole: bool) -> Path:
    """Open the run folder of a plan with what binds it; a whole run that was cut off goes on in its own."""
    with opened(settings) as store:
        binds = binding.of_delivery(plan, reading, store)
        plan = offices.with_decisions(plan, binds.of_batch)
        cut_off = resuming.unfinished(plan, settings, store) if is_whole else None
        if cut_off is not None:
            forget_plan(plan)
            return cut_off
    folder = open_run(plan, settings)
    if is_whole:
        resuming.begin(folder)
    binding.keep_with_run(folder, binds, settings)
    keep_known(folder, binds.known)
    return folder


def keep_known(folder: Path, known: Mapping[str, str]) -> None:
    """Write into a run folder which of its files were loaded before: file_id -> batch_id."""
    write_json(folder / _KNOWN, dict(known))


def _file_step(run: Run, step: str, file: PlannedFile) -> bool:
    """Run one step of a file unless it is done; False when the file is refused."""
    if not run.is_done(step, file.file_id):
        if step == "read_file":
            if file_steps.read_file(run, file, binding.decisions_of(run)) is not None:
                originals.keep(run, file)
        else:
            getattr(file_steps, step)(run, file)
    return file_steps.refusal_of(run, file) is None


def _finish(run: Run, told: Told) -> BatchResult:
    for step in BATCH_STEPS:
        told(step)
        _batch_step(run, step)
    given = {f.name: f.given for f in run.plan.all_files}
    return named(_result_of(run), given)


def _result_of(run: Run) -> BatchResult:
    """The result as `report_batch` left it, sealed: what was found is told with what stands in the file."""
    found = run.steps.kept_file(_RESULT)
    if found is None:
        raise SohoaError("run.unfinished", folder=str(run.folder))
    return from_json(json.loads(found))


def _batch_step(run: Run, step: str) -> None:
    if run.is_done(step):
        if step == "report_batch":
            _forget_older_runs(run)  # whoever wrote the report may have been killed at this
        return
    if step == "match_records":
        _demand_checked(run)
    if step == "validate_batch":
        batch_steps.validate_batch(run, loading.batch_facts(run))
        return
    with opened(run.settings) as store:
        if step == "load_batch":
            _load(run, store)
        elif step == "report_batch":
            _report(run, store)
        else:
            getattr(batch_steps, step)(run, store)


def _demand_checked(run: Run) -> None:
    """Every file is either refused or checked; one that crashed on the way must not be left out silently."""
    for file in new_files(run):
        if file_steps.refusal_of(run, file) is None:
            run.steps.finished("check_records", file.file_id)


def _load(run: Run, store: Store) -> None:
    """Load; when another batch came in between, wait for a turn and match again against the store as it is then."""
    again = (run.folder / _MATCHING_AGAIN).exists()
    for attempt in range(_ATTEMPTS):
        try:
            with turn(store) if again else nullcontext():
                if again:
                    _match_again(run)
                _load_once(run, store, has_turn=again)
            return
        except StoreMoved:
            if attempt + 1 == _ATTEMPTS:
                raise
            again = True


def _match_again(run: Run) -> None:
    """The later steps go first, and a mark stays until all are made: whoever is killed in between begins here again."""
    (run.folder / _MATCHING_AGAIN).touch()
    for step in _REMATCH[::-1]:
        run.steps.forget(step)
    for step in _REMATCH:
        _batch_step(run, step)
    (run.folder / _MATCHING_AGAIN).unlink()


def _load_once(run: Run, store: Store, *, has_turn: bool) -> None:
    stop_rules, released = gate_release.stop_rules(run, store)
    with run.working("load_batch") as work:
        counts = loading.load_batch(run, store, known_files(run), stop_rules, released, has_turn)
        work.facts["counts"] = asdict(counts)


def _report(run: Run, store: Store) -> None:
    with run.working("report_batch") as work:
        result = error_files.added(run, store, reporting.report_batch(run, store, known_files(run)))
        run.steps.keep_file(_RESULT, json.dumps(as_json(result), ensure_ascii=False).encode())
        work.facts["report"] = result.report
    _forget_older_runs(run)


def _forget_older_runs(run: Run) -> None:
    others = sorted(p for p in run.folder.parent.iterdir() if p.name.isdigit() and p.name < run.folder.name)
    # A batch sent once more is not read again: what its error files are made from stays.
    last_read = None if _has_read(run.folder) else next((p for p in others[::-1] if _has_read(p)), None)
    for folder in others[: max(0, len(others) + 1 - max(1, run.settings.keep_runs))]:
        if folder != last_read and not holding.is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(run.spill(), ignore_errors=True)
    run.steps.container(UNPACKED).unlink(missing_ok=True)


def _has_read(folder: Path) -> bool:
    return (folder / "read_file").is_dir()
