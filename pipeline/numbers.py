"""What people ask of personal numbers on the command line, masked; and numbers issued to the whole store.

Each question, and each refusal of one, is an event of the audit.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace

from pipeline.inquiries import Row, asked
from pipeline.intake import VIET_NAM_TIME
from pipeline.issuing_authority import issuing_authority
from pipeline.masking import mask
from pipeline.settings import Settings
from schemas.errors import SettingsError, UsageError
from schemas.messages import Language, text
from store import audit, number_reports
from store.audit import Event
from store.load import issue_to_all

_IN_WORDS = ("state", "event")


def buckets(settings: Settings) -> list[Row]:
    """How full each province, sex and year of birth is, and whether it will soon be full."""
    with asked(settings) as store:
        audit.record(store, Event("numbers.buckets_shown", "numbers"))
        return number_reports.buckets(store)


def history(given: str, settings: Settings) -> list[Row]:
    """What happened to the numbers of a person, named by its id or by any number it ever bore; numbers masked.

    Raises:
        UsageError: numbers.unknown.
    """
    event = Event("numbers.history_masked", "person", given)
    with asked(settings) as store, audit.refusals(store, event):
        found = number_reports.history(store, given)
        if found is None:
            raise UsageError("numbers.unknown")
        person, events = found
        audit.record(store, replace(event, about=person))
    return [
        {
            "person": person, "day": event["recorded_at"].astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y %H:%M"),
            "event": event["event"],
            **{n: event[n] and mask(event[n], "personal_number_raw") for n in ("old_number", "new_number")},
            "batch": event["batch_id"], "author": event["author"], "reason": event["note"],
        }
        for event in events
    ]  # fmt: skip


def issue(settings: Settings) -> Row:
    """Issue to all persons of the store who may have a number and have none.

    Raises:
        SettingsError: numbers.no_authority, or the key is not there.
    """
    with asked(settings) as store, audit.refusals(store, Event("numbers.issued", "numbers")):
        authority = issuing_authority(settings)
        if authority is None:
            raise SettingsError("numbers.no_authority")
        return asdict(issue_to_all(store, authority))


def in_words(rows: Iterable[Row], language: Language) -> list[Row]:
    """The rows of `buckets` or `history` for people: what state a bucket is in, what happened to a number."""
    return [
        {n: text(f"numbers.{n}.{value}", language) if n in _IN_WORDS else value for n, value in row.items()}
        for row in rows
    ]
