"""Draws the Vietnamese letters that a font lacks, from the letters and marks that it has.

Few handwriting and typewriter fonts carry all tones, and a reader needs many hands to learn from. A font's own spacing
accents are used where it has them; other marks are pen strokes as thick as its letters. How they look is drawn from
the font's name, so that every font gets marks of its own and the same ones each time.
"""

import math
import random
import unicodedata
from dataclasses import dataclass

from fontTools.misc.transform import Transform
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.basePen import AbstractPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.perimeterPen import PerimeterPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Contour = list[tuple[str, tuple[Point | None, ...]]]
"""Operations of a pen with their points; None stands for the start of a curve that has no point on it."""
Outline = list[Contour]

GRAVE, ACUTE, TILDE, HOOK, DOT = TONES = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"
_HATS = (CIRCUMFLEX, BREVE)
_SPACING = {GRAVE: "`", ACUTE: "´", TILDE: "˜", CIRCUMFLEX: "ˆ", BREVE: "˘"}
_TONED = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", *TONES)]
VIETNAMESE = sorted({letter for small in (*_TONED, "đ") for letter in (small, small.upper())})
"""Vowels with and without marks and the letter đ, small and capital."""


@dataclass(frozen=True)
class Letter:
    """What is drawn, and how far the next letter stands from it."""

    outline: Outline
    advance: float


@dataclass(frozen=True)
class _Place:
    """Where a mark above a letter stands, and its size beside one above a small letter."""

    size: float
    middle: float
    level: float


@dataclass(frozen=True)
class _Hat:
    """A circumflex or breve that a tone stands over or beside: its right and upper edge, and its foot."""

    shape: str
    right: float
    top: float
    level: float


class _Letters:
    """The letters of a font as outlines."""

    def __init__(self, font: TTFont) -> None:
        self.font = font
        self.names: dict[int, str] = dict(font.getBestCmap())
        self.em: float = font["head"].unitsPerEm

    def outline(self, letter: str) -> Outline:
        """The contours of a letter, those of its parts included; nothing where the font lacks it."""
        name = self.names.get(ord(letter))
        if name is None:
            return []
        glyphs = self.font.getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(pen)
        outline: Outline = []
        for operation, points in pen.value:
            if operation == "moveTo" or (operation == "qCurveTo" and points[-1] is None):
                outline.append([])
            outline[-1].append((operation, points))
        return [contour for contour in outline if len(contour) > 2 or contour[0][0] == "qCurveTo"]

    def advance(self, letter: str) -> float:
        """How far the next letter stands from the start of this one."""
        return float(self.font["hmtx"][self.names[ord(letter)]][0])

    def bounds(self, outline: Outline) -> Box:
        """Left, lower, right and upper edge; half an em where nothing is drawn."""
        pen = BoundsPen(None)
        _draw(outline, pen)
        return pen.bounds or (0, 0, self.em / 2, self.em / 2)

    def middle(self, outline: Outline, upper: bool) -> float:
        """Horizontal middle of the upper or lower half, somewhat drawn towards that of the whole."""
        left, bottom, right, top = self.bounds(outline)
        level = (bottom + top) / 2
        across = [x for x, y in _points(outline) if (y >= level) == upper] or [left, right]
        return 0.35 * (left + right) / 2 + 0.65 * (min(across) + max(across)) / 2

    def add(self, letter: str, drawn: Letter) -> None:
        """Puts a drawn letter into the font; `map_letters` makes it known."""
        pen = TTGlyphPen(None)
        _draw(drawn.outline, pen)
        glyph, name = pen.glyph(dropImpliedOnCurves=False), f"uni{ord(letter):04X}.ext"
        glyphs = self.font["glyf"]
        glyphs[name] = glyph
        order = self.font.getGlyphOrder()
        self.font.setGlyphOrder(order if name in order else [*order, name])
        glyph.recalcBounds(glyphs)
        self.font["hmtx"][name] = (round(drawn.advance), glyph.xMin)
        self.names[ord(letter)] = name

    def map_letters(self) -> None:
        """Writes which glyph stands for which letter."""
        table = CmapSubtable.newSubtable(4)
        table.platformID, table.platEncID, table.language = 3, 1, 0
        table.cmap = {number: name for number, name in self.names.items() if number < 0x10000}
        self.font["cmap"].tables = [table]


class _Hand:
    """Draws marks that suit a font: as thick as its letters, in a manner drawn from its name."""

    def __init__(self, letters: _Letters, name: str) -> None:
        self.letters, self.random = letters, random.Random(name)  # noqa: S311 no secret, the look of marks
        self.xheight = letters.bounds(letters.outline("x"))[3]
        area, perimeter = AreaPen(), PerimeterPen()
        _draw(letters.outline("n"), area)
        _draw(letters.outline("n"), perimeter)
        self.clockwise = area.value < 0
        thickness = 2 * abs(area.value) / max(1, perimeter.value) / letters.em
        self.stem = min(0.15, max(0.03, thickness)) * letters.em
        self.ink = self.stem * self.random.uniform(0.75, 0.95)
        self.wide, self.high = self.random.uniform(0.88, 1.1), self.random.uniform(0.9, 1.15)
        self.gap = self.random.uniform(0.1, 0.18) * self.xheight
        self.sets_tones_beside = self.random.random() < 0.6
        self.uses_own_marks = self.random.random() < 0.85
        self.slant = math.tan(math.radians(min(25, max(-5, -letters.font["post"].italicAngle))))

    def placed(self, mark: str, place: _Place) -> Outline:
        """The mark, its lower edge at the place's level; a slanted font's marks stand further right the higher."""
        outline = self._mark(mark, place.size)
        left, bottom, right, _ = self.letters.bounds(outline)
        lean = self.slant * (place.level - self.xheight / 2) * (0.3 if mark != DOT else 0.0)
        return _moved(outline, Transform(1, 0, 0, 1, place.middle + lean - (left + right) / 2, place.level - bottom))

    def stroke(self, line: list[Point], width: float, taper: float = 0.0) -> Contour:
        """A pen stroke along the line, thinner at its end by `taper`."""
        return self._polygon(_band(line, width, taper))

    def _mark(self, mark: str, size: float) -> Outline:
        if self.uses_own_marks and mark in _SPACING and (own := self._own(_SPACING[mark], size)):
            return own
        if mark == DOT:
            return [self._dot()]
        unit = self.xheight * size
        ink = min(self.ink, 0.2 * unit) * (0.6 + 0.4 * size)
        if mark == HOOK:
            return [self.stroke(_hook(0.24 * (0.5 * unit * self.wide) + ink * 0.25), ink * 0.8)]
        return [self.stroke(self._line(mark, unit), ink, 0.4 if mark in (ACUTE, GRAVE) else 0.0)]

    def _own(self, accent: str, size: float) -> Outline:
        """The font's own accent where it is one, neither too small nor too large."""
        outline = self.letters.outline(accent)
        left, bottom, right, top = self.letters.bounds(outline)
        width, height = (right - left) / self.xheight, (top - bottom) / self.xheight
        if not (0.1 < width < 1.2 and 0.05 < height < 0.75):
            return []
        scale = size * min(1.0, 0.75 / width)
        return _moved(outline, Transform(scale, 0, 0, scale, 0, 0))

    def _line(self, mark: str, unit: float) -> list[Point]:
        """The way of the pen, with the shake of a hand."""
        wide, high, steps = 0.5 * unit * self.wide, 0.28 * unit * self.high, [i / 10 for i in range(11)]
        if mark == ACUTE:
            return [(wide * 0.62 + self._shake(unit), high * 1.1), (wide * 0.3, high * 0.5), (0.0, 0.0)]
        if mark == GRAVE:
            return [(0.0 + self._shake(unit), high * 1.1), (wide * 0.3, high * 0.5), (wide * 0.62, 0.0)]
        if mark == TILDE:
            return [(wide * 1.15 * t, high * 0.38 * math.sin(2 * math.pi * t)) for t in steps]
        if mark == CIRCUMFLEX:
            return [(0.0, 0.0), (wide / 2 + self._shake(unit), high), (wide + self._shake(unit) / 2, 0.0)]
        return [(wide / 2 - wide / 2 * math.cos(math.pi * t), high - high * math.sin(math.pi * t)) for t in steps]

    def _shake(self, unit: float) -> float:
        return self.random.uniform(-0.05, 0.05) * unit

    def _dot(self) -> Contour:
        radius = 0.62 * self.stem * self.wide + 0.02 * self.xheight
        turns = [2 * math.pi * t / 10 for t in range(10)]
        return self._polygon([(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns])

    def _polygon(self, points: list[Point]) -> Contour:
        """The points as a contour that turns as those of the font's letters do."""
        if (_area(points) < 0) != self.clockwise:
            points = points[::-1]
        first, *rest = [(round(x), round(y)) for x, y in points]
        return [("moveTo", (first,)), *(("lineTo", (point,)) for point in rest), ("closePath", ())]


class Extender:
    """Draws the Vietnamese letters that one font lacks."""

    def __init__(self, font: TTFont, name: str) -> None:
        """Measures the font, which has quadratic outlines and no axes. `name` seeds how its marks look."""
        self.letters = _Letters(font)
        self.hand = _Hand(self.letters, name)

    def extend(self) -> int:
        """Adds all missing letters; returns how many."""
        drawn = {letter: self._letter(letter) for letter in self.missing()}
        for letter, made in drawn.items():
            self.letters.add(letter, made)
        self.letters.map_letters()
        return len(drawn)

    def missing(self) -> list[str]:
        """Vietnamese letters that the font lacks, or has without an outline."""
        return [letter for letter in VIETNAMESE if not self.letters.outline(letter)]

    def _letter(self, char: str) -> Letter:
        if char in "đĐ":
            return self._barred(char)
        letter, shape, tone = _parts(char)
        has_tone_above = tone not in ("", DOT)
        plain = self._without_dot() if letter == "i" and has_tone_above else self.letters.outline(letter)
        place = self._place(letter, plain)
        drawn, hat = Letter(plain, self.letters.advance(letter)), None
        if shape == HORN:
            drawn = self._horned(letter, drawn)
        elif shape in _HATS:
            drawn, hat = self._hatted(letter, shape, drawn, place)
        mark: Outline = []
        if tone == DOT:
            mark = self._dot_below(letter, plain)
        elif has_tone_above:
            mark = self._tone_at_hat(tone, place, hat) if hat else self.hand.placed(tone, place)
        return Letter(drawn.outline + mark, drawn.advance)

    def _without_dot(self) -> Outline:
        """The letter i without its dot."""
        if dotless := self.letters.outline("ı"):
            return dotless
        outline = self.letters.outline("i")
        feet = [self.letters.bounds([contour])[1] for contour in outline]
        highest = feet.index(max(feet))
        if len(outline) > 1 and feet[highest] > 0.6 * self.hand.xheight:
            return outline[:highest] + outline[highest + 1 :]
        return outline

    def _place(self, letter: str, plain: Outline) -> _Place:
        """Where a mark above the plain letter stands: smaller and closer on a capital."""
        top = self.letters.bounds(plain)[3]
        middle = self.letters.middle(plain, upper=True)
        if letter.isupper():
            return _Place(self.hand.random.uniform(0.82, 0.95), middle, top + self.hand.gap * 0.75)
        if letter in "aeouy":
            top = max(top, self.hand.xheight * 0.9)
        return _Place(1.0, middle, top + self.hand.gap)

    def _hatted(self, letter: str, shape: str, plain: Letter, place: _Place) -> tuple[Letter, _Hat]:
        """The letter with circumflex or breve: the font's own where it has one."""
        hand, whole = self.hand, unicodedata.normalize("NFC", letter + shape)
        own = self.letters.outline(whole)
        if len(own) > len(plain.outline):
            top = self.letters.bounds(own)[3]
            right = place.middle + 0.26 * hand.xheight * hand.wide
            hat = _Hat(shape, right, top, max(place.level, top - hand.xheight * 0.22))
            return Letter(own, self.letters.advance(whole)), hat
        mark = hand.placed(shape, place)
        _, _, right, top = self.letters.bounds(mark)
        return Letter(plain.outline + mark, plain.advance), _Hat(shape, right, top, place.level)

    def _tone_at_hat(self, tone: str, place: _Place, hat: _Hat) -> Outline:
        """The tone over the hat, or right of a circumflex as many fonts have it."""
        hand = self.hand
        if hand.sets_tones_beside and tone in (ACUTE, GRAVE, HOOK) and hat.shape == CIRCUMFLEX:
            mark = hand.placed(tone, _Place(place.size * 0.8, 0, hat.level + 0.1 * hand.xheight))
            left, _, right, _ = self.letters.bounds(mark)
            return _moved(mark, Transform(1, 0, 0, 1, hat.right + (right - left) * 0.6, 0))
        middle = place.middle + hand.slant * 0.25 * hand.xheight
        return hand.placed(tone, _Place(place.size * 0.82, middle, hat.top + hand.gap * 0.6))

    def _dot_below(self, letter: str, plain: Outline) -> Outline:
        """The dot under the letter, right of the tail of a y."""
        hand = self.hand
        middle = self.letters.middle(plain, upper=False) + (0.3 * hand.xheight if letter == "y" else 0)
        base = 0.0 if letter in "yY" else min(0.0, self.letters.bounds(plain)[1])
        return hand.placed(DOT, _Place(1.0, middle, base - hand.gap - 1.3 * hand.stem))

    def _horned(self, letter: str, plain: Letter) -> Letter:
        """The letter o or u with a horn at its upper right."""
        hand = self.hand
        left, bottom, right, top = self.letters.bounds(plain.outline)
        edge = max(x for x, y in _points(plain.outline) if y > bottom + 0.6 * (top - bottom))
        unit = hand.xheight * (1.0 if letter.islower() else 1.15)
        if letter in "uU":
            start = (edge - hand.stem * 0.4, top - hand.stem * 0.6)
        else:
            start = (edge - 0.3 * (right - left), top - 0.5 * hand.stem - 0.03 * unit)
        end = (edge + 0.2 * unit * hand.wide, top + 0.2 * unit * hand.high)
        line = _bow(start, (end[0] + 0.02 * unit, start[1]), end)
        return Letter([*plain.outline, hand.stroke(line, hand.ink, 0.1)], plain.advance + 0.12 * unit)

    def _barred(self, char: str) -> Letter:
        """The letter d with its bar; the Icelandic capital looks the same."""
        if char == "Đ" and (same := self.letters.outline("Ð")):
            return Letter(same, self.letters.advance("Ð"))
        hand, letter = self.hand, "d" if char == "đ" else "D"
        plain = self.letters.outline(letter)
        if letter == "D" or self.letters.bounds(plain)[3] < 1.15 * hand.xheight:
            start, end, level = self._bar_of_capital(plain)
        else:
            start, end, level = self._bar_of_small(plain)
        tilt = hand.random.uniform(-0.03, 0.05) * hand.xheight
        line = [(start, level), ((start + end) / 2, level + tilt / 2), (end, level + tilt)]
        return Letter([*plain, hand.stroke(line, hand.ink * 0.85)], self.letters.advance(letter))

    def _bar_of_capital(self, plain: Outline) -> tuple[float, float, float]:
        """Start, end and height of the bar through the stem; a small d may be drawn as a small capital."""
        hand = self.hand
        left, bottom, _, top = self.letters.bounds(plain)
        level = bottom + (top - bottom) * hand.random.uniform(0.46, 0.54)
        stem = min([x for x, y in _points(plain) if abs(y - level) < 0.45 * (top - bottom)] or [left])
        return stem - 0.16 * hand.xheight, stem + 0.42 * hand.xheight + hand.stem * 0.3, level

    def _bar_of_small(self, plain: Outline) -> tuple[float, float, float]:
        """Start, end and height of the bar through what rises above the bowl."""
        hand = self.hand
        _, _, right, top = self.letters.bounds(plain)
        rise = top - hand.xheight
        level = hand.xheight + max(0.5 * rise, 0.3 * hand.stem) * hand.random.uniform(0.8, 1.2)
        across = [x for x, y in _points(plain) if y > hand.xheight + 0.3 * rise] or [right]
        middle = (min(across) + max(across)) / 2
        return middle - 0.34 * hand.xheight, middle + 0.3 * hand.xheight, level


def _parts(char: str) -> tuple[str, str, str]:
    """The plain letter, its circumflex, breve or horn, and its tone; "" for what it has not."""
    parts = unicodedata.normalize("NFD", char)
    letter, marks = parts[0], parts[1:]
    shape = next((mark for mark in marks if mark not in TONES), "")
    tone = next((mark for mark in marks if mark in TONES), "")
    return letter, shape, tone


def _draw(outline: Outline, pen: AbstractPen) -> None:
    for contour in outline:
        for operation, points in contour:
            getattr(pen, operation)(*points)


def _points(outline: Outline) -> list[Point]:
    return [point for contour in outline for _, points in contour for point in points if point is not None]


def _moved(outline: Outline, transform: Transform) -> Outline:
    return [[(operation, _all_moved(points, transform)) for operation, points in contour] for contour in outline]


def _all_moved(points: tuple[Point | None, ...], transform: Transform) -> tuple[Point | None, ...]:
    return tuple(None if point is None else transform.transformPoint(point) for point in points)


def _area(polygon: list[Point]) -> float:
    """Positive where the points turn left."""
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _band(line: list[Point], width: float, taper: float) -> list[Point]:
    """The edge of a stroke along the line."""
    left, right = [], []
    for i, (x, y) in enumerate(line):
        (before_x, before_y), (after_x, after_y) = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
        length = math.hypot(after_x - before_x, after_y - before_y) or 1
        half = width / 2 * (1 - taper * i / (len(line) - 1))
        aside, up = -(after_y - before_y) / length * half, (after_x - before_x) / length * half
        left.append((x + aside, y + up))
        right.append((x - aside, y - up))
    return left + right[::-1]


def _bow(start: Point, bend: Point, end: Point) -> list[Point]:
    """A quadratic curve as points."""
    (ax, ay), (bx, by), (cx, cy) = start, bend, end
    shares = [((1 - t) ** 2, 2 * t * (1 - t), t * t) for t in (i / 8 for i in range(9))]
    return [(p * ax + q * bx + r * cx, p * ay + q * by + r * cy) for p, q, r in shares]


def _hook(radius: float) -> list[Point]:
    """The way of the pen of the hook that marks a tone."""
    turns = [math.pi * (1.05 - 1.45 * (i / 10)) for i in range(11)]
    bow = [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]
    return [*bow, (0.12 * radius, -1.25 * radius), (0.0, -1.7 * radius)]
