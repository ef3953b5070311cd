"""What was wrong in a file, for people: one message a rule, with its count and the first places, never 10 000 lines."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import duckdb

from pipeline.artefacts import read_manifest
from pipeline.context import Run
from pipeline.file_steps import Refusal, refusal_of
from pipeline.intake import PlannedFile
from pipeline.masking import mask
from pipeline.sql import view
from schemas import fields, messages, rules
from schemas import tables as t

_PLACES = 5
Columns = Mapping[tuple[str | None, str], tuple[str, str]]


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
    """One cause in one file: rule id, severity, rows, first places, the sentence in both languages."""

    code: str
    severity: str
    count: int
    places: tuple[Place, ...]
    vi: str
    en: str


def file_messages(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection) -> list[Message]:
    """All messages of a file, in the order of rules.csv."""
    refusal = refusal_of(run, file)
    found = [_of_refusal(file, refusal)] if refusal else [*_of_file(run, file), *_of_rows(run, file, sql)]
    order = list(rules.all_rules())
    return sorted(found, key=lambda m: order.index(m.code))


def as_json(message: Message) -> dict[str, object]:
    """The message for programs."""
    return asdict(message)


def _of_refusal(file: PlannedFile, refusal: Refusal) -> Message:
    details = refusal.details
    line = int(details["line"]) if details.get("line", "").isdigit() else None
    sheet = details.get("sheet") if details.get("sheet") != "None" else None
    read = ", ".join(v for k, v in details.items() if k not in {"line", "sheet"} and v != "None")
    return _message(refusal.code, 1, (Place(sheet, line, read),), file.name)


def _of_file(run: Run, file: PlannedFile) -> Iterator[Message]:
    manifest = read_manifest(run.of("read_file", file.file_id))
    reading = manifest.facts["reading"] if manifest else {"findings": []}
    by_rule: dict[str, list[Place]] = {}
    for found in reading["findings"]:
        read = ": ".join(x for x in (found["column"], found["detail"]) if x)
        by_rule.setdefault(found["rule_id"], []).append(Place(found["sheet"], found["line"], read))
    for rule_id, places in by_rule.items():
        yield _message(rule_id, len(places), tuple(places[:_PLACES]), file.name)


def _of_rows(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection) -> Iterator[Message]:
    folders = [run.of(s, file.file_id) / "check_results" for s in ("standardise_records", "check_records")]
    view(sql, "findings", folders, t.CHECK_RESULTS)
    view(sql, "source", [run.of("read_file", file.file_id) / "source_records"], t.SOURCE_RECORDS)
    counted = sql.sql("SELECT rule_id, field, count(*) FROM findings GROUP BY ALL ORDER BY ALL").fetchall()
    columns = _columns(run, file)
    for rule_id, field, count in counted:
        yield _message(rule_id, count, tuple(_places(sql, rule_id, field, columns)), file.name)


def _columns(run: Run, file: PlannedFile) -> Columns:
    """Letter and heading of the column that each raw column of each sheet was read from; the first if several were."""
    manifest = read_manifest(run.of("read_file", file.file_id))
    read = manifest.facts["reading"]["columns"] if manifest else []
    return {(c["sheet"], c["raw_column"]): (c["letter"], c["heading"]) for c in reversed(read)}


def _places(sql: duckdb.DuckDBPyConnection, rule_id: str, field: str, columns: Columns) -> Iterator[Place]:
    raw = _raw_column(rule_id, field)
    read = f"s.{raw}" if raw else "NULL"
    rows = sql.sql(
        f"""SELECT s.sheet, s.line, {read} FROM findings f JOIN source s USING (record_id)
            WHERE f.rule_id = ? AND f.field = ? ORDER BY s.sheet, s.line LIMIT {_PLACES}""",
        params=[rule_id, field],
    ).fetchall()
    for sheet, line, text in rows:
        yield Place(sheet, line, mask(text, raw) if text else "", *columns.get((sheet, raw), ("", "")))


def _raw_column(rule_id: str, field: str) -> str:
    """The column a clerk would look at: of field `household` the relation, or the number of the book."""
    if rule_id.startswith("relation."):
        return "relation_raw"
    return fields.by_name(field).raw_columns[0] if field else ""


def _message(rule_id: str, count: int, places: tuple[Place, ...], file: str) -> Message:
    first = places[0] if places else Place(None, None, "")
    vi = messages.explain(rule_id, "vi", where=_where(file, first, "vi"), read=first.read)
    en = messages.explain(rule_id, "en", where=_where(file, first, "en"), read=first.read)
    return Message(rule_id, rules.rule(rule_id).severity, count, places, vi, en)


def _where(file: str, place: Place, language: messages.Language) -> str:
    key = {
        (False, False): "place.file", (True, False): "place.sheet",
        (False, True): "place.line", (True, True): "place.sheet_line",
    }[place.sheet is not None, place.line is not None]  # fmt: skip
    where = messages.text(key, language, file=file, sheet=place.sheet, line=place.line)
    if not place.heading:
        return where
    return where + messages.text("place.cell", language, cell=f"{place.letter}{place.line}", heading=place.heading)
