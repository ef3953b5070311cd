"""Words of a closed list to their codes: sex, ethnic group, religion, nationality, marital status, blood, relation.

A word is looked up with its marks first; then, if marks were left out, by what it may have been: only marks that are
missing are forgiven, never marks that differ (cố is no cô, Kính is no Kinh), and only if one code remains. Typing
errors are not guessed. The code lists come from schemas; more spellings from transforms/data/spellings.csv.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from schemas.code_lists import Code, code_list
from schemas.field import EmptyReason
from schemas.fields import by_name
from transforms.column import Reading, Standardised, Value, by_distinct
from transforms.name_parts import data_rows
from transforms.text import clean_text, empty_reason, fold, look_alikes, without_tone

_NOT_STATED = {"sex": "0", "marital_status": "0", "blood_type": "00"}
_CODES_WRITTEN = frozenset(("sex", "marital_status", "religion", "blood_type", "nationality"))
_MISSING_RULES = frozenset(("sex", "ethnic_group", "relation"))
_NO_AMBIGUOUS_RULE = frozenset(("sex",))
_ETHNIC_LIST = "ethnic_groups_1019_2008"
_BARE_NUMBER = re.compile(r"\W*(?:(?:mã|số|ma|so)\W*)?\d{1,2}\W*", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d{1,2}\s*[-.:)]\s*(?=[^\W\d])")
_EITHER = re.compile(r"\b(?:A|B|AB|O)\s*[/,;&]\s*(?:A|B|AB|O)\b", re.IGNORECASE)
_COLOURED = frozenset(("03", "08", "09", "33", "45"))  # Thái, Hmông, Dao, Hà Nhì, Lô Lô
_COLOURS = frozenset(("trắng", "đen", "đỏ", "hoa", "xanh", "tiền"))
_LONGEST_WORD = 120
_STRING = pa.string()

_PREFIXES = {
    "sex": r"(?:giới tính|gt)",
    "ethnic_group": r"(?:dân tộc|d\.? ?tộc|dt|người)",
    "religion": r"(?:tôn giáo|theo|đạo|tg)",
    "nationality": r"(?:quốc tịch|qt|nước|người)",
    "marital_status": r"(?:tình trạng(?: hôn nhân)?|đang)",
    "blood_type": r"(?:nhóm máu|nhóm|máu)",
    "relation": r"(?:quan hệ(?: với chủ hộ)?|qh|là)",
}
_SUFFIXES = {
    "religion": r"(?:giáo|đạo)",
    "blood_type": r"(?:\(?rh ?[+\-]?\)?|[+\-]|dương|âm)+",
    "relation": r"(?:(?:của |với )?chủ hộ|(?:thứ )?(?:\d{1,2}|nhất|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười|cả|út))",
}
_BRACKETS = re.compile(r"\s*[(\[]([^)\]]*)[)\]]\s*")
_PARTS = re.compile(r"\s*[,;/+&|]\s*|\s+-\s+|\s+(?:và|hoặc|hay)\s+")
_OF_SOMEONE = re.compile(r"^(.+?)\s+(?:của\s+)?(?:ông|bà|anh|chị|cụ|cô|chú|bác)\s+\S", re.IGNORECASE)
_KEPT = re.compile(r"[^\w]|_")


@dataclass(frozen=True)
class Lexicon:
    """The spellings of one list: codes by marked key, and marked spellings by folded key."""

    marked: dict[str, frozenset[str]]
    folded: dict[str, tuple[str, ...]]
    codes: frozenset[str]


def standardise_code(raw: pa.Array, field: str, *, has_codes: bool = True) -> Standardised:
    """Standardise a coded field.

    Args:
        raw: the column as read.
        field: sex | ethnic_group | religion | nationality | marital_status | blood_type | household (or relation).
        has_codes: may an official code stand in the column? In a column of words a stray 1 is a tick, not a code.

    Returns:
        Columns <stem>_code and <stem>_raw (the word as written, cleaned); for ethnic groups also ethnic_group_list.
        The code is null where the word is unknown (<stem>.unknown_code), means several (<stem>.ambiguous) or is
        missing (<stem>.missing, for sex, ethnic group and relation). A bare number is never an ethnic group: two
        official numberings exist (Decisions 121-TCTK/PPCĐ of 1979 and 1019/QĐ-TCTK of 2008).
    """
    stem = "relation" if field == "household" else field
    owner = "household" if stem == "relation" else field
    names = (
        (f"{stem}_code", f"{stem}_raw", f"{stem}_list") if stem == "ethnic_group" else (f"{stem}_code", f"{stem}_raw")
    )
    missing = f"{stem}.missing" if stem in _MISSING_RULES else None
    types = (_STRING,) * len(names)

    def read(text: str) -> Value:
        if not has_codes and text.strip(" .").isdecimal():
            return Value((None, text, *(None,) * (len(names) - 2)), EmptyReason.INVALID, (f"{stem}.unknown_code",))
        return _value(text, stem)

    return by_distinct(raw, Reading(read, names, types, owner, clean_text, missing))


def _value(text: str, stem: str) -> Value:
    width = 1 if stem == "ethnic_group" else 0
    nothing = (None, text, *(None,) * width)
    if stem == "ethnic_group" and _BARE_NUMBER.fullmatch(text):
        return Value(nothing, EmptyReason.AMBIGUOUS, ("ethnic_group.bare_number",))
    codes = _codes_of(text, stem)
    if len(codes) == 1:
        (code,) = codes
        if code == _NOT_STATED.get(stem):
            return Value(nothing, EmptyReason.STATED_UNKNOWN, _if_missing(stem))
        return Value((code, text, *(_ETHNIC_LIST,) * width))
    reason = empty_reason(text)
    if reason is not None and not codes:
        return Value(nothing, reason, _if_missing(stem))
    if codes and stem not in _NO_AMBIGUOUS_RULE:
        return Value(nothing, EmptyReason.AMBIGUOUS, (f"{stem}.ambiguous",))
    return Value(nothing, EmptyReason.INVALID, (f"{stem}.unknown_code",))


def _if_missing(stem: str) -> tuple[str, ...]:
    return (f"{stem}.missing",) if stem in _MISSING_RULES else ()


def possible_codes(text: str, stem: str) -> frozenset[str]:
    """The codes that a cleaned text may mean: none = unknown, one = sure, several = ambiguous."""
    return _codes_of(text, stem) - {""}


def _codes_of(text: str, stem: str) -> frozenset[str]:
    """Codes that the text may mean: none = unknown, one = sure, several = ambiguous."""
    if len(text) > _LONGEST_WORD:
        return frozenset()
    text = look_alikes(text).strip(" .,;:*\"'")
    if stem == "ethnic_group":
        text = _NUMBERED.sub("", text)
    if stem == "blood_type" and _EITHER.search(text):
        return _of_parts(text, stem)
    number = _official_number(text, stem)
    if number:
        return frozenset((number,))
    known = _of_phrase(text, stem)
    if not known and stem == "ethnic_group":
        known = _of_subgroup(text)
    if known or empty_reason(text) is not None:
        return known
    return _of_parts(text, stem)


def _of_parts(text: str, stem: str) -> frozenset[str]:
    """Codes of a text of several words: a note in brackets, an alternative, another person's relation."""
    outer = _BRACKETS.sub(" ", text).strip()
    if outer and outer != text:
        inner = [_of_phrase(note, stem) for note in _BRACKETS.findall(text)]
        known = _codes_of(outer, stem)
        return known.union(*inner) if known else known
    if stem == "relation" and (other := _OF_SOMEONE.match(text)):
        known = _of_phrase(other[1], stem)
        return known | {""} if known else known
    parts = [p for p in _PARTS.split(text) if p]
    each = [_of_phrase(p, stem) for p in parts]
    if len(parts) < 2 or not any(each):
        return frozenset()
    if all(each):
        return frozenset().union(*each)
    # A relation half understood goes to review; an unknown one would keep the row out.
    return frozenset(("",)).union(*each) if stem == "relation" else frozenset()


def _of_subgroup(text: str) -> frozenset[str]:
    """A group and one of its branches ("Mnông Gar"), or a group and the colour of its clothes ("Hmông Hoa")."""
    words = [] if " - " in text else text.replace("-", " ").split()
    for cut in range(1, len(words)):
        group, branch = (_of_word(" ".join(part), "ethnic_group") for part in (words[:cut], words[cut:]))
        is_colour = group <= _COLOURED and " ".join(words[cut:]).casefold() in _COLOURS
        if len(group) == 1 and "" not in group and (group == branch or is_colour):
            return group
    return frozenset()


def _official_number(text: str, stem: str) -> str | None:
    """The official code, if that is what was written; a lost leading zero is forgiven for religions only."""
    if stem not in _CODES_WRITTEN or (text == "0" and stem == "religion"):
        return None
    code = text.zfill(2) if stem == "religion" else text
    return code if code in lexicon(stem).codes else None


def _of_phrase(phrase: str, stem: str) -> frozenset[str]:
    codes = _of_word(phrase, stem)
    for pattern in (rf"^{_PREFIXES[stem]}\s*[:.\-]?\s*(?=\S)", rf"(?<=\S)\s*{_SUFFIXES.get(stem, '(?!)')}$"):
        if not codes:
            shorter = re.sub(pattern, "", phrase, flags=re.IGNORECASE).strip()
            if shorter and shorter != phrase:
                codes, phrase = _of_word(shorter, stem), shorter
    return codes


def _of_word(word: str, stem: str) -> frozenset[str]:
    book = lexicon(stem)
    key = _marked_key(word)
    if not key:
        return frozenset()
    exact = book.marked.get(key)
    if exact:
        return exact
    fits = [m for m in book.folded.get(_folded_key(word), ()) if _only_lacks_marks(key, m)]
    return frozenset().union(*(book.marked[m] for m in fits)) if fits else frozenset()


@cache
def lexicon(stem: str) -> Lexicon:
    """The spellings of the list of a field, with those of spellings.csv.

    `sure` there: yes; no = may mean the code; marked = means it only with its marks (chu ho is chủ hộ, not chú họ).
    """
    name = by_name("household" if stem == "relation" else stem).code_list or stem
    sure: dict[str, set[str]] = {}
    unsure: dict[str, set[str]] = {}
    marks_needed: set[str] = set()
    for code in code_list(name).codes:
        _add(code, sure, unsure)
    for row in data_rows("spellings"):
        if row["list"] == name or row["list"] == stem:
            (unsure if row["sure"] == "no" else sure).setdefault(_marked_key(row["spelling"]), set()).add(row["code"])
            if row["sure"] == "marked":
                marks_needed.add(_marked_key(row["spelling"]))
    marked = {k: frozenset(sure.get(k, set()) | unsure.get(k, set())) for k in sure | unsure}
    for key, codes in unsure.items():
        # An unsure spelling of one code only is still unsure: the second reading stands for "something else".
        if len(marked[key]) == 1:
            marked[key] = frozenset(codes | {""})
    folded: dict[str, list[str]] = {}
    for key in marked.keys() - marks_needed:
        folded.setdefault(_folded_key(key), []).append(key)
    return Lexicon(marked, {k: tuple(v) for k, v in folded.items()}, frozenset(c.code for c in code_list(name).codes))


def _add(code: Code, sure: dict[str, set[str]], unsure: dict[str, set[str]]) -> None:
    for spelling in (code.label, code.label_en, *code.accepted):
        sure.setdefault(_marked_key(spelling), set()).add(code.code)
    for spelling in code.ambiguous:
        unsure.setdefault(_marked_key(spelling), set()).add(code.code)


def _marked_key(word: str) -> str:
    """Letters with their marks, each syllable's tone behind it (so hoà = hòa), no blanks, hyphens or apostrophes."""
    return "".join(_tone_last(s) for s in re.split(r"[\W_]+", unicodedata.normalize("NFC", word).lower()) if s)


def _tone_last(syllable: str) -> str:
    bare = without_tone(syllable)
    tones = [c for c in unicodedata.normalize("NFD", syllable) if c not in unicodedata.normalize("NFD", bare)]
    return bare + "".join(tones)


def _folded_key(word: str) -> str:
    return _KEPT.sub("", fold(word))


def _only_lacks_marks(written: str, meant: str) -> bool:
    """Could `written` be `meant` with some marks left out? Both are marked keys with equal folded keys."""
    have, want = (unicodedata.normalize("NFD", k.replace("đ", "d\u0335")) for k in (written, meant))
    position = 0
    for mark in have:
        position = want.find(mark, position) + 1
        if position == 0:
            return False
    return True
