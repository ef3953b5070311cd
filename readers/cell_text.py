"""One cell -> Unicode: in its column's encoding, or in its own where the column's makes no sense of it.

A column may hold two encodings (half of it typed on another machine); each cell then goes to the one that explains it
better, and a cell that both explain alike, to different letters, is not guessed.
"""

import re
from collections.abc import Sequence

from readers import encoding as enc
from readers.syllables import POSSIBLE

UNCLEAR_RULE = "row.encoding_unclear"
UNICODE = "utf-8"
_SEPARATOR = "\x1f"
"""No old encoding has a letter there."""
_LEAST_DIFFERENCE = 2.0
_LEAST_ALONE, _LEAST_GAIN = 9.0, 5.0
_NO_WORD = re.compile(r"[^\W\d_][\x80-\xa9\xab-\xb9\xbb-\xbf\xd7\xf7\u0152-\u0178\u2018-\u2122][^\W\d_]|[a-z][À-ÖØ-Þ]")
_BLANKS = {
    **dict.fromkeys([0x85, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], None),
}
"""Blanks, new lines and invisible signs: some are letters of old encodings, but far more often just what they are."""
ETH = str.maketrans("Ðð", "Đđ")
_OF_A_MINORITY = re.compile("[A-Za-z'’-]*[Ññ][A-Za-z'’-]*")
"""A word with ñ and no other mark: of Mnông or Ê-đê, or of VNI, where Ñ is Đ. One letter does not tell; it stays."""
_INSIDE = re.compile(r"[^\W\d_]['’ʼ]")


class CellReader:
    """Reads the cells of one column.

    Args:
        name: the column's encoding.
        second: the other one, where two share the column.
        capitals: the column is written in a capital font (TCVN3).
        is_bytes: the cells are bytes read as latin-1, so that they cannot be Unicode as they stand.
        is_told: a person named the encoding; nothing is judged.
    """

    def __init__(self, name: str, second: str | None, capitals: bool, *, is_bytes: bool, is_told: bool) -> None:
        self._name, self._second, self._capitals = name, second, capitals
        self._candidates = enc.EIGHT_BIT if is_bytes else enc.IN_UNICODE
        self._is_told = is_told
        self.mixed = False

    def read_all(self, texts: Sequence[str | None]) -> list[str | None]:
        """Each text as `read` gives it; all at once where no word is doubtful, and only doubtful texts one by one."""
        whole = _SEPARATOR.join(t or "" for t in texts)
        if self._second is not None or whole.count(_SEPARATOR) != len(texts) - 1:
            return [self.read(t) for t in texts]
        decoded = enc.decoded_texts(whole, self._name, _SEPARATOR, capitals=self._capitals)
        if decoded is None:
            return [self.read(t) for t in texts]
        if self._is_told:
            return list(decoded)
        odd = {w for w in enc.odd_words(whole.replace(_SEPARATOR, " ")) if not enc.word_evidence(self._name, w)}
        if not odd:
            return list(decoded)
        of_odd = re.compile("|".join(map(re.escape, sorted(odd, key=len, reverse=True))))
        return [self.read(t) if t and of_odd.search(t) else d for t, d in zip(texts, decoded, strict=True)]

    def read(self, text: str | None) -> str | None:
        """The cell in Unicode; None where no encoding, or several, explain it."""
        if text is None:
            return ""
        if text.isascii() and self._name not in enc.WITH_LOW_BYTES:
            return text
        words = enc.odd_words(text)
        if self._is_told or not words:
            return self._plain(text, self._name)
        if self._second is not None:
            return self._of_two(text, words)
        if all(enc.word_evidence(self._name, word) for word in words):
            return self._plain(text, self._name)
        own = self._alone(words)
        if own is None:
            return self._plain(text, self._name)
        self.mixed = True
        return self._plain(text, own)

    def _plain(self, text: str, name: str) -> str:
        return text if name == UNICODE else enc.decode(text, name, capitals=self._capitals)

    def _of_two(self, text: str, words: list[str]) -> str | None:
        assert self._second is not None  # noqa: S101 - the caller asked
        first, second = self._plain(text, self._name), self._plain(text, self._second)
        if first == second:
            return first
        one, other = (sum(enc.word_evidence(n, w) for w in words) for n in (self._name, self._second))
        if abs(one - other) >= _LEAST_DIFFERENCE:
            return first if one > other else second
        return None if max(one, other) >= POSSIBLE else first

    def _alone(self, words: list[str]) -> str | None:
        """Another encoding that explains a cell by itself, and clearly better than the column's."""
        verdict = enc.judge(dict.fromkeys(words, 1), self._candidates)
        if verdict.encoding in (None, self._name) or not all(enc.word_evidence(verdict.encoding, w) for w in words):
            return None
        own, other = (sum(enc.word_evidence(n, w) for w in words) for n in (self._name, verdict.encoding))
        return verdict.encoding if other >= _LEAST_ALONE and other - own >= _LEAST_GAIN else None


def mended_text(text: str) -> str | None:
    """One cell of a Unicode column that may stand in another encoding; as it is where it need not.

    None where it cannot be Vietnamese as it stands (a sign inside a word, a capital behind a small letter) and no
    encoding explains it clearly.
    """
    words = [w for w in enc.odd_words(text) if not enc.word_evidence(UNICODE, w.translate(ETH))]
    if not words:
        return text
    verdict = enc.judge_unicode(dict.fromkeys(enc.odd_words(text), 1))
    if verdict.encoding not in (None, UNICODE):
        explained = [w for w in enc.odd_words(text) if enc.decode(w, verdict.encoding) != w]
        return text if all(map(_OF_A_MINORITY.fullmatch, explained)) else enc.decode(text, verdict.encoding)
    words = [w for w in enc.odd_words(text.translate(_BLANKS)) if not enc.word_evidence(UNICODE, w.translate(ETH))]
    return None if any(_NO_WORD.search(w) and not _INSIDE.search(w) for w in words) else text
