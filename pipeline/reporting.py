"""Write the report of a batch, HTML and JSON with their seal, in the home folder, and sum a run up.

Everything in a report comes from the store, so that it can be made again later, byte for byte; only its seal says when.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from pipeline import (
    inquiries,
    kept_figures,
    kept_rows,
    report_data,
    report_notes,
    report_sealing,
    row_folder,
    sample_report,
    telemetry,
)
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from pipeline.gathering import gather
from pipeline.kept_figures import Kept
from pipeline.kept_rows import KeptRows
from pipeline.report_sealing import Made, Signer
from pipeline.result import BatchResult, FileResult
from pipeline.settings import Settings
from quality import report_parts
from quality.render import render_html, render_json
from quality.report import build_report
from quality.report_facts import FileFacts, ReportFacts
from quality.report_tables import tables
from schemas.tables import OUTCOMES
from store import audit, audit_marks, reports
from store.audit import Event
from store.engine import Store


@dataclass(frozen=True)
class Written:
    """A report that was written: its page, whether its seal is signed, whether the batch was undone since.

    `pages` of failing rows, and how large their folder is.
    """

    path: Path
    is_signed: bool
    is_undone: bool = False
    pages: int = 0
    megabytes: float = 0.0


def report_batch(run: Run, store: Store, known: Mapping[str, str]) -> BatchResult:
    """Write the report of a run's batch from the store, and sum the run up.

    Args:
        run: a run that was loaded, or stopped by the gate.
        store: the store.
        known: file_id -> batch_id of the files that were loaded before this run began.
    """
    kept, rows = _counted(store, run.plan.batch_id)
    signer = report_sealing.signer_of(store, run.settings)
    made = replace(gather(store, kept), failing=rows.index)
    audit.record(store, _event(run.plan.batch_id, "run", made.delivery.province_code))
    written = write(store, signer, made, kept, rows, inquiries.report_path(run.settings, run.plan.batch_id))
    result = summed_up(run, made, known, written.path)
    telemetry.batch_done(run.settings.metrics_url, made.delivery.province_code, result.state, result.counts)
    return result


def report_again(
    batch_id: str, settings: Settings, out: Path | None, *, has_data: bool = False, has_paper: bool = False
) -> Written:
    """Write a batch's report again from the store.

    Args:
        batch_id: the batch.
        settings: where the store and the reports are.
        out: an .html file or a folder; None = where the first one lies.
        has_data: with the figures as a workbook and as CSV files too.
        has_paper: with the page as PDF too.

    Raises:
        UsageError: batch.unknown.
        SettingsError: the key that signs is there, but unsafe or damaged.
    """
    with inquiries.asked(settings) as store, audit.refusals(store, _event(batch_id, "asked")):
        kept, rows = _counted(store, batch_id)
        signer = report_sealing.signer_of(store, settings)
        made = replace(gather(store, kept), failing=rows.index)
        audit.record(store, _event(batch_id, "asked", made.delivery.province_code))
        path = inquiries.report_path(settings, batch_id)
        if out is not None:
            path = out if out.suffix == ".html" else out / path.name
        now = reports.batch(store, batch_id)
        return replace(
            write(store, signer, made, kept, rows, path, has_data=has_data, has_paper=has_paper),
            is_undone=now is not None and now.state == "undone",
        )


def _counted(store: Store, batch_id: str) -> tuple[Kept, KeptRows]:
    """Figures and failing rows, side by side: what is counted by the store, what is paged here. Raises UsageError."""
    with ThreadPoolExecutor(1, "rows") as beside:
        rows = beside.submit(kept_rows.of_batch, store, batch_id)
        return kept_figures.of_batch(store, batch_id), rows.result()


def _event(batch_id: str, reason: str, province_code: str = "") -> Event:
    return Event("report.written", "batch", batch_id, province_code=province_code, reason=reason)


def write(
    store: Store, signer: Signer | None, made: ReportFacts, kept: Kept, rows: KeptRows, path: Path, *,
    has_data: bool = False, has_paper: bool = False,
) -> Written:  # fmt: skip
    """Write a report as HTML and, beside it, as JSON, its failing rows and their seal; the seal last.

    Data files and paper of an earlier making go where they are not made again: the seal would not know them.
    """
    report = build_report(made)
    page, data = render_html(report).encode(), render_json(report).encode()
    files = [
        Made(path.name, page, report_parts.of_html(page)),
        Made(path.with_suffix(".json").name, data, report_parts.of_json(data)),
    ]
    if has_data:
        files += [Made(n, c, report_parts.WHOLE) for n, c in report_data.files(path.stem, tables(report)).items()]
    else:
        for name in report_data.names(path.stem):
            path.with_name(name).unlink(missing_ok=True)
    printed = path.with_suffix(".pdf")
    if has_paper:
        files.append(Made(printed.name, _paper(page, made), report_parts.WHOLE))
    else:
        printed.unlink(missing_ok=True)
    report_sealing.unseal(path.parent, path.stem)
    pages = row_folder.write(path.parent, made.delivery.batch_id, rows)
    seal = report_sealing.seal_of(made.delivery, kept, audit_marks.newest(store), files, signer, pages)
    report_sealing.write(path.parent, path.stem, files, seal, signer)
    sample_report.write(store, signer, kept, path.parent)
    size = sum(page.size for page in pages) / 1_000_000
    return Written(path, signer is not None, pages=len(rows.index.pages), megabytes=size)


def _paper(page: bytes, made: ReportFacts) -> bytes:
    """The page as PDF. It names the moment when the batch was recorded: made again it is the same."""
    from quality.pdf import render_pdf  # only who wants paper loads what makes it

    about = f"sohoa · {made.delivery.batch_id}"
    return render_pdf(
        page.decode(), about=about, title=f"sohoa {made.delivery.batch_id}", made=made.delivery.recorded_at
    )


def summed_up(run: Run, made: ReportFacts, known: Mapping[str, str], path: Path) -> BatchResult:
    """The answer of a run. A batch delivered once more is known: nothing of it is new."""
    texts = report_notes.full_messages(run, run.plan.files)
    # The same content may have come under another ending before, so that its alias ends differently.
    planned = {PurePath(f.name).stem: f for f in run.plan.all_files} | {f.name: f for f in run.plan.all_files}
    files = tuple(
        _file_result(f, planned.get(f.path) or planned.get(PurePath(f.path).stem), known, texts) for f in made.files
    )
    counts = {o: sum(f.counts[o] for f in files) for o in OUTCOMES}
    read = sum(f.read for f in files)
    state = "known" if made.delivery.state == "loaded" and read and counts["known"] == read else made.delivery.state
    waiting = {w.batch_id: w.rows for w in made.waiting}
    return BatchResult(
        run.plan.batch_id, run.plan.province_code, state, read, counts, files, str(path), made.delivery.stop_rules,
        made.duplicates.same_number, made.duplicates.other_nationality, waiting,
    )  # fmt: skip


def _file_result(
    file: FileFacts, planned: PlannedFile | None, known: Mapping[str, str],
    texts: Mapping[str, tuple[Mapping[str, Any], ...]],
) -> FileResult:  # fmt: skip
    """The outcome of a file under its alias in this run."""
    file_id, path = (planned.file_id, planned.name) if planned else ("", file.path)
    read = file.balance.read
    if file_id in known and file.outcome != "already_known":
        counts = dict.fromkeys(OUTCOMES, 0) | {"known": read}
        return FileResult(path, "already_known", known[file_id], read, counts)
    counts = {o: int(getattr(file.balance, o)) for o in OUTCOMES}
    told = texts.get(file_id, ())
    return FileResult(path, file.outcome, file.reason, read, counts, told, is_twin=file.is_twin)
