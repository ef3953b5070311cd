"""`sohoa person trace`: from each value of a person to the cells that it was read from, and what stood in them; masked.

The texts of cells are shown in clear to whoever asks for that and says why; the audit keeps that it was asked.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pipeline import cell_texts
from pipeline.cell_texts import CellText, RecordTexts
from pipeline.inquiries import Row, asked
from pipeline.intake import VIET_NAM_TIME
from pipeline.masking import mask
from pipeline.person_values import masked_values
from pipeline.settings import Settings
from schemas import messages, rules
from schemas.errors import UsageError
from schemas.fields import ALL_FIELDS
from schemas.messages import Language, text
from schemas.tables import VALUE_COLUMNS
from store import audit, lineage, reports
from store.audit import Event
from store.engine import Store

_NOTHING = dict.fromkeys(c.name for c in VALUE_COLUMNS)
_FIELDS = {f.name: f for f in ALL_FIELDS}
_HIDDEN = "***"


def trace(person_id: str, field: str | None, settings: Settings, clear: str | None = None) -> list[Row]:
    """Each value of a person, or of one field, with its source; after it what other records say of the field.

    Args:
        person_id: 32 hexadecimal digits, also a former id.
        field: name of a field; None = all.
        settings: of this machine.
        clear: why the texts of cells are shown in clear; None = masked.

    Returns:
        Rows of field, value (masked), is_golden, method, since (day of the entry, ISO), recorded_at (ISO), record_id,
        file, sheet, page, line, cells (letter, heading, raw_column, text as read; of a cell that repeats one above
        from_line and from_text; of one that was corrected before it was sent before, corrected_by, corrected_at),
        texts (kept | past | gone | sealed: are they still there?), cell (in words), rules, batch, province, code,
        model, match_weight, replaced_by.

    Raises:
        UsageError: person.unknown, field.unknown, person.clear_needs_reason.
    """
    if field is not None and field not in _FIELDS:
        raise UsageError("field.unknown", given=field, allowed=", ".join(_FIELDS))
    event = Event("person.trace_masked", "person", person_id)
    if clear is not None:
        event = Event("person.trace_revealed", "person", person_id, said=(clear.strip(),))
    with asked(settings) as store, audit.refusals(store, event):
        current = reports.current_person_id(store, person_id)
        if clear is not None and not clear.strip():
            raise UsageError("person.clear_needs_reason")
        if current is None:
            raise UsageError("person.unknown", person=person_id)
        audit.record(store, event)
        return rows_of(store, current, field, settings, is_clear=clear is not None)


def rows_of(store: Store, current: str, field: str | None, settings: Settings, *, is_clear: bool) -> list[Row]:
    """The rows of `trace` of a person under its present id; whoever asks for the texts in clear tells the audit."""
    found = [row for row in lineage.trace(store, current) if field in (None, row["field"])]
    (golden,) = reports.person(store, current).to_pylist()
    texts = cell_texts.of_records(found, settings)
    nothing = RecordTexts("gone")
    told = ((row, texts.get(row["record_id"], nothing)) for row in found)
    return [{**_row(row, golden, settings.language), **_texts(row, read, is_clear=is_clear)} for row, read in told]


def _texts(row: Mapping[str, Any], read: RecordTexts, *, is_clear: bool) -> Row:
    """The cells with their texts, and whether these are still there; of a number that was issued there are none."""
    is_hidden = not is_clear and _FIELDS[row["field"]].sensitivity == "sensitive"
    cells = []
    for letter, heading, raw_column in row["cells"]:
        text_of = read.cells.get(letter, CellText(None))
        edit = text_of.edit
        shown = [
            text and (_HIDDEN if is_hidden else text if is_clear else mask(text, raw_column))
            for text in (text_of.text, text_of.from_text, edit and edit.before)
        ]
        cells.append({
            "letter": letter, "heading": heading, "raw_column": raw_column, "text": shown[0],
            "from_line": text_of.from_line, "from_text": shown[1],
            **({"before": shown[2], "corrected_by": edit.author, "corrected_at": edit.at} if edit else {}),
        })  # fmt: skip
    return {"cells": cells, "texts": read.state if row["record_id"] else None}


def in_words(rows: Iterable[Row], language: Language) -> list[tuple[str, list[Row]]]:
    """The golden values with their cells, then what else was said, then under what it was read and joined."""
    golden = [_told(row, language) for row in rows if row["is_golden"]]
    others = [_told(row, language) for row in rows if not row["is_golden"]]
    titled = [(text("person.trace.golden", language), golden), (text("person.trace.others", language), others)]
    return [(title, found) for title, found in [*titled, (text("person.trace.ran", language), _ran(rows))] if found]


def _row(row: Mapping[str, Any], golden: Mapping[str, Any], language: Language) -> Row:
    said = row["said"] if row["record_id"] else {name: golden[name] for name in _columns(row["field"])}
    return {
        "field": row["field"], "value": masked_values(_NOTHING | said, language)[row["field"]],
        "is_golden": row["is_source"], "method": row["method"],
        "since": row["entry_date"].isoformat() if row["entry_date"] else None,
        "recorded_at": row["recorded_at"].isoformat() if row["recorded_at"] else None,
        "record_id": row["record_id"], "file": row["file"], "sheet": row["sheet"], "page": row["page"],
        "line": row["line"], "cell": _cell(row, language), "rules": list(row["rules"]), "batch": row["batch_id"],
        "province": row["province_code"], "code": row["code_version"], "model": row["model_version"],
        "match_weight": None if row["match_weight"] is None else round(row["match_weight"], 2),
        "replaced_by": row["replaced_by"],
    }  # fmt: skip


def _columns(field: str) -> list[str]:
    return [c.name for c in _FIELDS[field].columns]


def _cell(row: Mapping[str, Any], language: Language) -> str:
    """The cells of a value as a clerk finds them: `D7 (Ngày sinh)` in a workbook, line and column elsewhere."""
    if row["record_id"] is None:
        return text("person.trace.issued", language)
    if row["cells"]:
        at = row["line"] if row["sheet"] is not None else ""
        named = ((f"{letter}{at}", heading) for letter, heading, _ in row["cells"])
        return ", ".join(f"{cell} ({heading})" if heading else cell for cell, heading in named)
    return text("person.trace.above" if row["columns_known"] else "person.trace.not_kept", language)


def _told(row: Row, language: Language) -> Row:
    method = text(f"person.method.{row['method']}", language) if row["method"] else ""
    if row["replaced_by"]:
        method = text("person.trace.replaced", language)
    place = " ".join(filter(None, (row["file"], row["sheet"])))
    field = _FIELDS[row["field"]]
    return {
        "field": field.label_vi if language == "vi" else field.label_en, "value": row["value"], "method": method,
        "since": _date(row["since"]), "place": f"{place}:{row['line']}" if place else "", "cell": row["cell"],
        "cell_text": _said(row, language),
        "rules": "; ".join(messages.wrong(rules.rule(rule).message, language) for rule in row["rules"]),
    }  # fmt: skip


def _said(row: Row, language: Language) -> str:
    """What stood in the cells, or why that is not known any more."""
    if not row["cells"] or row["texts"] is None:
        return ""
    if row["texts"] != "kept":
        return text(f"person.trace.texts_{row['texts']}", language)
    said = []
    for cell in row["cells"]:
        said.append(f"“{cell['text'] or ''}”")
        if cell["from_line"] is not None:
            said[-1] += text("person.trace.from_line", language, line=cell["from_line"], text=cell["from_text"])
        if "before" in cell:
            who, day = cell["corrected_by"], _day(cell["corrected_at"])
            said[-1] += text("person.trace.corrected", language, text=cell["before"] or "", who=who, day=day)
    return ", ".join(said)


def _ran(rows: Iterable[Row]) -> list[Row]:
    """A line for each record: its batch, when it was loaded, by which code and model, and how strongly it is joined."""
    each = {row["record_id"]: row for row in rows if row["record_id"]}
    return [
        {"record_id": row["record_id"], "batch": row["batch"], "day": _day(row["recorded_at"]), "code": row["code"],
         "model": row["model"], "weight": "" if row["match_weight"] is None else row["match_weight"]}
        for row in each.values()
    ]  # fmt: skip


def _date(day: str | None) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y") if day else ""


def _day(moment: str | None) -> str:
    return datetime.fromisoformat(moment).astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y") if moment else ""
