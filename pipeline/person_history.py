"""`sohoa person history`: what a person was at each moment, as the store knew it then; values masked.

Valid time is what the ledgers say (the day of the entry); recorded time is when the store learned it. What the person
said at a moment is chosen anew by survivorship from the records that were its own then, so nothing is kept twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from dedup.survivorship import survive
from pipeline.batch_steps import MEMBERS
from pipeline.inquiries import Row, asked
from pipeline.intake import VIET_NAM_TIME
from pipeline.person_values import masked_values
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.fields import ALL_FIELDS
from schemas.messages import Language, text
from store import audit
from store.audit import Event
from store.engine import Store
from store.person_periods import Period, Periods, periods_of, records_said

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class AsAt:
    """A person at a moment.

    Attributes:
        person_id: the id under which it stood then.
        records: its records then, sorted.
        silent: those of them in whose place a mended one stood.
        gone: those of them that an undoing took out since: what they said is not kept.
    """

    person_id: str
    records: tuple[str, ...]
    silent: frozenset[str]
    gone: tuple[str, ...]


def history(person_id: str, as_at: str | None, settings: Settings) -> list[Row]:
    """What the person was since each moment at which that changed, or at the moment `as_at` alone.

    Args:
        person_id: a person, also under a former id, or one that is gone.
        as_at: an ISO time, of Viet Nam where it names no zone; None: each moment.
        settings: where the store is, in which language.

    Returns:
        Rows of at (ISO), cause (load | parted | joined | undo), batch, person, records (each record_id, entry_date,
        recorded_at), values (field, value masked, entry_date, record_id), is_whole (False: records of then are
        gone, and no values are told), is_certain (False: the store noted no changes yet); the earliest first.

    Raises:
        UsageError: person.unknown, person.moment_unreadable, person.not_yet: there was no such person then.
    """
    moment = None if as_at is None else _moment(as_at)
    event = Event("person.history_masked", "person", person_id)
    with asked(settings) as store, audit.refusals(store, event):
        known = periods_of(store, person_id) if _ID.fullmatch(person_id) else None
        if known is None or not known.periods:
            raise UsageError("person.unknown", person=person_id)
        audit.record(store, event)
        if moment is None:
            return _changes(store, person_id, known, settings.language)
        found = as_known(known, person_id, moment)
        if found is None:
            raise UsageError("person.not_yet", person=person_id)
        return [_row(store, found, moment, known, settings.language)]


def as_known(known: Periods, person_id: str, moment: datetime) -> AsAt | None:
    """The person as the store knew it at that moment; None: it had no record of it.

    An id that had no record then stands for the person that had the lowest of its records.
    """
    then = {p.record_id: p for p in known.periods if _holds(p, moment) and p.person_id is not None}
    bearer = person_id
    if all(p.person_id != person_id for p in then.values()):
        borne = {p.record_id for p in known.periods if p.person_id == person_id}
        led = sorted(record for record in then if record in borne)
        if not led:
            return None
        bearer = str(then[led[0]].person_id)
    own = tuple(sorted(record for record, p in then.items() if p.person_id == bearer))
    silent = frozenset(old for old, new in known.replaced if old in own and new in own)
    return AsAt(bearer, own, silent, tuple(record for record in own if not then[record].is_kept))


def in_words(rows: Iterable[Row], language: Language) -> Iterator[tuple[str, list[Row]]]:
    """A table for each moment: its fields with value, day of the entry and when the store learned it."""
    labels = {f.name: f.label_vi if language == "vi" else f.label_en for f in ALL_FIELDS}
    for row in rows:
        cause = text(f"person.history.{row['cause']}", language)
        at = datetime.fromisoformat(row["at"]).astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y %H:%M:%S")
        title = text("person.history.at", language, at=at, cause=cause, records=len(row["records"]))
        notes = [] if row["is_certain"] else [text("person.history.uncertain", language)]
        notes += [] if row["is_whole"] else [text("person.history.gone", language)]
        told: list[Row] = [
            {"field": labels[v["field"]], "value": v["value"], "since": v["entry_date"] or "",
             "record_id": v["record_id"]}
            for v in row["values"]
        ]  # fmt: skip
        bare: list[Row] = [{"record_id": r["record_id"]} for r in row["records"]]
        yield " ".join([title, *notes]), told or bare


def _changes(store: Store, person_id: str, known: Periods, language: Language) -> list[Row]:
    moments = {p.recorded_from for p in known.periods} | {p.recorded_to for p in known.periods if p.recorded_to}
    rows, before = list[Row](), None
    for moment in sorted(moments):
        found = as_known(known, person_id, moment)
        if found is not None and found != before:
            rows.append(_row(store, found, moment, known, language))
        before = found
    return rows


def _row(store: Store, found: AsAt, moment: datetime, known: Periods, language: Language) -> Row:
    told = records_said(store, found.records, found.silent)
    cause, batch = _cause(found, moment, known.periods)
    began = {p.record_id: p.recorded_from for p in known.periods if _holds(p, moment)}
    days = dict(zip(told["record_id"].to_pylist(), told["entry_date"].to_pylist(), strict=True))
    return {
        "at": moment.isoformat(), "cause": cause, "batch": batch, "person": found.person_id,
        "records": [{"record_id": r, "entry_date": _iso(days.get(r)), "recorded_at": began[r].isoformat()}
                    for r in found.records],
        "values": [] if found.gone else _values(found, told, days, language),
        "is_whole": not found.gone, "is_certain": moment >= known.since,
    }  # fmt: skip


def _values(found: AsAt, told: pa.Table, days: Mapping[str, object], language: Language) -> list[Row]:
    owner = pa.array([found.person_id] * told.num_rows, pa.string())
    golden, sources = survive(told.append_column(MEMBERS.schema.field("person_id"), owner))
    (chosen,) = golden.to_pylist()
    source = {row["field"]: row["record_id"] for row in sources.to_pylist()}
    shown = masked_values(chosen, language)
    whence = {name: source.get(name, chosen["main_record_id"]) for name, value in shown.items() if value}
    return [
        {"field": name, "value": shown[name], "entry_date": _iso(days.get(record)), "record_id": record}
        for name, record in whence.items()
    ]


def _cause(found: AsAt, moment: datetime, periods: Sequence[Period]) -> tuple[str, str | None]:
    """What made the person what it was: the last thing that ended or began a period of its records until then."""
    ended = [p for p in periods if p.recorded_to and p.recorded_to <= moment]
    ended = [p for p in ended if p.person_id == found.person_id or p.record_id in found.records]
    began = [p for p in periods if p.record_id in found.records and _holds(p, moment)]
    last = max(ended, key=lambda p: p.recorded_to or moment, default=None)
    newest = max(began, key=lambda p: p.recorded_from)
    if last is not None and last.recorded_to and last.recorded_to >= newest.recorded_from:
        return str(last.cause), last.batch_id
    return "load", newest.batch_id if newest.recorded_to is None else None


def _holds(period: Period, moment: datetime) -> bool:
    return period.recorded_from <= moment and (period.recorded_to is None or moment < period.recorded_to)


def _iso(day: object) -> str | None:
    return None if day is None else str(day)


def _moment(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError("person.moment_unreadable", given=given[:40]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIET_NAM_TIME)
