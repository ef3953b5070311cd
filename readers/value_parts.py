"""Values that a ledger spreads over several columns, put together as a clerk would write them in one."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.heading_words import plain
from readers.place_columns import with_unit_word
from transforms.ditto import is_ditto

_TEXT = pa.string()
_NOTHING = r"^\s*(?:0|[-–—_.]+|[Kk]h[oô]ng|[Kk])\s*$"
_SAYS_SEX = r"(?i)^\s*(?:nam|n[uữ]|trai|g[aá]i|male|female)\s*$"
_AS_ABOVE = "nt"
_LARGE_UNITS, _SMALL_UNITS = ("tinh", "thanh pho", "province"), ("thon", "ap", "xom", "to", "xa", "phuong", "commune")


def joined_birth(day: pa.Array, month: pa.Array, year: pa.Array) -> pa.Array:
    """Day, month and year -> "5/3/1960", "3/1960", "1960"; a cell that holds a whole date already stays alone.

    A day without its month is written 5/00/1960, so that nothing is guessed and nothing is lost.
    """
    has_day, has_month = pc.is_valid(day), pc.is_valid(month)
    month = pc.if_else(pc.and_(has_day, pc.invert(has_month)), "00", month)
    joined = joined_texts([day, month, year], "/")
    whole = pc.fill_null(pc.match_substring_regex(year, r"\d\s*[/.\-]\s*\d"), False)
    return pc.if_else(whole, year, joined)


def joined_day_and_year(day_and_month: pa.Array, year: pa.Array) -> pa.Array:
    """Day and month, and year -> "5/3/1962"; a year without the day stays alone, a day without a year too."""
    return joined_texts([pc.utf8_trim(day_and_month, " ./-"), year], "/")


def ages(column: pa.Array) -> pa.Array:
    """An age of digits alone -> "45 tuổi": no year of birth is made of it."""
    is_bare = pc.match_substring_regex(column, r"^\s*\d{1,3}(?:[.,]0+)?\s*$")
    return pc.if_else(is_bare, pc.binary_join_element_wise(column, "tuổi", " "), column)


def heads_marked(column: pa.Array) -> pa.Array:
    """Heads: "Chủ hộ" where a column of heads alone says anything; marks of nothing, such as 0, say nothing."""
    is_head = pc.fill_null(pc.invert(pc.match_substring_regex(column, _NOTHING)), False)
    return pc.if_else(is_head, pa.scalar("Chủ hộ"), pa.scalar(None, _TEXT))


def sex_in_words(column: pa.Array, heading: str) -> pa.Array:
    """The sex, digits as the words that the heading gives them: "Giới tính (Nam: 0; Nữ: 1)"."""
    meant = _digits_meant(heading)
    for digit, word in meant.items():
        is_digit = pc.match_substring_regex(column, rf"^\s*{digit}(?:[.,]0+)?\s*$")
        column = pc.if_else(is_digit, pa.scalar(word), column)
    return column


def _digits_meant(heading: str) -> dict[str, str]:
    """What a heading says of two digits; nothing if it does not name both sexes with a digit each."""
    tokens = [t for t in _TOKEN.findall(plain(heading)) if t in _SEX_WORDS or t.isdigit()]
    while tokens and len(tokens) > 4:  # "Giới tính Nam/Nữ (1 nam, 2 nữ)"
        tokens = tokens[1:]
    words, digits = tokens[0::2], tokens[1::2]
    if words and words[0].isdigit():
        words, digits = digits, words
    if sorted(words) != sorted(_SEX_WORDS) or len(set(digits)) != 2 or not all(map(str.isdigit, digits)):
        return {}
    return {digit: _SEX_WORDS[word] for word, digit in zip(words, digits, strict=True)}


_TOKEN = re.compile(r"[a-z]+|\d")
_SEX_WORDS = {"nam": "Nam", "nu": "Nữ"}


def joined_name(parts: Sequence[pa.Array]) -> pa.Array:
    """Surname, middle name and given name with blanks between them."""
    return joined_texts(parts, " ")


def joined_place(columns: Sequence[pa.Array], headings: Sequence[str]) -> pa.Array:
    """Hamlet, commune, district, province as one address, small unit first whatever the order of the columns."""
    first, last = (plain(h).split(" ") for h in (headings[0], headings[-1]))
    large_first = any(u in " ".join(first) for u in _LARGE_UNITS) and any(u in last for u in _SMALL_UNITS)
    parts = [with_unit_word(c, h) for c, h in zip(columns, headings, strict=True)]
    joined = joined_texts(list(reversed(parts)) if large_first else parts, ", ")
    only_marks = np.logical_and.reduce(
        [is_ditto(c) | np.asarray(pc.is_null(c).to_numpy(zero_copy_only=False)) for c in columns]
    )
    return pc.if_else(pc.and_(pa.array(only_marks), pc.is_valid(joined)), pa.scalar(_AS_ABOVE), joined)


def sex_by_column(men: pa.Array, women: pa.Array) -> pa.Array:
    """Which of the two columns is marked: "Nam", "Nữ"; both marked: "Nam / Nữ", which no code has."""
    return joined_texts([_marked(men, "Nam"), _marked(women, "Nữ")], " / ")


def sex_by_mark(column: pa.Array, marked: str, blank: str) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """The sex by one column of marks, and the rows whose cell is blank; none is told where no row is marked."""
    said = _marked(column, marked)
    if said.null_count == len(said):
        return said, np.empty(0, np.int64)
    is_blank = pc.is_null(said)
    rows = np.flatnonzero(is_blank.to_numpy(zero_copy_only=False))
    return pc.if_else(is_blank, pa.scalar(blank), said), rows


def _marked(column: pa.Array, word: str) -> pa.Array:
    is_marked = pc.fill_null(pc.invert(pc.match_substring_regex(column, _NOTHING)), False)
    own_word = pc.fill_null(pc.match_substring_regex(column, _SAYS_SEX), False)
    marked = pc.if_else(is_marked, pa.scalar(word), pa.scalar(None, _TEXT))
    return pc.if_else(own_word, column, marked)


def joined_texts(columns: Sequence[pa.Array], separator: str) -> pa.Array:
    """Texts of each row side by side; blanks left out; null where all are."""
    joined = columns[0]
    for column in columns[1:]:
        joined = pc.coalesce(pc.binary_join_element_wise(joined, column, separator), joined, column)
    return joined
