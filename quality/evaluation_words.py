"""An evaluation in words: shares with their intervals, names of groups and of ways to choose pairs."""

from typing import Protocol

from quality.report_json import province_name
from quality.wording import exact_share, number, span
from schemas import code_lists
from schemas.evaluation import Estimate, PairEvaluation, PairScores, Point, Rate
from schemas.messages import Language, text

_DECADE = 10
_NOTHING = "–"


def share_of(rate: Rate, language: Language) -> tuple[str, str]:
    """A rate and its interval; dashes where there was nothing to be a share of."""
    if not rate.whole:
        return _NOTHING, ""
    return exact_share(rate.value, language), span(rate.low, rate.high, language)


def estimate(found: Estimate, language: Language) -> tuple[str, str]:
    """An estimate and its interval."""
    return exact_share(found.value, language), span(found.low, found.high, language)


def f1_of(scores: PairScores, language: Language) -> tuple[str, str]:
    """F1 of pairs; a dash where there was nothing to find and nothing was found."""
    if not scores.precision.whole and not scores.recall.whole:
        return _NOTHING, ""
    return estimate(scores.f1, language)


class Grouped(Protocol):
    """Whatever belongs to a group: its dimension, its code and the list of the code."""

    @property
    def dimension(self) -> str:
        """One of DIMENSIONS."""

    @property
    def code(self) -> str | None:
        """Code, province or decade; None = not known."""

    @property
    def code_list(self) -> str | None:
        """List of the code, for ethnic groups."""


def group_label(group: Grouped, language: Language) -> str:
    """Male, Kinh, 1950–1959, Hà Nội; a code that no list has stands for itself."""
    code = group.code
    if code is None:
        return text("evaluation.group.unknown", language)
    if group.dimension == "birth_decade":
        return f"{code}–{int(code) + _DECADE - 1}"
    if group.dimension == "province":
        return province_name(code)
    name = group.code_list if group.dimension == "ethnic_group" else "sex"
    codes = code_lists.code_list(name).codes if name in code_lists.NAMES else ()
    found = next((c for c in codes if c.code == code), None)
    if found is None:
        return code
    return found.label if language == "vi" else found.label_en


def points(pairs: PairEvaluation, language: Language) -> list[tuple[str, Point]]:
    """Ways to choose pairs, by name: as decided, by probability, the best, and when all that waits is decided."""
    named = [(text("evaluation.point.matches", language), pairs.matches)]
    named += [(f"p ≥ {number(p.threshold or 0, language, 2)}", p) for p in pairs.at]
    if pairs.best is not None:
        at = number(pairs.best.threshold or 0, language, 4)
        named.append((text("evaluation.point.best", language, threshold=at), pairs.best))
    return [*named, (text("evaluation.point.decided", language), pairs.review.decided)]
