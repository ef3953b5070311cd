"""A pair of two provinces, for whoever speaks for one of them: the own record, and of the other only what agrees.

Nobody sees a value of another province. Whether a field says the same is told of each, as on the pages of hidden
fields; what the other province says of the pair is told once the own word is said. Both provinces together decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.person_values import clear_values, masked_values
from schemas.fields import ALL_FIELDS
from schemas.messages import Language
from store import audit, cross_pairs, pair_views, reviews
from store.audit import Event
from store.cross_pairs import CrossPair, Word
from store.engine import Store
from store.reviews import Judgement

State = Literal["same", "differs", "one"]
MOST = 1_000


@dataclass(frozen=True)
class OwnField:
    """A field: its label, what the own record says, and whether the other says the same, another thing, or nothing."""

    name: str
    label: str
    own: str
    state: State


@dataclass(frozen=True)
class CrossView:
    """A pair as one of its provinces sees it: fields, its own word, and that of the other, if the own one is said."""

    fields: tuple[OwnField, ...]
    own: Word | None
    other: str


def view(nation: Store, pair: CrossPair, province_code: str, language: Language, *, is_clear: bool) -> CrossView:
    """What is shown of a pair, after the audit was told.

    Args:
        nation: the store, of the nation; its audit names who looks.
        pair: which.
        province_code: for which of its two provinces.
        language: of the labels.
        is_clear: the own record in clear.
    """
    action = "review.cross_revealed" if is_clear else "review.cross_shown_masked"
    audit.record(nation, Event(action, "record", pair.left, pair.right, province_code=province_code))
    found = {row["record_id"]: row for row in pair_views.records(nation, (pair.left, pair.right)).to_pylist()}
    own_id = pair.record_of(province_code)
    own, other = found[own_id], found[pair.right if own_id == pair.left else pair.left]
    said = cross_pairs.words(nation, pair)
    told = _fields(own, other, language, is_clear=is_clear)
    mine = said.get(province_code)
    theirs = said.get(pair.other(province_code))
    return CrossView(told, mine, theirs.decision if mine is not None and theirs is not None else "")


def say(nation: Store, own: Store, pair: CrossPair, province_code: str, word: Word) -> None:
    """Say the word of a province; where both say the same, the pair is decided.

    Args:
        nation: the store, of the nation.
        own: the same, limited to the province.
        pair: which.
        province_code: which of its two provinces.
        word: what it says.

    Raises:
        UsageError: store.pair_unknown; review.who_and_why.
    """
    with audit.refusals(own, cross_pairs.event_of(pair, province_code, word)):
        cross_pairs.say(own, pair, province_code, word)
    found = cross_pairs.words(nation, pair)
    verdict = cross_pairs.agreed(found, pair)
    if verdict is None or not pair.is_open:
        return
    both = [found[code] for code in sorted(pair.provinces)]
    authors, reasons = "; ".join(word.author for word in both), "; ".join(word.reason for word in both)
    judgement = Judgement(pair.left, pair.right, verdict, authors, reasons)
    with audit.refusals(nation, reviews.event_of(judgement)):
        reviews.decide(nation, judgement)


def _fields(
    own: Mapping[str, object], other: Mapping[str, object], language: Language, *, is_clear: bool
) -> tuple[OwnField, ...]:
    clear, their, masked = clear_values(own, language), clear_values(other, language), masked_values(own, language)
    fields = []
    for field in ALL_FIELDS:
        mine, others = clear[field.name], their[field.name]
        if not (mine or others):
            continue
        is_same = mine.casefold() == others.casefold()
        state: State = "same" if is_same else "differs" if mine and others else "one"
        shown = mine if is_clear and field.sensitivity != "sensitive" else masked[field.name]
        fields.append(OwnField(field.name, field.label_vi if language == "vi" else field.label_en, shown, state))
    return tuple(fields)
