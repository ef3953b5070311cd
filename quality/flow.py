"""The flow of rows as a picture: bands from files through reading to outcomes, as wide as their share."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality import svg
from quality.report_facts import Balance, FileFacts
from quality.svg import Caption
from quality.wording import number, percent
from schemas.messages import Language, text
from schemas.tables import OUTCOMES

_HEIGHT, _THINNEST, _GAP = 250.0, 1.5, 12.0
_ROOM_OF_NONE = 26.0
_FILES_DRAWN, _NAME_LETTERS = 5, 26


@dataclass(frozen=True)
class Geometry:
    """Where the columns of the flow picture stand, and how much room two lines of a label need."""

    width: float
    files_at: float | None
    read_at: float
    outcomes_at: float
    bar: float
    label_room: float


WIDE = Geometry(1000, 232, 430, 700, 14, 50)
NARROW = Geometry(360, None, 0, 110, 12, 46)


@dataclass(frozen=True)
class _Bar:
    rows: int
    top: float
    height: float
    room: float


def flow(balance: Balance, files: Sequence[FileFacts], language: Language, geometry: Geometry, key: str) -> Markup:
    """Rows from files through reading to their outcomes; the width of a band is its share of the rows read."""
    top = 34.0
    drawn = _largest_files(files, language)
    outcomes = _stack([int(getattr(balance, o)) for o in OUTCOMES], balance.read, top, geometry.label_room)
    bars_of_files = _stack([rows for _, rows in drawn], balance.read, top, geometry.label_room)
    parts = [*_into(balance, outcomes, geometry, top), *_outcome_labels(outcomes, balance.read, language, geometry)]
    if geometry.files_at is not None:
        parts += _from_files(drawn, bars_of_files, balance.read, language, geometry, top)
    said = text("report.flow.read", language, rows=number(balance.read, language))
    parts.append(svg.text(geometry.read_at, 18, said, "strong"))
    bars = (*outcomes, *(bars_of_files if geometry.files_at is not None else ()))
    bottom = max(top + _HEIGHT, *(max(b.top + b.height, b.top + b.room) for b in bars))
    caption = Caption(key, text("report.flow.title", language), _flow_in_words(balance, language))
    return svg.picture(caption, (geometry.width, bottom + 6), parts, "flow")


def _stack(rows: Sequence[int], whole: int, top: float, room: float) -> list[_Bar]:
    """Bars below each other, in proportion, each with room for its label."""
    bars = []
    for count in rows:
        height = max(_THINNEST, _HEIGHT * count / whole) if count else 0.0
        bars.append(_Bar(count, top, height, room if count else _ROOM_OF_NONE))
        top += max(height + _GAP, bars[-1].room)
    return bars


def _into(balance: Balance, outcomes: Sequence[_Bar], geometry: Geometry, top: float) -> list[str]:
    x0, x1 = geometry.read_at + geometry.bar, geometry.outcomes_at
    at, parts = top, [svg.rect(geometry.read_at, top, geometry.bar, _HEIGHT, "read")]
    for outcome, bar in zip(OUTCOMES, outcomes, strict=True):
        share = _HEIGHT * bar.rows / balance.read
        if bar.rows:
            end = max(share, _THINNEST)
            parts.append(svg.ribbon((x0, at, at + end), (x1, bar.top, bar.top + bar.height), f"band {outcome}"))
            parts.append(svg.rect(x1, bar.top, geometry.bar, bar.height, outcome))
        else:
            parts.append(svg.rect(x1, bar.top, geometry.bar, 2, "none"))
        at += share
    return parts


def _outcome_labels(outcomes: Sequence[_Bar], whole: int, language: Language, geometry: Geometry) -> list[str]:
    x, parts = geometry.outcomes_at + geometry.bar + 10, []
    for outcome, bar in zip(OUTCOMES, outcomes, strict=True):
        y = bar.top + min(max(0, bar.height / 2 - 16), 60)
        muted = "" if bar.rows else " muted"
        name = text(f"report.outcome.{outcome}", language)
        parts.append(svg.text(x, y + 14, f"{number(bar.rows, language)} {name}", f"strong{muted}"))
        if not bar.rows:
            continue
        said = f"{percent(bar.rows, whole, language)} · {text(f'report.outcome_short.{outcome}', language)}"
        parts.append(svg.text(x, y + 32, said, "small"))
    return parts


def _from_files(
    drawn: Sequence[tuple[str, int]], bars: Sequence[_Bar], whole: int, language: Language, geometry: Geometry,
    top: float,
) -> list[str]:  # fmt: skip
    x = geometry.files_at or 0
    at, parts = top, []
    for (name, _), bar in zip(drawn, bars, strict=True):
        share = _HEIGHT * bar.rows / whole
        end = max(share, _THINNEST)
        left, right = (x + geometry.bar, bar.top, bar.top + bar.height), (geometry.read_at, at, at + end)
        parts.append(svg.ribbon(left, right, "band file"))
        parts.append(svg.rect(x, bar.top, geometry.bar, bar.height, "read"))
        y = bar.top + min(max(0, bar.height / 2 - 16), 60)
        parts.append(svg.text(x - 10, y + 14, name, "strong", "end"))
        parts.append(svg.text(x - 10, y + 32, _rows(bar.rows, language), "small", "end"))
        at += share
    return parts


def _largest_files(files: Sequence[FileFacts], language: Language) -> list[tuple[str, int]]:
    with_rows = sorted((f for f in files if f.balance.read), key=lambda f: (-f.balance.read, f.path))
    few = with_rows if len(with_rows) <= _FILES_DRAWN + 1 else with_rows[:_FILES_DRAWN]
    drawn = [(_shortened(f.path), f.balance.read) for f in few]
    rest = with_rows[len(few) :]
    if rest:
        said = text("report.flow.other_files", language, files=number(len(rest), language))
        drawn.append((said, sum(f.balance.read for f in rest)))
    return drawn


def _shortened(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    if len(name) <= _NAME_LETTERS:
        return name
    return name[: _NAME_LETTERS - 11] + "…" + name[-10:]


def _flow_in_words(balance: Balance, language: Language) -> str:
    parts = [
        text(
            "report.flow.part", language, rows=number(int(getattr(balance, o)), language),
            outcome=text(f"report.outcome.{o}", language),
            share=percent(int(getattr(balance, o)), balance.read, language),
        )
        for o in OUTCOMES
    ]  # fmt: skip
    return text("report.flow.described", language, rows=number(balance.read, language), parts="; ".join(parts))


def _rows(count: int, language: Language) -> str:
    return text("report.rows", language, rows=number(count, language))
