"""What was wrong in a file, for people: each cause once a column and sheet, never 10 000 lines.

A cause comes with its count, its rows as ranges, what was read in the first places; one that most cells of a column
share is told as one of the column.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb

from pipeline import documents, finding_groups, number_owners
from pipeline.context import Run
from pipeline.delivery import PlannedFile, Refusal
from pipeline.details import in_words, value_of
from pipeline.file_steps import refusal_of
from pipeline.finding_groups import Group, Joined
from pipeline.masking import mask
from pipeline.sql import view
from schemas import messages, rules
from schemas import tables as t

_PLACES = 5
_COLUMN_SHARE, _COLUMN_ROWS = 0.8, 20
_SAID_APART = frozenset({"line", "sheet", "found", "unread"})
_INSTEAD = {"personal_number_raw": "old_id_number_raw"}
"""Where the values of a raw column stand in a file without it: one column of numbers for both kinds."""

Columns = Mapping[tuple[str | None, str], Sequence[Mapping[str, Any]]]
Owned = number_owners.Place


@dataclass(frozen=True)
class Place:
    """Where it was seen and what was read there, masked; the column by its letter in Excel and its heading."""

    sheet: str | None
    line: int | None
    read: str
    letter: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Message:
    """One cause in one column of one sheet.

    Attributes:
        code: the rule.
        severity: block | review | notice.
        count: rows, or places of a file.
        places: the first of them.
        vi: the sentence in Vietnamese.
        en: the sentence in English.
        ranges: the first runs of data rows, as first and last line.
        more: how many runs follow.
        filled: cells of the column that hold anything; 0 where the cause is of no column.
        is_column: most cells of the column share the cause.
        values: the most frequent texts read in those rows, masked, with their rows; none that stands once.
        unread: the columns of a refused heading that were not understood, by letter and heading.
        is_record: lines are the records of a table (DBF), which programs show in other rows.
        owners: of numbers copied from other rows, the first places and the sheet and line of the row that each fits.
        details: what else is known of a refusal, by its key: a limit, a column.
    """

    code: str
    severity: str
    count: int
    places: tuple[Place, ...]
    vi: str
    en: str
    ranges: tuple[tuple[int, int], ...] = ()
    more: int = 0
    filled: int = 0
    is_column: bool = False
    values: tuple[tuple[str, int], ...] = ()
    unread: str = ""
    is_record: bool = False
    owners: tuple[tuple[Owned, Owned], ...] = ()
    details: tuple[tuple[str, str], ...] = ()


def file_messages(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection) -> list[Message]:
    """All messages of a file, in the order of rules.csv."""
    refusal = refusal_of(run, file)
    found = [_of_refusal(file, refusal)] if refusal else [*_of_file(run, file), *_of_rows(run, file, sql)]
    order = list(rules.all_rules())
    return sorted(found, key=lambda m: order.index(m.code))


def messages_of_reading(run: Run, file: PlannedFile) -> list[Message]:
    """The messages on a file as a whole and on its columns, without those on single rows."""
    refusal = refusal_of(run, file)
    found = [_of_refusal(file, refusal)] if refusal else [*_of_file(run, file)]
    order = list(rules.all_rules())
    return sorted(found, key=lambda m: order.index(m.code))


def companion_message(file: PlannedFile) -> Message:
    """What is said of a memo or index file that accompanies no table."""
    return _message(Message("file.companion", "", 1, (Place(None, None, ""),), "", ""), file.name)


def as_json(message: Message) -> dict[str, object]:
    """The message for programs."""
    return asdict(message)


def where(message: Message, language: messages.Language) -> str:
    """Where a cause stands in its file: sheet, column by letter and heading, rows as ranges."""
    first = message.places[0] if message.places else Place(None, None, "")
    sheet = messages.text("report.place.sheet", language, sheet=first.sheet) if first.sheet is not None else ""
    return ", ".join(x for x in (sheet, _column(message, first, language), _lines(message, language)) if x)


def read_in(found: Message) -> str:
    """The most frequent texts with their rows, for the inside of quotation marks; empty where none stands twice."""
    return "”, “".join(f"{text} ({rows})" for text, rows in found.values)


def _of_refusal(file: PlannedFile, refusal: Refusal) -> Message:
    details = refusal.details
    line = int(details["line"]) if details.get("line", "").isdigit() else None
    sheet = details.get("sheet") if details.get("sheet") != "None" else None
    more = tuple((k, v) for k, v in details.items() if k not in _SAID_APART and v != "None")
    read = documents.with_headings(details.get("found", ""))
    unread = details["unread"] if details.get("unread", "None") != "None" else ""
    place = Place(sheet, line, "" if read == "None" else read)
    return _message(Message(refusal.code, "", 1, (place,), "", "", unread=unread, details=more), file.name)


def _of_file(run: Run, file: PlannedFile) -> Iterator[Message]:
    reading = _reading(run, file)
    letters = {(c["sheet"], c["heading"]): c["letter"] for c in reversed(reading["columns"])}
    grouped: dict[tuple[str, str | None], list[Place]] = {}
    for found in reading["findings"]:
        heading = found["column"] or ""
        letter = letters.get((found["sheet"], heading), "")
        shown = f"{letter} ({heading})" if letter else heading
        read = ": ".join(x for x in (shown, documents.with_headings(found["detail"])) if x)
        place = Place(found["sheet"], found["line"], read, letter, heading if letter else "")
        grouped.setdefault((found["rule_id"], found["sheet"]), []).append(place)
    for (rule_id, _), places in grouped.items():
        most = len(places) if rule_id.startswith("header.") else _PLACES  # each column has to be looked at
        read = "; ".join(p.read for p in places[:most] if p.read) + ("; …" if len(places) > most else "")
        first = Place(places[0].sheet, places[0].line, read)
        yield _message(Message(rule_id, "", len(places), (first, *places[1:_PLACES]), "", ""), file.name)


def _of_rows(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection) -> Iterator[Message]:
    folders = [run.table(s, file.file_id, "check_results") for s in ("standardise_records", "check_records")]
    view(sql, "findings", folders, t.CHECK_RESULTS)
    view(sql, "source", [run.table("read_file", file.file_id, "source_records")], t.SOURCE_RECORDS)
    columns, is_record = _columns(run, file), _reading(run, file).get("kind") == "dbf"
    for group in finding_groups.groups(sql, _PLACES, _joined(run, file)):
        raw, column = group.raw, _column_of(group, columns)
        places = tuple(Place(group.sheet, line, mask(text, raw) if text else "", *column) for line, text in group.first)
        whole = _is_of_column(group)
        found = Message(group.rule_id, "", group.rows, places, "", "", group.ranges, group.more, group.filled, whole)
        owners = number_owners.owners(sql) if group.rule_id == number_owners.RULE else {}
        fitting = tuple((at, owners[at]) for line, _ in group.first if (at := (group.sheet, line)) in owners)
        found = replace(found, values=_masked(group.values, raw), is_record=is_record, owners=fitting)
        yield _message(found, file.name)


def _column_of(group: Group, columns: Columns) -> tuple[str, str]:
    """Letter and heading of the column of a group; of all that feed its raw column where no single one holds it."""
    fed = columns.get((group.sheet, group.raw)) or columns.get((group.sheet, _INSTEAD.get(group.raw, "")), ())
    alone = [c for c in fed if c["position"] == group.position]
    read = alone or fed
    return (_letters(read), " / ".join(c["heading"] for c in read)) if read else ("", "")


def _masked(values: Iterable[tuple[str, int]], raw: str) -> tuple[tuple[str, int], ...]:
    """The most frequent texts as they may be shown; those that look alike then are counted together."""
    rows: Counter[str] = Counter()
    for text, count in values:
        rows[mask(text, raw)] += count
    return tuple(rows.most_common())


def _is_of_column(group: Group) -> bool:
    """Do most cells of the column share the cause? Of a missing value all rows count, of another the filled cells."""
    whole = group.filled if group.rows <= group.filled else group.all_rows
    is_grave = rules.rule(group.rule_id).severity != "notice"
    return is_grave and bool(group.field) and group.rows >= _COLUMN_ROWS and group.rows >= _COLUMN_SHARE * whole


def _columns(run: Run, file: PlannedFile) -> Columns:
    """The columns that each raw column of each sheet was read from."""
    fed: dict[tuple[str | None, str], list[Mapping[str, Any]]] = {}
    for column in _reading(run, file)["columns"]:
        if column["raw_column"]:
            fed.setdefault((column["sheet"], column["raw_column"]), []).append(column)
    return fed


def _joined(run: Run, file: PlannedFile) -> Joined:
    """Where the columns of a value that several make lie in other_raw."""
    return {
        place: {c["position"]: c["kept_as"] for c in read if c["kept_as"] is not None}
        for place, read in _columns(run, file).items() if len(read) > 1
    }  # fmt: skip


def _letters(read: Sequence[Mapping[str, Any]]) -> str:
    """`C-D` for neighbours, `C, F` for others."""
    positions = [c["position"] for c in read]
    if len(read) > 1 and positions == list(range(positions[0], positions[0] + len(read))):
        return f"{read[0]['letter']}-{read[-1]['letter']}"
    return ", ".join(c["letter"] for c in read)


def _reading(run: Run, file: PlannedFile) -> Mapping[str, Any]:
    """How the file was read, as its manifest says."""
    manifest = run.manifest("read_file", file.file_id)
    return manifest.facts["reading"] if manifest else {"findings": [], "columns": []}


def _message(found: Message, file: str) -> Message:
    """The message with its severity and its sentences."""
    said = {x: _sentence(found, file, x) for x in messages.LANGUAGES}
    severity = rules.rule(found.code).severity
    return replace(found, severity=severity, vi=said["vi"], en=said["en"])


def _sentence(found: Message, file: str, language: messages.Language) -> str:
    first = found.places[0] if found.places else Place(None, None, "")
    place = _where(found, first, file, language)
    read = read_in(found) or value_of("found", first.read, language)
    details = in_words(dict(found.details), language)
    sentence = messages.explain(found.code, language, where=place, read=read, details=details)
    if found.unread:
        return f"{sentence} {messages.text('header.unread', language, columns=found.unread)}"
    more = [number_owners.said(dict(found.owners), language, is_record=found.is_record)]
    more += [messages.text("column.do", language, rows=found.count)] if found.is_column else []
    return " ".join((sentence, *filter(None, more)))


def _where(found: Message, first: Place, file: str, language: messages.Language) -> str:
    """One row is named as a cell, several as a column with ranges of rows.

    A file without sheets has no cells: Excel shows a line of it elsewhere once a cell above holds a line break.
    """
    if found.count > 1 and found.ranges:
        sheet = "place.file" if first.sheet is None else "place.sheet"
        start = messages.text(sheet, language, file=file, sheet=first.sheet)
        parts = (start, _column(found, first, language), _lines(found, language))
        return ", ".join(part for part in parts if part)
    if first.sheet is None:
        start = messages.text("place.file", language, file=file)
        at = "place.record" if found.is_record else "place.at_line"
        line = messages.text(at, language, line=first.line) if first.line is not None else ""
        column = _column(found, first, language) if line else ""
        return ", ".join(part for part in (start, line, column) if part)
    key = "place.sheet" if first.line is None else "place.sheet_line"
    said = messages.text(key, language, file=file, sheet=first.sheet, line=first.line)
    if not first.heading or first.line is None:
        return said
    if not first.letter.isalpha():  # several columns make the value
        return f"{said}, {_column(found, first, language)}"
    return said + messages.text("place.cell", language, cell=f"{first.letter}{first.line}", heading=first.heading)


def _column(found: Message, first: Place, language: messages.Language) -> str:
    if not first.heading:
        return ""
    key = "place.whole_column" if found.is_column else "place.column"
    return messages.text(key, language, letter=first.letter, heading=first.heading)


def _lines(found: Message, language: messages.Language) -> str:
    """`dòng 5-998, 1003`: runs of data rows, a run of one as its line."""
    if not found.ranges:
        return ""
    runs = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found.ranges)
    key = "place.records" if found.is_record else "place.lines"
    lines = messages.text(key, language, lines=runs)
    return lines + (messages.text("place.more", language, more=found.more) if found.more else "")
