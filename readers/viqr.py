"""VIQR: Vietnamese in ASCII with marks after the letters (Nguye^~n Va(n Ddu+'c). Source: RFC 1456, section 2.

Read as people wrote it: marks in either order, `*` for `+`, a backslash before what is no mark.
"""

import re
import unicodedata
from functools import lru_cache

from readers.syllables import is_syllable

_MARKS = {
    "^": "\u0302", "(": "\u0306", "+": "\u031b", "*": "\u031b",
    "'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][A-Za-z'`?~.^(+*\\]*")
_LETTER = re.compile(r"[dD][dD]|([AEIOUYaeiouy])(?:([\^(+*])(['`?~.])?|(['`?~.])([\^(+*])?)?")
_STRONG = re.compile(r"(?i)[aeo]['`?~.]?\^|a['`?~.]?\(|[ou]['`?~.]?[+*]")
_LEAST_WORDS, _LEAST_SHARE = 5, 0.8


def is_viqr(text: str) -> bool:
    """Do the words of an ASCII text with the marks of VIQR become Vietnamese syllables?"""
    marked = {word for word in _WORD.findall(text) if _STRONG.search(word)}
    legal = sum(1 for word in marked if not _decoded(word).isascii())
    return len(marked) >= _LEAST_WORDS and legal >= _LEAST_SHARE * len(marked)


def from_viqr(text: str) -> str:
    """Text in VIQR -> letters; a word that becomes no syllable stays as it is."""
    return _WORD.sub(lambda found: _decoded(found.group()), text)


@lru_cache(maxsize=65_536)
def _decoded(word: str) -> str:
    """The word, with the punctuation behind it as a tone first, as punctuation second."""
    for end in range(len(word), max(0, len(word) - 2), -1):
        plain = unicodedata.normalize("NFC", _LETTER.sub(_composed, word[:end])).replace("\\", "")
        if is_syllable(plain):
            return plain + word[end:].removeprefix("\\")
    return word


def _composed(found: re.Match[str]) -> str:
    vowel, *marks = found.groups()
    if vowel is None:
        return "đ" if found.group()[0] == "d" else "Đ"
    return vowel + "".join(_MARKS[m] for m in marks if m)
