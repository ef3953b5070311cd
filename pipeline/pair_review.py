"""A pair that waits, for the page where it is decided: both records field by field, their households, what was decided.

What the model found is not in it: whoever decides labels the pair, and labels must not follow the score.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pipeline.intake import VIET_NAM_TIME
from pipeline.masking import mask
from pipeline.model_file import matching_model
from pipeline.pair_worth import Scorer
from pipeline.person_values import clear_values, masked_values
from pipeline.settings import Settings
from schemas import code_lists
from schemas.field import Field
from schemas.fields import ALL_FIELDS
from schemas.messages import Language, text
from store import audit, household_reports, pair_views, reviews
from store.audit import Event
from store.engine import Store
from store.pair_views import Pair
from store.reviews import Judgement, Verdict

State = Literal["same", "differs", "one"]
_MOST_MEMBERS = 12


@dataclass(frozen=True)
class Word:
    """A word of a value; is it one that the other record does not say?"""

    text: str
    is_other: bool


@dataclass(frozen=True)
class ComparedField:
    """A field of both records: its label, the words of each, and whether they are the same, differ, or one is empty."""

    name: str
    label: str
    left: tuple[Word, ...]
    right: tuple[Word, ...]
    state: State


@dataclass(frozen=True)
class Member:
    """A person of the household of a record: name, year of birth, relation to the head; is it the person itself?"""

    name: str
    born: str
    relation: str
    is_self: bool


@dataclass(frozen=True)
class PairView:
    """A pair as it is shown.

    Attributes:
        places: file, sheet and line of the left and the right record.
        fields: those that at least one of the two says something in.
        empty: labels of the fields in which neither says anything.
        households: those who live with the left and with the right person.
        history: day, decision in words, who, why.
    """

    places: tuple[str, str]
    fields: tuple[ComparedField, ...]
    empty: tuple[str, ...]
    households: tuple[tuple[Member, ...], tuple[Member, ...]]
    history: tuple[tuple[str, str, str, str], ...]


def in_order(store: Store, settings: Settings) -> tuple[tuple[str, str], ...]:
    """The ids of all pairs that wait, those most worth a look first; reads the whole pile of the session's province."""
    pairs = reviews.open_pairs(store)
    scorer = Scorer(matching_model(settings.model).match_weight)
    values = scorer.worth_of(pairs, (pairs["left_person_id"], pairs["right_person_id"]))
    shown = pairs.select(["left_record_id", "right_record_id"]).take(np.argsort(-values, kind="stable"))
    return tuple(zip(*(column.to_pylist() for column in shown.columns), strict=True))


def view(store: Store, pair: Pair, language: Language, why: str | None = "") -> PairView:
    """What is shown of a pair, after the audit was told.

    Args:
        store: of whoever looks.
        pair: which.
        language: of the labels.
        why: the reason that was given for seeing it in clear, "" = it lies in the viewer's own pile; None = masked.
    """
    action = "review.pair_shown_masked" if why is None else "review.pair_revealed"
    province = next(iter(pair.provinces)) if len(pair.provinces) == 1 else ""
    said = (why,) if why else ()
    audit.record(store, Event(action, "record", pair.left, pair.right, province_code=province, said=said))
    found = {row["record_id"]: row for row in pair_views.records(store, (pair.left, pair.right)).to_pylist()}
    one, other = found[pair.left], found[pair.right]
    compared = [_compared(field, one, other, language, is_clear=why is not None) for field in ALL_FIELDS]
    return PairView(
        _places(store, pair), tuple(f for f in compared if f.left or f.right),
        tuple(f.label for f in compared if not (f.left or f.right)),
        (_household(store, pair.left_person, language, is_clear=why is not None),
         _household(store, pair.right_person, language, is_clear=why is not None)),
        tuple(
            (f"{s.recorded_at.astimezone(VIET_NAM_TIME):%d/%m/%Y %H:%M}",
             text(f"person.decision.{s.decision}", language), s.author, s.reason)
            for s in pair_views.history(store, pair)
        ),
    )  # fmt: skip


def decide(store: Store, pair: Pair, verdict: Verdict, author: str, reason: str) -> None:
    """Record a decision about a pair.

    Raises:
        UsageError: store.pair_unknown.
    """
    judgement = Judgement(pair.left, pair.right, verdict, author, reason)
    with audit.refusals(store, reviews.event_of(judgement)):
        reviews.decide(store, judgement)


def undo(store: Store, pair: Pair, author: str, reason: str) -> None:
    """Take back the decision that stands for a pair.

    Raises:
        UsageError: store.judgement_unknown.
    """
    judgement = Judgement(pair.left, pair.right, "different", author, reason)
    with audit.refusals(store, reviews.event_of(judgement, "review.undone")):
        reviews.undo(store, judgement)


def _places(store: Store, pair: Pair) -> tuple[str, str]:
    found = {row["record_id"]: row for row in reviews.sides(store, (pair.left, pair.right)).to_pylist()}
    left, right = (found.get(record, {}) for record in (pair.left, pair.right))
    return _place(left), _place(right)


def _place(row: Mapping[str, Any]) -> str:
    where = " ".join(filter(None, (row.get("file"), row.get("sheet"))))
    return f"{where}:{row.get('line') or ''}"


def _compared(
    field: Field, one: Mapping[str, Any], other: Mapping[str, Any], language: Language, *, is_clear: bool
) -> ComparedField:
    """Whether two values differ is told of hidden ones, too; which words differ only where they are shown in clear."""
    clear = [clear_values(row, language)[field.name] for row in (one, other)]
    shown = clear if is_clear and field.sensitivity != "sensitive" else [
        masked_values(row, language)[field.name] for row in (one, other)
    ]  # fmt: skip
    is_same = clear[0].casefold() == clear[1].casefold()
    state: State = "same" if is_same else "differs" if all(clear) else "one"
    marks = state == "differs" and shown is clear
    label = field.label_vi if language == "vi" else field.label_en
    sides = [
        _words(a, b) if marks else tuple(Word(word, is_other=False) for word in a.split())
        for a, b in ((shown[0], shown[1]), (shown[1], shown[0]))
    ]
    return ComparedField(field.name, label, sides[0], sides[1], state)


def _words(value: str, other: str) -> tuple[Word, ...]:
    """The words of a value; those that the other does not have, as often, are marked."""
    left = Counter(other.casefold().split())
    marked = []
    for word in value.split():
        left[word.casefold()] -= 1
        marked.append(Word(word, is_other=left[word.casefold()] < 0))
    return tuple(marked)


def _household(store: Store, person_id: str, language: Language, *, is_clear: bool) -> tuple[Member, ...]:
    """Those of the household where a person lived last."""
    stays = household_reports.person_stays(store, person_id).to_pylist()
    if not stays:
        return ()
    present: Sequence[Mapping[str, Any]] = household_reports.roster(store, stays[-1]["household_key"]).to_pylist()
    return tuple(
        Member(
            row["full_name"] or "" if is_clear else mask(row["full_name"] or "", "full_name_raw"),
            str(row["birth_year"] or ""), _relation(row["relation_code"], language), row["person_id"] == person_id,
        )
        for row in present[:_MOST_MEMBERS]
    )  # fmt: skip


def _relation(code: str | None, language: Language) -> str:
    known = {c.code: c for c in code_lists.code_list("relations").codes}.get(code or "")
    return "" if known is None else known.label if language == "vi" else known.label_en
