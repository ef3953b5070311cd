"""Tables over all code points, and columns of text as arrays of code points.

One look-up in a table per character replaces a Python loop over strings: a column of names is folded, cleaned and
classified at the speed of numpy. Tables are built once, on first use, from the Unicode data of the interpreter.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_ALL = 0x110000
_COMMON = 0x3000  # scripts below it are looked at one by one; what lies above is rare in a ledger
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_MATHEMATICAL = range(0x1D400, 0x1D800)
_ODD_SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u2800"
)
_PLAIN_SPACES = " \t\n\r\v\f\x85"
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u3164\ufeff\uffa0\ufff9\ufffa\ufffb\u00ad"

_LEAD_OF_LATIN_ADDITIONAL, _LATIN_ADDITIONAL = 0xE1, (0xB8, 0xBB)
_SETTLED = np.zeros(256, bool)
"""Bytes of printable ASCII and of the letters U+00C0 to U+01BF and U+1E00 to U+1EFF, whose first is read with care."""
_SETTLED[0x20:0x7F] = _SETTLED[0x80:0xC0] = _SETTLED[0xC3:0xC7] = _SETTLED[_LEAD_OF_LATIN_ADDITIONAL] = True

APOSTROPHES = "'’‘`´ʼʻʹ′＇"
DASHES = "-‐‑‒–—―−"
_QUOTES = '"“”„‟«»'

_LATIN_FOR = dict(
    zip(
        "АВЕКМНОРСТУХІЈЅҮԚԜаекорсухіјѕһԁԛԝүΑΒΕΖΗΙΚΜΝΟΡΤΥΧοɑ",
        "ABEKMHOPCTYXIJSYQWaekopcyxijshdqwyABEZHIKMNOPTYXoa",
        strict=True,
    )
)
# ǎ and ƣ: what old fonts and PDF copies leave of ă and ư.
_VIETNAMESE_FOR = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ", "ǎ": "ă", "Ǎ": "Ă", "ƣ": "ư", "Ƣ": "Ư"}
_BASE_FOR = {"đ": "d", "ƀ": "b", "ø": "o", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "ɓ": "b", "ɗ": "d"}


@dataclass(frozen=True)
class CodePoints:
    """A column of text: all its characters one after the other, and where each row starts (rows + 1 numbers)."""

    codes: np.ndarray
    starts: np.ndarray

    def any_in_row(self, hit: np.ndarray) -> np.ndarray:
        """For each row: is `hit` (one bool a character) true anywhere in it?"""
        counts = _running(hit)
        return np.asarray(counts[self.starts[1:]] > counts[self.starts[:-1]])

    def kept(self, keep: np.ndarray) -> "CodePoints":
        """The column without the characters where `keep` is false."""
        return CodePoints(self.codes[keep], _running(keep)[self.starts])

    def to_array(self) -> pa.Array:
        """The column as Arrow strings."""
        wide = self.codes
        if len(wide) and int(wide.max()) >= 0x80:
            length = 1 + (wide >= 0x80).astype(np.int8) + (wide >= 0x800) + (wide >= 0x10000)
            offsets = _running(length)[self.starts]
            data = wide.tobytes().decode("utf-32-le").encode("utf-8")
        else:
            offsets, data = self.starts, wide.astype(np.uint8).tobytes()
        buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data)]
        return pa.StringArray.from_buffers(len(self.starts) - 1, buffers[1], buffers[2])


def code_points(text: pa.Array) -> CodePoints:
    """The characters of a string column; a null row has none."""
    text = text.cast(pa.string()) if text.type != pa.string() else text
    filled = pc.fill_null(text, "") if text.null_count else text
    letters = utf8_of(filled)[0].tobytes()
    codes = np.frombuffer(letters.decode("utf-8").encode("utf-32-le"), np.uint32)
    return CodePoints(codes, _running(pc.utf8_length(filled).to_numpy(zero_copy_only=False)))


def first_bytes(text: pa.Array) -> np.ndarray:
    """The first byte of each cell, 0 where there is none; uint8."""
    data, offsets = utf8_of(text)
    found = np.zeros(len(text), np.uint8)
    filled = np.diff(offsets) > 0
    found[filled] = data[offsets[:-1][filled]]
    return found


def utf8_of(text: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of a string column, one cell after the other, and where each begins (cells + 1 numbers)."""
    _, starts, data = text.buffers() if pa.types.is_string(text.type) else (None, None, None)
    if not len(text) or starts is None or data is None:  # of no cell, or of nulls only
        return np.empty(0, np.uint8), np.zeros(len(text) + 1, np.int32)
    offsets = np.frombuffer(starts, np.int32)[text.offset : text.offset + len(text) + 1]
    return np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]], offsets - offsets[0]


def is_settled(data: np.ndarray) -> bool:
    """Are bytes of UTF-8 nothing but printable ASCII and Latin letters, which no cleaning changes?

    Mostly they are, and that is far sooner seen than that each character is plain.
    """
    if not _SETTLED[data].all():
        return False
    second = data[np.flatnonzero(data[:-1] == _LEAD_OF_LATIN_ADDITIONAL) + 1]
    return bool(((second >= _LATIN_ADDITIONAL[0]) & (second <= _LATIN_ADDITIONAL[1])).all())


def _running(counts: np.ndarray) -> np.ndarray:
    total = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=total[1:])
    return total


@cache
def look_alike_map() -> dict[int, str]:
    """Characters that look like a Latin or Vietnamese letter or a digit, and that letter or digit."""
    found = {ord(k): v for k, v in (_LATIN_FOR | _VIETNAMESE_FOR).items()}
    for code in (*_FULL_WIDTH, *_MATHEMATICAL):
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain.isascii():
            found[code] = plain
    found |= {start + n: str(n) for start in (0x0660, 0x06F0) for n in range(10)}
    return found


@cache
def invisible() -> np.ndarray:
    """Per code point: does it show nothing (format and control characters, fillers, tags)? It is taken out."""
    table = np.zeros(_ALL, bool)
    for code in range(_COMMON):
        table[code] = unicodedata.category(chr(code)) in ("Cf", "Cc")
    table[[ord(c) for c in _FILLERS]] = True
    table[0xFE00:0xFE10] = True
    table[0xE0000:0xE01F0] = True
    table[[ord(c) for c in _PLAIN_SPACES]] = False
    return table


@cache
def odd_space() -> np.ndarray:
    """Per code point: is it a blank other than the plain ones (no-break, wide, line separator)?"""
    table = np.zeros(_ALL, bool)
    table[[ord(c) for c in _ODD_SPACES]] = True
    return table


@cache
def blank() -> np.ndarray:
    """Per code point: is it a blank of any kind?"""
    table = odd_space().copy()
    table[[ord(c) for c in _PLAIN_SPACES]] = True
    return table


@cache
def unsettled() -> np.ndarray:
    """Per code point: may NFC change a text that holds it?"""
    table = np.zeros(_ALL, bool)
    for code in range(0x80, _COMMON):
        letter = chr(code)
        table[code] = unicodedata.category(letter)[0] == "M" or not unicodedata.is_normalized("NFC", letter)
    table[0x1100:0x1200] = True
    table[_COMMON:] = True
    return table


@cache
def folded() -> np.ndarray:
    """Per code point: what it folds to (lower case, no marks); 0 = nothing."""
    table = np.arange(_ALL, dtype=np.uint32)
    for code in range(_COMMON):
        table[code] = _fold_code(chr(code))
    for code, letter in look_alike_map().items():
        table[code] = _fold_code(letter)
    for group, to in ((APOSTROPHES, "'"), (DASHES, "-"), (_QUOTES, '"')):
        table[[ord(c) for c in group]] = ord(to)
    table[blank()] = ord(" ")
    table[invisible()] = 0
    return table


@cache
def fold_map() -> dict[int, str | None]:
    """The same table for `str.translate`: only the code points that change."""
    table = folded()
    changed = np.flatnonzero((table != np.arange(_ALL, dtype=np.uint32)) | (table == 0))
    return {int(code): chr(table[code]) if table[code] else None for code in changed}


def _fold_code(letter: str) -> int:
    if unicodedata.category(letter)[0] == "M":
        return 0
    lower = look_alike_map().get(ord(letter), letter).lower()
    base = "".join(c for c in unicodedata.normalize("NFD", lower) if unicodedata.category(c)[0] != "M")
    one = base if len(base) == 1 else lower[0]
    return ord(_BASE_FOR.get(one, one))
