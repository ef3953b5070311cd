"""What the command line says: results on stdout, talk on stderr, progress on a terminal only."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from pipeline.result import BatchResult, FileResult, as_json
from schemas import messages
from schemas.errors import SohoaError
from schemas.messages import Language
from schemas.tables import OUTCOMES

if TYPE_CHECKING:
    from pipeline.error_files import ErrorFile

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
_MANY_FILES = 20
_NO_EDGE = 100_000
_STYLE = {"block": "red", "review": "yellow", "notice": "dim"}


def say_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say_error(error: SohoaError, language: Language) -> None:
    """A known error, in both languages: code, what is wrong, what was given, what to do."""
    read = ", ".join(f"{k}={v}" for k, v in error.details.items() if v is not None)
    for each in (language, *(x for x in messages.LANGUAGES if x != language)):
        try:
            sentence = messages.explain(error.code, each, read=read)
        except KeyError:
            sentence = f"[{error.code}] {read}"
        ERR.print(sentence, style="bold red" if each == language else "dim", markup=False)


def say_result(result: BatchResult, language: Language) -> None:
    """The sums of a batch, file by file, then what has to be looked at; of many files each cause once for all."""
    is_many = len(result.files) > _MANY_FILES
    OUT.print(messages.text("run.title", language, batch=result.batch_id, province=result.province), style="bold")
    for file in result.files:
        _say_file(replace(file, messages=()) if is_many else file, language)
        _say_error_file(file, result.batch_id, language)
    if is_many:
        _say_together(result.files, language)
    if result.stop_rules:
        rules = ", ".join(result.stop_rules)
        OUT.print(messages.text("run.stopped", language, rules=rules), style="bold red", markup=False)
    OUT.print(_sums(result.read, result.counts, language), style="bold", markup=False)
    if result.report:
        OUT.print(messages.text("run.report", language, path=result.report), markup=False)


def say_batches(rows: Sequence[Mapping[str, Any]], language: Language, machine: bool) -> None:
    """The batches of the store with their sums and reports, and the sum of all."""
    if machine or not rows:
        say_table(rows, language, machine)
        return
    for row in rows:
        state = messages.text(f"state.{row['state']}", language)
        title = {"batch": row["batch_id"], "province": row["province"], "state": state, "time": row["recorded_at"]}
        OUT.print(messages.text("batch.line", language, **title), style="bold", markup=False)
        OUT.print("  " + _sums(row["read"], row, language), markup=False)
        OUT.print("  " + messages.text("run.report", language, path=row["report"]), markup=False)
    total = {name: sum(row[name] for row in rows) for name in ("read", *OUTCOMES)}
    sums = _sums(total["read"], total, language)
    OUT.print(messages.text("batch.total", language, count=len(rows), sums=sums), style="bold", markup=False)


def say(key: str, language: Language, **values: object) -> None:
    """A line of the catalogue on stdout."""
    OUT.print(messages.text(key, language, **values), markup=False)


def say_heading(key: str, language: Language) -> None:
    """A heading of the catalogue on stdout."""
    OUT.print(messages.text(key, language), style="bold", markup=False)


def say_error_files(made: Sequence[ErrorFile], language: Language, machine: bool) -> None:
    """The error files of a batch with their rows."""
    if machine:
        say_json([{"file_id": f.file_id, "paths": f.paths, "rows": f.rows, "to_mend": f.marked} for f in made])
        return
    for path, file in ((path, f) for f in made for path in f.paths):
        told = messages.text("errors.made", language, path=path, rows=file.rows, marked=file.marked)
        OUT.print(told, markup=False)
    if not made:
        OUT.print(messages.text("errors.none", language), markup=False)


def say_lines(lines: Sequence[str]) -> None:
    """Lines of text on stdout."""
    for line in lines:
        OUT.print(line, markup=False)


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that names the step at work; it shows on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda step: None
        return
    with ERR.status("…") as status:
        yield lambda step: status.update(step)


def _say_file(file: FileResult, language: Language) -> None:
    outcome = messages.text(f"outcome.{file.outcome}", language)
    OUT.print(messages.text("run.file", language, path=_shown(file), outcome=outcome), markup=False)
    OUT.print("  " + _sums(file.read, file.counts, language), markup=False)
    for message in file.messages:
        count = messages.text("run.count", language, count=message["count"])
        OUT.print(f"  · {count}: {message[language]}", style=_STYLE[message["severity"]], markup=False)


def _say_together(files: Sequence[FileResult], language: Language) -> None:
    """Each cause of many files once: rows, files, and where it stands first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for message in (m for file in files for m in file.messages):
        found.setdefault(message["code"], []).append(message)
    for same in sorted(found.values(), key=lambda s: -sum(m["count"] for m in s)):
        rows, first = sum(m["count"] for m in same), same[0]
        count = messages.text("run.together", language, count=rows, files=len(same))
        OUT.print(f"· {count}: {first[language]}", style=_STYLE[first["severity"]], markup=False)


def _say_error_file(file: FileResult, batch_id: str, language: Language) -> None:
    if file.error_file is not None:
        said = messages.text("errors.written", language, path=file.error_file, rows=file.to_mend)
    elif file.to_mend:
        said = messages.text("errors.later", language, rows=file.to_mend, batch=batch_id)
    else:
        return
    OUT.print("  " + said, markup=False)


def _shown(file: FileResult) -> str:
    """The path as given and the alias that reports use."""
    return f"{file.path} = {file.file}" if file.path and file.path != file.file else file.file


def _sums(read: int, counts: Any, language: Language) -> str:
    return messages.text("run.sums", language, read=read, **{o: counts[o] for o in OUTCOMES})


def say_any(result: BatchResult, language: Language, machine: bool) -> None:
    """The result as JSON for programs or as text for people."""
    if machine:
        say_json(as_json(result))
    else:
        say_result(result, language)


def say_table(rows: Sequence[Mapping[str, Any]], language: Language, machine: bool) -> None:
    """Rows as JSON for programs, or as a table for people."""
    if machine:
        say_json([dict(row) for row in rows])
    elif not rows:
        OUT.print(messages.text("cli.nothing", language), markup=False)
    else:
        table = Table(box=None, pad_edge=False)
        for name in rows[0]:
            table.add_column(name, overflow="fold")  # an id that is cut is of no use
        for row in rows:
            table.add_row(*("" if v is None else str(v) for v in row.values()))
        # a pipe or a file has no edge
        out = OUT if OUT.is_terminal else Console(file=OUT.file, highlight=False, width=_NO_EDGE)
        out.print(table, markup=False, soft_wrap=True)
