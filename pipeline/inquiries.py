"""What people ask on the command line: batches, rows kept out, how a person was built, provinces."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.intake import VIET_NAM_TIME, forget_plan, plan_batch
from pipeline.masking import mask
from pipeline.names import files_of, seal_stored_names
from pipeline.settings import Settings
from quality import sections_match
from schemas import code_lists, fields, messages
from schemas.errors import UsageError
from schemas.tables import LEVEL_NAMES, MATCH_RECORDS, OUTCOMES
from store import invariants, queries, reports
from store.digest import store_digest
from store.engine import Store, borrowed, open_store
from store.engine import stop_store as stop_embedded

Row = Mapping[str, Any]
_ROWS_SHOWN = 1000


@contextmanager
def asked(settings: Settings) -> Iterator[Store]:
    """The store for a question: an embedded server that was not running is stopped again."""
    with borrowed(settings.store_url, settings.home):
        store = open_store(settings.store_url, settings.home)
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


def planned(paths: Sequence[Path], province: str, settings: Settings) -> Sequence[Row]:
    """The files of a delivery and whether they were loaded before; nothing is run."""
    plan = plan_batch(paths, province, settings)
    forget_plan(plan)
    with asked(settings) as store:
        known = queries.known_files(store, [f.file_id for f in plan.files])
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
        return list(files_of(store, batch_id, settings, reveal=reveal))


def kept_out(batch_id: str, settings: Settings) -> list[Row]:
    """The rows of a batch in quarantine: place, rule, what was read (masked), what to do, which batch mended it."""
    rows: list[Row] = []
    with asked(settings) as store:
        if reports.batch(store, batch_id) is None:
            raise UsageError("batch.unknown", batch=batch_id)
        found = reports.corrections(store, batch_id)
        mended = dict(zip(found["corrected_record_id"].to_pylist(), found["batch_id"].to_pylist(), strict=True))
        for table in reports.quarantined_rows(store, batch_id):
            shown = table.slice(0, _ROWS_SHOWN - len(rows)).to_pylist()
            rows += [{**_kept_out_row(row, settings), "mended_by": mended.get(row["record_id"])} for row in shown]
            if len(rows) >= _ROWS_SHOWN:
                break
    return rows


def how(person_id: str, settings: Settings) -> list[Row]:
    """Field by field, the place that each golden value of a person came from."""
    with asked(settings) as store:
        found = reports.person_sources(store, person_id).to_pylist()
    if not found:
        raise UsageError("person.unknown", person=person_id)
    order = {f.name: number for number, f in enumerate(fields.ALL_FIELDS)}
    wanted = ("field", "file", "sheet", "line", "method", "record_id")
    return [{k: row[k] for k in wanted} for row in sorted(found, key=lambda r: order.get(r["field"], len(order)))]


def why(one: str, other: str, settings: Settings) -> list[Row]:
    """The compared pairs between two persons (or records), in words: what agreed, what did not, the weight.

    Of two who are in no pair of the store, the likeliest pair of records is compared now, with why it is in none.
    """
    with asked(settings) as store:
        for given in (one, other):
            if not reports.is_known(store, given):
                raise UsageError("person.unknown", person=given)
        found = reports.pairs_between(store, one, other).to_pylist()
        if not found:
            found = _compared_now(
                reports.compared_records(store, one), reports.compared_records(store, other), settings
            )
    return [_pair_row(row, settings.language) for row in found]


def _compared_now(one: pa.Table, other: pa.Table, settings: Settings) -> list[Row]:
    """The likeliest pair of two persons whom no pair of the store joins; none where there is one record only."""
    from dedup.asked import compare_asked
    from pipeline.batch_steps import store_model

    model = store_model(settings)
    wanted = list(MATCH_RECORDS.column_names)
    pair = compare_asked(one.select(wanted), other.select(wanted), model)
    if pair is None:
        return []
    places = {r["record_id"]: r for r in (*one.to_pylist(), *other.to_pylist())}
    sides = (("left", places[pair.left]), ("right", places[pair.right]))
    below = "weak" if pair.weight < model.review_weight else "missed"
    why = f"person.why.{below if pair.shares_key else 'no_key'}"
    return [
        {
            **{f"{side}_{what}": row[what] for side, row in sides for what in ("file", "sheet", "line")},
            "outcome": "not_compared", "match_weight": pair.weight, "match_probability": pair.probability,
            **pair.levels, "why": messages.text(why, settings.language),
        }
    ]  # fmt: skip


def _pair_row(row: Row, language: messages.Language) -> Row:
    said = sections_match.in_words({name: row[name] for name in LEVEL_NAMES}, language)
    places = (f"{row[f'{side}_file']} {row[f'{side}_sheet'] or ''}:{row[f'{side}_line']}" for side in ("left", "right"))
    left, right = places
    return {
        "left": left, "right": right, "outcome": row["outcome"], "weight": round(row["match_weight"], 2),
        "probability": round(row["match_probability"], 6), "agreed": "; ".join(said.agreed),
        "differed": "; ".join(said.differed), "not_compared": "; ".join(said.silent), "why": row.get("why", ""),
    }  # fmt: skip


def broken_invariants(settings: Settings) -> list[Row]:
    """Invariants of the store that do not hold; empty if all is well."""
    with asked(settings) as store:
        return [asdict(violation) for violation in invariants.store_check(store)]


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
    """Stop the embedded store, if there is one."""
    stop_embedded(settings.home)


def report_path(settings: Settings, batch_id: str) -> Path:
    """Where the report of a batch lies."""
    return settings.home / "reports" / f"{batch_id}.html"


def _kept_out_row(row: Row, settings: Settings) -> Row:
    raw = fields.by_name(row["field"]).raw_columns[0] if row["field"] else ""
    return {
        "file": row["file"], "sheet": row["sheet"], "line": row["line"], "rule": row["rule_id"],
        "read": mask(row["raw_value"] or "", raw),
        "do": messages.what_to_do(row["rule_id"], settings.language),
    }  # fmt: skip
