"""What is masked is shown in clear to whoever says why, once another person allowed it, for ten minutes.

For auditors, who see everything masked (RELIABILITY, the matrix of roles). Whoever shows pages calls `ask`, `approve`,
`open_to` and `in_clear`, and demands the roles first; the same person never does both. Each showing is an event of the
audit, also one that was refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from pipeline import cell_texts, person_trace
from pipeline.four_eyes import GOOD_FOR, one_person
from pipeline.person_values import clear_values
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.fields import ALL_FIELDS
from store import audit, reports, reveals
from store.engine import Store
from store.reveals import KeptRow, Reveal, Subject

LASTS = timedelta(minutes=10)
"""How long what was allowed stays open, by the server's clock."""


@dataclass(frozen=True)
class Shown:
    """Somebody in clear.

    Attributes:
        reveal: by which wish and grant.
        values: label -> value of each field of a person that has one.
        sources: of a person, rows as of `sohoa person trace`, in clear.
        place: of a row kept out, where it stands.
        cells: of it, letter of the column -> text.
        texts: of it, are the texts still there: kept, past, gone, sealed ("" of a person).
    """

    reveal: Reveal
    values: Mapping[str, str]
    sources: tuple[Mapping[str, Any], ...] = ()
    place: KeptRow | None = None
    cells: Mapping[str, str] | None = None
    texts: str = ""


def ask(store: Store, subject: str, author: str, reason: str) -> Reveal:
    """Ask to see a person (its id, also a former one) or a row kept out (id of its record) in clear.

    Raises:
        UsageError: reveal.unsigned (no name or no reason); reveal.unknown (no such person or row, or one that this
            session does not see).
    """
    who, why = author.strip(), reason.strip()
    about = reveals.event("reveal.asked", "person", subject, "", who, why)
    with audit.refusals(store, about):
        if not who or not why:
            raise UsageError("reveal.unsigned")
        found = reveals.subject_of(store, subject)
        if found is None:
            raise UsageError("reveal.unknown", subject=subject)
        number = reveals.ask(store, found, _plan(found), who, why)
    return _by_number(store, number)


def waiting(store: Store) -> list[Reveal]:
    """The wishes that wait for a second person, the oldest first."""
    return reveals.waiting(store, GOOD_FOR)


def wish(store: Store, number: int) -> Reveal | None:
    """A wish by its number; None where there is none or the session does not see its province."""
    return reveals.by_number(store, number, GOOD_FOR)


def approve(store: Store, number: int, approver: str) -> Reveal:
    """Allow what another person asked for; from now on it is open for `LASTS`.

    Raises:
        UsageError: approval.none (no such wish, or it was allowed before); approval.same_person; approval.stale;
            approval.changed (the person is made of other records now); reveal.unsigned.
    """
    found = reveals.by_number(store, number, GOOD_FOR)
    subject, province = (found.subject, found.province_code) if found else ("", "")
    kind = found.kind if found else "person"
    with audit.refusals(store, reveals.event("reveal.approved", kind, subject, province, approver.strip())):
        if not approver.strip():
            raise UsageError("reveal.unsigned")
        if found is None or found.state not in ("waiting", "stale"):
            raise UsageError("approval.none")
        if one_person(found.author, approver):
            raise UsageError("approval.same_person")
        if found.state == "stale":
            raise UsageError("approval.stale")
        _demand_unchanged(store, found)
        reveals.grant(store, found, approver.strip(), LASTS)
    return _by_number(store, number)


def open_to(store: Store, subject: str, viewer: str) -> Reveal | None:
    """The grant by which somebody may see a person or row in clear now; None where there is none."""
    found = reveals.subject_of(store, subject)
    if found is None:
        return None
    return reveals.open_to(store, found.id, GOOD_FOR, lambda author: one_person(author, viewer))


def in_clear(store: Store, number: int, viewer: str, settings: Settings) -> Shown:
    """Show what was allowed to whoever asked for it; the audit keeps that it was shown.

    Raises:
        UsageError: reveal.none (no such wish, or somebody else's); reveal.waiting (nobody allowed it yet);
            reveal.expired; approval.changed.
    """
    found = reveals.by_number(store, number, GOOD_FOR)
    subject, province = (found.subject, found.province_code) if found else ("", "")
    kind = found.kind if found else "person"
    event = reveals.event("reveal.shown", kind, subject, province, viewer.strip(), found.reason if found else "")
    with audit.refusals(store, event):
        if found is None or not one_person(found.author, viewer):
            raise UsageError("reveal.none")
        if found.state != "open":
            raise UsageError("reveal.expired" if found.state == "expired" else "reveal.waiting")
        _demand_unchanged(store, found)
        audit.record(store, event)
        return _person(store, found, settings) if found.kind == "person" else _row(store, found, settings)


def _person(store: Store, found: Reveal, settings: Settings) -> Shown:
    (golden,) = reports.person(store, found.subject).to_pylist()
    values = clear_values(golden, settings.language)
    labels = {f.name: f.label_vi if settings.language == "vi" else f.label_en for f in ALL_FIELDS}
    sources = person_trace.rows_of(store, found.subject, None, settings, is_clear=True)
    return Shown(found, {labels[name]: value for name, value in values.items() if value}, tuple(sources))


def _row(store: Store, found: Reveal, settings: Settings) -> Shown:
    place = reveals.kept_row(store, found.subject)
    if place is None:
        raise UsageError("approval.changed", subject=found.subject)
    of_row: Any = {name: getattr(place, name) for name in ("record_id", "batch_id", "file_id", "recorded_at")}
    read = cell_texts.of_records([of_row], settings).get(place.record_id, cell_texts.RecordTexts("gone"))
    cells = {letter: cell.text for letter, cell in sorted(read.cells.items()) if cell.text}
    return Shown(found, {}, place=place, cells=cells, texts=read.state)


def _demand_unchanged(store: Store, found: Reveal) -> None:
    subject = reveals.subject_of(store, found.subject)
    if subject is None or _plan(subject) != found.plan:
        raise UsageError("approval.changed", subject=found.subject)


def _by_number(store: Store, number: int) -> Reveal:
    found = reveals.by_number(store, number, GOOD_FOR)
    if found is None:
        raise UsageError("reveal.none")
    return found


def _plan(subject: Subject) -> str:
    return sha256("\n".join((subject.kind, subject.id, *subject.content)).encode()).hexdigest()
