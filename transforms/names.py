"""Names of persons: cleaned, notes taken out, split into surname, middle name and given name.

What is odd here: a cell may hold a note, a serial number or two people; a ledger in capitals carries no case; and
several peoples do not build names as surname + middle name + given name (transforms/name_parts.py). A name that a
blocking rule refuses leaves the value null; nothing is guessed.
"""

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.column import Plain, Reading, Standardised, Value, by_distinct
from transforms.name_cell import (
    ABBREVIATED,
    MISSING,
    NEW_LINE,
    NOT_A_NAME,
    OTHER_NAME,
    SAYS_DEAD,
    TOO_SHORT,
    TWO_PERSONS,
    is_ordinary,
    is_plainly_shortened,
    read_cell,
)
from transforms.name_parts import (
    MARKER_SEX,
    PART_COLUMNS,
    capital_initials,
    is_minority_name,
    marker,
    name_parts,
    of_other_custom,
)
from transforms.plain_names import plain_names, whole_names
from transforms.text import clean_text

_BLOCKING = frozenset((MISSING, NOT_A_NAME, TOO_SHORT, TWO_PERSONS))
_OF_THE_PERSON = frozenset((OTHER_NAME, SAYS_DEAD))  # of whom the row speaks, not of a relative
OTHER_NAMES = "other_names"
_UNREADABLE = "person_name.unreadable"
_MALE, _FEMALE = "1", "2"
_STRING = pa.string()
_HELD = 20_000
"""Odd names that are remembered: abbreviations and the like come again and again in a ledger."""


def standardise_full_name(raw: pa.Array) -> Standardised:
    """Standardise the field full_name.

    Args:
        raw: full_name_raw as read.

    Returns:
        Columns full_name, surname, middle_name, given_name, and other_names that the cell gives beside the name.
        Findings full_name.missing, too_short, not_a_name, two_persons (value null) and abbreviated, note_removed,
        other_name, says_dead, look_alike, text.invisible_characters (value kept).
    """
    columns = (*PART_COLUMNS, OTHER_NAMES)
    reading = Reading(_full_name, columns, (_STRING,) * 5, "full_name", _cells, MISSING, plain_names)
    return by_distinct(raw, reading)


def standardise_person_name(raw: pa.Array, column: str, field: str) -> Standardised:
    """Standardise the name of a relative or of the head: one column of cleaned text, without parts.

    A cell that is no name of one person is null with the finding person_name.unreadable: the rules of full_name that
    keep a row out do not apply here. full_name.abbreviated, note_removed and look_alike are found under `field`.

    Args:
        raw: the column as read.
        column: name of the standardised column, e.g. father_name.
        field: name of the field, e.g. relatives.
    """

    def plain(texts: pa.Array) -> Plain:
        return whole_names(texts, column)

    return by_distinct(raw, Reading(_person_name, (column,), (_STRING,), field, _cells, None, plain))


def name_contradicts_sex(
    full_name: pa.Array, sex_code: pa.Array, ethnic_group_code: pa.Array | None = None
) -> np.ndarray:
    """For each row: does the name say the other sex? Only ever a reason to look.

    Thị says female, Văn male (but not in names of four syllables or more, where it may be the mother's surname).
    Markers of names say it with the people: Y is male among Ê-đê and Mnông, female among Xơ-đăng, Gié-Triêng and
    Ba-na; H' is female everywhere. Null and unknown sex contradict nothing.

    Args:
        full_name: standardised full names.
        sex_code: "1" male, "2" female.
        ethnic_group_code: code of Decision 1019/QĐ-TCTK, where known.

    Returns:
        bool vector.
    """
    encoded = full_name.dictionary_encode()
    names = encoded.dictionary
    is_other = of_other_custom(names)
    others = names.filter(is_other).to_pylist()
    said = _with(_said_by_syllable(names), is_other, [_said_sex(name) for name in others]).take(encoded.indices)
    if ethnic_group_code is not None:
        markers = _with(pa.nulls(len(names), _STRING), is_other, [marker(name) for name in others]).take(
            encoded.indices
        )
        marked = pc.binary_join_element_wise(markers, ethnic_group_code, " ")
        known = pa.array(list(MARKER_SEX), _STRING)
        said = pc.coalesce(pa.array(list(MARKER_SEX.values()), _STRING).take(pc.index_in(marked, known)), said)
    differs = pc.and_(pc.not_equal(said, sex_code), pc.is_in(sex_code, pa.array([_MALE, _FEMALE])))
    return np.asarray(pc.fill_null(differs, False).to_numpy(zero_copy_only=False))


def _cells(raw: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(raw, r"[\r\n]")).as_py():
        raw = pc.replace_substring_regex(pc.utf8_trim_whitespace(raw), r"\s*[\r\n]+\s*", f" {NEW_LINE} ")
    return clean_text(raw)


@lru_cache(_HELD)
def _full_name(text: str) -> Value:
    if is_ordinary(text):
        name = capital_initials(text)
        return Value((name, *name_parts(name), None))
    if is_plainly_shortened(text):
        name = capital_initials(text)
        return Value((name, *name_parts(name), None), rules=(ABBREVIATED,))
    cell = read_cell(text)
    if cell.name is None:
        return Value((None,) * 5, cell.reason, cell.rules)
    return Value((cell.name, *name_parts(cell.name), cell.other), cell.reason, cell.rules)


@lru_cache(_HELD)
def _person_name(text: str) -> Value:
    if is_ordinary(text):
        return Value((capital_initials(text),))
    if is_plainly_shortened(text):
        return Value((capital_initials(text),), rules=(ABBREVIATED,))
    cell = read_cell(text)
    soft = tuple(r for r in cell.rules if r not in _BLOCKING and r not in _OF_THE_PERSON)
    refused = any(r in _BLOCKING and r != MISSING for r in cell.rules)
    return Value((cell.name,), cell.reason, (*soft, _UNREADABLE) if refused else soft)


def _with(values: pa.Array, mask: pa.Array, others: list[str | None]) -> pa.Array:
    """The values with others in the rows of the mask."""
    return pc.replace_with_mask(values, mask, pa.array(others, _STRING))


def _said_by_syllable(names: pa.Array) -> pa.Array:
    """The sex that Thị or Văn says in names of a surname and syllables behind it; Thi, Van in names without marks."""
    is_ascii = pc.string_is_ascii(names)
    thi, van = (
        pc.if_else(is_ascii, pc.match_substring_regex(names, plain), pc.match_substring_regex(names, marked))
        for plain, marked in ((" Thi ", " Thị "), ("^[^ ]* Van [^ ]*$", "^[^ ]* Văn [^ ]*$"))
    )
    return pc.if_else(thi, _FEMALE, pc.if_else(van, _MALE, pa.scalar(None, _STRING)))


def _said_sex(name: str) -> str | None:
    syllables = name.split(" ")
    if marker(name) == "H'":
        return _FEMALE
    if len(syllables) < 3 or is_minority_name(syllables):
        return None
    thi, van = ("Thi", "Van") if name.isascii() else ("Thị", "Văn")
    if thi in syllables[1:-1]:
        return _FEMALE
    return _MALE if len(syllables) == 3 and syllables[1] == van else None
