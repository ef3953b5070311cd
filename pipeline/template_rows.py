"""The rows that an office delivered last, as texts for its template: written so that reading them says the same again.

They are the standardised values of the batch, in the words a clerk would write: a day as dd/mm/yyyy, a month or a year
where no more is known, the word of a code as it was written.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pipeline.template_book import columns
from schemas import code_lists
from schemas.field import Field, FieldKind
from schemas.fields import ALL_FIELDS
from store import accounts, audit, audit_marks, batch_lists, batch_records
from store.audit import Event
from store.engine import Store
from transforms.periods import ABSENT, PRESENT

_LOOKED_AT = 200
"""Batches of the province, newest first, among which the last one of the office is looked for."""
_LUNAR, _MISSING = "lunar", "missing"
Row = Mapping[str, Any]


def last_batch(national: Store, own: Store, office: str) -> str | None:
    """The batch that an account of this office of the province brought last, and that is loaded; None if there is none.

    Args:
        national: the store of the whole nation: the audit, which tells who brought what, is of no province.
        own: the store of the province.
        office: name of the commune; "" = the office of the province.
    """
    if own.province is None:
        return None
    here = {a.account.name for a in accounts.listed(national, own.province) if a.account.office == office}
    for listed in batch_lists.recent(own, _LOOKED_AT):
        taken = audit_marks.taken_in(national, listed.batch_id) if listed.state == "loaded" else None
        if taken is not None and taken[1] in here:
            return listed.batch_id
    return None


def rows_of(own: Store, batch_id: str) -> Iterator[Row]:
    """The rows of a batch as texts by raw column, told to the audit before the first is given."""
    audit.record(own, Event("template.filled", "batch", batch_id, province_code=own.province or ""))
    for table in batch_records.records(own, batch_id):
        yield from as_texts(table.to_pylist())


def as_texts(records: Iterable[Row]) -> Iterator[dict[str, str]]:
    """RECORDS as texts by raw column."""
    wanted = [(field, raw) for field, raw, _ in columns()]
    for record in records:
        yield {raw: _text(field, raw, record) for field, raw in wanted}


def _text(field: Field | None, raw: str, record: Row) -> str:
    stem = raw.removesuffix("_raw")
    kind = field.kind if field is not None else None
    if kind is FieldKind.PARTIAL_DATE:
        return _date(stem.removesuffix("_date"), record)
    if f"{stem}_code" in record and f"{stem}_raw" in record:
        return _word(stem, record)
    if f"{stem}_text" in record:
        return _with_period(str(record[f"{stem}_text"] or ""), stem, record)
    if kind is FieldKind.STATUS_PERIOD:
        return _absence(stem, record)
    found = record.get(stem)
    return _day(found) if isinstance(found, date) else str(found or "")


def _date(stem: str, record: Row) -> str:
    """As far as it is known; of a death without a date that it happened."""
    year, month, day = (record.get(f"{stem}_{part}") for part in ("year", "month", "day"))
    parts = [f"{day:02d}" if day and month else "", f"{month:02d}" if month else "", f"{year}" if year else ""]
    told = "/".join(filter(None, parts)) if year else ""
    if told and record.get(f"{stem}_calendar") == _LUNAR:
        told += " âm lịch"
    kind = record.get(f"{stem}_kind")
    if kind == _MISSING:
        return f"mất tích {told}".strip()
    return told or ("chết" if kind else "")


def _word(stem: str, record: Row) -> str:
    written, code = record[f"{stem}_raw"], record[f"{stem}_code"]
    if written or not code:
        return str(written or "")
    return code_lists.code_list(_LISTS[stem]).label(code)


def _with_period(text: str, stem: str, record: Row) -> str:
    period = _period(stem, record)
    return f"{text} ({period})" if text and period else text or period


def _absence(stem: str, record: Row) -> str:
    said = {ABSENT: "tạm vắng", PRESENT: "không"}.get(record.get(f"{stem}_status") or "", "")
    period = _period(stem, record)
    return period or said


def _period(stem: str, record: Row) -> str:
    ends = ((word, record.get(f"{stem}_{end}")) for word, end in (("từ", "from"), ("đến", "to")))
    return " ".join(f"{word} {_day(at)}" for word, at in ends if at is not None)


def _day(at: date) -> str:
    return f"{at.day:02d}/{at.month:02d}/{at.year:04d}"


_LISTS: Mapping[str, str] = {
    column.name.removesuffix("_code"): field.code_list
    for field in ALL_FIELDS
    for column in field.columns
    if field.code_list and column.name.endswith("_code")
}
