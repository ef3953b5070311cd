"""Fonts carry every Vietnamese letter, and no font stands in both sets."""

import unicodedata
from typing import get_args

import pytest
from fontTools.ttLib import TTFont

from data_samples.pages.fonts import FONT_KINDS, FontSet, Typeface, faces, file_of

_BASES, _TONES = "aăâeêioôơuưy", "\u0300\u0301\u0303\u0309\u0323"
LETTERS = {unicodedata.normalize("NFC", b + t) for b in _BASES for t in ("", *_TONES)} | set("bcdđghklmnpqrstvxfjwz")
LETTERS |= {c.upper() for c in LETTERS} | set("0123456789/-.,:()'\" *")
EVERY = [f for font_set in ("dev", "held_out") for kind in FONT_KINDS[:3] for f in faces(font_set, kind)]


@pytest.mark.parametrize("face", EVERY, ids=lambda f: f.name)
def test_every_letter_is_there(face):
    assert not [c for c in sorted(LETTERS) if ord(c) not in TTFont(file_of(face), lazy=True).getBestCmap()]


@pytest.mark.parametrize("font_set", ["dev", "held_out"])
@pytest.mark.parametrize("kind", FONT_KINDS)
def test_each_set_has_each_kind(font_set, kind):
    assert len(faces(font_set, kind)) >= 2


def test_the_sets_share_no_family():
    sets = [{f.package for kind in FONT_KINDS for f in faces(s, kind)} for s in ("dev", "held_out")]
    assert not sets[0] & sets[1]


def test_fonts_to_choose_weights_on_are_in_no_other_set():
    of_set = {s: {f.name.partition("-")[0] for kind in FONT_KINDS for f in faces(s, kind)} for s in get_args(FontSet)}
    assert len(of_set["tune"]) >= 8
    assert not of_set["tune"] & (of_set["dev"] | of_set["held_out"] | of_set["train"])


@pytest.mark.parametrize("face", [f for f in EVERY if f.weights], ids=lambda f: f.name)
def test_a_heavier_weight_is_another_font(face):
    low, high = (Typeface(face, w).font(60) for w in face.weights)
    assert bytes(low.getmask("ằm")) != bytes(high.getmask("ằm"))
