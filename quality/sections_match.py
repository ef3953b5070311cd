"""Example pairs in words: which comparisons agreed, which did not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.report_facts import ShownPair, ShownRecord
from quality.wording import number
from schemas.messages import Language, text
from schemas.tables import LEVEL_NAMES

AGREES_FROM: dict[str, int] = {
    "name_level": 3, "birth_level": 5, "sex_level": 2, "number_level": 3, "family_level": 5, "household_level": 3,
    "place_level": 4,
}  # fmt: skip
"""The level from which a comparison speaks for one person; 0 cannot be compared."""


@dataclass(frozen=True)
class PairShown:
    """A pair with its weight and the words of its comparisons."""

    is_merged: bool
    with_store: bool
    weight: str
    agreed: tuple[str, ...]
    differed: tuple[str, ...]
    silent: tuple[str, ...]
    sides: tuple[ShownRecord, ShownRecord]


@dataclass(frozen=True)
class Words:
    """What the comparisons of a pair say: what agreed, what did not, what could not be compared."""

    agreed: tuple[str, ...]
    differed: tuple[str, ...]
    silent: tuple[str, ...]


def pairs(examples: Iterable[ShownPair], language: Language) -> tuple[PairShown, ...]:
    """The examples in words, as they come."""
    return tuple(_pair(pair, language) for pair in examples)


def in_words(levels: Mapping[str, int], language: Language) -> Words:
    """The levels of a pair, by comparison, in words."""
    agreed, differed, silent = [], [], []
    for name in LEVEL_NAMES:
        level = levels.get(name, 0)
        if not level:
            silent.append(text(f"report.compare.{name}", language))
        elif level >= AGREES_FROM[name]:
            agreed.append(text(f"report.compare.{name}.{level}", language))
        else:
            differed.append(text(f"report.compare.{name}.{level}", language))
    return Words(tuple(agreed), tuple(differed), tuple(silent))


def _pair(pair: ShownPair, language: Language) -> PairShown:
    said = in_words(pair.levels, language)
    return PairShown(
        pair.outcome == "match", pair.with_store, number(pair.match_weight, language, 1), said.agreed, said.differed,
        said.silent, (pair.left, pair.right),
    )  # fmt: skip
