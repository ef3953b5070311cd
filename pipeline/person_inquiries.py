"""What people ask of persons on the command line: why two are one or not, and how one was built; names masked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from dedup.asked import compare_asked
from dedup.model import Model
from dedup.waterfall import NAMES, PRIOR, Step, reasons, waterfall
from pipeline.batch_steps import store_model
from pipeline.inquiries import Row, asked
from pipeline.intake import VIET_NAM_TIME
from pipeline.person_values import masked_values
from pipeline.settings import Settings
from quality import sections_match
from quality.wording import number
from schemas import fields
from schemas.errors import UsageError
from schemas.messages import Language, text
from schemas.tables import LEVEL_NAMES, MATCH_RECORDS
from store import audit, person_reports, reports
from store.audit import Event
from store.engine import Store


@dataclass(frozen=True)
class Built:
    """How a person was built; every list is one of rows.

    Attributes:
        person_id: the id under which it stands now.
        records: its records with place and day of the batch.
        joined_by: pairs of them that are matches, with weight and the strongest reasons.
        in_doubt: pairs of them that wait for review or were refused.
        redirects: persons that became this one.
        judgements: what somebody decided about pairs with a record of it.
        changes: what somebody parted from it or joined to it.
        values: each golden value, masked, with the record it came from and the rule that chose it.
    """

    person_id: str
    records: list[Row]
    joined_by: list[Row]
    in_doubt: list[Row]
    redirects: list[Row]
    judgements: list[Row]
    changes: list[Row]
    values: list[Row]


def why(one: str, other: str, settings: Settings) -> list[Row]:
    """The compared pairs between two persons (or records), in words and step by step, the likeliest first.

    Of two who are in no pair of the store, the likeliest pair of records is compared now, with why it is in none.
    """
    model = store_model(settings)
    event = Event("person.why_masked", "person", one, other)
    with asked(settings) as store, audit.refusals(store, event):
        for given in (one, other):
            if not reports.is_known(store, given):
                raise UsageError("person.unknown", person=given)
        audit.record(store, event)
        found = reports.pairs_between(store, one, other).to_pylist()
        if not found:
            found = _compared_now(
                reports.compared_records(store, one), reports.compared_records(store, other), settings, model
            )
    return [_pair_row(row, model, settings.language) for row in found]


def how(person_id: str, settings: Settings) -> Built:
    """How a person was built, also one under a former id. Raises UsageError person.unknown."""
    model = store_model(settings)
    event = Event("person.how_masked", "person", person_id)
    with asked(settings) as store, audit.refusals(store, event):
        current = reports.current_person_id(store, person_id)
        if current is None:
            raise UsageError("person.unknown", person=person_id)
        audit.record(store, replace(event, about=current))
        records = person_reports.record_places(store, current).to_pylist()
        pairs = reports.pairs_between(store, current, current).to_pylist()
        decided = person_reports.decisions(store, current).to_pylist()
        standing = {(d["left_record_id"], d["right_record_id"]): d["decision"] for d in decided}
        inside = [_inside_row(pair, standing, model, settings.language) for pair in pairs]
        return Built(
            current,
            [_record_row(row) for row in records],
            [row for row in inside if row["state"] in ("match", "same")],
            [row for row in inside if row["state"] not in ("match", "same")],
            [_redirect_row(row) for row in person_reports.redirects(store, current).to_pylist()],
            [_judgement_row(row, records) for row in decided],
            [_change_row(row) for row in person_reports.changes(store, current).to_pylist()],
            _values(store, current, settings.language),
        )


def _compared_now(one: pa.Table, other: pa.Table, settings: Settings, model: Model) -> list[Row]:
    """The likeliest pair of two persons whom no pair of the store joins; none where there is one record only."""
    wanted = list(MATCH_RECORDS.column_names)
    pair = compare_asked(one.select(wanted), other.select(wanted), model)
    if pair is None:
        return []
    places = {r["record_id"]: r for r in (*one.to_pylist(), *other.to_pylist())}
    sides = (("left", places[pair.left]), ("right", places[pair.right]))
    below = "weak" if pair.weight < model.review_weight else "missed"
    reason = f"person.why.{below if pair.shares_key else 'no_key'}"
    return [
        {
            **{f"{side}_{what}": row[what] for side, row in sides for what in ("record_id", "file", "sheet", "line")},
            "outcome": "not_compared", "match_weight": pair.weight, "match_probability": pair.probability,
            "model_version": model.version, **pair.levels, "why": text(reason, settings.language),
        }
    ]  # fmt: skip


def _pair_row(row: Row, model: Model, language: Language) -> Row:
    said = sections_match.in_words(_levels(row), language)
    return {
        "left": _place(row, "left_"), "right": _place(row, "right_"), "outcome": row["outcome"],
        "weight": round(row["match_weight"], 2), "probability": round(row["match_probability"], 9),
        "agreed": "; ".join(said.agreed), "differed": "; ".join(said.differed),
        "not_compared": "; ".join(said.silent), "why": row.get("why", ""),
        "thresholds": {"match": model.match_weight, "review": model.review_weight}, "model": row["model_version"],
        "steps": [_step_row(step, row["model_version"], model, language) for step in _steps(row, model)],
    }  # fmt: skip


def _steps(row: Row, model: Model) -> tuple[Step, ...]:
    return waterfall(_levels(row), row["match_weight"], model)


def _step_row(step: Step, version: str | None, model: Model, language: Language) -> Row:
    """A step in words; the last one also holds what another model would change."""
    if step.name in LEVEL_NAMES:
        key = f"report.compare.{step.name}"
        label = text(key, language)
        note = text(f"{key}.{step.level}" if step.level else "person.step.silent", language)
    else:
        is_other = step.name == NAMES and version not in (None, model.version)
        key = "person.step." + ("other_model" if is_other else step.name)
        label, note = text(key, language), text(f"{key}.note", language, version=version)
    return {
        "step": step.name, "label": label, "note": note, "gain": round(step.gain, 3), "total": round(step.total, 3),
    }  # fmt: skip


def _levels(row: Row) -> Mapping[str, int]:
    return {name: row[name] for name in LEVEL_NAMES}


def _inside_row(row: Row, standing: Mapping[tuple[str, str], str], model: Model, language: Language) -> Row:
    """A pair inside a person; what somebody decided counts before what was found."""
    ids = (row["left_record_id"], row["right_record_id"])
    decided = standing.get(ids, "undone")
    state = row["outcome"]
    if decided != "undone":
        state = decided
    elif state == "review":
        state = "refused" if row["match_weight"] >= model.match_weight else "waiting"
    strongest = [s for s in reasons(_steps(row, model)) if s.name not in (PRIOR, NAMES)]
    return {
        "left": _place(row, "left_"), "right": _place(row, "right_"), "state": state,
        "weight": round(row["match_weight"], 2),
        "reasons": "; ".join(
            f"{text(f'report.compare.{s.name}.{s.level}', language)} (+{number(s.gain, language, 1)})"
            for s in strongest
        ),
        "left_record_id": ids[0], "right_record_id": ids[1],
    }  # fmt: skip


def _record_row(row: Row) -> Row:
    return {
        "place": _place(row), "day": _day(row["recorded_at"]), "batch": row["batch_id"],
        "record_id": row["record_id"], "replaced_by": row["known_record_id"],
    }  # fmt: skip


def _redirect_row(row: Row) -> Row:
    return {"person": row["retired_person_id"], "day": _day(row["recorded_at"]), "batch": row["batch_id"]}


def _judgement_row(row: Row, records: Iterable[Row]) -> Row:
    """The places of records of the person itself; of another person's record the id."""
    places = {r["record_id"]: _place(r) for r in records}
    left, right = row["left_record_id"], row["right_record_id"]
    return {
        "left": places.get(left, left), "right": places.get(right, right), "decision": row["decision"],
        "author": row["author"], "reason": row["reason"], "day": _day(row["recorded_at"]),
        "left_record_id": left, "right_record_id": right,
    }  # fmt: skip


def _change_row(row: Row) -> Row:
    return {
        "change": row["kind"], "from_person": row["from_person_id"], "to_person": row["person_id"],
        "rows": row["records"], "author": row["author"], "reason": row["reason"], "day": _day(row["recorded_at"]),
    }  # fmt: skip


def _values(store: Store, person_id: str, language: Language) -> list[Row]:
    (golden,) = reports.person(store, person_id).to_pylist()
    shown = masked_values(golden, language)
    order = {f.name: place for place, f in enumerate(fields.ALL_FIELDS)}
    found = sorted(reports.person_sources(store, person_id).to_pylist(), key=lambda r: order.get(r["field"], 99))
    wanted = ("file", "sheet", "line", "method", "record_id")
    return [{"field": r["field"], "value": shown.get(r["field"], ""), **{k: r[k] for k in wanted}} for r in found]


def _place(row: Row, side: str = "") -> str:
    where = " ".join(filter(None, (row[f"{side}file"], row[f"{side}sheet"])))
    return f"{where}:{row[f'{side}line']}"


def _day(moment: datetime | None) -> str:
    return moment.astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y") if moment else ""
