"""What people ask on the command line: batches, rows kept out, invariants, provinces."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.acting import acting
from pipeline.intake import VIET_NAM_TIME, forget_plan, plan_batch
from pipeline.masking import mask
from pipeline.names import files_of, seal_stored_names
from pipeline.scope import scope_of
from pipeline.settings import Settings
from schemas import code_lists, fields, messages
from schemas.errors import UsageError
from schemas.tables import OUTCOMES
from store import audit, invariants, queries, reports, row_judgements
from store.audit import Event
from store.digest import store_digest
from store.engine import Store, borrowed, open_store
from store.engine import stop_store as stop_embedded
from store.restore import clear_trial

Row = Mapping[str, Any]
_ROWS_SHOWN = 1000


@contextmanager
def asked(settings: Settings) -> Iterator[Store]:
    """The store for a question: an embedded server that was not running is stopped again."""
    with borrowed(settings.store_url, settings.home):
        store = open_store(settings.store_url, settings.home, acting(settings), scope_of(settings))
        try:
            seal_stored_names(store, settings)
            yield store
        finally:
            store.close()


def digest(settings: Settings) -> list[Row]:
    """What the store says, as one hash a part and one of all."""
    with asked(settings) as store:
        found = store_digest(store)
    parts = [{"part": name, "rows": rows, "digest": told} for name, (rows, told) in found.parts.items()]
    return [*parts, {"part": "store", "rows": sum(rows for rows, _ in found.parts.values()), "digest": found.whole}]


def batches(settings: Settings) -> list[Row]:
    """The batches of the store, newest first, with their sums and the report's path."""
    with asked(settings) as store:
        found = reports.batches(store).to_pylist()
    return [
        {
            "batch_id": row["batch_id"], "province": row["province_code"], "state": row["state"],
            "recorded_at": row["recorded_at"].astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y %H:%M"),
            "read": row["read"], **{o: row[o] for o in OUTCOMES},
            "report": str(report_path(settings, row["batch_id"])),
        }
        for row in found
    ]  # fmt: skip


def planned(
    paths: Sequence[Path],
    province: str,
    settings: Settings,
    seen: Callable[[str, list[Path]], None] = lambda batch_id, new: None,
) -> Sequence[Row]:
    """The files of a delivery and whether they were loaded before; nothing is run.

    `seen` hears the id of the batch and where its new files lie, archives unpacked, as long as it listens.
    """
    plan = plan_batch(paths, province, settings)
    try:
        with asked(settings) as store:
            known = queries.known_files(store, [f.file_id for f in plan.files])
        seen(plan.batch_id, [Path(f.path) for f in plan.files if f.file_id not in known and f.refused is None])
    finally:
        forget_plan(plan)
    return [
        {
            "path": f.given, "file": f.name, "file_id": f.file_id,
            "known_batch_id": plan.batch_id if f in plan.repeats else known.get(f.file_id),
            "refused": f.refused.code if f.refused else None,
        }
        for f in plan.all_files
    ]  # fmt: skip


def files(batch_id: str, settings: Settings, *, reveal: bool) -> list[Row]:
    """The files of a batch by their aliases, with outcome and sums; with the paths they were given under on demand."""
    with asked(settings) as store:
        if not reveal:
            return list(files_of(store, batch_id, settings, reveal=False))
        event = Event("batch.names_revealed", "batch", batch_id)
        with audit.refusals(store, event):
            found = list(files_of(store, batch_id, settings, reveal=True))
        audit.record(store, event)
        return found


def kept_out(batch_id: str, settings: Settings) -> list[Row]:
    """The rows of a batch in quarantine: place, rule, what was read (masked), what to do, what became of each.

    What became of it: which batch mended it, what was decided about it and by whom.
    """
    rows: list[Row] = []
    event = Event("batch.rows_shown_masked", "batch", batch_id)
    with asked(settings) as store, audit.refusals(store, event):
        if reports.batch(store, batch_id) is None:
            raise UsageError("batch.unknown", batch=batch_id)
        audit.record(store, event)
        found = reports.corrections(store, batch_id)
        stands = row_judgements.standing(store).to_pylist()
        decided = {row["content_id"]: (row["decision"], row["author"]) for row in stands}
        mended = dict(zip(found["corrected_record_id"].to_pylist(), found["batch_id"].to_pylist(), strict=True))
        for table in reports.quarantined_rows(store, batch_id):
            shown = table.slice(0, _ROWS_SHOWN - len(rows)).to_pylist()
            rows += [
                {
                    **_kept_out_row(row, settings), "mended_by": mended.get(row["record_id"]),
                    **_decided(decided.get(row["content_id"]), settings), "record_id": row["record_id"],
                }
                for row in shown
            ]  # fmt: skip
            if len(rows) >= _ROWS_SHOWN:
                break
    return rows


def broken_invariants(settings: Settings) -> list[Row]:
    """Invariants of the store that do not hold; empty if all is well."""
    with asked(settings) as store:
        broken = invariants.store_check(store)
        audit.record(store, Event("store.checked", "store", reason="broken" if broken else "sound"))
        return [asdict(violation) for violation in broken]


def provinces() -> list[Row]:
    """The 63 codes with the code of the 34 that each became."""
    return [
        {"code_63": r["gso_code"], "name": r["name"], "code_34": r["successor_code_34"], "now": r["successor_name_34"]}
        for r in code_lists.rows("provinces_63")
    ]


def start_store(settings: Settings) -> None:
    """Start the embedded store, migrate it, and leave it running."""
    open_store(settings.store_url, settings.home).close()


def stop_store(settings: Settings) -> None:
    """Stop the embedded store, if there is one, and what a restore that was killed left running."""
    clear_trial(settings.home)
    stop_embedded(settings.home)


def report_path(settings: Settings, batch_id: str) -> Path:
    """Where the report of a batch lies."""
    return settings.home / "reports" / f"{batch_id}.html"


def _decided(decided: tuple[str, str] | None, settings: Settings) -> Row:
    decision, author = decided or (None, None)
    word = messages.text(f"decided.{decision}", settings.language) if decision else None
    return {"decided": word, "author": author}


def _kept_out_row(row: Row, settings: Settings) -> Row:
    raw = fields.by_name(row["field"]).raw_columns[0] if row["field"] else ""
    return {
        "file": row["file"], "sheet": row["sheet"], "line": row["line"], "rule": row["rule_id"],
        "read": mask(row["raw_value"] or "", raw),
        "do": messages.what_to_do(row["rule_id"], settings.language),
    }  # fmt: skip
