"""The pairs that wait for a person: listed with those most worth a look first, names masked; decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.inquiries import Row, asked
from pipeline.intake import resolve_province
from pipeline.masking import mask
from pipeline.model_file import matching_model
from pipeline.pair_worth import Scorer
from pipeline.settings import Settings
from quality import sections_match
from schemas.errors import UsageError
from schemas.messages import Language
from schemas.tables import LEVEL_NAMES
from store import audit, reviews
from store.audit import Event
from store.reviews import Judgement, Verdict

_DIGITS = 2


@dataclass(frozen=True)
class Pile:
    """The first pairs of the pile, and how many wait in all."""

    rows: list[Row]
    waiting: int


def pile(province: str | None, limit: int, settings: Settings) -> Pile:
    """The pairs that wait, those most worth a look first (`dedup.worth`).

    Args:
        province: code of the 34 or the 63; pairs with a record of it. None = of all.
        limit: most pairs that are shown.
        settings: of this machine.

    Raises:
        UsageError: province.unknown; model.unreadable.
    """
    code = resolve_province(province)[0] if province else None
    scorer = Scorer(matching_model(settings.model).match_weight)
    with asked(settings) as store:
        audit.record(store, Event("review.shown_masked", "pile", province_code=code or ""))
        pairs = reviews.open_pairs(store, code)
        values = scorer.worth_of(pairs, (pairs["left_person_id"], pairs["right_person_id"]))
        # pairs come in the order of their ids, so those of one worth stand in it too
        order = np.argsort(-values, kind="stable")[:limit]
        shown = pairs.take(pa.array(order)).to_pylist()
        ids = sorted({row[f"{side}_record_id"] for row in shown for side in ("left", "right")})
        sides = {row["record_id"]: row for row in reviews.sides(store, ids).to_pylist()}
    worth = values[order].tolist()
    rows = [_row(row, w, sides, settings.language) for row, w in zip(shown, worth, strict=True)]
    return Pile(rows, pairs.num_rows)


def decide(left: str, right: str, *, same: bool, different: bool, author: str, reason: str, settings: Settings) -> str:
    """Record that two records are one person, or two; returns the key of what to say.

    Raises:
        UsageError: not exactly one answer, nobody named, no reason, or a pair that nobody compared.
    """
    if same == different:
        raise UsageError("review.one_answer")
    verdict: Verdict = "same" if same else "different"
    judgement = Judgement(left, right, verdict, author.strip(), reason.strip())
    with asked(settings) as store, audit.refusals(store, reviews.event_of(judgement)):
        _demand_signed(judgement)
        reviews.decide(store, judgement)
    return f"review.{verdict}"


def undo(left: str, right: str, author: str, reason: str, settings: Settings) -> str:
    """Take back the decision that stands for a pair; returns the key of what to say.

    Raises:
        UsageError: nobody named, no reason, or no decision stands.
    """
    judgement = Judgement(left, right, "different", author.strip(), reason.strip())
    with asked(settings) as store, audit.refusals(store, reviews.event_of(judgement, "review.undone")):
        _demand_signed(judgement)
        reviews.undo(store, judgement)
    return "review.undone"


def _demand_signed(judgement: Judgement) -> None:
    if not (judgement.author and judgement.reason):
        raise UsageError("review.who_and_why")


def _row(row: Row, worth: float, sides: Mapping[str, Row], language: Language) -> Row:
    said = sections_match.in_words({name: row[name] for name in LEVEL_NAMES}, language)
    told: dict[str, Any] = {"worth": round(worth, _DIGITS), "probability": round(row["match_probability"], 6)}
    for side in ("left", "right"):
        found = sides.get(row[f"{side}_record_id"], {})
        told[side] = f"{found.get('file') or ''} {found.get('sheet') or ''}:{found.get('line') or ''}"
        told[f"{side}_name"] = mask(found.get("full_name") or "", "full_name_raw")
    told |= {"agreed": "; ".join(said.agreed), "differed": "; ".join(said.differed)}
    return told | {f"{side}_record_id": row[f"{side}_record_id"] for side in ("left", "right")}
