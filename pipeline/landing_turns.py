"""Whose turn it is: fair shares of the runs among provinces, from what the ledgers say alone.

A province that delivers a hundred batches at once has a few at work; the others come as they did before.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline import landing, landing_ledger, landing_zones
from pipeline.landing import Landed
from pipeline.landing_zones import Shares, Zone
from pipeline.sealing import ENDING
from pipeline.settings import Settings

_LAST_STEP = "report_batch"
_GIVEN_UP = timedelta(days=1)
Turn = dict[str, str]


def turns(settings: Settings, now: datetime | None = None) -> list[Turn]:
    """The deliveries whose runs may begin now, in order: zone, province, batch_id, folder, since of each."""
    zones = landing_zones.zones(settings)
    waiting = [landed for zone in zones for landed in landing.waiting_for_runs(zone, settings)]
    working = at_work(zones, settings, now or datetime.now(UTC))
    return [asdict(landed) for landed in fair(waiting, working, landing_zones.shares(settings))]


def fair(waiting: Sequence[Landed], working: Counter[str], shares: Shares) -> list[Landed]:
    """The next ones: the first of each province before the second of any, within both shares.

    Args:
        waiting: what waits, of all provinces.
        working: deliveries at work by province.
        shares: how many go at once, of all and of one province.
    """
    rank = Counter(working)
    ranked: list[tuple[int, str, str, Landed]] = []
    for landed in sorted(waiting, key=lambda each: (each.since, each.batch_id)):
        if rank[landed.province] < shares.per_province:
            ranked.append((rank[landed.province], landed.since, landed.batch_id, landed))
            rank[landed.province] += 1
    ranked.sort(key=lambda each: each[:3])
    return [landed for *_, landed in ranked[: max(0, shares.active - working.total())]]


def at_work(zones: Sequence[Zone], settings: Settings, now: datetime) -> Counter[str]:
    """Deliveries whose runs were asked for and have not ended, by province; after a day they count as ended."""
    found: Counter[str] = Counter()
    for zone in zones:
        for entry in landing_ledger.read(zone.name, settings).values():
            folder = Path(entry.folder)
            is_new = now - datetime.fromisoformat(entry.since) < _GIVEN_UP
            if entry.state == "sent" and is_new and folder.is_dir() and not (folder / f"{_LAST_STEP}{ENDING}").exists():
                found[zone.province] += 1
    return found
