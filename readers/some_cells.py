"""Single cells of a column that were typed for a keyboard that was off, while the others hold letters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from readers.syllables import is_syllable
from readers.typed_cells import TOKEN, is_common, is_sure, read_cell

_OFTEN = 10
"""Typed cells are often where every tenth cell says that it is one."""
_ELSEWHERE = frozenset(("max", "lee", "loo", "too", "koo", "taj", "haj", "bas"))
_MARKS_OF_VNI = re.compile("[A-Za-z][6-9]")
_SOLID = re.compile("(?i)[aeiouyw][bcdghlmnpt]{0,2}[fj]$|iee|yee|uwow|^dd|^vawn$")


@dataclass(frozen=True)
class SomeCells:
    """How single cells of a column that is none of keys were typed, and whether that happened often in it."""

    way: str
    is_often: bool


def way_of_some(texts: Sequence[str], among: int) -> SomeCells | None:
    """How single cells of a column were typed: each with words that can be nothing else.

    Args:
        texts: the cells without a letter beyond ASCII.
        among: all cells that were looked at.
    """
    words = [set(TOKEN.findall(text)) for text in texts]
    for way in ("telex", "vni-typed"):
        saying = sum(_says(own, way) for own in words)
        if saying:
            return SomeCells(way, saying * _OFTEN >= among)
    return None


def _says(words: set[str], way: str) -> bool:
    return _sure_words(words, way) > 1 or _are_keys(words, way) or any(_is_solid(word, way) for word in words)


def read_some(text: str, cells: SomeCells) -> str | None:
    """A cell of a column in which single cells were typed so; None where it may be one of them and is in doubt.

    Where such cells are rare, one that does not say so itself is none of them: a name like Moong is no question then.
    """
    if not text.isascii():
        return text
    words = set(TOKEN.findall(text))
    if not cells.is_often:
        return read_cell(text, cells.way) if _says(words, cells.way) else text
    read = read_cell(text, cells.way)
    return read if read == text or _sure_words(words, cells.way) > 1 else None


def _are_keys(words: set[str], way: str) -> bool:
    """Do two words of a cell become common syllables, which are not both names elsewhere (Max Lee)?"""
    common = {word for word in words if not is_syllable(word) and not word.islower() and is_common(word, way)}
    return len(common) > 1 and not {word.lower() for word in common} <= _ELSEWHERE


def _sure_words(words: set[str], way: str) -> int:
    if way == "vni-typed" and not any(map(_MARKS_OF_VNI.search, words)):
        return 0
    return sum(is_sure(word, way) for word in words)


@lru_cache(maxsize=65_536)
def _is_solid(word: str, way: str) -> bool:
    """Does one word say by itself that it was typed (Thij, Nguye6n)? Not Taj, Laan, Lo6."""
    keys = _SOLID if way == "telex" else _MARKS_OF_VNI
    return len(word) > 3 and keys.search(word) is not None and is_common(word, way)
