"""The cells of scans that no recogniser is sure of: shown to people, answered, and the rows that are whole sent in.

A row waits while one of its cells does. What somebody reads in a cell is a judgement that binds whatever run reads the
page again. A row all of whose cells are settled is sent as a mended row of the waiting one (`error_files`), so it has
one outcome and its cells stay its lineage.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import error_book, error_rows
from pipeline.cell_book import write_cells
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from pipeline.documents import heading_of
from pipeline.error_files import run_of
from pipeline.error_rows import ErrorRow, SheetLayout
from pipeline.file_steps import refusal_of
from pipeline.inquiries import Row, asked
from pipeline.masking import mask
from pipeline.result import BatchResult
from pipeline.run import run_batch
from pipeline.scope import limited
from pipeline.settings import Settings
from pipeline.sql import connect
from readers import error_file
from readers.cell_book import CellAnswers, read_answers
from schemas.errors import UsageError
from schemas.fields import ALL_FIELDS
from schemas.messages import Language
from schemas.tables import RAW_COLUMNS
from store import audit, cell_judgements, cells
from store.audit import Event
from store.cell_judgements import READ_TWICE, CellAnswer, CellJudgement, Standing
from store.engine import Store

_FLAGS = 33
_HEADER = "header"
Settled = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Returned:
    """What a returned workbook brought: judgements recorded, rows of it that are not clear, cells left open."""

    recorded: int
    unclear: tuple[int, ...]
    open: int


def waiting(province: str | None, batch_id: str | None, limit: int, settings: Settings) -> list[Row]:
    """The cells that wait, page by page, texts masked; of numbers only how many persons read them.

    Raises:
        UsageError: province.unknown.
    """
    limits = limited(settings, province)
    with asked(limits) as store:
        audit.record(store, Event("review.cells_shown_masked", "pile", province_code=limits.province or ""))
        found = _once(cells.waiting(store, batch_id, limit).to_pylist())
        stands = {(s.record_id, s.raw_column): s for s in cell_judgements.standing(store, _files(found))}
    names = names_of(settings.language)
    return [_shown(cell, stands.get((cell["record_id"], cell["raw_column"])), names) for cell in found]


def write_book(path: Path, batch_id: str | None, settings: Settings, limit: int = 2_000) -> int:
    """Write the workbook of the cells that wait, of a batch or of all that the session sees; returns the cells in it.

    A cell that is settled already is left out, and of numbers what anybody read is not shown.
    """
    event = Event("review.cells_written", "batch" if batch_id else "pile", batch_id or "")
    with asked(settings) as store, audit.refusals(store, event):
        audit.record(store, replace(event, province_code=settings.province or ""))
        found = cells.waiting(store, batch_id, limit).to_pylist()
        settled = _settled(store, found)
    left = _once([c for c in found if (c["record_id"], c["raw_column"]) not in settled])
    if not left:
        return 0
    return write_cells(path, left, names_of(settings.language))


def bring_back(path: Path, author: str, reason: str, settings: Settings) -> Returned:
    """Record the answers of a returned workbook; all of them or none.

    Raises:
        UsageError: nobody named; a cell that the store does not hold; no workbook of cells.
        FileRefused: it cannot be read.
    """
    answers = read_answers(path)
    with asked(settings) as store:
        judgements = list(_judgements(store, answers, author, reason))
        done = cell_judgements.decide(store, judgements)
    return Returned(done, answers.unclear, answers.open)


def decide(
    record_id: str, raw_column: str, answer: CellAnswer, text: str | None, author: str, reason: str, settings: Settings
) -> str:
    """Record what somebody reads in one cell; `text` None: the machine read it right. Returns the key of what to say.

    Raises:
        UsageError: nobody named; store.cell_unknown; cells.blind, a number that is only said to be right.
    """
    with asked(settings) as store:
        said = CellJudgement(record_id.strip().lower(), _raw(raw_column), answer, text or "", author, reason)
        with audit.refusals(store, cell_judgements.event_of(said)):
            if not author.strip():
                raise UsageError("review.who_and_why")
            if answer == "reads" and text is None:
                said = replace(said, text=_machine(store, said.record_id, said.raw_column))
            cell_judgements.decide(store, [said])
    return f"review.cell_{answer}"


def send(batch_id: str, settings: Settings) -> BatchResult | None:
    """Send the rows of a batch in whose waiting cells are all settled; None where there is none.

    Raises:
        UsageError: batch.unknown; errors.no_run.
    """
    with asked(settings) as store:
        run = run_of(batch_id, settings, store)
        found = cells.waiting(store, batch_id, 10_000_000).to_pylist()
        settled = _settled(store, found)
    folder = run.spill()
    try:
        whole = _whole_rows(found, settled)
        paths = [path for file in run.plan.files for path in _written(run, file, whole, settled, folder)]
        return run_batch(paths, run.plan.province_code, settings) if paths else None
    finally:
        for path in folder.glob("o_*.csv"):
            path.unlink(missing_ok=True)
        run.close()


def names_of(language: Language) -> dict[str, str]:
    """What each raw column is called: as a ledger heads it, in English as its field, or its own words."""
    if language == "vi":
        return {raw: heading_of(raw) for raw in RAW_COLUMNS}
    fields = {field.raw_columns[0]: field.label_en for field in ALL_FIELDS if len(field.raw_columns) == 1}
    words = {raw: raw.removesuffix("_raw").replace("_", " ").capitalize() for raw in RAW_COLUMNS}
    return words | fields


def _judgements(store: Store, answers: CellAnswers, author: str, reason: str) -> Iterator[CellJudgement]:
    if not author.strip():
        raise UsageError("review.who_and_why")
    for answer in answers.answers:
        text = _machine(store, answer.record_id, answer.raw_column) if answer.text is None else answer.text
        said: CellAnswer = "reads" if text else "illegible"
        yield CellJudgement(answer.record_id, answer.raw_column, said, text, author.strip(), reason.strip())


def _machine(store: Store, record_id: str, raw_column: str) -> str:
    """What the machine read in a cell. Raises UsageError where it must not be asked, or there is no such cell."""
    if raw_column in READ_TWICE:
        raise UsageError("cells.blind")
    is_id = len(record_id) == 32 and set(record_id) <= set("0123456789abcdef")
    found = cells.of_record(store, record_id).to_pylist() if is_id else []
    text = next((str(c["text"]) for c in found if (c["record_id"], c["raw_column"]) == (record_id, raw_column)), None)
    if text is None:
        raise UsageError("store.cell_unknown")
    return text


def _raw(column: str) -> str:
    """A raw column by its own name or by the field that it feeds alone."""
    by_name = {f.name: f.raw_columns[0] for f in ALL_FIELDS if len(f.raw_columns) == 1}
    return by_name.get(column.strip(), column.strip())


def _settled(store: Store, found: list[dict[str, Any]]) -> Settled:
    """The settled texts of the cells; what somebody read in a header field holds for all rows of its page."""
    stands = [s for s in cell_judgements.standing(store, _files(found)) if s.text is not None]
    cell_of = {(s.record_id, s.raw_column): str(s.text) for s in stands}
    page_of = {(s.file_id, s.page, s.raw_column): str(s.text) for s in stands}
    texts = {}
    for cell in found:
        key = (cell["record_id"], cell["raw_column"])
        of_page = page_of.get((cell["file_id"], cell["page"], cell["raw_column"])) if cell["kind"] == _HEADER else None
        text = cell_of.get(key, of_page)
        if text is not None:
            texts[key] = text
    return texts


def _once(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Header fields once a page, not once a row."""
    seen = set()
    kept = []
    for cell in found:
        place = (cell["file_id"], cell["page"], cell["raw_column"]) if cell["kind"] == _HEADER else None
        if place is None or place not in seen:
            kept.append(cell)
        seen.add(place)
    return kept


def _files(found: list[dict[str, Any]]) -> list[str]:
    return sorted({str(cell["file_id"]) for cell in found})


def _whole_rows(found: list[dict[str, Any]], settled: Settled) -> frozenset[str]:
    open_ = {c["record_id"] for c in found if (c["record_id"], c["raw_column"]) not in settled}
    return frozenset({c["record_id"] for c in found} - open_)


def _written(run: Run, file: PlannedFile, whole: frozenset[str], settled: Settled, out: Path) -> Iterator[Path]:
    """The rows of a file that are whole now, as an error file that was mended."""
    if refusal_of(run, file) is not None or not whole:
        return
    with connect(run.settings, run.spill()) as sql:
        selection = error_rows.choose(run, file, sql, "blocked")
        flags = error_rows.flags_of(run, file, selection)
        for number, layout in enumerate(error_rows.layouts(run, file, sql), 1):
            rows = (r for r in error_rows.rows(sql, layout, flags) if r.row_id[:32] in whole)
            mended = [_mended(row, layout, settled) for row in rows]
            if mended:
                path = out / f"o_{file.file_id[:12]}_{number}.csv"
                error_book.write_csv(path, (layout, mended), run.settings.language)
                yield path


def _mended(row: ErrorRow, layout: SheetLayout, settled: Settled) -> ErrorRow:
    """The row with what people read in its cells, and an id that does not hold it back."""
    texts = list(row.cells)
    record_id = row.row_id[:32]
    for (cell_of, raw_column), text in settled.items():
        for at in layout.positions(raw_column)[:1] if cell_of == record_id else ():
            texts[at] = text or None
    flags, _, rest = row.row_id[_FLAGS:].partition("-")
    token = f"{record_id}-{flags.replace(error_file.BY_READER, '')}-{rest}"
    return replace(row, cells=tuple(texts), row_id=token, found=())


def _shown(cell: Mapping[str, Any], stands: Standing | None, names: Mapping[str, str]) -> Row:
    column = str(cell["raw_column"])
    engines = {r["engine"] for r in json.loads(cell["readings"])}
    return {
        "file": cell["file"], "page": cell["page"], "line": cell["line"], "column": names.get(column, column),
        "machine": "" if column in READ_TWICE else mask(str(cell["text"]), column),
        "confidence": round(float(cell["confidence"]), 2), "handwriting": bool(cell["is_handwriting"]),
        "engines": len(engines), "readers": len(stands.readers) if stands else 0,
        "settled": bool(stands and stands.is_settled), "record_id": cell["record_id"], "raw_column": column,
        "batch_id": cell["batch_id"],
    }  # fmt: skip
