"""Pictures of `sohoa person`: how a match weight comes about, and the records of a person with what joins them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quality import svg
from quality.svg import Caption
from quality.wording import number
from schemas.messages import Language, text

STYLE = (
    'text{font:400 13px "Be Vietnam Pro","Segoe UI","Noto Sans",sans-serif;fill:#17222d}'
    ".title{font-size:17px;font-weight:600}.strong{font-weight:600}.small{fill:#4d5b68;font-size:12px}"
    ".tiny{fill:#4d5b68;font-size:11px}.axis{stroke:#66727e;stroke-width:1}.grid{stroke:#e6eaee;stroke-width:1}"
    ".threshold{stroke:#17222d;stroke-width:1.2;stroke-dasharray:4 3}.joint{stroke:#8d99a5;stroke-width:1}"
    ".start{fill:#8d99a5}.for{fill:#14697c}.against{fill:#a8352c}.final{fill:#33414e}"
    ".node{fill:#33414e}.edge{fill:none;stroke-width:2}.edge.match{stroke:#14697c}"
    ".edge.review{stroke:#d08a1d;stroke-dasharray:5 4}.edge.same{stroke:#14697c;stroke-width:4}"
    ".edge.different{stroke:#a8352c;stroke-width:3;stroke-dasharray:2 4}.paper{fill:#fff;opacity:.85}"
)
"""The colours of the report, for pictures that are files of their own."""
_LEFT, _RIGHT, _ROW, _TOP = 372.0, 830.0, 38.0, 92.0
_WIDTH = 920.0
_TICKS = (1, 2, 5, 10, 20, 50)
_MOST_TICKS = 10
_MOST_NODES = 40
_MOST_LETTERS = 40
_NODE_X, _NODE_ROW, _NODE_TOP = 330.0, 56.0, 74.0

EdgeKind = Literal["match", "review", "same", "different"]


@dataclass(frozen=True)
class Bar:
    """A step: what it is called, what was found, what it changes, and the sum so far."""

    label: str
    note: str
    gain: float
    total: float


@dataclass(frozen=True)
class Node:
    """A record: its place, and a second line about it."""

    label: str
    note: str


@dataclass(frozen=True)
class Edge:
    """What was found or judged of two records, by their places among the nodes; a judgement has no weight."""

    one: int
    other: int
    kind: EdgeKind
    weight: float | None = None


def waterfall(bars: Sequence[Bar], thresholds: Mapping[str, float], sides: str, language: Language) -> str:
    """Bars from the prior to the weight, which is the last one, with the thresholds `review` and `match` as lines."""
    weight = bars[-1].total
    scale = _Scale.of([0.0, *(b.total for b in bars), *thresholds.values()])
    bottom = _TOP + _ROW * (len(bars) + 1)
    parts = [svg.text(16, 26, text("picture.why.title", language), "title"), svg.text(16, 46, sides, "small")]
    parts += _ticks(scale, bottom, language)
    for row, bar in enumerate(bars):
        before = bars[row - 1].total if row else 0.0
        parts += _bar(row, bar, before, scale, language)
    final = Bar(text("picture.why.final", language), "", weight, weight)
    parts += _bar(len(bars), final, None, scale, language)
    for name, anchor in (("review", "end"), ("match", "start")):
        x, away = scale.x(thresholds[name]), -5 if anchor == "end" else 5
        parts.append(svg.line(x, _TOP - 22, x, bottom, f"threshold {name}"))
        said = text(f"picture.why.{name}", language, weight=number(thresholds[name], language, 1))
        parts.append(svg.text(x + away, _TOP - 12, said, "tiny", anchor))
    said = text("picture.why.described", language, weight=number(weight, language, 1), steps=_in_words(bars, language))
    caption = Caption("why", text("picture.why.title", language), said)
    return svg.standalone(svg.picture(caption, (_WIDTH, bottom + 50), parts), STYLE)


def graph(nodes: Sequence[Node], edges: Iterable[Edge], title: str, language: Language) -> str:
    """Records below each other, what joins or parts them as curves beside them; of many records the first ones."""
    shown = nodes[:_MOST_NODES]
    drawn = [e for e in edges if max(e.one, e.other) < len(shown)]
    bottom = _NODE_TOP + _NODE_ROW * len(shown)
    parts = [svg.text(16, 26, title, "title")]
    if len(nodes) > len(shown):
        left_out = text("picture.how.more", language, records=number(len(nodes) - len(shown), language))
        parts.append(svg.text(16, 46, left_out, "small"))
    # Long curves first, so that the labels of short ones lie on top.
    for edge in sorted(drawn, key=lambda e: -abs(e.one - e.other)):
        parts += _curve(edge, language)
    for row, node in enumerate(shown):
        y = _NODE_TOP + _NODE_ROW * row
        parts.append(svg.dot(_NODE_X, y, 7, "node"))
        parts.append(svg.text(_NODE_X - 16, y - 2, _cut(node.label), "strong", "end"))
        parts.append(svg.text(_NODE_X - 16, y + 15, node.note, "small", "end"))
    parts += _key({e.kind for e in drawn}, bottom, language)
    said = text("picture.how.described", language, records=number(len(nodes), language), edges=len(drawn))
    return svg.standalone(svg.picture(Caption("how", title, said), (760, bottom + 36), parts), STYLE)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "_Scale":
        low, high = min(values), max(values)
        room = max(1.0, (high - low) * 0.12)  # the number beside a bar must not touch the edge
        return cls(low - room, high + room)

    def x(self, value: float) -> float:
        return _LEFT + (value - self.low) / (self.high - self.low) * (_RIGHT - _LEFT)


def _ticks(scale: _Scale, bottom: float, language: Language) -> list[str]:
    width = next((w for w in _TICKS if (scale.high - scale.low) / w <= _MOST_TICKS), _TICKS[-1])
    parts = []
    for at in range(-(-int(scale.low) // width) * width, int(scale.high) + 1, width):
        if scale.low <= at <= scale.high:
            parts.append(svg.line(scale.x(at), _TOP, scale.x(at), bottom, "grid" if at else "axis"))
            parts.append(svg.text(scale.x(at), bottom + 16, number(at, language), "tiny", "middle"))
    axis = text("report.weights.axis", language)
    return [*parts, svg.text((_LEFT + _RIGHT) / 2, bottom + 38, axis, "small", "middle")]


def _bar(row: int, bar: Bar, before: float | None, scale: _Scale, language: Language) -> list[str]:
    """One row; `before` is the sum before it, None for the last row, whose bar starts at 0."""
    y, start = _TOP + _ROW * row, scale.x(before or 0.0)
    end = scale.x(bar.total)
    is_final = before is None
    style = "final" if is_final else "start" if row == 0 else "for" if bar.gain >= 0 else "against"
    middle = y + (_ROW / 2 if not bar.note else _ROW / 2 - 4)
    parts = [svg.text(_LEFT - 14, middle + 4 if not bar.note else middle, bar.label, "strong", "end")]
    if bar.note:
        parts.append(svg.text(_LEFT - 14, middle + 15, bar.note, "tiny", "end"))
    parts.append(svg.rect(min(start, end), y + 9, max(1.5, abs(end - start)), _ROW - 18, style))
    if not is_final:
        parts.append(svg.line(end, y + 9, end, y + _ROW + 9, "joint"))
    said = number(bar.gain, language, 1)
    if bar.gain > 0 and not is_final and row:
        said = f"+{said}"
    away, anchor = (6, "start") if end >= start else (-6, "end")
    parts.append(svg.text(end + away, y + _ROW / 2 + 4, said, "small", anchor))
    return parts


def _cut(words: str) -> str:
    """The words as far as there is room beside a record."""
    return words if len(words) <= _MOST_LETTERS else words[: _MOST_LETTERS - 1] + "…"


def _in_words(bars: Sequence[Bar], language: Language) -> str:
    return "; ".join(f"{b.label} {number(b.gain, language, 1)}" for b in bars)


def _curve(edge: Edge, language: Language) -> list[str]:
    top, low = sorted((edge.one, edge.other))
    ends = [(_NODE_X + 8, _NODE_TOP + _NODE_ROW * row) for row in (top, low)]
    # A judgement lies outside the curve of the pair that it decides.
    bend = min(360.0, 60.0 + 46.0 * (low - top)) + (26 if edge.weight is None else 0)
    parts = [svg.arc(ends[0], ends[1], bend, f"edge {edge.kind}")]
    if edge.weight is not None:
        x, y = _NODE_X + 8 + 0.75 * bend, (ends[0][1] + ends[1][1]) / 2
        said = number(edge.weight, language, 1)
        parts.append(svg.rect(x - 4 * len(said) - 2, y - 9, 8 * len(said) + 4, 17, "paper"))
        parts.append(svg.text(x, y + 4, said, "small", "middle"))
    return parts


def _key(kinds: Iterable[EdgeKind], bottom: float, language: Language) -> list[str]:
    parts, x = [], 16.0
    for kind in sorted(kinds):
        said = text(f"picture.how.{kind}", language)
        parts.append(svg.line(x, bottom + 10, x + 26, bottom + 10, f"edge {kind}"))
        parts.append(svg.text(x + 32, bottom + 14, said, "small"))
        x += 52 + 6.6 * len(said)
    return parts
