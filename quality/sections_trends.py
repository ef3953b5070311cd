"""Expectations over several batches or months, in the words of a language: a small picture and the table behind it."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from quality import period_trend, sections_gate
from quality.period_trend import Trend, TrendPoint
from quality.suite import BATCH
from quality.wording import exact_share, number
from schemas.messages import Language, text

Labels = Callable[[TrendPoint], tuple[str, str]]
"""What a point is called, and where it leads ("" = nowhere)."""


@dataclass(frozen=True)
class PointShown:
    """One point of a trend."""

    at: str
    link: str
    failed: str
    has_failed: bool
    span: str


@dataclass(frozen=True)
class TrendShown:
    """One expectation over the points."""

    id: str
    wrong: str
    picture: Markup
    failed: str
    has_failed: bool
    span: str
    points: tuple[PointShown, ...]


def trend_shown(trend: Trend, labels: Labels, key: str, language: Language) -> TrendShown:
    """A trend with its picture and its table.

    Args:
        trend: what is shown.
        labels: names of its points.
        key: makes the ids of the picture unique on the page.
        language: of the words.
    """
    seen = [v for p in trend.points for v in (p.low, p.high) if v is not None]
    low, high = (min(seen), max(seen)) if seen else (None, None)
    failed, batches = number(trend.failed, language), number(trend.batches, language)
    said = text("period.gate.described", language, failed=failed, batches=batches,
                low=_value(trend, low, language), high=_value(trend, high, language))  # fmt: skip
    title = sections_gate.wrong_of(trend.id, language)
    points = tuple(
        PointShown(
            *labels(p),
            text("period.gate.of", language, failed=number(p.failed, language), batches=number(p.batches, language)),
            p.failed > 0, _seen(trend, p.low, p.high, language),
        )
        for p in trend.points
    )  # fmt: skip
    return TrendShown(
        trend.id, title, period_trend.chart(trend, title, said, f"{language}-{key}-{trend.id.replace('.', '-')}"),
        text("period.gate.of", language, failed=failed, batches=batches), trend.failed > 0,
        _seen(trend, low, high, language), points,
    )  # fmt: skip


def _seen(trend: Trend, low: float | None, high: float | None, language: Language) -> str:
    least, most = _value(trend, low, language), _value(trend, high, language)
    return least if least == most else f"{least} – {most}"


def _value(trend: Trend, value: float | None, language: Language) -> str:
    if value is None:
        return text("period.gate.unmeasured", language)
    if trend.field == BATCH and not trend.column.endswith("_share"):
        return number(value, language, 0 if value == int(value) else 1)
    return exact_share(value, language)
