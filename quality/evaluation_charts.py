"""The pictures of an evaluation: precision against recall, said against true, intervals of groups.

Good matchings lie in a corner, so axes begin near what is shown; captions say where.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality import svg
from quality.svg import Caption
from quality.wording import exact_share, number
from schemas.evaluation import Bin, Calibration, Group, PairEvaluation, PairScores, Point
from schemas.messages import Language, text

_STARTS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
_TICKS = 5
_TOP_FROM = 0.9
_STRIP, _EDGE = 200.0, 4.0


@dataclass(frozen=True)
class _Panel:
    """A square of a picture, and the shares at its lower left corner; the upper right one is 1, 1."""

    left: float
    top: float
    width: float
    height: float
    low_x: float
    low_y: float

    def x(self, value: float) -> float:
        return self.left + self.width * (max(value, self.low_x) - self.low_x) / (1 - self.low_x)

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - (max(value, self.low_y) - self.low_y) / (1 - self.low_y))


def start(values: Iterable[float]) -> float:
    """Where an axis begins that shows these shares: the highest of a few round ones that is not above any."""
    least = min(values, default=0.0)
    return max(s for s in _STARTS if s <= least)


def precision_recall(pairs: PairEvaluation, language: Language, key: str) -> Markup:
    """The curve over all thresholds; on it the probabilities named in the table, the best F1, and what was joined."""
    named = _marks(pairs, language)
    shown = [p for _, p in named]
    panel = _Panel(74, 14, 500, 226, start(p.recall.value for p in shown), start(p.precision.value for p in shown))
    curve = [c for c in pairs.curve if c.recall >= panel.low_x and c.precision >= panel.low_y]
    parts = [
        *_frame(panel, language),
        svg.polyline(((panel.x(c.recall), panel.y(c.precision)) for c in curve), "curve"),
    ]
    for place, (name, point) in enumerate(sorted(named, key=lambda n: n[1].recall.value)):
        style = "match" if point is pairs.matches else "review" if point is pairs.best else "read"
        parts += _named(panel, point, name, place, style)
    parts += _axes(panel, text("evaluation.recall", language), text("evaluation.precision", language))
    words = text("evaluation.curve.described", language, recall=exact_share(pairs.matches.recall.value, language),
                 precision=exact_share(pairs.matches.precision.value, language))  # fmt: skip
    return svg.picture(Caption(key, text("evaluation.curve.title", language), words), (600, 290), parts, "evaluated")


def reliability(found: Calibration, language: Language, key: str) -> Markup:
    """What was said of the pairs of each bin against what is true; on the right the last bin alone, cut finer."""
    whole = _Panel(64, 26, 220, 220, 0, 0)
    low = min(start([b.true.low for b in found.top]), _TOP_FROM)
    top = _Panel(366, 26, 220, 220, _TOP_FROM, low)
    parts: list[str] = []
    said, true = (text(f"evaluation.column.{c}", language) for c in ("said", "true_share"))
    for panel, bins, title in ((whole, found.bins, "all"), (top, found.top, "top")):
        least = max(panel.low_x, panel.low_y)
        parts += _frame(panel, language)
        parts.append(svg.line(panel.x(least), panel.y(least), panel.x(1), panel.y(1), "diagonal"))
        parts += [piece for b in bins for piece in _bin(panel, b)]
        parts += _axes(panel, said, true)
        heading = text(f"evaluation.reliability.{title}", language)
        parts.append(svg.text(panel.left + panel.width / 2, 16, heading, "small", "middle"))
    words = text("evaluation.reliability.described", language, error=exact_share(found.error, language))
    caption = Caption(key, text("evaluation.reliability.title", language), words)
    return svg.picture(caption, (600, 296), parts, "evaluated")


def strip(group: Group, low: float, caption: Caption) -> Markup:
    """The intervals of precision (above) and recall (below) of a group from `low` to 1."""
    scores = scores_of(group)
    parts = [svg.rect(0, 0, _STRIP, 22, "none")]
    for y, rate, style in () if scores is None else ((6.0, scores.precision, "first"), (16.0, scores.recall, "second")):
        if rate.whole:
            ends = [
                _EDGE + (_STRIP - 2 * _EDGE) * (max(v, low) - low) / (1 - low)
                for v in (rate.low, rate.high, rate.value)
            ]
            parts += [svg.line(ends[0], y, ends[1], y, f"interval {style}"), svg.dot(ends[2], y, 3.4, f"dot {style}")]
    return svg.picture(caption, (_STRIP, 22), parts, "strip")


def scores_of(group: Group) -> PairScores | None:
    """Scores of the pairs inside clusters; without clusters of the pairs that were joined."""
    return group.clustered or group.matches


def strip_start(groups: Sequence[Group]) -> float:
    """Where the strips of groups begin: four of five intervals fit, 0.9 is always seen; what lies lower is cut off."""
    scores = [s for g in groups if not g.is_small and (s := scores_of(g)) is not None]
    lows = sorted(rate.low for s in scores for rate in (s.precision, s.recall) if rate.whole)
    return min(_TOP_FROM, start(lows[len(lows) // 5 :]))


def _marks(pairs: PairEvaluation, language: Language) -> list[tuple[str, Point]]:
    """The points that have a name on the curve; those without pairs have no place."""
    named = [(text("evaluation.point.matches", language), pairs.matches)]
    named += [(f"p ≥ {number(p.threshold or 0, language, 2)}", p) for p in pairs.at]
    if pairs.best is not None:
        named.append((text("evaluation.point.best_short", language), pairs.best))
    return [(name, point) for name, point in named if point.found]


def _named(panel: _Panel, point: Point, name: str, place: int, style: str) -> list[str]:
    """A point with a line down to its name; names stand one below the other so that they do not cover each other."""
    x, y = panel.x(point.recall.value), panel.y(point.precision.value)
    name_y = panel.top + 60 + 24 * place
    side = -5 if x > panel.left + 130 else 5
    return [
        svg.line(x, y, x, name_y - 4, "pointer"),
        svg.dot(x, y, 5 if style == "match" else 4, style),
        svg.text(x + side, name_y, name, "small", "end" if side < 0 else "start"),
    ]


def _bin(panel: _Panel, found: Bin) -> list[str]:
    x = panel.x(found.said)
    return [
        svg.line(x, panel.y(found.true.low), x, panel.y(found.true.high), "interval first"),
        svg.dot(x, panel.y(found.true.value), 3.6, "dot first"),
    ]


def _frame(panel: _Panel, language: Language) -> list[str]:
    """Thin lines with their shares along both axes."""
    right, bottom = panel.left + panel.width, panel.top + panel.height
    parts = []
    for tick in range(_TICKS + 1):
        at_x, at_y = (low + (1 - low) * tick / _TICKS for low in (panel.low_x, panel.low_y))
        x, y = panel.x(at_x), panel.y(at_y)
        parts += [
            svg.line(panel.left, y, right, y, "grid"),
            svg.line(x, panel.top, x, bottom, "grid"),
            svg.text(panel.left - 6, y + 4, _tick(at_y, panel.low_y, language), "tiny", "end"),
            svg.text(x, bottom + 16, _tick(at_x, panel.low_x, language), "tiny", "middle"),
        ]
    return parts


def _tick(value: float, low: float, language: Language) -> str:
    """A share in per cent with the digits that tell the ticks of its axis apart."""
    digits = 0 if low <= 0.8 else 1 if low < 0.98 else 2 if low < 0.999 else 3
    return number(100 * value, language, digits)


def _axes(panel: _Panel, below: str, beside: str) -> list[str]:
    bottom = panel.top + panel.height
    upright = f'<g transform="translate({panel.left - 50:.1f} {panel.top + panel.height / 2:.1f}) rotate(-90)">'
    return [
        svg.line(panel.left, bottom, panel.left + panel.width, bottom, "axis"),
        svg.line(panel.left, panel.top, panel.left, bottom, "axis"),
        svg.text(panel.left + panel.width / 2, bottom + 36, f"{below}, %", "small", "middle"),
        f"{upright}{svg.text(0, 0, f'{beside}, %', 'small', 'middle')}</g>",
    ]
