"""Drawn letters: a font that has all of them is cut down to plain letters and has to get them back."""

import unicodedata
from functools import cache

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

from benchmarks.line_recogniser.missing_letters import DOT, VIETNAMESE, Extender
from data_samples.pages.fonts import Face, file_of

Recorded = list[tuple[str, tuple[tuple[float, float] | None, ...]]]

_FACES = (
    Face("be_vietnam_pro", "BeVietnamPro-Regular.ttf", "printed", "dev"),
    Face("ibm_plex_mono", "IBMPlexMono-Regular.ttf", "typewriter", "dev"),
    Face("indie_flower", "IndieFlower-Regular.ttf", "handwriting", "dev"),
)
_MARKED = [letter for letter in VIETNAMESE if not letter.isascii()]
_any_face = pytest.mark.parametrize("face", _FACES, ids=lambda face: face.name)


def _plain(face: Face) -> TTFont:
    """The font with nothing but the letters of ASCII."""
    font = TTFont(file_of(face))
    subsetter = Subsetter()
    subsetter.populate(unicodes=range(32, 127))
    subsetter.subset(font)
    return font


def _extended(face: Face, name: str) -> TTFont:
    font = _plain(face)
    assert Extender(font, name).extend() == len(_MARKED)
    return font


@cache
def _extended_once(face: Face) -> TTFont:
    return _extended(face, "any")


def _drawn(font: TTFont, letter: str) -> Recorded:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getBestCmap()[ord(letter)]].draw(pen)
    return pen.value


def _all_drawn(font: TTFont) -> dict[str, Recorded]:
    return {letter: _drawn(font, letter) for letter in VIETNAMESE}


def _top(recorded: Recorded) -> float:
    pen = BoundsPen(None)
    for operation, points in recorded:
        getattr(pen, operation)(*points)
    return float(pen.bounds[3])


def _last_contour(recorded: Recorded) -> Recorded:
    ends = [at for at, (operation, _) in enumerate(recorded, 1) if operation == "closePath"]
    return recorded[ends[-2] :]


def _contours(font: TTFont, letter: str) -> int:
    return sum(operation == "closePath" for operation, _ in _drawn(font, letter))


@_any_face
def test_every_vietnamese_letter_gets_an_outline_of_its_own(face: Face) -> None:
    drawn = _all_drawn(_extended_once(face))
    assert all(drawn.values())
    assert len({repr(outline) for outline in drawn.values()}) == len(VIETNAMESE)


@_any_face
def test_plain_letters_stay_as_they_are(face: Face) -> None:
    before, after = _plain(face), _extended_once(face)
    assert all(_drawn(before, chr(number)) == _drawn(after, chr(number)) for number in range(32, 127))


@_any_face
def test_marks_make_letters_taller_and_dots_stand_below_the_line(face: Face) -> None:
    font = _extended_once(face)
    for letter in _MARKED:
        plain, *marks = unicodedata.normalize("NFD", letter)
        base = "x" if plain == "i" else plain  # the mark takes the place of the dot of an i
        if set(marks) - {DOT}:
            assert _top(_drawn(font, letter)) > _top(_drawn(font, base)), letter
        if DOT in marks:
            assert _top(_last_contour(_drawn(font, letter))) < 0, letter


@_any_face
def test_each_mark_is_a_contour_more(face: Face) -> None:
    font = _extended_once(face)
    for letter in _MARKED:
        plain, *marks = unicodedata.normalize("NFD", letter)
        lost_dot = plain == "i" and marks != [DOT]
        base = {"đ": "d", "Đ": "D"}.get(plain, plain)
        assert _contours(font, letter) == _contours(font, base) + max(1, len(marks)) - lost_dot, letter


def test_equal_names_give_equal_letters_and_others_different_ones() -> None:
    face = _FACES[2]
    first = _all_drawn(_extended_once(face))
    assert first == _all_drawn(_extended(face, "any"))
    assert first != _all_drawn(_extended(face, "another"))


@_any_face
def test_what_has_all_letters_gets_none(face: Face) -> None:
    own = TTFont(file_of(face))
    before = _all_drawn(own)
    assert Extender(own, "any").extend() == 0
    assert _all_drawn(own) == before
    font = _extended(face, "any")
    assert Extender(font, "another").extend() == 0
    assert _all_drawn(font) == _all_drawn(_extended_once(face))
