"""The dry run of a draft: the very steps of a run, in a private folder, with nothing loaded.

Reading, profile, standardising, households and rules are those of `pipeline.run`, bound by the same decisions; what was
said before is asked of the store in the same way. So a row comes out of the load as it came out here.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import (
    batch_steps,
    binding,
    draft_log,
    draft_recheck,
    drafts,
    error_files,
    file_steps,
    findings,
    run,
    workplace,
)
from pipeline.artefacts import read_chunks
from pipeline.context import Run, opened_run
from pipeline.delivery import PlannedFile
from pipeline.draft_log import Replayed
from pipeline.draft_recheck import Memory, RowsFound
from pipeline.draft_view import BLOCKED, FIT, KNOWN, ROW, Checked, DeskColumn, DeskFile, DeskSheet, Mark
from pipeline.drafts import Draft
from pipeline.error_files import Wish
from pipeline.error_rows import SheetLayout, plain_layouts
from pipeline.file_steps import refusal_of
from pipeline.finding_groups import raw_column_of, rules_that_move
from pipeline.intake import VIET_NAM_TIME, Plan, open_run, plan_batch
from pipeline.settings import Settings
from pipeline.sql import connect, view
from readers.reading import column_letter
from schemas import rules
from schemas import tables as t
from schemas.edits import SURPLUS
from store import audit_marks, reports
from store.engine import Store

_TEXT = pa.string()
_TOO_MANY = "row.too_many_cells"
_SHEET_COLUMNS = ("record_id", "line", "household_id_raw", "other_raw")


def check(
    draft: Draft, settings: Settings, store: Store, before: Checked | None = None,
    tell: Callable[[Checked], None] | None = None,
) -> Checked:  # fmt: skip
    """Check a draft as it stands.

    A thousand rows take about a tenth of a second beside 0.8 s for the child process that reads.

    Args:
        draft: the draft.
        settings: of this machine.
        store: asked what was said before.
        before: an earlier check of this draft: only what depends on rows that changed since is judged again. What
            comes out is the same.
        tell: hears what was found as soon as it is; what comes back may have a memory besides.

    Raises:
        UsageError: path.no_files, nothing was uploaded yet.
    """
    entries = draft.entries
    with _opened_dry(draft, settings, store, draft_log.replay(entries)) as (made, known_files):
        memory = _judged_again(made, store, before)
        if memory is None:
            run.all_file_steps(made)
        with connect(made.settings, made.spill()) as sql:
            known = _known(made, store, sql) if memory is None else memory.rows.known
            files = tuple(_files(made, made.plan, known_files, store))
            told = {f.file_id: _rows_found(made, f, known) if memory is None else memory.rows for f in _read(made)}
            sheets = tuple(sheet for file in _read(made) for sheet in _sheets(made, file, sql, told[file.file_id]))
        found = Checked(len(entries), made.plan.received_on, files, sheets, memory)
        if tell is not None:
            tell(found)
        if memory is None and len(told) == 1:
            (file,) = _read(made)
            found = replace(found, memory=draft_recheck.memory_of(made, file, store, told[file.file_id]))
    return found


def _judged_again(made: Run, store: Store, before: Checked | None) -> Memory | None:
    """What is found of the rows after what depends on changed ones was judged; None where all of it has to be."""
    if before is None or before.memory is None or len(new := run.new_files(made)) != 1:
        return None
    if file_steps.read_file(made, new[0], binding.decisions_of(made)) is not None:
        return None
    return draft_recheck.judged_again(made, new[0], store, before.memory)


def write_error_file(draft: Draft, out: Path, settings: Settings, store: Store, wish: Wish) -> list[Path]:
    """Write the error files of a draft as it stands, to be mended elsewhere and uploaded; one for each file in need.

    Raises:
        UsageError: path.no_files.
    """
    with dry_run(draft, settings, store, draft.replayed) as (made, _):
        return [path for each in error_files.of_run(made, out, wish) for path in each.paths]


@contextmanager
def dry_run(draft: Draft, settings: Settings, store: Store, now: Replayed) -> Iterator[tuple[Run, Mapping[str, str]]]:
    """The run of a draft, with its files checked, in private folders; file_id -> batch_id of the known files."""
    with _opened_dry(draft, settings, store, now) as (made, known):
        run.all_file_steps(made)
        yield made, known


@contextmanager
def _opened_dry(
    draft: Draft, settings: Settings, store: Store, now: Replayed
) -> Iterator[tuple[Run, Mapping[str, str]]]:
    """The same before any step."""
    day = settings.received_on or datetime.now(VIET_NAM_TIME).date()
    with drafts.originals_of(draft, settings) as paths, workplace.borrowed_place(settings.home) as place:
        here = _private(settings, place, day)
        plan = plan_batch(paths, draft.about.province_code, here)
        binds = binding.of_delivery(plan, draft.reading(now), store)
        folder = open_run(plan, here)
        binding.keep_with_run(folder, binds, here)
        run.keep_known(folder, binds.known)
        with opened_run(folder, here) as made:
            yield made, binds.known


def _private(settings: Settings, place: Path, day: date) -> Settings:
    """Settings for a run that leaves nothing behind: a home and keys of its own, no right to issue numbers."""
    return replace(
        settings, home=place / "home", received_on=day, key_file=None, older_keys=None, issuing_range=None,
        numbers_key_file=None, audit_key_file=None, audit_signing_key_file=None, store_url=None, engine="local",
    )  # fmt: skip


def _read(made: Run) -> list[PlannedFile]:
    return [f for f in run.new_files(made) if refusal_of(made, f) is None]


def _known(made: Run, store: Store, sql: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Record ids of the rows that were said before."""
    if not _read(made):
        return frozenset()
    folder = made.spill() / "known"
    folder.mkdir(parents=True, exist_ok=True)
    batch_steps.settle_known(made, store, folder, sql, batch_steps.store_model(made.settings))
    found = frozenset(i for part in read_chunks(folder / "known", ["record_id"]) for i in part["record_id"].to_pylist())
    shutil.rmtree(folder, ignore_errors=True)
    return found


def _files(made: Run, plan: Plan, known: Mapping[str, str], store: Store) -> Iterator[DeskFile]:
    for file in plan.files:
        name = Path(file.given).name
        if file.file_id in known:
            yield _known_file(file, known[file.file_id], plan.province_code, store)
            continue
        refusal = refusal_of(made, file)
        messages = tuple(findings.messages_of_reading(made, file))
        if refusal is not None:
            yield DeskFile(file.file_id, name, "", None, "refused", messages=messages, rows=refusal.rows)
            continue
        reading = made.steps.finished("read_file", file.file_id).facts["reading"]
        yield DeskFile(
            file.file_id, name, reading["kind"], reading["encoding"], "read", messages=messages, rows=reading["rows"]
        )
    for file in plan.repeats:
        yield DeskFile(file.file_id, Path(file.given).name, "", None, "repeated")
    for file in plan.companions:
        yield DeskFile(file.file_id, Path(file.given).name, "", None, "companion")


def _known_file(file: PlannedFile, batch_id: str, province_code: str, store: Store) -> DeskFile:
    """A file that was loaded before: when and by whom, unless that was another province."""
    name, loaded = Path(file.given).name, reports.batch(store, batch_id)
    if loaded is None or loaded.province_code != province_code:
        return DeskFile(file.file_id, name, "", None, "known_elsewhere")
    day = loaded.recorded_at.astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y")
    taken = audit_marks.taken_in(store, batch_id)
    return DeskFile(file.file_id, name, "", None, "known", batch_id, day, taken[1] if taken else "")


def _rows_found(made: Run, file: PlannedFile, known: frozenset[str]) -> RowsFound:
    """What the steps found of all rows of a file."""
    homes, heads = _homes(made, file)
    return RowsFound(_found(made, file), _kept_out(made, file), homes, heads, known)


def _sheets(made: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection, told_of: RowsFound) -> Iterator[DeskSheet]:
    view(sql, "source", [made.table("read_file", file.file_id, "source_records")], t.SOURCE_RECORDS)
    sql.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT record_id FROM source")
    found, kept_out, homes, heads = told_of.found, told_of.kept_out, told_of.homes, told_of.heads
    told = made.steps.finished("read_file", file.file_id).facts["reading"]["columns"]
    for layout in plain_layouts(made, file, sql):
        raws = dict.fromkeys([*_SHEET_COLUMNS, *(c.raw for c in layout.columns if c.raw)])
        query = f"SELECT {', '.join(raws)} FROM source WHERE sheet IS NOT DISTINCT FROM $sheet ORDER BY line"
        rows: pa.Table = sql.sql(query, params={"sheet": layout.sheet}).to_arrow_table()
        ids = rows["record_id"].to_pylist()
        columns, cells = _cells(layout, rows, told)
        known = told_of.known
        outcomes = np.array([KNOWN if i in known else BLOCKED if i in kept_out else FIT for i in ids], np.int64)
        marking = _Marking(layout, columns, cells)
        marks = {at: marking.marks(found[i], at) for at, i in enumerate(ids) if i in found}
        blocked = {at: kept_out[i] for at, i in enumerate(ids) if outcomes[at] == BLOCKED}
        yield DeskSheet(
            file.file_id, layout.sheet, columns, rows["line"].to_numpy().astype(np.int64), cells, outcomes,
            _households(ids, rows["household_id_raw"].to_pylist(), homes), marks, blocked,
            frozenset(at for at, i in enumerate(ids) if i in heads),
        )  # fmt: skip


def _cells(
    layout: SheetLayout, rows: pa.Table, told: Sequence[Mapping[str, Any]]
) -> tuple[tuple[DeskColumn, ...], pa.Table]:
    """The columns of a sheet, and its cells; those beyond the last column come after it."""
    sure = {c["position"]: float(c["confidence"]) for c in told if c["sheet"] == layout.sheet}
    aside = [json.loads(text) if text else {} for text in rows["other_raw"].to_pylist()]
    columns, texts = [], []
    for at, column in enumerate(layout.columns):
        heading = " ".join(dict.fromkeys(column.levels))
        columns.append(DeskColumn(at, column_letter(at), heading, column.feeds, sure.get(at, 0.0)))
        if column.raw:
            texts.append(rows[column.raw])
        else:
            texts.append(pa.chunked_array([pa.array([r.get(column.key) for r in aside], _TEXT)]))
    for number in range(layout.surplus):
        columns.append(DeskColumn(SURPLUS + number, f"+{number + 1}", "", None, 0.0))
        texts.append(pa.chunked_array([pa.array([r.get(f"(+{number + 1})") for r in aside], _TEXT)]))
    names = [f"c{c.position}" for c in columns]
    return tuple(columns), pa.table(texts, names=names) if names else pa.table({})


def _found(made: Run, file: PlannedFile) -> dict[str, list[tuple[str, str]]]:
    """(rule id, field) of the findings on each row, by record id, in the order of the steps."""
    found: dict[str, list[tuple[str, str]]] = {}
    for step in ("standardise_records", "check_records"):
        for part in read_chunks(made.table(step, file.file_id, "check_results"), ["record_id", "rule_id", "field"]):
            for record_id, rule_id, field in zip(*(c.to_pylist() for c in part.columns), strict=True):
                found.setdefault(record_id, []).append((rule_id, field))
    return found


@cache
def _gravity() -> Mapping[str, tuple[int, int]]:
    """Rules in the order in which they are told: the gravest first."""
    grave = {"block": 0, "review": 1, "notice": 2}
    return {r.id: (grave[r.severity], r.order) for r in rules.all_rules().values()}


def _gravest_first(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The findings of a row, each once."""
    return sorted(dict.fromkeys(found), key=lambda pair: _gravity()[pair[0]])


def _kept_out(made: Run, file: PlannedFile) -> dict[str, str]:
    """The rule that names each row kept out."""
    return {
        record_id: rule_id
        for step in ("standardise_records", "check_records")
        for part in read_chunks(made.table(step, file.file_id, "quarantine"), ["record_id", "rule_id"])
        for record_id, rule_id in zip(*(c.to_pylist() for c in part.columns), strict=True)
    }


def _homes(made: Run, file: PlannedFile) -> tuple[dict[str, str], set[str]]:
    """Household of each row that has one, and the heads."""
    homes: dict[str, str] = {}
    heads: set[str] = set()
    names = ["record_id", "household_key", "head_record_id"]
    for part in read_chunks(made.table("build_households", file.file_id, "records"), names):
        for record_id, key, head in zip(*(c.to_pylist() for c in part.columns), strict=True):
            if key:
                homes[record_id] = key
            if head == record_id:
                heads.add(record_id)
    return homes, heads


def _households(ids: Sequence[str], numbers: Sequence[str | None], homes: Mapping[str, str]) -> np.ndarray:
    """A number for each household in the order of the sheet; a row kept out goes with the line above of its number."""
    known: dict[str, int] = {}
    found = np.full(len(ids), -1, np.int64)
    for at, (record_id, number) in enumerate(zip(ids, numbers, strict=True)):
        key = homes.get(record_id)
        if key is not None:
            found[at] = known.setdefault(key, len(known))
        elif at and number in (None, numbers[at - 1]):
            found[at] = found[at - 1]
        elif number:
            found[at] = known.setdefault(f"raw {number}", len(known))
    return found


class _Marking:
    """Puts the findings of rows at their cells: those that hold the value, all that could where none does, or the row.

    Most rows have one of a few sets of findings: where those may stand is worked out once.
    """

    def __init__(self, layout: SheetLayout, columns: Sequence[DeskColumn], cells: pa.Table) -> None:
        self._layout, self._columns = layout, columns
        self._filled = {
            c.position: pc.not_equal(pc.fill_null(cells.column(f"c{c.position}"), ""), "").to_numpy() for c in columns
        }
        self._places: dict[tuple[tuple[str, str], ...], tuple[tuple[str, tuple[int, ...]], ...]] = {}

    def marks(self, found: Sequence[tuple[str, str]], row: int) -> tuple[Mark, ...]:
        """The marks of a row, from its findings (rule id, field)."""
        key = tuple(found)
        if key not in self._places:
            self._places[key] = tuple(self._may_stand(_gravest_first(key)))
        marks: dict[Mark, None] = {}
        for rule_id, positions in self._places[key]:
            filled = [at for at in positions if self._filled[at][row]]
            for position in filled or positions or [ROW]:
                marks[Mark(position, rule_id)] = None
        return tuple(marks)

    def _may_stand(self, found: Sequence[tuple[str, str]]) -> Iterator[tuple[str, tuple[int, ...]]]:
        moved = {rule_id for rule_id, _ in found} & set(rules_that_move())
        for rule_id, field in found:
            positions = self._layout.positions(raw_column_of(rule_id, field, beside=moved))
            if rule_id == _TOO_MANY:
                positions = [c.position for c in self._columns if c.position >= SURPLUS]
            yield rule_id, tuple(positions)
