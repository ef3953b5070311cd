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
_TONED = re.compile(r"(?i)[aeiouy]['`~][a-z]|[aeiouy]['`~]$|[aeiouy][.?][a-z]")
_LEAST_STRONG, _LEAST_WORDS, _LEAST_SHARE = 2, 5, 0.8


def is_viqr(text: str) -> bool:
    """Do the words of an ASCII text with the marks of VIQR become Vietnamese syllables?"""
    words = set(_WORD.findall(text))
    strong = {word for word in words if _STRONG.search(word)}
    marked = strong | {word for word in words if _TONED.search(word)}
    legal = sum(1 for word in marked if _syllable(word) is not None)
    return len(strong) >= _LEAST_STRONG and len(marked) >= _LEAST_WORDS and legal >= _LEAST_SHARE * len(marked)


def from_viqr(text: str) -> str:
    """Text in VIQR -> letters."""
    return _WORD.sub(lambda found: _decoded(found.group()), text)


@lru_cache(maxsize=65_536)
def _decoded(word: str) -> str:
    """A syllable; a word of another language with the marks that stand inside it or cannot be punctuation."""
    found = _syllable(word)
    if found is not None:
        return found
    body = word if word[-2:-1] in ("^", "(", "+", "*") else word.rstrip("'`?~.")
    return unicodedata.normalize("NFC", _LETTER.sub(_composed, body)).replace("\\", "") + word[len(body) :]


def _syllable(word: str) -> str | None:
    """The word, with the punctuation behind it as a tone first, as punctuation second; None if it is no syllable."""
    for end in range(len(word), max(0, len(word) - 2), -1):
        plain = unicodedata.normalize("NFC", _LETTER.sub(_composed, word[:end])).replace("\\", "")
        if is_syllable(plain):
            return plain + word[end:].removeprefix("\\")
    return None


def _composed(found: re.Match[str]) -> str:
    vowel, *marks = found.groups()
    if vowel is None:
        return "đ" if found.group()[0] == "d" else "Đ"
    return vowel + "".join(_MARKS[m] for m in marks if m)
