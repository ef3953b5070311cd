"""The pictures of the report, drawn by plain arithmetic: match weights, the age pyramid, bars of shares."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from quality import svg
from quality.profiling import FinalDigits
from quality.report import OLDEST_GROUP, AgeGroup
from quality.report_facts import WeightCount
from quality.svg import Caption
from quality.wording import number
from schemas.messages import Language, text

_MOST_BINS = 16
_DIGIT = 6.2
"""Width of a digit in the smallest letters of a picture."""

_BIN_WIDTHS = (1, 2, 5, 10, 20, 50, 100)


def weights(
    counts: Iterable[WeightCount], thresholds: Mapping[str, float | None], language: Language, key: str
) -> Markup:
    """Pairs by match weight: those that wait for review, those that were merged; thresholds as lines."""
    bins, width = _bins(tuple(counts), thresholds.get("match"))
    low, high = min(bins), max(bins) + width
    slot = 560 / max(1, (high - low) // width)
    most = max(sum(b.values()) for b in bins.values())
    parts = [svg.line(20, 190, 580, 190, "axis")]
    for start, by_outcome in sorted(bins.items()):
        parts += _column(20 + (start - low) / width * slot, slot, by_outcome, 150 / most, language)
    parts += _weight_axis(low, high, width, slot, language)
    for name, at in thresholds.items():
        if at is not None and low <= at <= high:
            x = 20 + (at - low) / width * slot
            parts.append(svg.line(x, 14, x, 190, f"threshold {name}"))
    total = sum(sum(b.values()) for b in bins.values())
    words = text("report.weights.described", language, pairs=number(total, language), low=number(low, language),
                 high=number(high, language))  # fmt: skip
    return svg.picture(Caption(key, text("report.weights.title", language), words), (600, 232), parts, "weights")


def pyramid(groups: Sequence[AgeGroup], language: Language, key: str) -> Markup:
    """Males on the left, females on the right, the oldest on top; persons of unknown age are left to the text."""
    known = [g for g in reversed(groups) if g.age_from is not None]
    most = max((max(g.males, g.females) for g in known), default=0) or 1
    step, middle, top = 17.0, 260.0, 30.0
    half = min(200.0, middle - 34 - _DIGIT * len(number(most, language)))  # the longest number stays in the picture
    bottom = top + step * len(known)
    parts = [svg.text(middle - 34, 16, text("report.sex.1", language), "strong", "end"),
             svg.text(middle + 34, 16, text("report.sex.2", language), "strong")]  # fmt: skip
    for row, group in enumerate(known):
        y = top + row * step
        left, right = half * group.males / most, half * group.females / most
        parts += [
            svg.rect(middle - 26 - left, y + 1.5, left, step - 3, "male"),
            svg.rect(middle + 26, y + 1.5, right, step - 3, "female"),
            svg.text(middle, y + step - 4.5, age_group(group), "small", "middle"),
            svg.text(middle - 30 - left, y + step - 4.5, number(group.males, language), "tiny", "end"),
            svg.text(middle + 30 + right, y + step - 4.5, number(group.females, language), "tiny"),
        ]
    words = text("report.pyramid.described", language, males=number(sum(g.males for g in known), language),
                 females=number(sum(g.females for g in known), language))  # fmt: skip
    caption = Caption(key, text("report.pyramid.title", language), words)
    return svg.picture(caption, (2 * middle, bottom + 6), parts, "pyramid")


def digits(found: FinalDigits, language: Language, key: str) -> Markup:
    """How many years of birth end in each digit, against the line where all would be alike."""
    most = max(0.2, *found.shares)
    slot, bottom, high = 36.0, 126.0, 104.0
    level = bottom - high * 0.1 / most
    parts: list[str] = []
    for digit, share in enumerate(found.shares):
        x, height = 20 + digit * slot, max(1.0, high * share / most)
        parts += [
            svg.rect(x + 5, bottom - height, slot - 10, height, "match"),
            svg.text(
                x + slot / 2,
                _above(bottom - height, level) - 4,
                f"{number(100 * share, language, 1)}",
                "tiny",
                "middle",
            ),
            svg.text(x + slot / 2, bottom + 15, str(digit), "small", "middle"),
        ]
    parts += [svg.line(20, bottom, 380, bottom, "axis"), svg.line(20, level, 380, level, "threshold match")]
    words = text("report.digits.described", language, index=number(found.myers_index, language, 1))
    return svg.picture(Caption(key, text("report.digits.title", language), words), (400, 148), parts, "digits")


def shares(parts: Sequence[tuple[str, int]], caption: Caption) -> Markup:
    """One bar of parts (style, rows) of a whole; a part that is there is never too thin to see."""
    whole = sum(rows for _, rows in parts) or 1
    drawn, x = [], 0.0
    widths = _visible([200 * rows / whole for _, rows in parts], 200, 1.5)
    for (style, _), width in zip(parts, widths, strict=True):
        if width:
            drawn.append(svg.rect(x, 0, width, 12, style))
        x += width
    return svg.picture(caption, (200, 12), [svg.rect(0, 0, 200, 12, "nothing"), *drawn], "shares")


def age_group(group: AgeGroup) -> str:
    """0–4 ... 85+."""
    start = group.age_from or 0
    return f"{start}+" if start >= OLDEST_GROUP else f"{start}–{start + 4}"


def _above(top: float, level: float) -> float:
    """Where a number stands: on its bar, or on the line across where that would run through it."""
    return level - 1 if level - 2 < top < level + 15 else top


def _visible(widths: Sequence[float], whole: float, least: float) -> list[float]:
    """Widths with thin parts widened to `least` at the cost of the widest."""
    wide = [max(w, least) if w else 0.0 for w in widths]
    widest = max(range(len(wide)), key=lambda i: wide[i])
    wide[widest] -= sum(wide) - whole if sum(widths) else 0.0
    return wide


def _bins(counts: Sequence[WeightCount], match: float | None) -> tuple[dict[int, dict[str, int]], int]:
    """Pairs by interval and outcome, and the width of an interval; one of them begins at the match threshold."""
    low, high = min(c.weight for c in counts), max(c.weight for c in counts)
    width = next((w for w in _BIN_WIDTHS if high // w - low // w < _MOST_BINS), _BIN_WIDTHS[-1])
    origin = 0 if match is None else int(match // 1)
    bins: dict[int, dict[str, int]] = {}
    for c in counts:
        start = (c.weight - origin) // width * width + origin
        by_outcome = bins.setdefault(start, {"review": 0, "match": 0})
        by_outcome[c.outcome] = by_outcome.get(c.outcome, 0) + c.pairs
    return bins, width


def _column(x: float, slot: float, by_outcome: Mapping[str, int], scale: float, language: Language) -> list[str]:
    y, parts = 190.0, []
    for outcome, pairs in by_outcome.items():
        if pairs:
            height = max(2.0, pairs * scale)
            y -= height
            parts.append(svg.rect(x + 1.5, y, slot - 3, height, outcome))
    parts.append(svg.text(x + slot / 2, y - 5, number(sum(by_outcome.values()), language), "tiny", "middle"))
    return parts


def _weight_axis(low: int, high: int, width: int, slot: float, language: Language) -> list[str]:
    places = range(low, high + 1, width)
    every = 1 if len(places) <= 10 else 2
    ticks = [svg.text(20 + i * slot, 206, number(at, language), "tiny", "middle")
             for i, at in enumerate(places) if i % every == 0]  # fmt: skip
    return [*ticks, svg.text(300, 226, text("report.weights.axis", language), "small", "middle")]
