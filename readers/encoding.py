"""Which encoding the letters of a file or column are in, and their way to Unicode (NFC).

Text that is no valid Unicode file is read as latin-1, so one byte is one character; text of an old font inside a
Unicode file (a workbook typed in .VnTime) looks the same. One detector serves both: each candidate decodes the words,
and the one whose words are Vietnamese syllables wins, if it wins clearly. Words that no candidate makes Vietnamese
(H'Bia Mlô) say nothing.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from readers import letters, mojibake
from readers.capitals import CASE_IS_LOST, restore_capitals
from readers.syllables import ODD, POSSIBLE, evidence

LEAST_SHARE = 0.6
LEAST_MARGIN, LEAST_MARGIN_SHARE, LEAST_EVIDENCE = 5.0, 0.12, 6.0
UNICODE_PRIOR = 4.0
_LEAST_OF_A_PART = 3
_LEAST_OF_BOTH = 0.85
_LONGEST_WORD = 200
"""Letters; twice spoilt, the longest syllable has less than half as many. A cell of millions says nothing."""
_MOST_WORDS = 4_000
_WEIGHT_CAP = 64
_SIGNS_OF_BKHCM1 = "^`{|}~"
_SPLIT = {c: " " for c in range(0x21, 0x7F) if not chr(c).isalpha() and chr(c) not in _SIGNS_OF_BKHCM1} | {
    0x09: " ", 0x0A: " ", 0x0D: " ",
}  # fmt: skip
_UNICODE_NAME = "utf-8"
WITH_LOW_BYTES = frozenset(("viscii", "vps", "bkhcm1"))
"""Encodings with letters below 0x80."""


@dataclass(frozen=True)
class Verdict:
    """The encoding that fits best.

    Attributes:
        encoding: None if there is no clear winner.
        share: of the words that any candidate makes Vietnamese, the share that this one does.
        words: words seen.
        second: the encoding of the words that the first does not explain, where two share the text.
        options: the candidates that fit almost as well, best first.
        is_tied: another candidate reads every word the same.
    """

    encoding: str | None
    share: float
    words: int
    second: str | None = None
    options: tuple[str, ...] = ()
    is_tied: bool = False


def _of_bytes(decode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: mojibake.with_signs(decode(mojibake.checked_view(text)))


def _through_cp1258(decode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: mojibake.with_signs(decode(mojibake.cp1258_view(text)))


def _from_cp1258(text: str) -> str:
    return text.encode("latin-1", "replace").decode("cp1258", "replace")


def _as_it_is(text: str) -> str:
    return text


DECODERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "tcvn3": _of_bytes(letters.from_tcvn3),
        "vni": _of_bytes(letters.from_vni),
        "cp1258": _of_bytes(_from_cp1258),
        "viscii": _of_bytes(letters.from_viscii),
        "vps": _of_bytes(letters.from_vps),
        "bkhcm2": _of_bytes(letters.from_bkhcm2),
        "bkhcm1": _of_bytes(letters.from_bkhcm1),
        "cp1252": _of_bytes(_as_it_is),
        "utf-8-cells": mojibake.from_utf8,
        "mojibake": mojibake.from_utf8,
        "mojibake-twice": mojibake.from_utf8_twice,
        "mojibake-tcvn3": mojibake.from_utf8_as_tcvn3,
        "tcvn3-cp1258": _through_cp1258(letters.from_tcvn3),
        "vni-cp1258": _through_cp1258(letters.from_vni),
        "viscii-cp1258": _through_cp1258(letters.from_viscii),
    }
)
"""Encodings below Unicode by name: text of one character a byte -> text. May raise UnicodeError.

utf-8-cells are columns in UTF-8 beside columns of old bytes.
"""

EIGHT_BIT = ("tcvn3", "vni", "cp1258", "viscii", "vps", "bkhcm2", "bkhcm1", "cp1252", "utf-8-cells")
IN_UNICODE = (_UNICODE_NAME, *(name for name in DECODERS if name not in ("cp1252", "utf-8-cells")))
"""What text of a Unicode file may be: as it stands, in an old font, or an encoding applied twice."""

_ALIASES = {
    "abc": "tcvn3", "tcvn": "tcvn3", "tcvn-3": "tcvn3", "tcvn5712": "tcvn3", "tcvn5712-3": "tcvn3",
    "vni-windows": "vni", "vni-win": "vni", "windows-1258": "cp1258", "windows1258": "cp1258",
    "windows-1252": "cp1252", "latin-1": "cp1252", "bk-hcm1": "bkhcm1", "bk-hcm-1": "bkhcm1", "bkhcm-1": "bkhcm1",
    "bk-hcm": "bkhcm2", "bk-hcm2": "bkhcm2", "bk-hcm-2": "bkhcm2", "bkhcm": "bkhcm2", "bkhcm-2": "bkhcm2",
    "utf8": "utf-8", "utf-8-sig": "utf-8", "unicode": "utf-8", "utf16": "utf-16", "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be", "utf32": "utf-32",
}  # fmt: skip
TYPED = ("telex", "vni-typed", "viqr")
"""Ways of typing Vietnamese in ASCII (`readers.typed`)."""

UNICODE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def known_name(name: str) -> str | None:
    """The canonical name of an encoding that a person may name; None if it is not known."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    plain = _ALIASES.get(plain, plain)
    return plain if plain in UNICODE or plain in DECODERS or plain in TYPED else None


@lru_cache(maxsize=131_072)
def decoded_word(encoding: str, text: str) -> str | None:
    """NFC text of a word; None for what that encoding cannot have written, such as a letter beyond one byte."""
    try:
        plain = text if encoding == _UNICODE_NAME else DECODERS[encoding](text)
    except UnicodeError:
        return None
    if encoding != "bkhcm1":
        return unicodedata.normalize("NFC", plain).strip(_SIGNS_OF_BKHCM1)
    return _settled(text, plain)


def _settled(text: str, plain: str) -> str:
    """A word of BK HCM 1 with its doubtful bytes as the letters that make it the commoner syllable, else U+FFFD."""
    doubtful = [c for c in mojibake.bytes_view(text) if c in letters.BKHCM1_DOUBTFUL]
    for byte in doubtful:
        fits = {o: evidence(plain.replace("\ufffd", o, 1)) for o in letters.BKHCM1_DOUBTFUL[byte]}
        first, second = sorted(fits, key=lambda o: -fits[o])
        if fits[first] <= fits[second]:
            return plain
        plain = plain.replace("\ufffd", first, 1)
    return plain


def decode(text: str, encoding: str, *, capitals: bool = False) -> str:
    """One text in that old encoding -> NFC. `capitals`: the whole column is written in a capital font.

    A text that the encoding cannot have written stands as it is: it is Unicode among old text.
    """
    if text.isascii() and encoding not in WITH_LOW_BYTES:
        return text
    if encoding == "bkhcm1":
        return " ".join(decoded_word(encoding, word) or word for word in text.split(" "))
    try:
        plain = unicodedata.normalize("NFC", DECODERS[encoding](text))
    except UnicodeError:
        return unicodedata.normalize("NFC", text)
    return restore_capitals(plain, column_is_capital=capitals) if encoding.startswith("tcvn3") else plain


def decoded_texts(joined: str, encoding: str, separator: str, *, capitals: bool) -> list[str] | None:
    """Many texts in one go, as `decode` gives each; None where they have to be taken one by one."""
    if encoding not in DECODERS or encoding == "bkhcm1":
        return None
    try:
        plain = unicodedata.normalize("NFC", DECODERS[encoding](joined)).split(separator)
    except UnicodeError:
        return None
    if not encoding.startswith("tcvn3"):
        return plain
    return [t if t.isascii() else restore_capitals(t, column_is_capital=capitals) for t in plain]


def plainly(text: str, encoding: str) -> str:
    """The letters of a text in an encoding, before capitals are restored; as it stands where it cannot be that."""
    try:
        return DECODERS[encoding](text)
    except UnicodeError:
        return text


def words_of(texts: Iterable[str]) -> Counter[str]:
    """The words with letters beyond ASCII (and with the control bytes of VISCII and VPS), with their counts."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(odd_words(text))
        if len(words) > _MOST_WORDS:
            break
    return words


def odd_words(text: str) -> list[str]:
    """The words of a text that an encoding matters to, each once."""
    if text.isascii() and text.isprintable():
        return []
    words = dict.fromkeys(text.translate(_SPLIT).split(" "))
    return [w for w in words if len(w) <= _LONGEST_WORD and not (w.isascii() and w.isprintable())]


@lru_cache(maxsize=131_072)
def word_evidence(encoding: str, word: str) -> float:
    """How much a word, decoded so, says that it is Vietnamese (`readers.syllables.evidence`)."""
    plain = decoded_word(encoding, word)
    return 0.0 if plain is None else evidence(plain, CASE_IS_LOST if encoding.startswith("tcvn3") else "")


def judge(words: Mapping[str, int], candidates: Sequence[str]) -> Verdict:
    """Which candidate ("utf-8" = as it stands) makes the words Vietnamese?

    A rare word counts 1, a frequent one at most 8, so that neither one word nor a list of names from a minority
    language, which is right in no encoding, decides alone.
    """
    table = _Table(words, candidates)
    if not table.rows:
        return Verdict(_UNICODE_NAME if not words else None, 1.0 if not words else 0.0, len(words))
    best = max(candidates, key=lambda c: table.total(c))
    rivals = sorted((c for c in candidates if table.differs(c, best)), key=lambda c: -table.total(c))
    margin = table.total(best) - (table.total(rivals[0]) if rivals else 0.0)
    least = max(LEAST_MARGIN, LEAST_MARGIN_SHARE * table.total(best))
    share = table.share(best)
    options = (best, *(r for r in rivals if table.total(best) - table.total(r) < least))
    second = table.second(best, candidates)
    is_clear = share >= LEAST_SHARE and margin >= least and table.total(best) >= LEAST_EVIDENCE
    if second is not None and table.are_two(best, second, candidates):
        return Verdict(best, share, len(words), second, options)
    tied = any(c != best and c not in rivals and table.share(c) == share for c in candidates)
    return Verdict(best if is_clear else None, share, len(words), None, options, tied)


class _Table:
    """Evidence of each word under each candidate; words that no candidate explains are left out."""

    def __init__(self, words: Mapping[str, int], candidates: Sequence[str]) -> None:
        self.rows: dict[str, dict[str, float]] = {}
        self._weights = {word: math.sqrt(min(count, _WEIGHT_CAP)) for word, count in words.items()}
        for word in words:
            row = {c: word_evidence(c, word) for c in candidates}
            if max(row.values()) > ODD:
                self.rows[word] = row
        self._totals = {c: sum(self._weights[w] * row[c] for w, row in self.rows.items()) for c in candidates}
        if self.rows and _UNICODE_NAME in self._totals and self._totals[_UNICODE_NAME]:
            self._totals[_UNICODE_NAME] += UNICODE_PRIOR

    def total(self, candidate: str) -> float:
        return self._totals[candidate]

    def differs(self, candidate: str, best: str) -> bool:
        """Does it read any word that it explains otherwise than the best does?"""
        return candidate != best and any(
            row[candidate] and decoded_word(candidate, w) != decoded_word(best, w) for w, row in self.rows.items()
        )

    def share(self, *candidates: str) -> float:
        whole = sum(self._weights[w] for w in self.rows)
        legal = sum(self._weights[w] for w, row in self.rows.items() if any(row[c] >= POSSIBLE for c in candidates))
        return legal / whole

    def second(self, best: str, candidates: Sequence[str]) -> str | None:
        """The candidate that explains most of what the best does not."""
        gain = {c: sum(max(0.0, r[c] - r[best]) for r in self.rows.values()) for c in candidates}
        found = max(candidates, key=lambda c: gain[c])
        return found if gain[found] > 0 else None

    def are_two(self, best: str, second: str, candidates: Sequence[str]) -> bool:
        """Is the text in two encodings, each with words that it reads better than any other?"""
        if self.share(best, second) < _LEAST_OF_BOTH:
            return False
        return all(self._owns(a, b, candidates) for a, b in ((best, second), (second, best)))

    def _owns(self, owner: str, other: str, candidates: Sequence[str]) -> bool:
        part = [row for row in self.rows.values() if row[owner] >= POSSIBLE and row[other] <= ODD]
        if len(part) < _LEAST_OF_A_PART:
            return False
        own = sum(row[owner] for row in part)
        third = max((sum(row[c] for row in part) for c in candidates if c not in (owner, other)), default=0.0)
        return own - third >= LEAST_MARGIN


def judge_bytes(words: Mapping[str, int]) -> Verdict:
    """Verdict for 8-bit text read as latin-1."""
    return judge(words, EIGHT_BIT)


def judge_unicode(words: Mapping[str, int]) -> Verdict:
    """Verdict for text of a Unicode file that looks odd: an old font, or an encoding applied twice."""
    return judge(words, IN_UNICODE)
