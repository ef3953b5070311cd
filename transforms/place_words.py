"""Words of an address: syllables with and without marks, words for kinds of units, and the breaks between them.

An address is read as a row of words. "TP.HCM" and "P5 Q10" come apart where letters meet digits or a dot; a comma, a
semicolon, a slash or a bracket is a break that no name crosses, a dash or a full stop one that a few names do.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from transforms.name_parts import data_rows
from transforms.text import fold

PROVINCE, CITY, TOWN, DISTRICT, QUARTER, COMMUNE, WARD, TOWNSHIP, BELOW = "TCSHQXPNL"
"""Kinds: tỉnh, thành phố, thị xã, huyện, quận, xã, phường, thị trấn; BELOW = hamlet, street, house."""
OF_DISTRICTS = frozenset((CITY, TOWN, DISTRICT, QUARTER))
OF_COMMUNES = frozenset((COMMUNE, WARD, TOWNSHIP))
KINDS = {"xã": COMMUNE, "phường": WARD, "thị trấn": TOWNSHIP, "quận": QUARTER, "huyện": DISTRICT,
         "thị xã": TOWN, "thành phố": CITY, "tỉnh": PROVINCE, "đặc khu": COMMUNE, "": ""}  # fmt: skip
"""Words of the unit lists -> kinds."""

GOES_ON, ENDS_AFTER, ENDS_BEFORE = 0, 1, 2
NO_BREAK, SOFT, HARD = 0, 1, 2
"""Break before a word: none, a dash or full stop, a comma or the like."""

_PIECES = re.compile(r"[^\W\d_]+|\d+|[,;/|()\[\]\n]|[.\-–—]")
_NAMES = re.compile(r"[^\W\d_]+|\d+")
_APOSTROPHE_MARKS = "'’‘`´ʼ\u0300\u0301"
_APOSTROPHE = re.compile(f"[{_APOSTROPHE_MARKS}]")
_APOSTROPHES = str.maketrans("", "", _APOSTROPHE_MARKS)
_HARD, _SOFT = frozenset(",;/|()[]\n"), frozenset(".-–—")
_TONES = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}
_I_FOR_Y = str.maketrans("y", "i")

_SURE = {
    "tỉnh": PROVINCE, "t": PROVINCE, "tp": CITY, "tphố": CITY, "tx": TOWN, "huyện": DISTRICT, "h": DISTRICT,
    "quận": QUARTER, "q": QUARTER, "xã": COMMUNE, "x": COMMUNE, "phường": WARD, "p": WARD, "f": WARD, "ph": WARD,
    "phuờng": WARD, "phừơng": WARD, "tt": TOWNSHIP, "ttr": TOWNSHIP, "hyện": DISTRICT, "huyên": DISTRICT,
}  # fmt: skip
_IN_NAMES = frozenset(("tinh", "quan", "xa"))  # Phước Tỉnh, Thượng Quận, Tân Xã
_MAYBE = {"tinh": PROVINCE, "huyen": DISTRICT, "quan": QUARTER, "xa": COMMUNE, "phuong": WARD}
_PAIRS = {
    ("thanh", "pho"): CITY, ("t", "p"): CITY, ("thi", "xa"): TOWN, ("t", "x"): TOWN, ("thi", "tran"): TOWNSHIP,
    ("t", "t"): TOWNSHIP, ("t", "tran"): TOWNSHIP, ("t", "pho"): CITY, ("dac", "khu"): COMMUNE, ("thu", "do"): CITY,
}  # fmt: skip
_FIRST_OF_PAIR = frozenset(first for first, _ in _PAIRS)
_MARKED_PAIRS = frozenset(("thành phố", "thị xã", "thị trấn", "đặc khu", "thủ đô"))


class Word(NamedTuple):
    """One word of an address.

    Attributes:
        key: folded, y as i, no leading zeros: what names are looked up by.
        marked: with its letters' marks and, at the end, the number of its tone: tone placement does not count.
        kind: kind of unit that the word says, or "".
        sure: it can be nothing but that; "quan" may be Quận or a syllable of Quan Sơn.
        plain: it bears no mark at all.
        stop: GOES_ON, or no name reaches over it (ENDS_AFTER), or none even holds it (ENDS_BEFORE).
    """

    key: str
    marked: str
    kind: str
    sure: bool
    plain: bool
    stop: int


class Words(NamedTuple):
    """An address as words: their keys, kinds and so on in parallel lists; break before each; the words themselves."""

    keys: tuple[str, ...]
    kinds: tuple[str, ...]
    sure: tuple[bool, ...]
    stops: tuple[int, ...]
    breaks: list[int]
    words: list[Word]


def name_key(name: str) -> str:
    """The key of a name: its words' keys without blanks between."""
    return "".join(map(_name_word, _NAMES.findall(name.lower().translate(_APOSTROPHES))))


@cache
def _name_word(word: str) -> str:
    """Key of a word of a unit's name: they are few, and the same ones again and again."""
    return _word_key(word)


def marked_name(name: str) -> tuple[str, ...]:
    """The words of a name with their marks, in the form of `Word.marked`."""
    return tuple(_marked(w) for w in _NAMES.findall(unicodedata.normalize("NFC", name.lower()).translate(_APOSTROPHES)))


def words_of(text: str, known: dict[str, tuple[Word, ...]]) -> Words:
    """The words of a cleaned address.

    Args:
        text: the address.
        known: pieces read before, as they are written; the function adds to it.
    """
    words: list[Word] = []
    breaks: list[int] = []
    pending = HARD
    if _APOSTROPHE.search(text):
        text = text.translate(_APOSTROPHES)
    for piece in _PIECES.findall(text):
        read = known.get(piece)
        if read is None:
            read = known[piece] = _read(piece, known)
        if read:
            for word in read:
                words.append(word)
                breaks.append(pending)
                pending = NO_BREAK
        elif pending < HARD:
            pending = HARD if piece in _HARD else SOFT
    found = gathered(words, breaks)
    if _FIRST_OF_PAIR.isdisjoint(found.keys):
        return found
    _pair(words, breaks)
    return gathered(words, breaks)


def gathered(words: list[Word], breaks: list[int]) -> Words:
    """The words and the breaks before them as columns."""
    if not words:
        return Words((), (), (), (), breaks, words)
    keys, _, kinds, sure, _, stops = zip(*words, strict=True)
    return Words(keys, kinds, sure, stops, breaks, words)


def _read(piece: str, known: dict[str, tuple[Word, ...]]) -> tuple[Word, ...]:
    """The word of one piece, none for a break; two where a capital follows a small letter, as in tỉnhQuảng Ninh."""
    if piece in _HARD or piece in _SOFT:
        return ()
    small = piece.lower()
    if piece not in (small, piece.capitalize(), piece.upper()):
        cut = next((i for i in range(1, len(piece)) if piece[i].isupper() and piece[i - 1].islower()), 0)
        if cut:
            return (*_read(piece[:cut], known), *_read(piece[cut:], known))
    if small not in known:
        known[small] = (_word(small),)
    return known[small]


def _pair(words: list[Word], breaks: list[int]) -> None:
    """Put words of two syllables for a kind (thành phố, thị xã, T.P) together."""
    at = len(words) - 1
    while at > 0:
        first, second = words[at - 1], words[at]
        kind = _PAIRS.get((first.key, second.key)) if breaks[at] < HARD else None
        if kind and _is_pair(first, second):
            is_sure = first.sure or not first.plain
            words[at - 1 : at + 1] = [Word(first.key + second.key, "", kind, is_sure, False, ENDS_AFTER)]
            del breaks[at]
            at -= 1
        at -= 1


def _is_pair(first: Word, second: Word) -> bool:
    if first.plain and second.plain:
        return True
    return f"{first.marked} {second.marked}" in _marked_pairs() or first.plain != second.plain


@cache
def _marked_pairs() -> frozenset[str]:
    return frozenset(" ".join(marked_name(pair)) for pair in _MARKED_PAIRS)


def _word(piece: str) -> Word:
    key = _word_key(piece)
    is_plain = piece.isascii()
    kind = _SURE.get(piece) or (_MAYBE.get(piece, "") if is_plain else "")
    if not kind and piece in _below():
        return Word(key, _marked(piece), BELOW, not is_plain, is_plain, GOES_ON)
    stop = GOES_ON
    if piece in _SURE and key not in _IN_NAMES:
        stop = ENDS_BEFORE if len(key) == 1 else ENDS_AFTER  # X. and P. are no part of a name, TT-Huế is one
    return Word(key, _marked(piece), kind, piece in _SURE, is_plain, stop)


def _word_key(word: str) -> str:
    return word.lstrip("0") or "0" if word.isdecimal() else fold(word).translate(_I_FOR_Y)


def _marked(word: str) -> str:
    if word.isascii():
        base, tone = word.lstrip("0") if word.isdecimal() else word, ""
    else:
        parts = unicodedata.normalize("NFD", word)
        tone = next((_TONES[c] for c in parts if c in _TONES), "")
        base = unicodedata.normalize("NFC", "".join([c for c in parts if c not in _TONES]))
    is_final_y = base.endswith("y") and (base[-2:-1] not in "aâuo" or base == "quy")
    return (base[:-1] + "i" if is_final_y else base) + tone


@cache
def _below() -> frozenset[str]:
    """Words before the name or number of a hamlet, a street or a house."""
    listed = (row["word"] for row in data_rows("unit_words"))
    return frozenset(w for w in listed if w not in _SURE and w not in _MAYBE and " " not in w)
