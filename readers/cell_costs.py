"""What a text costs in a column, beside what the recognisers say of it: natural logarithms, above 0 what speaks for it.

A list or a rule can only tip what the ink leaves open: a text that is written clearly stands, whatever it costs.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from readers.cell_lists import DITTO, is_listed
from readers.cell_masks import OF_DIGITS, price
from readers.cell_places import LEVEL_WORDS, bonus
from readers.cell_words import NO_SURNAME, words
from readers.respelling import price_of_words

UNSPACED = re.compile(r"(?<=[^\W\d]),(?=[^\W\d_])")
_ON_PAGE, _LISTED, _DITTO = 2.0, 8.0, 4.0
_A_SIGN, _AT_THE_END, _NUMBER, _UNPARTED = -3.0, -7.0, -6.0, -3.0
_SIGNS = " ,.-/()"
_JUNK = re.compile(r"^[^\w\"'/(-]+|[^\w.)\"'/]+$|(?<=\s)\W+$|(?<=[^\W\d]{2})\s+[1lI|J]$")
"""What ruled lines and stains leave at the ends of a text."""
_BEFORE_LEVEL = re.compile(
    r"(?<![,;.]) (?=(?:huyện|tỉnh|quận|phường|thành phố|thị xã|thị trấn|(?<!thị )xã|tp\.|tx\.) ?\w)", re.IGNORECASE
)
_LEVEL_LAST = re.compile(r"(?<!thị) (?:xã|huyện|tỉnh|quận|phường)(?=,|$)", re.IGNORECASE)
_MIXED = re.compile(r"(?=[^\W\d_]{2})(?:[a-zđ](?=[A-ZĐ])|[A-ZĐ]{2}(?=[a-zđ]))")
_OF_BOTH = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")
_SMALL_WORD = re.compile(r"(?<![\w'’-])[^\W\d_]+")
_SMALL = -4.0
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’](?=[^\W\d_])")
_LEAST_STYLE = -4.0


@dataclass
class OnPage:
    """What is read plainly in a column of the page: its texts, and how they begin (`style_of`)."""

    texts: Counter[str] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Count a text."""
        self.texts[text] += 1
        style = style_of(text)
        if style:
            self.styles[style] += 1

    def price(self, text: str) -> float:
        """What a text costs beside the others of the column: a natural logarithm."""
        style = style_of(text)
        own = _ON_PAGE if text in self.texts else 0.0
        if style:
            share = (self.styles[style] + 0.5) / (self.styles.total() + 1.5)
            own += max(_LEAST_STYLE, math.log(share))
        return own


def style_of(text: str) -> str:
    """How it begins: "small", "capital", or "capitals" throughout; "" for what has no letter or one alone."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 2:
        return ""
    if letters[0].islower():
        return "small"
    return "capitals" if all(c.isupper() for c in letters) else "capital"


def cost(text: str, kind: str, column: str, on_page: Mapping[str, OnPage]) -> float:
    """What a text costs in a column.

    Args:
        text: of a cell.
        kind: of its column.
        column: raw column.
        on_page: texts of each column that are read plainly on the page.
    """
    if kind in OF_DIGITS:
        found = price(text, kind, column)
    elif text in DITTO:
        found = _DITTO
    else:
        found = price_of_words(text, kind) + _price_of_form(text, kind)
    if is_listed(text, column):
        found += _LISTED
    return found + (on_page[column].price(text) if column in on_page else 0.0)


@lru_cache(maxsize=65_536)
def _price_of_form(text: str, kind: str) -> float:
    return sum(_of_form(text, kind))


def _of_form(text: str, kind: str) -> Iterator[float]:
    bare = _without_marks(text)
    yield _A_SIGN * sum(not (c.isalnum() or c in _SIGNS) for c in _APOSTROPHE.sub("", text))
    yield -2.0 * len(UNSPACED.findall(text))
    yield _AT_THE_END * len(_JUNK.findall(text))
    yield _NUMBER * len(_OF_BOTH.findall(text))
    yield _A_SIGN * len(_MIXED.findall(bare))
    if kind in ("name", "code", "relation") or not any(c.isalpha() for c in text):
        yield _NUMBER * len(re.findall(r"\d+", text)) if kind != "text" else 0.0
    if kind == "place":
        yield _NUMBER * len(_LEVEL_LAST.findall(text))
        yield bonus(text, _of_place)
        yield _UNPARTED * (len(_BEFORE_LEVEL.findall(text)) + len(re.findall(r"\d+", text)))
    if kind == "name":
        found = text.split()
        yield words().as_surname(found[0]) if len(found) > 1 else NO_SURNAME * len(found)
        yield -5.0 * sum(word.lower() == "thi" for word in found[1:-1])
    if kind in ("name", "place"):
        yield _SMALL * _small_words(text)


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _of_place(name: str) -> float:
    return price_of_words(name, "place")


def _small_words(text: str) -> int:
    """Words without a capital behind one with a capital, but those of levels: a capital was misread."""
    found = [word for word in _SMALL_WORD.findall(text) if word.lower() not in LEVEL_WORDS]
    small = sum(word[0].islower() for word in found)
    return small if small < len(found) else 0
