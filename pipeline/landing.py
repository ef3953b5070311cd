"""Landing: whole files from the zones of the provinces become deliveries, each with a run folder of its own, sealed.

Nothing in a zone is written, moved or deleted: what became of each file stands in our ledger. A delivery is a folder at
the top of a zone, or a file there with the memo and index files of its table. It is fetched once it is whole: as its
manifest declares it (names, lengths, hashes), or unchanged between two looks and open for writing by nobody. The same
delivery seen again, or sent again under another name, is the same batch.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline import landing_ledger, run_openings
from pipeline.context import opened_run
from pipeline.delivery import COMPANIONS
from pipeline.inquiries import asked
from pipeline.intake import Plan, forget_plan, plan_copied
from pipeline.landing_files import Seen, ZoneFiles, opened, safe_relative
from pipeline.landing_ledger import Entry
from pipeline.landing_manifest import Declared, declared_by, is_manifest
from pipeline.landing_zones import Zone
from pipeline.settings import Settings
from schemas.errors import SohoaError, SystemFailed
from store import queries, reports

DELIVERY = "delivery.json"
_MIB = 1 << 20


@dataclass(frozen=True)
class Landed:
    """A delivery whose run is to be asked for: its zone, province, batch and run folder; since when it waits."""

    zone: str
    province: str
    batch_id: str
    folder: str
    since: str


def look(zone: Zone, settings: Settings, now: datetime | None = None) -> list[Landed]:
    """Look at a zone once, fetch what is whole, and return the deliveries whose runs are to be asked for.

    What goes wrong with one delivery is noted in its entry and keeps no other out.

    Raises:
        SystemFailed: landing.unreachable, landing.busy; may pass.
        SettingsError: landing.no_driver, landing.secrets_unreadable, landing.secrets_open.
    """
    moment = now or datetime.now(UTC)
    with landing_ledger.held(zone.name, settings), opened(zone) as files:
        entries = landing_ledger.read(zone.name, settings)
        for name, seen in grouped(files.seen()).items():
            before = entries.get(name)
            entries[name] = _looked_at(zone, files, name, seen, before, moment)
            if entries[name].state == "whole":
                entries[name] = _fetched(zone, files, entries[name], seen, settings)
                landing_ledger.write(zone.name, entries, settings)
        landing_ledger.write(zone.name, entries, settings)
    return waiting_for_runs(zone, settings)


def waiting_for_runs(zone: Zone, settings: Settings) -> list[Landed]:
    """Deliveries of a zone that were fetched and whose runs nobody asked for yet, the oldest first."""
    opened_ones = (e for e in landing_ledger.read(zone.name, settings).values() if e.state == "opened")
    found = (Landed(zone.name, zone.province, e.batch_id, e.folder, e.since) for e in opened_ones)
    return sorted(found, key=lambda landed: (landed.since, landed.batch_id))


def sent(zone: Zone, folders: Iterable[str], settings: Settings) -> None:
    """Note that the runs of these run folders were asked for."""
    asked_for = set(folders)
    with landing_ledger.held(zone.name, settings):
        entries = landing_ledger.read(zone.name, settings)
        for name, entry in entries.items():
            if entry.folder in asked_for and entry.state == "opened":
                entries[name] = replace(entry, state="sent")
        landing_ledger.write(zone.name, entries, settings)


def grouped(seen: Iterable[Seen]) -> dict[str, list[Seen]]:
    """The files of each delivery: of a folder at the top, or a file there with its companions and its manifest."""
    groups: dict[str, list[Seen]] = {}
    for each in seen:
        groups.setdefault(_group(each.path), []).append(each)
    return groups


def listed(zone: Zone, settings: Settings) -> list[Mapping[str, Any]]:
    """The entries of a zone for people: by digest, never by name."""
    return [
        {"zone": zone.name, "province": zone.province, "delivery": e.key, "state": e.state, "since": e.since,
         "files": e.files, "bytes": e.size, "batch_id": e.batch_id or None}
        for e in sorted(landing_ledger.read(zone.name, settings).values(), key=lambda e: e.since)
    ]  # fmt: skip


def _group(path: str) -> str:
    top, is_folder, _ = path.partition("/")
    if is_folder:
        return top
    name = is_manifest(top) or top
    pure = PurePosixPath(name)
    return pure.stem + ".dbf" if pure.suffix.lower() in (".dbf", *COMPANIONS) else name


def _looked_at(zone: Zone, files: ZoneFiles, name: str, seen: list[Seen], before: Entry | None, now: datetime) -> Entry:
    """The entry of a delivery after a look: waiting, whole, or as it was where nothing changed."""
    stamp = _stamp(seen)
    is_same = before is not None and before.stamp == stamp
    if before is not None and is_same and before.state in landing_ledger.SETTLED:
        return before
    since = before.since if before is not None and is_same else now.isoformat(timespec="seconds")
    earlier = _earlier(before)
    entry = Entry(name, stamp, "new", since, len(seen), sum(s.size for s in seen), before=earlier)
    return replace(entry, state=_state(zone, files, entry, seen, now))


def _stamp(seen: list[Seen]) -> str:
    told = "\n".join(f"{s.path}\t{s.size}\t{s.stamp}" for s in seen)
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _earlier(before: Entry | None) -> tuple[str, ...]:
    if before is None:
        return ()
    return (*before.before, before.batch_id) if before.batch_id else before.before


def _state(zone: Zone, files: ZoneFiles, entry: Entry, seen: list[Seen], now: datetime) -> str:
    ledgers = [s for s in seen if not is_manifest(s.path)]
    if any(s.is_odd or safe_relative(s.path) is None for s in seen):
        return "unsafe"
    if entry.size > zone.most_mib * _MIB:
        return "too_large"
    declared = declared_by(files, seen)
    if declared is not None:
        return _against(declared, ledgers)
    if zone.whole == "manifest" or not ledgers:
        return "incomplete"
    waited = (now - datetime.fromisoformat(entry.since)).total_seconds()
    if entry.since == now.isoformat(timespec="seconds") or waited < zone.settle_seconds:
        return "new"
    return "whole" if all(files.is_closed(s.path) for s in ledgers) else "growing"


def _against(declared: Declared, ledgers: list[Seen]) -> str:
    """The state of a delivery that has a manifest; hashes are compared when it is fetched."""
    sizes = {s.path: s.size for s in ledgers}
    if declared.is_broken:
        return "incomplete"
    if any(sizes.get(path, -1) < size for path, (size, _) in declared.files.items()):
        return "incomplete"
    if any(sizes[path] > size for path, (size, _) in declared.files.items()):
        return "differs"
    return "undeclared" if set(sizes) - set(declared.files) else "whole"


def _fetched(zone: Zone, files: ZoneFiles, entry: Entry, seen: list[Seen], settings: Settings) -> Entry:
    """Copy a whole delivery, open its run, and say so; what is refused waits with its reason."""
    ledgers = [s for s in seen if not is_manifest(s.path)]
    declared = declared_by(files, seen)
    copied: list[dict[str, Any]] = []

    def copy(folder: Path) -> None:
        for each in ledgers:
            target = safe_relative(each.path)
            if target is None:
                raise SohoaError("landing.changed", zone=zone.name)
            digest = files.copy(each, folder / target)
            if declared is not None and declared.files[each.path][1] != digest:
                raise SohoaError("landing.differs", zone=zone.name)
            copied.append({"name": each.path, "bytes": each.size, "sha256": digest})

    try:
        plan = plan_copied(copy, f"{zone.name}:", zone.province, settings)
        return _opened(zone, entry, plan, copied, settings)
    except SohoaError as wrong:
        if isinstance(wrong, SystemFailed):
            raise
        return replace(
            entry, state={"landing.differs": "differs", "landing.changed": "growing"}.get(wrong.code, "failed")
        )


def _opened(zone: Zone, entry: Entry, plan: Plan, copied: list[dict[str, Any]], settings: Settings) -> Entry:
    if _is_loaded(plan, settings):
        forget_plan(plan)
        return replace(entry, state="known", batch_id=plan.batch_id)
    folder = run_openings.start_planned(plan, settings, zone.reading)
    told = {"zone": zone.name, "since": entry.since, "files": copied}
    with opened_run(folder, settings) as made:
        made.steps.keep_file(DELIVERY, json.dumps(told).encode())
    return replace(entry, state="opened", batch_id=folder.parent.name, folder=str(folder))


def _is_loaded(plan: Plan, settings: Settings) -> bool:
    with asked(settings) as store:
        batch = reports.batch(store, plan.batch_id)
        # What no try came through is tried anew when it is sent again.
        left_out = queries.given_up_files(store, [file.file_id for file in plan.files])
    return batch is not None and batch.state == "loaded" and not left_out
