"""A draft is judged again where it was corrected: the rows that changed, and those that depend on them.

The file is read and profiled anew as a whole, so nothing is guessed of what a correction does to headings, layout or
habits of the file. A row is standardised again if it changed or takes a cell from one that did; with it the households
that it left or came into, and all rows that say what it said or says now. Where the profile decides otherwise than
before, or more than one file or part is there, everything is judged again (`draft_check`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import row_judging
from pipeline.artefacts import parts, read_chunks, read_part, read_small
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from quality import check
from schemas import tables as t
from schemas.outcome import Outcome
from store import queries
from store.engine import Store
from transforms import households, standardise
from transforms.file_facts import FileFacts, file_facts
from transforms.row_context import repeated_columns, repeats_of

Rows = npt.NDArray[np.int64]
_NUMBERS = "number_"


@dataclass(frozen=True)
class RowsFound:
    """What was found of the rows of a file, by record id.

    Attributes:
        found: (rule id, field) of the findings of the steps, in their order.
        kept_out: the rule that names each row kept out.
        homes: household of each row that has one.
        heads: rows that a household takes for its head.
        known: rows that were said before.
    """

    found: dict[str, list[tuple[str, str]]] = field(repr=False)
    kept_out: dict[str, str] = field(repr=False)
    homes: dict[str, str] = field(repr=False)
    heads: set[str] = field(repr=False)
    known: frozenset[str] = field(repr=False)

    def replaced(self, ids: Iterable[str], by: "RowsFound") -> "RowsFound":
        """The same with what was found of those rows now."""
        gone = set(ids)
        return RowsFound(
            {i: v for i, v in self.found.items() if i not in gone} | by.found,
            {i: v for i, v in self.kept_out.items() if i not in gone} | by.kept_out,
            {i: v for i, v in self.homes.items() if i not in gone} | by.homes,
            (self.heads - gone) | by.heads, (self.known - gone) | by.known,
        )  # fmt: skip


@dataclass(frozen=True)
class Memory:
    """What a check leaves for the next one of the same draft.

    Attributes:
        bound: what else than cells decides how rows are judged.
        decided: what the profile decides.
        ids: record ids of the file, in order.
        marks: a hash of each row as it was read.
        contents: content of each row; null where it was kept out before it had one.
        rows: what was found.
    """

    bound: tuple[Any, ...]
    decided: tuple[Any, ...]
    ids: pa.Array = field(repr=False)
    marks: npt.NDArray[np.uint64] = field(repr=False)
    contents: pa.Array = field(repr=False)
    rows: RowsFound = field(repr=False)


@dataclass(frozen=True)
class _File:
    """The one file of a run, as it was read now."""

    run: Run
    file: PlannedFile
    source: pa.Table
    profile: pa.Table
    facts: FileFacts

    @property
    def ids(self) -> pa.Array:
        return self.source.column("record_id").combine_chunks()


def memory_of(made: Run, file: PlannedFile, store: Store, rows: RowsFound) -> Memory | None:
    """What a check of all rows leaves for the next one; None where that would have to judge all again anyway."""
    read = _read(made, file)
    if read is None:
        return None
    contents: dict[str, str] = {}
    for step in ("standardise_records", "check_records"):
        for table in ("records", "quarantine"):
            for part in read_chunks(made.table(step, file.file_id, table), ["record_id", "content_id"]):
                contents |= dict(zip(*(c.to_pylist() for c in part.columns), strict=True))
    told = pa.array([contents.get(i) for i in read.ids.to_pylist()], pa.string())
    return Memory(_bound(read, store), _decided(read), read.ids, _marks(read.source), told, rows)


def judged_again(made: Run, file: PlannedFile, store: Store, before: Memory) -> Memory | None:
    """Judge a file again that was read and profiled; None where all of it has to be.

    Args:
        made: the run, with read_file and profile_batch done.
        file: its only file.
        store: asked what was said before.
        before: what the check before left.
    """
    read = _read(made, file)
    if read is None or (_bound(read, store), _decided(read)) != (before.bound, before.decided):
        return None
    marks = _marks(read.source)
    if not read.ids.equals(before.ids):
        return None
    changed = np.flatnonzero(marks != before.marks)
    contents, rows = before.contents, before.rows
    if len(changed):
        touched = _taking_from(read, changed)
        first = _standardised(read, touched)
        chosen = _closed(read, touched, first, before)
        outcome = _standardised(read, chosen)
        ids = read.ids.take(pa.array(chosen))
        found, said = _found(read, outcome, store)
        rows = rows.replaced(ids.to_pylist(), found)
        new = contents.to_pylist()
        for at, record_id in zip(chosen.tolist(), ids.to_pylist(), strict=True):
            new[at] = said.get(record_id)
        contents = pa.array(new, pa.string())
    return Memory(before.bound, before.decided, read.ids, marks, contents, rows)


def _read(made: Run, file: PlannedFile) -> _File | None:
    """The file as it was read; None where its rows cannot be judged apart."""
    folder = made.table("read_file", file.file_id, "source_records")
    if len(made.plan.files) > 1 or len(found := parts(folder)) != 1:
        return None
    source = read_part(found[0])
    profile = read_small(made.of("profile_batch", file.file_id) / "profile", t.PROFILE)
    facts = file_facts(profile, file.file_id)
    stands_for_another = source.column("corrects_raw").null_count < source.num_rows
    if facts.is_mixed or stands_for_another or not source.num_rows:
        return None
    return _File(made, file, source.combine_chunks(), profile, facts)


def _bound(read: _File, store: Store) -> tuple[Any, ...]:
    judged = row_judging.of_run(read.run.folder)
    plan = read.run.plan
    return queries.version(store), plan.received_on, plan.province_code, repr(judged)


def _decided(read: _File) -> tuple[Any, ...]:
    measures, values = (read.profile.column(name).to_pylist() for name in ("measure", "value"))
    numbers = {(m.partition(":")[0], v) for m, v in zip(measures, values, strict=True) if m.startswith(_NUMBERS)}
    return read.facts, frozenset(numbers)


def _marks(source: pa.Table) -> npt.NDArray[np.uint64]:
    frame = source.to_pandas(types_mapper=pd.ArrowDtype)
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), np.uint64)


def _taking_from(read: _File, changed: Rows) -> Rows:
    """The changed rows, and those below that take, took or would take a cell from one of them."""
    chosen = set(changed.tolist())
    for column in repeated_columns(read.facts):
        _, anchors = repeats_of(read.source, column, read.facts)
        places = np.append(np.flatnonzero(anchors), read.source.num_rows)
        for row in changed:
            chosen |= set(range(int(row) + 1, int(places[np.searchsorted(places, row, side="right")])))
    return np.array(sorted(chosen), np.int64)


def _standardised(read: _File, rows: Rows) -> Outcome:
    """Standardise rows of the file, with the rows that they take something from; the outcome of those rows alone."""
    with_context = {0, *rows.tolist()}
    for column in repeated_columns(read.facts):
        _, anchors = repeats_of(read.source, column, read.facts)
        places = np.flatnonzero(anchors)
        above = np.searchsorted(places, rows, side="right") - 1
        with_context |= set(places[above[above >= 0]].tolist())
    lists = pa.array(list(read.facts.household_lists), pa.string())
    with_context |= set(np.flatnonzero(pc.is_in(read.ids, lists).to_numpy(zero_copy_only=False)).tolist())
    source = read.source.take(pa.array(sorted(with_context)))
    options = standardise.StandardiseOptions(
        read.run.plan.province_code, read.run.plan.received, row_judging.of_run(read.run.folder)
    )
    findings = pa.concat_tables(
        [t.CHECK_RESULTS.schema.empty_table(), *map(read_part, parts(_folder(read) / "findings"))]
    )
    findings = findings.filter(pc.is_in(findings["record_id"], source["record_id"].combine_chunks()))
    outcome = standardise.standardise_records(source, read.profile, findings, options=options)
    wanted = read.ids.take(pa.array(rows))
    return Outcome(*(_of(table, wanted) for table in (outcome.accepted, outcome.quarantined, outcome.findings)))


def _folder(read: _File) -> Any:
    return read.run.of("read_file", read.file.file_id)


def _closed(read: _File, touched: Rows, now: Outcome, before: Memory) -> Rows:
    """The touched rows, with the households they were in or are in, and the rows that say what they said or say."""
    ids = read.ids.to_pylist()
    homes = before.rows.homes
    said = set(before.contents.take(pa.array(touched)).to_pylist()) | set(now.accepted["content_id"].to_pylist())
    same = pc.is_in(before.contents, pa.array(sorted(said - {None}), pa.string())).to_numpy(zero_copy_only=False)
    chosen = set(touched.tolist()) | set(np.flatnonzero(same).tolist())
    keys = {homes.get(ids[row]) for row in chosen} | set(now.accepted["household_key"].to_pylist())
    keys -= {None}
    chosen |= {row for row, record_id in enumerate(ids) if homes.get(record_id) in keys}
    return np.array(sorted(chosen), np.int64)


def _found(read: _File, outcome: Outcome, store: Store) -> tuple[RowsFound, dict[str, str]]:
    """What is found of whole households of rows, and the content of each row."""
    judged = row_judging.of_run(read.run.folder)
    records = households.build_households(outcome.accepted)
    checked = check.check_records(records, read.profile, received_on=read.run.plan.received, judged=judged)
    rows = RowsFound({}, {}, {}, set(), frozenset())
    for table in (outcome.findings, checked.findings):
        for record_id, rule_id, name in _values(table, "record_id", "rule_id", "field"):
            rows.found.setdefault(record_id, []).append((rule_id, name))
    for table in (outcome.quarantined, checked.quarantined):
        rows.kept_out.update(_values(table, "record_id", "rule_id"))
    for record_id, key, head in _values(records, "record_id", "household_key", "head_record_id"):
        if key:
            rows.homes[record_id] = key
        if head == record_id:
            rows.heads.add(record_id)
    quarantined = pa.concat_tables([outcome.quarantined, checked.quarantined])
    names = ["record_id", "content_id"]
    known = [queries.known_content(store, checked.accepted.select(names)),
             queries.known_quarantined(store, quarantined.select(names))]  # fmt: skip
    contents = dict(_values(pa.concat_tables([outcome.accepted.select(names), quarantined.select(names)]), *names))
    found = frozenset(i for table in known for i in table["record_id"].to_pylist())
    return RowsFound(rows.found, rows.kept_out, rows.homes, rows.heads, found), contents


def _of(table: pa.Table, ids: pa.Array) -> pa.Table:
    return table.filter(pc.is_in(table["record_id"], ids))


def _values(table: pa.Table, *names: str) -> Iterable[Any]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)
