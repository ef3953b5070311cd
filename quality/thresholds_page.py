"""Thresholds chosen by cost, as a page: one file, both languages, no network, in the look of the evaluation."""

from dataclasses import dataclass

from markupsafe import Markup

from quality import line_charts as draw
from quality import render, svg
from quality.evaluation_charts import start
from quality.line_charts import Frame, Line, Mark, Scale
from quality.svg import Caption
from quality.wording import exact_share, number
from schemas.messages import LANGUAGES, Language, text
from schemas.thresholds import ThresholdPoint, Thresholds

_BESIDE = 5.0
"""How much of the weights beside the thresholds is drawn (log2 odds)."""
_SIZE = (640.0, 322.0)
_PLACE = (82.0, 46.0, 540.0, 220.0)
_SECTIONS = ("choice", "cost", "quality", "pile", "method")
COLUMNS = ("match", "review", "matches", "wrong", "precision", "recall", "reviews", "missed", "decided", "cost")
"""Columns of the table of choices, in order; texts `thresholds.column.*`."""


@dataclass(frozen=True)
class Shown:
    """What the article says in one language."""

    sentences: tuple[str, ...]
    sections: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    cost: Markup
    rates: Markup
    pile: Markup


def render_thresholds(made: Thresholds) -> str:
    """The page: Vietnamese, with an English switch.

    Raises:
        KeyError: a text is missing in one of the languages.
    """
    articles = {
        language: render.article(
            "thresholds_article.html", language, "thresholds", made=made, show=shown(made, language), columns=COLUMNS
        )
        for language in LANGUAGES
    }
    title = " · ".join(text("thresholds.title", language) for language in LANGUAGES)
    return render.page(title, articles, "evaluation.css")


def shown(made: Thresholds, language: Language) -> Shown:
    """The article of a language as data."""
    return Shown(
        sentences(made, language), _SECTIONS, rows(made, language), _cost(made, language), _rates(made, language),
        _pile(made, language),
    )  # fmt: skip


def sentences(made: Thresholds, language: Language) -> tuple[str, ...]:
    """The choice in words: from which weight on, what it costs, what it keeps, what said which pairs are one person."""
    point, now = made.chosen, made.present
    said = [
        text("thresholds.sentence.chosen", language, match=weight(point.match_weight, language),
             review=weight(point.review_weight, language)),
        text("thresholds.sentence.cost", language, cost=_amount(point.cost, language),
             present=_amount(now.cost, language)),
    ]  # fmt: skip
    for kept, name in ((made.keeps_precision, "precision"), (made.keeps_pile, "pile")):
        if not kept:
            limit = exact_share(getattr(made.limits, name), language)
            said.append(text(f"thresholds.sentence.not_{name}", language, limit=limit))
    said.append(text(f"thresholds.sentence.{made.basis}", language))
    return tuple(said)


def rows(made: Thresholds, language: Language) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name and cells (by COLUMNS) of the present thresholds, the chosen, and the cheapest without limits."""
    points = (("present", made.present), ("chosen", made.chosen), ("cheapest", made.cheapest))
    return tuple((text(f"thresholds.row.{name}", language), _cells(point, language)) for name, point in points)


def weight(value: float, language: Language) -> str:
    """A weight with the digits it has, and the odds it means: 6 (64 : 1)."""
    digits = max(0, len(f"{value:.2f}".rstrip("0").partition(".")[2]))
    odds = 2.0 ** abs(value)
    said = f"{_round(odds, language)} : 1" if value >= 0 else f"1 : {_round(odds, language)}"
    return f"{number(value, language, digits)} ({said})"


def _round(odds: float, language: Language) -> str:
    return number(odds, language, 0 if odds >= 10 or odds == int(odds) else 1)


def _cells(point: ThresholdPoint, language: Language) -> tuple[str, ...]:
    precision = exact_share(point.precision, language)
    if point.precision_low is not None and point.matches:
        precision += f" (≥ {exact_share(point.precision_low, language)})"
    return (
        weight(point.match_weight, language), weight(point.review_weight, language), number(point.matches, language),
        _amount(point.wrong, language), precision, exact_share(point.recall, language),
        number(point.reviews, language), _amount(point.missed, language), exact_share(point.recall_decided, language),
        _amount(point.cost, language),
    )  # fmt: skip


def _amount(value: float, language: Language) -> str:
    """A count, or an expected one with a digit behind where it is small."""
    return number(value, language, 0 if value >= 100 or value == int(value) else 1)


def _cost(made: Thresholds, language: Language) -> Markup:
    """What errors and looks cost over the match threshold, as one sum and by kind."""
    costs, points = made.costs, made.by_match
    parts = {
        "merge": [(p.match_weight, costs.merge * p.wrong) for p in points],
        "duplicate": [(p.match_weight, costs.duplicate * p.missed) for p in points],
        "review": [(p.match_weight, costs.review * p.reviews) for p in points],
        "sum": [(p.match_weight, p.cost) for p in points],
    }
    low, high = _span(made)
    seen = [v for line in parts.values() for w, v in line if low <= w <= high]
    lines = [Line(line, name) for name, line in parts.items()]
    return _picture(
        made, draw.logarithmic(seen, language), lines, _marks(made, "match_weight", language), "cost", language
    )


def _rates(made: Thresholds, language: Language) -> Markup:
    """Precision (with its limit) and recall of the automatic matches over the match threshold, side by side."""
    low, high = _span(made)
    near = [p for p in made.by_match if low <= p.match_weight <= high]
    limit = made.limits.precision
    least = {"precision": min(limit, *(p.precision for p in near)), "recall": min(p.recall for p in near)}
    parts: list[str] = []
    for left, name in ((70.0, "precision"), (392.0, "recall")):
        frame = Frame(left, 46, 226, 220, low, high, draw.shares(start([least[name]]), language))
        lines = [Line([(p.match_weight, getattr(p, name)) for p in made.by_match], name)]
        if name == "precision":
            lines.append(Line(((low, limit), (high, limit)), "most"))
        parts += draw.drawn(frame, lines, _marks(made, "match_weight", language), language)
        beside = f"{text(f'thresholds.key.{name}', language)}, %"
        parts += draw.titled(frame, text("thresholds.axis.match_short", language), beside)
    return svg.picture(_caption(made, "rates", language), _SIZE, parts, "evaluated")


def _pile(made: Thresholds, language: Language) -> Markup:
    """The pairs that wait over the threshold of review, and how many may."""
    low, high = _span(made)
    limit = made.limits.pile * made.records
    near = [p.reviews for p in made.by_review if low <= p.review_weight <= high]
    # a limit far above all that waits would press the line to the ground
    most = max([*near, *([limit] if limit <= 3 * max(near, default=0) else [])], default=0)
    lines = [
        Line([(p.review_weight, p.reviews) for p in made.by_review], "sum"),
        Line(((low, limit), (high, limit)), "most"),
    ]
    marks = _marks(made, "review_weight", language)
    return _picture(made, draw.linear(most, language), lines if limit <= most else lines[:1], marks, "pile", language)


def _picture(
    made: Thresholds, scale: Scale, lines: list[Line], marks: list[Mark], name: str, language: Language
) -> Markup:
    frame = Frame(*_PLACE, *_span(made), scale)
    below = text(f"thresholds.axis.{'review' if name == 'pile' else 'match'}", language)
    beside = text(f"thresholds.axis.{name}", language)
    parts = [*draw.drawn(frame, lines, marks, language), *draw.titled(frame, below, beside)]
    return svg.picture(_caption(made, name, language), _SIZE, parts, "evaluated")


def _caption(made: Thresholds, name: str, language: Language) -> Caption:
    point = made.chosen
    words = text(f"thresholds.{name}.described", language, cost=_amount(point.cost, language),
                 precision=exact_share(point.precision, language), recall=exact_share(point.recall, language),
                 pairs=number(point.reviews, language))  # fmt: skip
    return Caption(f"{language}-{name}-picture", text(f"thresholds.{name}.title", language), words)


def _marks(made: Thresholds, name: str, language: Language) -> list[Mark]:
    """The chosen threshold and the present one; one line where they are the same."""
    chosen, present = getattr(made.chosen, name), getattr(made.present, name)
    if chosen == present:
        return [Mark(chosen, text("thresholds.mark.both", language), "chosen")]
    return [
        Mark(chosen, text("thresholds.mark.chosen", language), "chosen"),
        Mark(present, text("thresholds.mark.present", language), "present"),
    ]


def _span(made: Thresholds) -> tuple[float, float]:
    """The weights that are drawn: those around the thresholds."""
    points = (made.chosen, made.present)
    low, high = min(p.review_weight for p in points), max(p.match_weight for p in points)
    return low - _BESIDE, high + _BESIDE
