"""The texts of the cells that records were read from, out of the sealed run folders, while these are kept.

The store holds where a value was read; what stood there lies in the run folder of the batch, under the key of the
batch, until its time is past or an erasure destroys it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import edits
from pipeline.artefacts import read_chunks, read_small
from pipeline.batch_keys import KEY_NAME
from pipeline.context import Run, opened_run
from pipeline.settings import Settings
from readers.reading import column_letter
from schemas import tables as t
from schemas.edits import CellEdit
from schemas.errors import SettingsError
from store.lineage import Traced
from transforms.file_facts import file_facts
from transforms.row_context import repeated_columns, taken_from

State = Literal["kept", "past", "gone", "sealed"]
_AROUND = ("record_id", "sheet", "page", "line", "relation_raw", "corrects_raw")


@dataclass(frozen=True)
class CellText:
    """What stood in a cell, unmasked; and where the cell repeats one above, the line and the text of that one.

    Of a cell that was corrected before its file was sent, `text` is the corrected one, `edit` the correction.
    """

    text: str | None = field(repr=False)
    from_line: int | None = None
    from_text: str | None = field(default=None, repr=False)
    edit: CellEdit | None = None


@dataclass(frozen=True)
class RecordTexts:
    """The cells of a record by their letters.

    state: kept; past (older than run folders are kept); gone (destroyed by an erasure, or read with another home
    folder); sealed (there, but it does not open).
    """

    state: State
    cells: Mapping[str, CellText] = field(default_factory=dict)


def of_records(rows: Iterable[Traced], settings: Settings) -> Mapping[str, RecordTexts]:
    """The texts of the records of a trace, by record id; each file is opened once.

    Args:
        rows: of `store.lineage.trace`.
        settings: of this machine, whose home folder has the run folders.
    """
    files: dict[tuple[str, str], dict[str, Traced]] = {}
    for row in rows:
        if row["record_id"] and row["batch_id"]:
            files.setdefault((row["batch_id"], row["file_id"]), {})[row["record_id"]] = row
    found: dict[str, RecordTexts] = {}
    for (batch_id, file_id), records in files.items():
        found |= _of_file(settings.home / "runs" / batch_id, file_id, records, settings)
    return found


def _of_file(
    folder: Path, file_id: str, records: Mapping[str, Traced], settings: Settings
) -> Mapping[str, RecordTexts]:
    attempts = sorted(a for a in folder.glob("[0-9]*") if (a / "read_file" / f"{file_id}.sealed").exists())
    if not attempts or not (folder / KEY_NAME).exists():
        loaded = next(iter(records.values()))["recorded_at"]
        kept_for = timedelta(days=min(settings.runs_days, settings.quarantine_days))
        is_past = loaded is not None and loaded < datetime.now(UTC) - kept_for
        return dict.fromkeys(records, RecordTexts("past" if is_past else "gone"))
    try:
        with opened_run(attempts[-1], settings) as run:
            return _read(run, file_id, list(records))
    except SettingsError:
        return dict.fromkeys(records, RecordTexts("sealed"))


def _read(run: Run, file_id: str, record_ids: list[str]) -> Mapping[str, RecordTexts]:
    columns = run.steps.finished("read_file", file_id).facts["reading"]["columns"]
    folder = run.table("read_file", file_id, "source_records")
    wanted = pa.array(record_ids, pa.string())
    parts = [part.filter(pc.is_in(part["record_id"], value_set=wanted)) for part in read_chunks(folder)]
    edited = _edited(run, file_id)
    above = _above(run, file_id, folder, {c["raw_column"] for c in columns if c["raw_column"]}, wanted)
    return {
        row["record_id"]: RecordTexts("kept", {
            c["letter"]: replace(
                _cell(c, row, above.get(row["record_id"], {})),
                edit=edited.get((row["sheet"], row["line"], c["letter"])),
            )
            for c in columns if c["sheet"] == row["sheet"] and c["raw_column"]
        })
        for part in parts for row in part.to_pylist()
    }  # fmt: skip


def _edited(run: Run, file_id: str) -> Mapping[tuple[str | None, int, str], CellEdit]:
    """The corrections of a file by sheet, line and letter of the column."""
    found = (e for e in edits.of_run(run.folder, run.steps.place.key) if e.place.file_id == file_id)
    return {(e.place.sheet, e.place.line, column_letter(e.place.position)): e for e in found}


def _cell(column: Mapping[str, Any], row: Mapping[str, Any], above: Mapping[str, tuple[int, str]]) -> CellText:
    raw, key = column["raw_column"], column["kept_as"]
    if key is not None:
        return CellText(json.loads(row["other_raw"] or "{}").get(key))
    line, text = above.get(raw, (None, None))
    return CellText(row[raw], line, text)


def _above(
    run: Run, file_id: str, folder: Path, fed: set[str], wanted: pa.Array
) -> Mapping[str, Mapping[str, tuple[int, str]]]:
    """Of the wanted records the line and text of each cell above that one of theirs repeats; by id and raw column."""
    facts = file_facts(read_small(run.table("profile_batch", file_id, "profile"), t.PROFILE), file_id)
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for column in (c for c in repeated_columns(facts) if c in fed):
        names = list(dict.fromkeys((*_AROUND, column)))
        source = pa.concat_tables(list(read_chunks(folder, names)))
        lines, texts = taken_from(source, column, facts)
        told = pa.table({"record_id": source["record_id"], "line": lines, "text": texts})
        for row in told.filter(pc.and_(pc.is_in(told["record_id"], value_set=wanted), pc.is_valid(lines))).to_pylist():
            found.setdefault(row["record_id"], {})[column] = (row["line"], row["text"])
    return found
