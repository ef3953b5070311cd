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

from pipeline import usage
from pipeline.details import in_words
from pipeline.result import BatchResult, FileResult, as_json, sums_in_words
from quality.report_facts import RowPairs, RowPlace
from quality.wording import file_outcome
from schemas import messages
from schemas.cells import UNSURE
from schemas.errors import SohoaError
from schemas.messages import Language
from schemas.tables import OUTCOMES

if TYPE_CHECKING:
    from pipeline.error_files import ErrorFile

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
_MANY_FILES = 20
_HEADING = "heading."
_NO_EDGE = 100_000
_STYLE = {"block": "red", "review": "yellow", "notice": "dim"}


def say_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say_error(error: SohoaError, language: Language) -> None:
    """A known error, in both languages: code, what is wrong, what was given, what to do."""
    for each in (language, *(x for x in messages.LANGUAGES if x != language)):
        try:
            sentence = messages.explain(error.code, each, details=in_words(error.details, each))
        except KeyError:
            sentence = f"[{error.code}] " + ", ".join(f"{k}={v}" for k, v in error.details.items() if v is not None)
        ERR.print(sentence, style="bold red" if each == language else "dim", markup=False)


def say_usage(wrong: Exception, language: Language) -> None:
    """What was typed wrongly, in both languages, below how the command is called; its help where nothing was typed."""
    context, said = getattr(wrong, "ctx", None), getattr(wrong, "message", "")
    if context is not None and said == context.get_help():
        ERR.print(said, markup=False)
        return
    if context is not None:
        ERR.print(context.get_usage(), markup=False)
    told = getattr(wrong, "format_message", lambda: "")()
    for each in (language, *(x for x in messages.LANGUAGES if x != language)):
        line = usage.complaint(told, each) if told else messages.text("usage.stopped", each)
        if context is not None:
            line += " " + messages.text("usage.help", each, command=context.command_path, option="--help")
        ERR.print(line, style="bold red" if each == language else "dim", markup=False)


def say_result(result: BatchResult, language: Language) -> None:
    """The sums of a batch, file by file, then what has to be looked at; of many files each cause once for all."""
    is_many = len(result.files) > _MANY_FILES
    OUT.print(messages.text("run.title", language, batch=result.batch_id, province=result.province), style="bold")
    for file in result.files:
        _say_file(replace(file, messages=()) if is_many else file, language)
        _say_error_file(file, result.batch_id, language)
    if is_many:
        _say_together(result.files, language)
    if _is_masked(result.files):
        OUT.print(messages.text("run.masked", language, batch=result.batch_id), style="dim", markup=False)
    if result.stop_rules:
        rules = ", ".join(result.stop_rules)
        OUT.print(messages.text("run.stopped", language, rules=rules), style="bold red", markup=False)
    for key, found in (("run.same_number", result.same_number), ("run.other_nationality", result.other_nationality)):
        if found.count:
            OUT.print(_row_pairs(key, found, language), style="yellow", markup=False)
    OUT.print(sums_in_words(result.read, result.counts, language), style="bold", markup=False)
    for batch_id, rows in result.waiting.items():
        OUT.print(messages.text("run.waiting", language, rows=rows, batch=batch_id), style="yellow", markup=False)
    if result.report:
        OUT.print(messages.text("run.report", language, path=result.report), markup=False)


def _row_pairs(key: str, found: RowPairs, language: Language) -> str:
    """What has to be looked at in pairs of rows, with the first of them."""

    def at(place: RowPlace) -> str:
        sheet = messages.text("report.place.sheet", language, sheet=place.sheet) if place.sheet is not None else ""
        line = messages.text("report.place.line", language, line=place.line)
        return " ".join(filter(None, (place.file, sheet, line)))

    pairs = [messages.text("run.row_pair", language, left=at(one), right=at(other)) for one, other in found.places]
    places = "; ".join(pairs) + ("; …" if found.count > len(pairs) else "")
    return messages.text(key, language, count=found.count, places=places)


def say_batches(rows: Sequence[Mapping[str, Any]], language: Language, machine: bool) -> None:
    """The batches of the store with their sums and reports, and the sum of all."""
    if machine or not rows:
        say_table(rows, language, machine)
        return
    for row in rows:
        state = messages.text(f"state.{row['state']}", language)
        title = {"batch": row["batch_id"], "province": row["province"], "state": state, "time": row["recorded_at"]}
        OUT.print(messages.text("batch.line", language, **title), style="bold", markup=False)
        OUT.print("  " + sums_in_words(row["read"], row, language), markup=False)
        OUT.print("  " + messages.text("run.report", language, path=row["report"]), markup=False)
    total = {name: sum(row[name] for row in rows) for name in ("read", *OUTCOMES)}
    sums = sums_in_words(total["read"], total, language)
    OUT.print(messages.text("batch.total", language, count=len(rows), sums=sums), style="bold", markup=False)


def say(key: str, language: Language, **values: object) -> None:
    """A line of the catalogue on stdout."""
    OUT.print(messages.text(key, language, **values), markup=False)


def say_line(words: str) -> None:
    """A line of words that are in the catalogue's language already."""
    OUT.print(words, markup=False)


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


def say_person_change(done: Mapping[str, Any], language: Language, machine: bool) -> None:
    """What became of two persons: their ids with their records."""
    if machine:
        say_json(dict(done))
        return
    counts = {"records": len(done["records"]), "others": len(done["other_records"])}
    ids = {"person": done["person"], "other": done["other_person"]}
    OUT.print(messages.text(f"person.{done['kind']}", language, **ids, **counts), markup=False)


def say_undo(told: Mapping[str, Any], language: Language) -> None:
    """What the undoing of a batch comes to, or would, and what happens next."""
    known = messages.catalogue(language)
    counts = [(known[f"undo.count.{name}"], count) for name, count in told.items() if f"undo.count.{name}" in known]
    say_table([{"what": what, "count": count} for what, count in counts], language, machine=False)
    said = "done" if told["state"] == "undone" else told["state"]
    OUT.print(messages.text(f"undo.{said}", language, batch=told["batch"]), style="bold", markup=False)
    if told["second_person"] and told["state"] == "planned":
        OUT.print(messages.text("undo.second_person", language), markup=False)


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


@contextmanager
def bar(quiet: bool, steps: Sequence[str], language: Language) -> Iterator[Callable[[str, float], None]]:
    """A bar over steps of equal length, which never goes back; the function takes the step at work and its share."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, share: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=ERR) as shown:
        task = shown.add_task("…", total=len(steps))

        def told(step: str, share: float) -> None:
            done = max(shown.tasks[0].completed, steps.index(step) + share)
            shown.update(task, description=messages.text(f"match.{step}", language), completed=done)

        yield told
        shown.update(task, completed=len(steps))


def say_written(written: Mapping[str, int], language: Language, machine: bool) -> None:
    """The files of a step with their rows."""
    if machine:
        say_json(dict(written))
        return
    for path, rows in written.items():
        say("cli.written", language, path=path, rows=rows)


def _say_file(file: FileResult, language: Language) -> None:
    outcome = messages.text(f"outcome.{file_outcome(file.outcome, file.is_twin)}", language)
    OUT.print(messages.text("run.file", language, path=_shown(file), outcome=outcome), markup=False)
    OUT.print("  " + sums_in_words(file.read, file.counts, language), markup=False)
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


def _is_masked(files: Sequence[FileResult]) -> bool:
    """Does a message show a text of which parts are hidden?"""
    places = (place for file in files for message in file.messages for place in message.get("places", ()))
    return any("*" in place["read"] for place in places)


def _say_error_file(file: FileResult, batch_id: str, language: Language) -> None:
    waiting = sum(message["count"] for message in file.messages if message["code"] == UNSURE)
    if waiting:
        OUT.print("  " + messages.text("cells.later", language, rows=waiting), markup=False)
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


def say_any(result: BatchResult, language: Language, machine: bool) -> None:
    """The result as JSON for programs or as text for people."""
    if machine:
        say_json(as_json(result))
    else:
        say_result(result, language)


def say_tables(tables: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], language: Language) -> None:
    """Several tables, each below a line of its own if it has a title."""
    for title, rows in tables:
        if title:
            OUT.print(title, style="bold", markup=False)
        say_table(rows, language, machine=False)


def heading_of(name: str, language: Language) -> str:
    """The heading of a column of a table in words; the name where there are none."""
    return str(messages.catalogue(language).get(_HEADING + name, name))


def say_table(rows: Sequence[Mapping[str, Any]], language: Language, machine: bool) -> None:
    """Rows as JSON for programs, or as a table for people."""
    if machine:
        say_json([dict(row) for row in rows])
    elif not rows:
        OUT.print(messages.text("cli.nothing", language), markup=False)
    else:
        table = Table(box=None, pad_edge=False)
        for name in rows[0]:
            table.add_column(heading_of(name, language), overflow="fold")  # an id that is cut is of no use
        for row in rows:
            table.add_row(*("" if v is None else str(v) for v in row.values()))
        # a pipe or a file has no edge
        out = OUT if OUT.is_terminal else Console(file=OUT.file, highlight=False, width=_NO_EDGE)
        out.print(table, markup=False, soft_wrap=True)
