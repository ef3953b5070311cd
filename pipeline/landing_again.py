"""Deliveries of a province and a range of days that are not wholly in the store: fetched and run again.

What is in the store is left alone, so asking twice, or for a range that is too long, does nothing more. What waits for
its run, or is not fetched yet, comes by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline import landing_ledger, landing_zones
from pipeline.inquiries import asked
from pipeline.intake import VIET_NAM_TIME
from pipeline.landing_ledger import Entry
from pipeline.landing_zones import Zone
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import queries, reports
from store.engine import Store

_RUN_BEFORE = ("sent", "known")


@dataclass(frozen=True)
class Again:
    """A delivery that is run again: its zone, province, digest, day, batch, and why (`landing.again.<why>`)."""

    zone: str
    province: str
    delivery: str
    day: str
    batch_id: str
    why: str


def again(province: str, first: date, last: date, settings: Settings, *, is_trial: bool = False) -> list[Again]:
    """Have the deliveries of a province that came in those days, both included, fetched at the next look and run again.

    Args:
        province: code of the 34 or the 63, as the table of zones has it.
        first: day in Viet Nam on which the deliveries were whole.
        last: the last such day.
        settings: of this machine.
        is_trial: only say which.

    Raises:
        UsageError: landing.no_such_province: no zone is of that province.
        SystemFailed: landing.busy; may pass.
    """
    zones = [zone for zone in landing_zones.zones(settings) if zone.province == province]
    if not zones:
        raise UsageError("landing.no_such_province", province=province)
    found: list[Again] = []
    with asked(settings) as store:
        for zone in zones:
            with landing_ledger.held(zone.name, settings):
                entries = landing_ledger.read(zone.name, settings)
                chosen = dict(_chosen(zone, entries.values(), (first, last), store))
                found += chosen.values()
                # Without a stamp the next look takes it for one that has just come.
                entries |= {name: replace(entries[name], state="new", stamp="") for name in chosen}
                if chosen and not is_trial:
                    landing_ledger.write(zone.name, entries, settings)
    return found


def _chosen(
    zone: Zone, entries: Iterable[Entry], days: tuple[date, date], store: Store
) -> Iterator[tuple[str, Again]]:  # fmt: skip
    for entry in sorted(entries, key=lambda each: each.since):
        day = datetime.fromisoformat(entry.since).astimezone(VIET_NAM_TIME).date()
        if entry.state not in _RUN_BEFORE or not days[0] <= day <= days[1]:
            continue
        why = _why(entry.batch_id, store)
        if why:
            yield entry.name, Again(zone.name, zone.province, entry.key, day.isoformat(), entry.batch_id, why)


def _why(batch_id: str, store: Store) -> str:
    """Why a batch is not wholly in the store; "" where it is."""
    batch = reports.batch(store, batch_id)
    if batch is None:
        return "not_loaded"
    if batch.state != "loaded":
        return str(batch.state)
    return "given_up" if queries.is_without_a_file(store, batch_id) else ""
