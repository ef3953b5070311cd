"""What has to be done to a store every night: is it sound, is its audit, sign that, back it up, let go what is due.

Each part stands alone, as a task of the DAG `maintain`; it answers with counts, and raises where a person is needed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline import audit, backups, inquiries, retention
from pipeline.settings import Settings
from schemas.errors import SohoaError, UsageError

Told = Mapping[str, Any]


def check_store(settings: Settings) -> Told:
    """Check the invariants of the store. Raises SohoaError maintain.store_broken, which names them."""
    broken = inquiries.broken_invariants(settings)
    if broken:
        names = ", ".join(sorted({str(row["invariant"]) for row in broken}))
        raise SohoaError("maintain.store_broken", rules=names, count=len(broken))
    return {"broken": 0}


def sign_audit(settings: Settings) -> Told:
    """Verify the whole audit and sign its head; written to the folder of heads if there is one.

    Raises:
        SohoaError: maintain.audit_changed: the chain or a head is not what it was.
        UsageError, SettingsError: as `audit.sign_head`.
    """
    kept = settings.audit_heads
    has_heads = kept is not None and any(kept.glob("head-*.txt"))
    found = audit.verified(settings, kept if has_heads else None)
    if found.findings:
        raise SohoaError("maintain.audit_changed", count=len(found.findings))
    try:
        signed = audit.sign_head(settings, kept)
    except UsageError as wrong:
        if wrong.code != "audit.empty":
            raise
        return {"events": 0}
    return {"events": signed.head.sequence, "written": len(signed.files)}


def back_up(settings: Settings, today: date) -> Told | None:
    """Back the embedded store up under today's date; None where no folder is set, or a platform does it.

    Raises:
        SohoaError: maintain.backup_broken: the backup was taken, of a store that is not sound.
        StoreUnavailable, Refused, UsageError: as `sohoa store backup`.
    """
    if settings.backups is None or settings.store_url is not None:
        return None
    target = settings.backups / today.isoformat()
    if target.exists():  # of a try that ended after the backup
        return {"folder": today.isoformat(), "is_new": False}
    made = backups.back_up(target, settings)
    if made["broken"]:
        raise SohoaError("maintain.backup_broken", rules=", ".join(made["broken"]))
    return {"folder": today.isoformat(), "is_new": True, "bytes": made["bytes"], "persons": made["persons"]}


def let_go(settings: Settings, today: date) -> Told:
    """Remove what is past its time, with a written proof; how many by rule."""
    with inquiries.asked(settings) as store:
        return dict(retention.apply(store, settings, today).counts)
