"""Which encoding the letters of a file or column are in, and their way to Unicode (NFC).

Text that is no valid Unicode file is read as latin-1, so one byte is one character; text of an old font inside a
Unicode file (a workbook typed in .VnTime) looks the same. One detector serves both: each candidate decodes the words,
and the one whose words are Vietnamese syllables wins, if it wins clearly.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from readers import letters
from readers.capitals import restore_capitals
from readers.syllables import is_syllable

LEAST_SHARE = 0.5
LEAST_MARGIN = 0.15
_MOST_WORDS = 4_000
_WEIGHT_CAP = 64
_SPLIT = {c: " " for c in range(0x21, 0x7F) if not chr(c).isalpha()} | {0x09: " ", 0x0A: " ", 0x0D: " "}
_CP1252_BYTES = {
    ord(bytes([byte]).decode("cp1252")): chr(byte)
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_CP1252_LETTERS = {ord(byte): chr(letter) for letter, byte in _CP1252_BYTES.items()}


@dataclass(frozen=True)
class Verdict:
    """The encoding that fits best (None: no clear winner), its share of legal syllables, words seen."""

    encoding: str | None
    share: float
    words: int


def as_bytes_view(text: str) -> str:
    """The latin-1 view of text that passed through cp1252: € ‚ ƒ ... back to the bytes they were."""
    return text.translate(_CP1252_BYTES)


def _from_cp1258(text: str) -> str:
    return text.encode("latin-1", "replace").decode("cp1258", "replace")


def _from_utf8(text: str) -> str:
    return text.encode("latin-1", "strict").decode("utf-8", "strict")


def _from_utf8_twice(text: str) -> str:
    return _from_utf8(as_bytes_view(_from_utf8(text)))


def _from_cp1252(text: str) -> str:
    return text.encode("latin-1", "replace").decode("cp1252", "replace")


DECODERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "tcvn3": letters.from_tcvn3,
        "vni": letters.from_vni,
        "cp1258": _from_cp1258,
        "viscii": letters.from_viscii,
        "mojibake": _from_utf8,
        "mojibake-twice": _from_utf8_twice,
        "cp1252": _from_cp1252,
    }
)
"""Encodings below Unicode by name: latin-1 view of a text -> text. May raise UnicodeError."""

_ALIASES = {
    "abc": "tcvn3", "tcvn": "tcvn3", "tcvn-3": "tcvn3", "tcvn5712": "tcvn3", "tcvn5712-3": "tcvn3",
    "vni-windows": "vni", "windows-1258": "cp1258", "windows1258": "cp1258", "windows-1252": "cp1252",
    "latin-1": "cp1252",
    "utf8": "utf-8", "utf-8-sig": "utf-8", "utf16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
UNICODE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def known_name(name: str) -> str | None:
    """The canonical name of an encoding that a person may name; None if it is not known."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    plain = _ALIASES.get(plain, plain)
    return plain if plain in UNICODE or plain in DECODERS else None


@lru_cache(maxsize=65_536)
def _decoded(encoding: str, text: str) -> str | None:
    """NFC text; None for what that encoding cannot have written, such as a letter beyond one byte."""
    view = as_bytes_view(text)
    try:
        view.encode("latin-1")
        plain = DECODERS[encoding](view)
    except UnicodeError:
        return None
    return unicodedata.normalize("NFC", plain.translate(_CP1252_LETTERS))


def decode(text: str, encoding: str, *, capitals: bool = False) -> str:
    """One text in that old encoding -> NFC. `capitals`: the whole column is written in a capital font.

    A text that the encoding cannot have written stands as it is: it is Unicode among old text.
    """
    if text.isascii() and encoding != "viscii":
        return text
    plain = _decoded(encoding, text)
    if plain is None:
        return unicodedata.normalize("NFC", text)
    return restore_capitals(plain, column_is_capital=capitals) if encoding == "tcvn3" else plain


def words_of(texts: Iterable[str]) -> Counter[str]:
    """The words with letters beyond ASCII (and with the control bytes of VISCII), with their counts."""
    words: Counter[str] = Counter()
    for text in texts:
        if text.isascii() and text.isprintable():
            continue
        words.update(w for w in text.translate(_SPLIT).split(" ") if not (w.isascii() and w.isprintable()))
        if len(words) > _MOST_WORDS:
            break
    return words


def judge(words: Mapping[str, int], candidates: Iterable[str]) -> Verdict:
    """Which candidate ("utf-8" = as it stands) makes the words Vietnamese?

    A rare word counts 1, a frequent one at most 8, so that neither one word nor a list of names from a minority
    language, which is right in no encoding, decides alone.
    """
    weights = {word: min(count, _WEIGHT_CAP) ** 0.5 for word, count in words.items()}
    total = sum(weights.values())
    if not total:
        return Verdict("utf-8", 1.0, 0)
    scores = [(_legal(name, weights), name) for name in candidates]
    scores.sort(key=lambda score: -score[0][0])
    (best, good), name = scores[0]
    rivals = [legal for (legal, words_), _ in scores[1:] if words_ != good]
    second = max(rivals, default=0.0)
    clear = best / total >= LEAST_SHARE and (best - second) / total >= LEAST_MARGIN
    return Verdict(name if clear else None, best / total, len(words))


def _legal(encoding: str, weights: Mapping[str, float]) -> tuple[float, frozenset[str]]:
    legal, good = 0.0, []
    for word, weight in weights.items():
        plain = word if encoding == "utf-8" else _decoded(encoding, word)
        if plain is not None and is_syllable(unicodedata.normalize("NFC", plain)):
            legal += weight
            good.append(plain)
    return legal, frozenset(good)


def judge_bytes(words: Mapping[str, int]) -> Verdict:
    """Verdict for 8-bit text read as latin-1."""
    return judge(words, ("tcvn3", "vni", "cp1258", "viscii", "cp1252"))


def judge_unicode(words: Mapping[str, int]) -> Verdict:
    """Verdict for text of a Unicode file that looks odd: an old font, or an encoding applied twice."""
    return judge(words, ("utf-8", "tcvn3", "vni", "cp1258", "viscii", "mojibake", "mojibake-twice"))
