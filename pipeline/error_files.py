"""The error files of a batch: each file of it that has rows to mend, as XLSX and CSV, to be sent again as it is.

They hold personal data: only their owner may read them, and their names say nothing but the id of the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import duckdb

from pipeline import error_book, error_rows, error_texts, findings
from pipeline.context import Run, load_run
from pipeline.delivery import PlannedFile
from pipeline.error_rows import Chosen, Selection
from pipeline.file_steps import refusal_of
from pipeline.inquiries import asked
from pipeline.result import BatchResult, FileResult
from pipeline.settings import Settings
from pipeline.sql import connect
from schemas.errors import UsageError
from schemas.messages import Language
from store import audit, reports
from store.audit import Event
from store.engine import Store

Form = Literal["xlsx", "csv", "both"]
FORMS: tuple[Form, ...] = ("xlsx", "csv", "both")


@dataclass(frozen=True)
class ErrorFile:
    """What was written for a file: its id, the paths, rows, how many of them have something to mend.

    Without a path nobody asked to write them.
    """

    file_id: str
    paths: tuple[Path, ...]
    rows: int
    marked: int


@dataclass(frozen=True)
class Wish:
    """What to write: which rows, in which form, in which language; `most` rows, None = however many; of which file."""

    chosen: Chosen = "flagged"
    form: Form = "xlsx"
    language: Language = "vi"
    most: int | None = None
    file_id: str | None = None


def of_batch(batch_id: str, out: Path, settings: Settings, wish: Wish) -> list[ErrorFile]:
    """Write the error files of a batch from its run folder.

    Raises:
        UsageError: batch.unknown; errors.no_run, the folder is gone.
    """
    event = Event("errors.written", "batch", batch_id, reason="asked")
    with asked(settings) as store, audit.refusals(store, event):
        run = run_of(batch_id, settings, store)
        audit.record(store, replace(event, province_code=run.plan.province_code))
    try:
        return of_run(run, out, wish)
    finally:
        run.close()


def form_of(given: str) -> Form:
    """The form asked for. Raises UsageError errors.form."""
    for known in FORMS:
        if given == known:
            return known
    raise UsageError("errors.form", given=given)


def added(run: Run, store: Store, result: BatchResult, out: Path | None = None) -> BatchResult:
    """The result of a run with the rows to mend of each file, and its error file where a folder for them is named.

    They are never made unasked: they name persons in clear, and a run leaves nothing of that kind behind.
    """
    wish = Wish("blocked", language=run.settings.language, most=None if out else 0)
    made = {each.file_id: each for each in of_run(run, out or run.spill(), wish)}
    if any(each.paths for each in made.values()):
        _tell_or_forget(run, store, [path for each in made.values() for path in each.paths])
    by_name = {file.name: made[file.file_id] for file in run.plan.files if file.file_id in made}
    return replace(result, files=tuple(_with_error_file(f, by_name.get(f.file)) for f in result.files))


def _tell_or_forget(run: Run, store: Store, paths: Iterable[Path]) -> None:
    """Write the event of the error files that a run made; what the audit does not know of must not lie about."""
    province = run.plan.province_code
    try:
        audit.record(store, Event("errors.written", "batch", run.plan.batch_id, province_code=province, reason="run"))
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise


def _with_error_file(file: FileResult, made: ErrorFile | None) -> FileResult:
    if made is None or file.outcome == "already_known":
        return file
    return replace(file, error_file=str(made.paths[0]) if made.paths else None, to_mend=made.marked)


def of_run(run: Run, out: Path, wish: Wish) -> list[ErrorFile]:
    """Write the error files of a run."""
    wanted = [file for file in run.plan.files if wish.file_id in (None, file.file_id)]
    with connect(run.settings, run.spill()) as sql:
        return [made for file in wanted for made in _of_file(run, file, sql, out, wish)]


def _of_file(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection, out: Path, wish: Wish) -> Iterator[ErrorFile]:
    if refusal_of(run, file) is not None or not run.steps.has("check_records", file.file_id):
        return
    selection = error_rows.choose(run, file, sql, wish.chosen)
    if not selection.marked and wish.chosen != "all":
        return
    if wish.most is not None and selection.rows > wish.most:
        yield ErrorFile(file.file_id, (), selection.rows, selection.marked)
        return
    paths = tuple(_write(run, file, sql, selection, (out, wish)))
    yield ErrorFile(file.file_id, paths, selection.rows, selection.marked)


def _write(
    run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection, selection: Selection, target: tuple[Path, Wish]
) -> Iterator[Path]:
    out, wish = target
    flags = error_rows.flags_of(run, file, selection)
    layouts = error_rows.layouts(run, file, sql)
    stem = f"loi_{file.file_id[:12]}"
    if wish.form != "csv":
        path = out / f"{stem}.xlsx"
        guide = error_texts.guide(findings.file_messages(run, file, sql), selection, wish.language)
        sheets = ((layout, error_rows.rows(sql, layout, flags)) for layout in layouts)
        error_book.write_book(path, list(guide), sheets, wish.language)
        yield path
    if wish.form != "xlsx":
        for number, layout in enumerate(layouts, 1):
            path = out / (f"{stem}.csv" if number == 1 else f"{stem}_{number}.csv")
            error_book.write_csv(path, (layout, error_rows.rows(sql, layout, flags)), wish.language)
            yield path


def run_of(batch_id: str, settings: Settings, store: Store) -> Run:
    """The newest attempt at a batch that read its files."""
    if batch_id.isalnum() and _is_visible(batch_id, settings):
        folder = settings.home / "runs" / batch_id
        attempts = sorted((p for p in folder.glob("[0-9]*") if (p / "read_file").is_dir()), reverse=True)
        if attempts:
            return load_run(attempts[0], settings)
    is_known = reports.batch(store, batch_id) is not None
    raise UsageError("errors.no_run" if is_known else "batch.unknown", batch=batch_id)


def _is_visible(batch_id: str, settings: Settings) -> bool:
    """Run folders know no provinces, so a session of one asks the store whose batch it is."""
    if settings.province is None:
        return True
    with asked(settings) as store:
        return reports.batch(store, batch_id) is not None
