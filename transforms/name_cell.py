"""One name cell: the name in it, the notes beside it, and the rules that it breaks."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from schemas.field import EmptyReason
from transforms.characters import APOSTROPHES
from transforms.ditto import is_ditto_mark
from transforms.name_parts import capital_initials, data_rows
from transforms.text import empty_reason, fold, look_alikes

MISSING, TOO_SHORT, NOT_A_NAME, TWO_PERSONS, ABBREVIATED, NOTE_REMOVED, LOOK_ALIKE = (
    "full_name.missing", "full_name.too_short", "full_name.not_a_name", "full_name.two_persons",
    "full_name.abbreviated", "full_name.note_removed", "full_name.look_alike",
)  # fmt: skip
NEW_LINE = "\u23ce"
"""Stands for a line break inside a cell, which plain cleaning would hide."""

_MOST_SYLLABLES = 40
_MOST_LETTERS = 1_000
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_SHAPE = re.compile(rf"(?:[{_LATIN}][\u0300-\u0303\u0306\u0309\u031b\u0323]?|[ .\-{APOSTROPHES}])+")
_ORDER_MARK = re.compile(r"^(?:[-+*•·–—]\s*|\(?\d{1,4}\s*[.)/:\-]\s*)+(?=[^\W\d_])")
_LABEL = re.compile(r"^(?:họ(?: và| chữ đệm và)? tên|tên|ông|bà|anh|chị|cụ|em|chủ hộ)\s*[:.]\s*", re.IGNORECASE)
_TITLE = re.compile(r"^(?:ông|bà|cụ|anh|chị|cháu)\s+(?=(\S+)\s+\S)", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)(?:[)\]]|$)")
_DASH = re.compile(
    r"\s+[-–—]+\s*|\s*[-–—]+\s+|\s*:\s*|[-–—](?=(?:\d{4}|chết|đã|chủ|chuyển|mất|tạm|xóa|xoá|con|vợ|chồng)\b)"
)
_SIGN = re.compile(r"\s*[†✝✞*]+\s*$")
_NOTE = (
    r"đã (?:chết|mất|chuyển|xóa|xoá|cắt|ly hôn|lấy chồng|đi|hy sinh|tách|nhập)\b.*|(?:bị )?chết\b.*|"
    r"chủ hộ(?: cũ| mới)?|chuyển (?:đi|đến|khẩu|hộ)\b.*|(?:xóa|xoá|cắt|tách|nhập) (?:khẩu|hộ|tên)\b.*|mất tích\b.*|"
    r"tạm vắng\b.*|tạm trú\b.*|đi (?:bộ đội|nghĩa vụ|học|tù|làm ăn)\b.*|liệt s[ĩỹ]|"
    r"tên (?:khác|thường gọi|gọi khác)\b.*|bí danh\b.*|còn gọi\b.*|tức là\b.*|mới sinh|"
    r"chưa (?:đặt tên|khai sinh)|da chet|da mat|chu ho|chuyen di|da chuyen"
)
_NO_NAME_YET = re.compile(
    r"(?:(?:con|cháu|bé|em|trẻ)(?: bé)?(?: sơ sinh)?(?: trai| gái)?[\s,(-]*)?"
    r"(?:chưa (?:đặt tên|có tên|khai sinh|đặt)|mới sinh)\)?|(?:con|cháu|bé|em bé|trẻ) (?:trai|gái|sơ sinh)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\s*[\"“”„«]([^\"“”„«»]+)[\"“”»]\s*")
_NOTE_START = re.compile(
    rf"^(?:{_NOTE}|(?:vợ|chồng|con|mẹ|bố|cha|cháu|tức|tự|sinh|sn|ns|năm|số|đt|cmnd|cccd)\b.*)$", re.IGNORECASE
)
_NOTE_BEHIND = re.compile(rf"\s+((?:{_NOTE})|(?-i:(?:tức|tự|con|vợ|chồng) .*))$", re.IGNORECASE)
_AND = re.compile(r"\s+(và|va|VÀ|Và|hoặc|với)\s+")
_BETWEEN = re.compile(rf"\s*([;/&+|,{NEW_LINE}])\s*")
_NO_NAMES = frozenset((
    "chủ hộ", "tổng cộng", "tổng số", "cộng", "nữ", "họ và tên", "họ tên", "như trên", "chết", "đã chết", "vợ",
    "chồng", "con",
))  # fmt: skip
_LETTERS_ONLY = re.compile(rf"[{_LATIN}]+")
_CALLED_SMALL = frozenset(("tự", "con", "vợ", "chồng", "tức"))
_FORMULA = re.compile(r"[=<>@#$%^\\{}_~]|^\W*\d+(?:\W+\d+)*\W*$")
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")


@dataclass(frozen=True)
class NameCell:
    """What a name cell says: the name (null when a rule blocks it), the notes, rule ids, why there is no name."""

    name: str | None
    note: str | None = None
    rules: tuple[str, ...] = ()
    reason: EmptyReason = EmptyReason.FILLED


def is_ordinary(text: str) -> bool:
    """Is the cell two to six plain Vietnamese syllables, so that nothing has to be taken out or asked?"""
    syllables = text.split(" ")
    if not 2 <= len(syllables) <= 6 or not all(map(is_plain_syllable, syllables)):
        return False
    return not is_telling_start(syllables[0])


def is_telling_start(syllable: str) -> bool:
    """May a cell that begins so be no plain name (a title, a label, a word for nothing)?"""
    return syllable.lower() in _telling("first")


@cache
def _telling(stands: str) -> frozenset[str]:
    """Words that notes, titles and empty cells are known by: a cell with one of them is read the long way."""
    return frozenset(row["word"] for row in data_rows("name_words") if row["stands"] == stands)


@lru_cache(maxsize=100_000)
def is_plain_syllable(syllable: str) -> bool:
    """Letters only, no look-alikes, no word that notes are known by."""
    if len(syllable) < 2 or not _LETTERS_ONLY.fullmatch(syllable) or look_alikes(syllable) != syllable:
        return False
    lower = syllable.lower()
    is_telling = lower in _telling("anywhere") and (syllable == lower or lower not in _CALLED_SMALL)
    return not is_telling and not set(fold(syllable)) <= _CONSONANTS


def read_cell(text: str) -> NameCell:
    """Read one cleaned, non-empty cell; line breaks in it stand as NEW_LINE."""
    reason = empty_reason(text)
    if reason is not None:
        return NameCell(None, None, (MISSING,), reason)
    if len(text) > _MOST_LETTERS or is_ditto_mark(text):
        return NameCell(None, None, (NOT_A_NAME,), EmptyReason.INVALID)
    if _NO_NAME_YET.fullmatch(text):
        return NameCell(None, text, (MISSING,), EmptyReason.STATED_UNKNOWN)
    repaired = look_alikes(text)
    soft: tuple[str, ...] = (LOOK_ALIKE,) if repaired != text else ()
    name, notes = _take_notes(repaired.replace("…", "..."))
    note = "; ".join(notes) or None
    soft += (NOTE_REMOVED,) if notes else ()
    if name is None:
        return NameCell(None, note, (TWO_PERSONS, *soft), EmptyReason.AMBIGUOUS)
    if not name:
        return NameCell(None, note, (MISSING, *soft), EmptyReason.BLANK)
    blocker = _blocker(name)
    if blocker is not None:
        return NameCell(None, note, (blocker, *soft), EmptyReason.INVALID)
    spaced = " ".join(_without_hyphens(re.sub(r"\.(?=[^\W\d_])", ". ", name)).split())
    soft += (ABBREVIATED,) if _is_abbreviated(spaced.split(" ")) else ()
    return NameCell(capital_initials(spaced), note, soft)


def _take_notes(text: str) -> tuple[str | None, list[str]]:
    """The name without notes, and the notes; None for the name when two persons stand in the cell."""
    notes: list[str] = []
    for pattern in (_ORDER_MARK, _LABEL):
        text = _take(text, pattern, notes)
    text = text.strip("\"“”„«»'‘ ") if text[:1] in "\"“”„«'‘" else text
    notes += [inner.strip() for inner in _QUOTED.findall(text)]
    text = _QUOTED.sub(" ", text).strip()
    title = _TITLE.match(text)
    if title and title[1].casefold() in _surnames():
        text = _take(text, _TITLE, notes)
    notes += [inner.strip() for inner in _BRACKETS.findall(text) if inner.strip()]
    text = _BRACKETS.sub(" ", text)
    text = _take(" ".join(text.split()), _SIGN, notes)
    if text.lower() in _NO_NAMES or _FORMULA.search(text):
        return text, notes
    rest = _split_persons(text, notes)
    if rest is None:
        return None, notes
    rest = _take_behind(rest, notes)
    return _without_ends(rest), notes


def _take(text: str, pattern: re.Pattern[str], notes: list[str]) -> str:
    found = pattern.search(text)
    if not found or not found[0].strip():
        return text
    notes.append(found[0].strip())
    return (text[: found.start()] + text[found.end() :]).strip()


def _take_behind(text: str, notes: list[str]) -> str:
    found = _NOTE_BEHIND.search(text)
    if not found:
        return text
    notes.append(found[1])
    return text[: found.start()]


def _without_ends(text: str) -> str:
    text = text.strip(" ,;:-–—_")
    last = text.split(" ")[-1]
    # The dot of an initial belongs to it; the dot of a sentence does not.
    if last.endswith(".") and not last.endswith("..") and len(last) > 3:
        text = text[:-1]
    return text


def _split_persons(text: str, notes: list[str]) -> str | None:
    both = _AND.search(text)
    if both and _is_conjunction(both[1], text[: both.start()], text[both.end() :]):
        return None
    for pattern in (_BETWEEN, _DASH):
        found = pattern.search(text)
        while found and text[: found.start()].strip() and text[found.end() :].strip():
            left, right = text[: found.start()], text[found.end() :]
            verdict = _second_part(found[0].strip(), left, right)
            if verdict == "person":
                return None
            if verdict == "keep":
                break
            if verdict == "join":
                text = f"{left} {right}"
            else:
                notes.append(right)
                text = left
            found = pattern.search(text)
    return text


def _is_conjunction(word: str, left: str, right: str) -> bool:
    """Và is also a surname (Hmông): with a capital it joins two persons only if both are named in full."""
    return word.islower() or (len(left.split()) > 1 and len(right.split()) > 1)


def _second_part(sign: str, left: str, right: str) -> str:
    if sign == NEW_LINE:
        return "person" if _is_person(left) and _is_person(right) else "join"
    if _NOTE_START.match(right) or right[0].isdigit():
        return "note"
    if not any(c.isalpha() for c in right) or not any(c.isalpha() for c in left):
        return "keep"
    if sign == ",":
        return "person" if _is_person(right) else ("note" if right[0].islower() and not left.islower() else "keep")
    if sign and sign in ";/&+|":
        return "person"
    return "person" if _is_person(left) and _is_person(right) else "note"


def _is_person(text: str) -> bool:
    words = text.split()
    return len(words) > 1 and words[0].casefold() in _surnames() and words[0][0].isupper()


@cache
def _surnames() -> frozenset[str]:
    marked = [row["surname"].casefold() for row in data_rows("surnames")]
    return frozenset(marked)


def _without_hyphens(name: str) -> str:
    """Nguyễn-Văn-An, as offices of the South wrote before 1975, is Nguyễn Văn An; other hyphens stay."""
    first = re.split(r"[ -]", name, maxsplit=1)[0]
    return name.replace("-", " ") if first.casefold() in _surnames() else name


def _blocker(name: str) -> str | None:
    letters = sum(c.isalpha() for c in name)
    if letters == 1 and not any(c.isdigit() for c in name):
        return TOO_SHORT
    if " " not in name and set(fold(name).strip("'.-")) <= _CONSONANTS:
        return NOT_A_NAME
    if not letters or not _SHAPE.fullmatch(name) or name[0] in "-." or name.count(" ") >= _MOST_SYLLABLES:
        return NOT_A_NAME
    return NOT_A_NAME if name.lower() in _NO_NAMES else None


def _is_abbreviated(syllables: list[str]) -> bool:
    if any("." in s for s in syllables):
        return True
    short = [n for n, s in enumerate(syllables) if set(fold(s)) <= _CONSONANTS]
    marker_allowed = fold(syllables[0]) in ("h", "k") and len(syllables) > 1
    return bool(set(short) - ({0} if marker_allowed else set()))
