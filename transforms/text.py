"""Text of a cell: cleaned, folded, sorted; and the words that say that a cell is empty.

Tone placement is kept as written (hoà stays hoà, hòa stays hòa): only the fold and the sort key treat them alike.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason
from transforms import characters

INVISIBLE_RULE = "text.invisible_characters"

_BLANK_WORDS = (
    "null", "none", "nil", "n/a", "n.a", "n.a.", "na", "nan", "nat", "<na>", "undefined", "blank", "empty", "\\n",
    "trong", "bo trong", "de trong", "khong co", "ko co", "k co", "chua co", "chua cap", "khong ghi", "ko ghi",
    "chua ghi", "khong khai", "chua khai", "khong co thong tin", "chua co thong tin", "chua cap nhat", "chua nhap",
    "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "#getting_data", "#spill!", "#calc!",
)  # fmt: skip
_UNKNOWN_WORDS = (
    "khong ro", "ko ro", "k ro", "kg ro", "khg ro", "chua ro", "khong biet", "ko biet", "chua biet", "khong nho",
    "ko nho", "khong xac dinh", "chua xac dinh", "khong xac minh duoc", "chua xac minh", "khong ro rang", "unknown",
    "unk", "khong doc duoc", "khong doc ro", "mo khong doc duoc", "chu mo", "bi mo", "rach", "bi rach", "that lac",
)  # fmt: skip
EMPTY_WORDS: Mapping[str, EmptyReason] = MappingProxyType(
    dict.fromkeys(_BLANK_WORDS, EmptyReason.BLANK) | dict.fromkeys(_UNKNOWN_WORDS, EmptyReason.STATED_UNKNOWN)
)
"""Folded words of an empty cell. A bare "không" is not among them: in some columns it is an answer."""

_PROGRAM_WORDS = frozenset(("null", "none", "nil", "na", "nan", "nat", "unk", "empty", "blank"))
_GIVEN_NAMES_LIKE_WORDS = frozenset(("Na", "Nan", "Nil"))
_LONGEST_WORD = 60
_WRAPPED = re.compile(r"^[(\[{<]\s*(.*?)\s*[)\]}>]$")
_MARKS_ONLY = re.compile(r"^[\W_]+$")

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(ord("A") + n) if n < 26 else chr(ord("a") + n - 26) for n, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}
_BETWEEN_SYLLABLES, _END_OF_LEVEL, _FOREIGN = "-", "!", "z"
_GIVEN_FIRST, _SURNAME_FIRST = (0, 1, 2), (2, 0, 1)
"""Places of given name, middle name and surname in a key."""


def clean_text(raw: pa.Array) -> pa.Array:
    """Text of cells as it is kept: NFC, no invisible characters, single plain blanks, stripped; nothing is null.

    Args:
        raw: string column as read.

    Returns:
        String column of the same length; tone placement, case and apostrophes stay as written.
    """
    raw = raw.cast(pa.string())
    if _is_clean(raw):
        return pc.if_else(pc.not_equal(raw, ""), raw, pa.scalar(None, pa.string()))
    points = characters.code_points(raw)
    hidden = characters.invisible()[points.codes]
    if hidden.any():
        points = points.kept(~hidden)
    if characters.unsettled()[points.codes].any():
        points = characters.code_points(pc.utf8_normalize(points.to_array(), form="NFC"))
    clean = _single_blanks(points).to_array()
    return pc.if_else(pc.and_(pc.is_valid(raw), pc.not_equal(clean, "")), clean, pa.scalar(None, pa.string()))


def _is_clean(raw: pa.Array) -> bool:
    """Is there nothing to clean in any cell, not even a blank too many?"""
    data, offsets = characters.utf8_of(raw)
    if not characters.is_settled(data):
        return False
    is_blank = np.append(data, 0) == ord(" ")
    filled = np.diff(offsets) > 0
    has_edge = is_blank[offsets[:-1][filled]].any() or is_blank[offsets[1:][filled] - 1].any()
    return not has_edge and not (is_blank[1:] & is_blank[:-1]).any()


def _single_blanks(points: characters.CodePoints) -> characters.CodePoints:
    is_blank = characters.blank()[points.codes]
    if not is_blank.any():
        return points
    codes = np.where(is_blank, np.uint32(ord(" ")), points.codes)
    first = np.zeros(len(codes) + 1, bool)
    first[points.starts] = True
    after_blank = np.concatenate(([False], is_blank[:-1]))
    single = characters.CodePoints(codes, points.starts).kept(~(is_blank & (first[:-1] | after_blank)))
    last = np.zeros(len(single.codes), bool)
    ends = single.starts[1:][np.diff(single.starts) > 0] - 1
    last[ends] = True
    return single.kept(~(last & (single.codes == ord(" "))))


def has_invisible(raw: pa.Array) -> np.ndarray:
    """For each row: did cleaning take out invisible characters or put a plain blank for an odd one? bool."""
    if characters.is_settled(characters.utf8_of(raw)[0]):
        return np.zeros(len(raw), np.bool_)
    points = characters.code_points(raw)
    return points.any_in_row((characters.invisible() | characters.odd_space())[points.codes])


def fold_text(text: pa.Array) -> pa.Array:
    """The key of matching and search: lower case, no marks, d for đ, one form of apostrophe and dash.

    Args:
        text: string column, usually cleaned.

    Returns:
        String column of the same length; null stays null.
    """
    points = characters.code_points(text)
    codes = characters.folded()[points.codes]
    out = characters.CodePoints(codes, points.starts).kept(codes != 0).to_array()
    return pc.if_else(pc.is_valid(text), out, pa.scalar(None, pa.string())) if text.null_count else out


def fold(text: str) -> str:
    """`fold_text` for one value."""
    return text.translate(characters.fold_map())


def look_alikes(text: str) -> str:
    """Put the Vietnamese or Latin letter or digit for characters that only look like it (Ð, Cyrillic, full-width)."""
    return unicodedata.normalize("NFC", text.translate(characters.look_alike_map()))


def clean(text: str) -> str:
    """`clean_text` for one value; "" for nothing."""
    return clean_text(pa.array([text], pa.string()))[0].as_py() or ""


def empty_reason(text: str) -> EmptyReason | None:
    """Why a cleaned cell says nothing, or None if it may hold a value. Ditto marks count as nothing."""
    if len(text) > _LONGEST_WORD and not _MARKS_ONLY.match(text):
        return None
    inner = _WRAPPED.sub(r"\1", text)
    if not inner or _MARKS_ONLY.match(inner):
        return EmptyReason.STATED_UNKNOWN if "?" in inner else EmptyReason.BLANK
    key = fold(inner).rstrip(" .:;,")
    # Na and Nan are people, and Nấn folds to nan: a program's word is ASCII and not a capitalised name.
    if key in _PROGRAM_WORDS and (not inner.isascii() or inner in _GIVEN_NAMES_LIKE_WORDS):
        return None
    return EMPTY_WORDS.get(key, EMPTY_WORDS.get(fold(inner)))


def sort_keys(full_names: pa.Array, *, is_surname_first: bool = False) -> pa.Array:
    """Keys that sort persons in Vietnamese order by plain byte comparison: given name, middle name, surname.

    Letters a ă â b c d đ e ê ... o ô ơ ... u ư ... y first, then tones ngang, huyền, hỏi, ngã, sắc, nặng; case and
    tone placement do not count (order of the Vietnamese alphabet, as in CLDR's collation vi).

    Args:
        full_names: string column.
        is_surname_first: surname, given name, middle name instead.

    Returns:
        String column of ASCII keys; null stays null.
    """
    encoded = full_names.dictionary_encode()
    order = _SURNAME_FIRST if is_surname_first else _GIVEN_FIRST
    keys = pa.array([_person_key(name, order) for name in encoded.dictionary.to_pylist()], pa.string())
    return keys.take(encoded.indices)


def _person_key(name: str, order: tuple[int, ...]) -> str:
    parts = name.split()
    if not parts:
        return _END_OF_LEVEL * 3
    said = (parts[-1], " ".join(parts[1:-1]), parts[0] if len(parts) > 1 else "")
    return _END_OF_LEVEL.join(_part_key(said[at]) for at in order)


@lru_cache(maxsize=50_000)
def _part_key(part: str) -> str:
    ranks = [_syllable_key(s) for s in part.split()]
    return _BETWEEN_SYLLABLES.join(r for r, _ in ranks) + _END_OF_LEVEL + "".join(t for _, t in ranks)


@lru_cache(maxsize=50_000)
def _syllable_key(syllable: str) -> tuple[str, str]:
    ranks, tone = "", "1"
    for letter in unicodedata.normalize("NFC", look_alikes(syllable)).lower():
        base = without_tone(letter)
        tone = next((_TONES[m] for m in unicodedata.normalize("NFD", letter) if m in _TONES), tone)
        ranks += _rank(base)
    return ranks, tone


def _rank(letter: str) -> str:
    if letter in _RANK:
        return _RANK[letter]
    plain = fold(letter)
    if plain in _RANK or plain.isdecimal():
        return _RANK.get(plain, plain)
    return f"{_FOREIGN}{ord(letter):06x}" if letter.isalpha() else ""


def without_tone(text: str) -> str:
    """The text without tone marks, the letters ă â đ ê ô ơ ư kept."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if c not in _TONES)
    return unicodedata.normalize("NFC", bare)
