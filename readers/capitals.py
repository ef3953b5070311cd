"""Capital letters of TCVN3: the encoding has one byte for both cases of a toned letter, the font chose the case.

A word whose plain letters are all capitals was written in a capital font (.VnTimeH). One plain capital alone does not
say it (Vũ, Hà): then the rest of the cell decides, then the column.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_TWO_CAPITALS = re.compile(r"[A-Z][^\W\d_]*[A-Z]")


def restore_capitals(text: str, *, column_is_capital: bool = False) -> str:
    """Upper-case the words of decoded TCVN3 text that were written in a capital font."""
    if not column_is_capital and not _TWO_CAPITALS.search(text):
        return text
    words = _WORD.findall(text)
    kinds = {_kind(word) for word in words}
    doubtful = "mixed" not in kinds and ("capital" in kinds or column_is_capital)
    return _WORD.sub(lambda found: _restored(found.group(), doubtful), text)


def is_written_in_capitals(text: str) -> bool | None:
    """Do the plain letters of decoded text say capitals throughout? None if they do not say."""
    kinds = {_kind(word) for word in _WORD.findall(text)}
    if "mixed" in kinds:
        return False
    return True if "capital" in kinds else None


def _restored(word: str, doubtful: bool) -> str:
    kind = _kind(word)
    return word.upper() if kind == "capital" or (kind == "doubtful" and doubtful) else word


@lru_cache(maxsize=65_536)
def _kind(word: str) -> str:
    plain = [letter for letter in word if letter.isascii()]
    if any(letter.islower() for letter in plain):
        return "mixed"
    if len(plain) > 1:
        return "capital"
    return "doubtful"
