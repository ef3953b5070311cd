"""Runs a case through reader, profile, standardisation, households and checks, and compares it with what was expected.

The reader runs in this process unless it is said that it shall run in its child, as in production.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePath
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq

from quality.check import check_records
from readers import registry, sandbox
from readers.parsers import parse_file
from readers.reading import FileReading, ReadLimits
from schemas import rules
from schemas.errors import FileRefused
from tests.corpus.cases import Case, Line
from transforms.households import build_households
from transforms.standardise import StandardiseOptions, profile_batch, standardise_records

RECEIVED = date(2024, 6, 1)
PROVINCE = "01"


@dataclass
class Row:
    """What became of one data row."""

    kept: bool
    found: set[tuple[str, str]]
    raw: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What became of a file: its refusal, or its reading with one entry a data row by (sheet, line)."""

    refused: FileRefused | None
    reading: FileReading | None
    rows: Mapping[tuple[str | None, int], Row]
    members: Mapping[str, "Seen"] = field(default_factory=dict)

    @property
    def notes(self) -> set[str]:
        return {f.rule_id for f in self.reading.findings} if self.reading else set()

    @property
    def letter(self) -> str:
        """The outcome class as the catalogue names it."""
        if self.refused is not None:
            return "F"
        if any(not row.kept for row in self.rows.values()):
            return "R"
        if self.members:
            letters = {seen.letter for seen in self.members.values()}
            return next(iter(letters)) if len(letters) == 1 else "W"
        return "W" if self.notes or any(row.found for row in self.rows.values()) else "A"


def observe(case: Case, folder: Path, *, in_child: bool = False) -> Seen:
    """Read and check the file of a case. Raises whatever the product raises beside FileRefused."""
    path, out = folder / "given", folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if callable(case.content):
        case.content(str(path))
    else:
        path.write_bytes(case.content)
    if case.is_delivery:
        return _delivered(case, path, folder, in_child=in_child)
    return _read(case, path, out, in_child=in_child)


def _delivered(case: Case, path: Path, folder: Path, *, in_child: bool) -> Seen:
    """A file taken as a delivery: what is in it, each read like a file of its own."""
    from pipeline.delivery import take_delivery

    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    delivery = take_delivery([path.rename(folder / PurePath(case.name).name)], scratch)
    seen = {}
    for number, file in enumerate((*delivery.files, *delivery.repeats, *delivery.companions)):
        if file.refused is not None:
            refused = FileRefused(file.refused.code, rows=file.refused.rows, **file.refused.details)
            seen[file.given.rpartition("!")[2]] = Seen(refused, None, {})
            continue
        member = Case(b"", file.name)
        out = folder / f"out-{number}"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        seen[file.given.rpartition("!")[2]] = _read(member, Path(file.path), out, in_child=in_child)
    alone = next(iter(seen.values())) if len(seen) == 1 else None
    if alone is not None and alone.refused is not None:
        return alone
    return Seen(None, None, {}, seen)


def _read(case: Case, path: Path, out: Path, *, in_child: bool) -> Seen:
    seen = read_here(path, out, case.name, case.limits, in_child=in_child)
    if isinstance(seen, FileRefused):
        return Seen(seen, None, {})
    return Seen(None, seen, _rows(out, seen))


def read_here(
    path: Path, out: Path, name: str, limits: ReadLimits, *, in_child: bool = False
) -> FileReading | FileRefused:
    """The reading or the refusal of a file; a refused one must leave no rows behind."""
    try:
        with patch.object(registry, "run_parser", sandbox.run_parser if in_child else _here):
            return registry.read_file(path, out, name=name, limits=limits)
    except FileRefused as refused:
        assert not list(out.glob("*/*.parquet")), "a refused file left rows behind"
        return refused


def _here(job: sandbox.Job, progress: sandbox.Progress) -> FileReading:
    return parse_file(job, progress)


def _rows(out: Path, reading: FileReading) -> dict[tuple[str | None, int], Row]:
    source, read_findings = pq.read_table(out / "source_records"), pq.read_table(out / "findings")
    profile = profile_batch([source])
    options = StandardiseOptions(PROVINCE, RECEIVED)
    first = standardise_records(source, profile, read_findings, options=options)
    second = check_records(build_households(first.accepted), profile, received_on=RECEIVED)
    assert source.num_rows == reading.rows == first.accepted.num_rows + first.quarantined.num_rows
    assert first.accepted.num_rows == second.accepted.num_rows + second.quarantined.num_rows
    rows = {r["record_id"]: Row(False, set(), r) for r in source.to_pylist()}
    assert len(rows) == source.num_rows
    for r in second.accepted.to_pylist():
        rows[r["record_id"]].kept, rows[r["record_id"]].values = True, r
    for table in (first.findings, second.findings):
        for f in table.to_pylist():
            rows[f["record_id"]].found.add((f["rule_id"], f["field"]))
    return {(r.raw["sheet"], r.raw["line"]): r for r in rows.values()}


def faults(case: Case, seen: Seen) -> list[str]:
    """What is not as expected; empty when the case is right."""
    found = list(_leaks(case, seen))
    if case.refused:
        if seen.refused is None:
            return [*found, f"read, not refused: rows {len(seen.rows)}, notes {sorted(seen.notes)}"]
        code = seen.refused.code
        return found if code in case.refused else [*found, f"refused by {code}"]
    if seen.refused is not None and seen.refused.code in case.refusable:
        return found
    if seen.refused is not None:
        return [*found, f"refused: {seen.refused.code} {seen.refused.details}"]
    if case.is_delivery:
        return found + _member_faults(case, seen)
    if case.also is not None:
        found += case.also(seen)
    missing = set(case.notes) - seen.notes
    if missing:
        found.append(f"no file finding {sorted(missing)}")
    wanted = len(case.lines) if case.rows is None else case.rows
    if wanted >= 0 and len(seen.rows) != wanted:
        found.append(f"{len(seen.rows)} rows, not {wanted}")
    for place, line in case.lines.items():
        found += _line_faults(place, line, seen)
    return found


def _member_faults(case: Case, seen: Seen) -> list[str]:
    expected = dict(case.members)
    if "" in expected and len(seen.members) == 1:
        expected = {next(iter(seen.members)): expected[""]}
    if set(expected) != set(seen.members):
        return [f"{len(seen.members)} members, not {len(expected)}"]
    return [f"{name}: {fault}" for name, one in expected.items() for fault in faults(one, seen.members[name])]


def _line_faults(place: int | tuple[str, int], line: Line, seen: Seen) -> Iterator[str]:
    rows = [r for (s, n), r in seen.rows.items() if (s, n) == place or (n == place and not isinstance(place, tuple))]
    if len(rows) != 1:
        yield f"{place}: {len(rows)} rows"
        return
    row, where = rows[0], f"{place}"
    if line.kept is not None and row.kept != line.kept:
        yield f"{where}: {'kept' if row.kept else 'quarantined'} {sorted(row.found)}"
    names = {rule for rule, _ in row.found} | {f"{rule}|{name}" for rule, name in row.found}
    lacking = [rule for rule in line.rules if not any(one in names for one in rule.split(" or "))]
    if lacking:
        yield f"{where}: lacks {lacking}, has {sorted(row.found)}"
    expected = {one.split("|")[0] for rule in (*line.rules, *line.may) for one in rule.split(" or ")}
    surplus = [rule for rule, _ in row.found if rule not in expected]
    if line.exact and surplus:
        yield f"{where}: also has {sorted(surplus)}"
    unheard = [rule for rule, _ in row.found if rule not in rules.all_rules()]
    if unheard:
        yield f"{where}: unknown rules {unheard}"
    if row.kept:
        yield from (f"{where}: {c} = {row.values[c]!r}, not {v!r}" for c, v in line.values.items()
                    if row.values[c] != v)  # fmt: skip
    yield from (f"{where}: read {c} = {row.raw[c]!r}, not {t!r}" for c, t in line.raw.items() if row.raw[c] != t)


def _leaks(case: Case, seen: Seen) -> Iterator[str]:
    """A text of a person in what is said about the file."""
    said = repr(seen.refused) + str(seen.refused) if seen.refused else ""
    if seen.refused is not None:
        said += json.dumps(seen.refused.details, default=str, ensure_ascii=False)
    if seen.reading is not None:
        said += json.dumps([f.__dict__ for f in seen.reading.findings], ensure_ascii=False)
    yield from ("leak of a value of a person" for secret in case.secrets if secret and secret in said)
