"""What a clerk puts into one cell: the value, a ditto mark, a correction beside what was struck out, nothing."""

from dataclasses import dataclass

from data_samples.pages.boxes import TrueBox
from data_samples.pages.pen import Hand, write
from data_samples.pages.rules import RuleStyle, rule
from data_samples.pages.sheet import Fitted, Sheet, fit, write_lines
from readers.pages import Quad

DITTO_MARKS = ('"', "nt", "-nt-", "như trên", "//")


@dataclass(frozen=True)
class Habits:
    """How the clerk of a page fills cells.

    Attributes:
        hand: with what. size: of letters, pixels. astray: how far a text may leave its line, as a share of the row.
        corrected: share of cells struck out and written anew. centred: kinds of value that stand in the middle.
    """

    hand: Hand
    size: float
    astray: float = 0.0
    corrected: float = 0.0
    centred: frozenset[str] = frozenset(("serial", "code", "date", "number"))


@dataclass(frozen=True)
class Cell:
    """A place to write in: its box without the writing, and the kind of value."""

    box: TrueBox
    kind: str

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        a, b, c, d = self.box.quad
        return max(a[0], d[0]), max(a[1], b[1]), min(b[0], c[0]), min(c[1], d[1])


def fill(sheet: Sheet, cell: Cell, text: str, habits: Habits) -> str:
    """Write the text into the cell and note it; what was written: "" where it does not fit at any size."""
    left, top, right, bottom = cell.bounds
    side = min(10.0, (right - left) * 0.06)
    width = right - left - 2 * side
    height = bottom - top
    fitted = fit(text, habits.hand.typeface, habits.size, (width, height)) if text else None
    if fitted is None:
        sheet.boxes.append(cell.box)
        return ""
    u = sheet.stream.random(3)
    middle = (top + bottom) / 2 + (u[0] - 0.5) * 2 * habits.astray * height
    align = 0.5 if cell.kind in habits.centred else u[1] * 0.12
    at = (left + side, middle)
    is_corrected = u[2] < habits.corrected and len(fitted.lines) == 1
    lines = fitted.lines
    if is_corrected:
        ink, lines = _correct(sheet, fitted, at, width, habits), ()
    else:
        ink = write_lines(sheet.written, fitted, at, width, habits.hand, sheet.stream, align)
    box = cell.box
    pen = habits.hand.kind == "pen"
    sheet.boxes.append(TrueBox(box.kind, box.row, box.column, text, box.quad, ink, pen, lines))
    return text


def _correct(sheet: Sheet, fitted: Fitted, at: tuple[float, float], width: float, habits: Habits) -> Quad:
    """The wrong word struck out, the right text behind or under it, smaller."""
    line, size = fitted.lines[0], fitted.size * 0.82
    typeface = habits.hand.typeface
    wrong = line[: max(2, len(line) // 3)]
    free = width - typeface.width(line, size)
    is_beside = free > typeface.width(wrong, size) + size * 0.3
    y = at[1] + size * 0.33
    if not is_beside:
        return write_lines(sheet.written, fitted, at, width, habits.hand, sheet.stream)
    struck = write(sheet.written, wrong, (at[0], y), size, habits.hand, sheet.stream)
    style = RuleStyle(thickness=4, strength=0.85)
    level = (struck[0][1] + struck[2][1]) / 2
    rule(sheet.written, ((struck[0][0] - 3, level), (struck[1][0] + 3, level)), style, sheet.stream)
    begin = at[0] + typeface.width(wrong, size) + size * 0.3
    return write(sheet.written, line, (begin, y), size, habits.hand, sheet.stream)
