"""What was wrong in a file, for people: one message a rule, with its count and the first places, never 10 000 lines."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import duckdb

from pipeline import documents
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
    read = ", ".join(_named(v) for k, v in details.items() if k not in {"line", "sheet"} and v != "None")
    return _message(refusal.code, 1, (Place(sheet, line, read),), file.name)


def _named(detail: str) -> str:
    """A detail with raw columns under the headings of the blank template."""
    return re.sub(r"\b[a-z_]+_raw\b", lambda found: documents.heading_of(found.group()), detail)


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
    columns, places = _columns(run, file), dict[tuple[str, str, int], list[Place]]()
    for rule_id, field, count, sheet, line, texts in _first_rows(sql):
        raw = raw_column_of(rule_id, field)
        text = texts.get(raw)
        seen = Place(sheet, line, mask(text, raw) if text else "", *columns.get((sheet, raw), ("", "")))
        places.setdefault((rule_id, field, count), []).append(seen)
    for (rule_id, _, count), found in places.items():
        yield _message(rule_id, count, tuple(found), file.name)


def _first_rows(
    sql: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[str, str, int, str | None, int, Mapping[str, str | None]]]:
    """Rule, field, rows; sheet, line and raw texts of the first rows: one pass over the findings of a file."""
    sql.execute(f"""
        CREATE OR REPLACE TEMP TABLE firsts AS SELECT * FROM (
            SELECT f.rule_id, f.field, record_id, count(*) OVER same AS rows, row_number() OVER (
                PARTITION BY f.rule_id, f.field ORDER BY s.sheet NULLS FIRST, s.line) AS place
            FROM findings f JOIN (SELECT record_id, sheet, line FROM source) s USING (record_id)
            WINDOW same AS (PARTITION BY f.rule_id, f.field))
        WHERE place <= {_PLACES}""")
    pairs = sql.sql("SELECT DISTINCT rule_id, field FROM firsts").fetchall()
    wanted = sorted({raw for raw in (raw_column_of(*pair) for pair in pairs) if raw})
    raws = "".join(f", s.{raw}" for raw in wanted)
    rows = sql.sql(f"""
        SELECT f.rule_id, f.field, f.rows, s.sheet, s.line{raws} FROM firsts f JOIN source s USING (record_id)
        ORDER BY f.rule_id, f.field, f.place""").fetchall()
    for rule_id, field, count, sheet, line, *texts in rows:
        yield rule_id, field, count, sheet, line, dict(zip(wanted, texts, strict=True))


def _columns(run: Run, file: PlannedFile) -> Columns:
    """Letter and heading of the column that each raw column of each sheet was read from; the first if several were."""
    manifest = read_manifest(run.of("read_file", file.file_id))
    read = manifest.facts["reading"]["columns"] if manifest else []
    return {(c["sheet"], c["raw_column"]): (c["letter"], c["heading"]) for c in reversed(read)}


def raw_column_of(rule_id: str, field: str) -> str:
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
