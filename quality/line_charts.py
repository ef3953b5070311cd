"""Lines over the match weight, with thresholds across them: what the pages on thresholds and on blocking draw."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from quality import svg
from quality.wording import number
from schemas.messages import Language

_STEPS = (1, 2, 4, 5, 10, 20, 25, 50)
_LABEL = 15.0
_MOST_TICKS = 10
Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line of a picture: its points by weight, and its style."""

    points: Sequence[Point]
    style: str


@dataclass(frozen=True)
class Mark:
    """A threshold: where it lies, its name, its style."""

    at: float
    name: str
    style: str


@dataclass(frozen=True)
class Scale:
    """The values of an axis from `low` to `high`, how they are told, and where there is a line to read them by."""

    low: float
    high: float
    ticks: tuple[float, ...]
    told: Callable[[float], str]
    is_log: bool = False

    def share(self, value: float) -> float:
        """How far up the axis a value lies."""
        if self.is_log:
            value = max(value, self.low)
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Frame:
    """A rectangle with an axis of weights below and a scale beside."""

    left: float
    top: float
    width: float
    height: float
    low: float
    high: float
    scale: Scale

    def x(self, weight: float) -> float:
        """Place of a weight."""
        return self.left + self.width * (weight - self.low) / (self.high - self.low)

    def y(self, value: float) -> float:
        """Place of a value."""
        return self.top + self.height * (1 - self.scale.share(value))


def logarithmic(values: Iterable[float], language: Language, decades: int = 5) -> Scale:
    """A scale of powers of ten that holds the values above 0, the highest decades of them."""
    seen = [v for v in values if v > 0] or [1.0]
    high = ceil(log10(max(seen)) - 1e-9)
    low = min(max(floor(log10(min(seen)) + 1e-9), high - decades), high - 1)
    ticks = tuple(10.0**n for n in range(low, high + 1))
    return Scale(10.0**low, 10.0**high, ticks, lambda v: number(v, language, max(0, -floor(log10(v) + 1e-9))), True)


def linear(most: float, language: Language) -> Scale:
    """A scale of whole numbers from 0 to something round that is not less."""
    size = 10.0 ** floor(log10(max(most, 1.0)))
    step = next(s * size / 10 for s in (2, 5, 10, 20) if most <= s * size / 10 * 5)
    step = max(step, 1.0)
    high = step * max(1, ceil(most / step))
    ticks = tuple(step * n for n in range(round(high / step) + 1))
    return Scale(0.0, high, ticks, lambda v: number(v, language))


def shares(low: float, language: Language) -> Scale:
    """A scale of shares from `low` to 1, told in per cent."""
    digits = 0 if low <= 0.8 else 1 if low < 0.98 else 2 if low < 0.999 else 3
    ticks = tuple(low + (1 - low) * n / 5 for n in range(6))
    return Scale(low, 1.0, ticks, lambda v: number(100 * v, language, digits))


def drawn(frame: Frame, lines: Sequence[Line], marks: Sequence[Mark], language: Language) -> list[str]:
    """The frame, its lines and the thresholds across it; names of thresholds stand above the frame, one a row."""
    parts = _grid(frame, language)
    for line in lines:
        parts += [svg.polyline(run, f"line {line.style}") for run in _runs(frame, line.points)]
    for row, mark in enumerate(m for m in marks if frame.low <= m.at <= frame.high):
        x, y = frame.x(mark.at), frame.top - 6 - _LABEL * row
        is_right = x > frame.left + frame.width * 0.6
        parts += [
            svg.line(x, y - 8, x, frame.top + frame.height, f"limit {mark.style}"),
            svg.text(x - 5 if is_right else x + 5, y, mark.name, "small", "end" if is_right else "start"),
        ]
    return parts


def titled(frame: Frame, below: str, beside: str) -> list[str]:
    """What the axes are."""
    middle = frame.top + frame.height / 2
    upright = f'<g transform="translate({frame.left - 56:.1f} {middle:.1f}) rotate(-90)">'
    return [
        svg.text(frame.left + frame.width / 2, frame.top + frame.height + 36, below, "small", "middle"),
        f"{upright}{svg.text(0, 0, beside, 'small', 'middle')}</g>",
    ]


def _grid(frame: Frame, language: Language) -> list[str]:
    right, bottom = frame.left + frame.width, frame.top + frame.height
    parts = []
    for tick in frame.scale.ticks:
        y = frame.y(tick)
        parts += [
            svg.line(frame.left, y, right, y, "grid"),
            svg.text(frame.left - 6, y + 4, frame.scale.told(tick), "tiny", "end"),
        ]
    span = frame.high - frame.low
    step = next((s for s in _STEPS if span / s <= _MOST_TICKS), _STEPS[-1])
    first = ceil(frame.low / step)
    for n in range(first, floor(frame.high / step) + 1):
        x = frame.x(n * step)
        parts += [
            svg.line(x, frame.top, x, bottom, "grid"),
            svg.text(x, bottom + 16, number(n * step, language), "tiny", "middle"),
        ]
    return [
        *parts, svg.line(frame.left, bottom, right, bottom, "axis"),
        svg.line(frame.left, frame.top, frame.left, bottom, "axis"),
    ]  # fmt: skip


def _runs(frame: Frame, points: Sequence[Point]) -> list[list[Point]]:
    """The line as places, in pieces where it leaves the frame below; what is too high is cut off at the top."""
    runs: list[list[Point]] = [[]]
    for weight, value in points:
        if not frame.low <= weight <= frame.high or value < frame.scale.low:
            runs.append([])
        else:
            runs[-1].append((frame.x(weight), frame.y(min(value, frame.scale.high))))
    return [run for run in runs if len(run) > 1]
