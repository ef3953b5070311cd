"""One name cell: the name in it, the notes beside it, and the rules that it breaks."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from schemas.field import EmptyReason
from transforms.characters import APOSTROPHES
from transforms.ditto import is_ditto_mark
from transforms.name_notes import (
    is_surname,
    names_nobody,
    other_names,
    saint_starts,
    says_dead,
    take_code,
    take_saint,
    take_title,
)
from transforms.name_parts import capital_initials, data_rows
from transforms.text import empty_reason, fold, look_alikes

MISSING, TOO_SHORT, NOT_A_NAME, TWO_PERSONS, ABBREVIATED, NOTE_REMOVED, LOOK_ALIKE, OTHER_NAME, SAYS_DEAD = (
    "full_name.missing", "full_name.too_short", "full_name.not_a_name", "full_name.two_persons",
    "full_name.abbreviated", "full_name.note_removed", "full_name.look_alike",
    "full_name.other_name", "full_name.says_dead",
)  # fmt: skip
NEW_LINE = "\u23ce"
"""Stands for a line break inside a cell, which plain cleaning would hide."""

_MOST_SYLLABLES = 40
_MOST_LETTERS = 1_000
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_SHAPE = re.compile(rf"(?:[{_LATIN}][\u0300-\u0303\u0306\u0309\u031b\u0323]?|[ .\-{APOSTROPHES}])+")
_ORDER_MARK = re.compile(r"^(?:[-+*•·–—]\s*|\(?\d{1,4}\s*[.)/:\-]\s*)+(?=[^\W\d_])")
_LABEL = re.compile(
    r"^(?:họ(?: và| chữ đệm và)? tên(?: khai sinh)?|tên|ông|bà|anh|chị|cụ|em|chủ hộ|vợ|chồng|"
    r"con(?: trai| gái| dâu| rể| nuôi)?|bố|mẹ|cha|cháu(?: nội| ngoại)?|thành viên|người thứ \d+)\s*[:.]\s*",
    re.IGNORECASE,
)
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
_QUOTED = re.compile(r"\s*[\"“”„«]([^\"“”„«»]+)[\"“”»]\s*")
_NOTE_START = re.compile(
    rf"^(?:{_NOTE}|(?:vợ|chồng|con|mẹ|bố|cha|cháu|tức|tự|sinh|sn|ns|năm|số|đt|cmnd|cccd)\b.*)$", re.IGNORECASE
)
_NOTE_BEHIND = re.compile(rf"\s+((?:{_NOTE})|(?-i:(?:tức|tự|con|vợ|chồng) .*))$", re.IGNORECASE)
_YEAR_BEHIND = re.compile(
    r"[\s,]+((?:(?:sinh|sn|ns|s)\W*)?(?:năm\s*)?(?:\d{1,2}[/.\-]\d{1,2}[/.\-])?(?:1[89]\d\d|20\d\d)"
    r"|(?:(?:cmnd|cmt|cccd|đt|sđt|số)\W*)?\d{8,12})$",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\s+(?:cùng|cung)(?: với)?\s+(?:vợ|chồng|(?:các )?con|mẹ|cha|bố|em)\b", re.IGNORECASE)
_NUMBERED_INSIDE = re.compile(r"\s\d{1,2}\s*[.)/]\s*[^\W\d_]")
_SPELT_APART = re.compile(r"[^\W\d_]{2,}(?:\s*[-–—._]\s*[^\W\d_]+){2,}|[^\W\d_]+(?:_+[^\W\d_]+)+")
_APART = re.compile(r"\s*[-–—._]\s*")
_LOOSE_MARKER = re.compile(r"^([HKhk])\s+(['’`´ʼ])\s*(?=[^\W\d_])|^(Y|[HKhk]['’`´ʼ]?)\s*-\s+(?=[^\W\d_])")
_SURE_HEAD = 3
_SHORT_SURNAME = re.compile(r"^(Ng|Tr|Ph|Hg|Đ)[~:]\s*(?=[^\W\d_])")
_TELLING_MIDDLES = frozenset(("văn", "thị", "van", "thi"))
_AND = re.compile(r"\s+(và|va|VÀ|Và|hoặc|với)\s+")
_BETWEEN = re.compile(rf"\s*([;/&+|,{NEW_LINE}])\s*")
_NO_NAMES = frozenset((
    "chủ hộ", "tổng cộng", "tổng số", "cộng", "nữ", "họ và tên", "họ tên", "như trên", "chết", "đã chết", "vợ",
    "chồng", "con",
))  # fmt: skip
_LETTERS_ONLY = re.compile(rf"[{_LATIN}]+")
_CALLED_SMALL = frozenset((
    "tự", "con", "vợ", "chồng", "sinh", "sn", "cùng", "cung", "hiệu", "thường", "thuong", "pháp", "biệt",
))  # fmt: skip
_INITIAL = re.compile(r"^[A-ZĐ]\.$")
_FORMULA = re.compile(r"[=<>@#$%^\\{}_~]|^\W*\d+(?:\W+\d+)*\W*$")
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")


@dataclass(frozen=True)
class NameCell:
    """What a name cell says: the name (null when a rule blocks it), notes, other names, rule ids, why there is none."""

    name: str | None
    note: str | None = None
    other: str | None = None
    rules: tuple[str, ...] = ()
    reason: EmptyReason = EmptyReason.FILLED


def is_ordinary(text: str) -> bool:
    """Is the cell two to five plain Vietnamese syllables, so that nothing has to be taken out or asked?"""
    syllables = text.split(" ")
    if not 2 <= len(syllables) <= 5 or not all(map(is_plain_syllable, syllables)):
        return False
    if len(syllables) == 5 and text != text.lower() and " ".join(syllables[_SURE_HEAD:]).islower():
        return False
    return not is_telling_start(syllables[0])


def is_plainly_shortened(text: str) -> bool:
    """Is the cell two to five syllables as `is_ordinary` wants them, but for initials inside ("Nguyễn T. K. San")?"""
    first, *inner, last = text.split(" ") if " " in text else (text, text)
    if not inner or len(inner) > 3 or is_telling_start(first):
        return False
    shortened = [s for s in inner if s[-1:] == "."]
    others = (first, last, *(s for s in inner if s[-1:] != "."))
    return bool(shortened) and all(map(_INITIAL.match, shortened)) and all(map(is_plain_syllable, others))


def is_telling_start(syllable: str) -> bool:
    """May a cell that begins so be no plain name (a title, a label, a word for nothing)?"""
    return syllable.lower() in _telling("first") or fold(syllable) in saint_starts()


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
        return NameCell(None, rules=(MISSING,), reason=reason)
    if len(text) > _MOST_LETTERS or is_ditto_mark(text):
        return NameCell(None, rules=(NOT_A_NAME,), reason=EmptyReason.INVALID)
    if names_nobody(text):
        return NameCell(None, text, None, (MISSING,), EmptyReason.STATED_UNKNOWN)
    repaired = look_alikes(text)
    notes: list[str] = []
    others: list[str] = []
    name = _take_notes(repaired.replace("…", "..."), notes, others)
    soft = (*((LOOK_ALIKE,) if repaired != text else ()), *_rules_of_notes(notes, others))
    refusal = _refusal(name)
    if refusal is not None:
        return NameCell(None, "; ".join(notes) or None, None, (refusal[0], *soft), refusal[1])
    spaced = " ".join(_without_hyphens(re.sub(r"\.(?=[^\W\d_])", ". ", name or "")).split())
    soft += (ABBREVIATED,) if _is_abbreviated(spaced.split(" ")) else ()
    return NameCell(capital_initials(spaced), "; ".join(notes) or None, _joined(others), soft)


def _rules_of_notes(notes: list[str], others: list[str]) -> tuple[str, ...]:
    found: tuple[str, ...] = (NOTE_REMOVED,) if notes else ()
    found += (OTHER_NAME,) if others else ()
    return (*found, SAYS_DEAD) if any(map(says_dead, notes)) else found


def _joined(others: list[str]) -> str | None:
    return "; ".join(dict.fromkeys(capital_initials(name) for name in others)) or None


def _refusal(name: str | None) -> tuple[str, EmptyReason] | None:
    if name is None:
        return TWO_PERSONS, EmptyReason.AMBIGUOUS
    if not name:
        return MISSING, EmptyReason.BLANK
    blocker = _blocker(name)
    return None if blocker is None else (blocker, EmptyReason.INVALID)


def _take_notes(text: str, notes: list[str], others: list[str]) -> str | None:
    """The name without notes and other names, which go to the lists; None where two persons stand in the cell."""
    for pattern in (_ORDER_MARK, _LABEL):
        text = _take(text, pattern, notes)
    text = _spelt_together(text)
    text = text if text.replace(" ", "").isalpha() else take_code(text, notes)
    text = text.strip("\"“”„«»'‘ ") if text[:1] in "\"“”„«'‘" else text
    text = take_saint(take_title(text, notes), notes, others)
    text = _take_other_names(text, notes, others)
    notes += [inner.strip() for inner in _QUOTED.findall(text)]
    text = _QUOTED.sub(" ", text).strip()
    notes += [inner.strip() for inner in _BRACKETS.findall(text) if inner.strip()]
    text = _BRACKETS.sub(" ", text)
    text = _take(" ".join(text.split()).strip(f" {NEW_LINE}"), _SIGN, notes)
    if text.lower() in _NO_NAMES or _FORMULA.search(text):
        return text
    rest = None if _TOGETHER.search(text) or _NUMBERED_INSIDE.search(text) else _split_persons(text, notes)
    if rest is None or _is_of_two(rest.split()):
        return None
    rest = _take_behind(_take_behind(rest, notes, _YEAR_BEHIND), notes, _NOTE_BEHIND)
    return _without_ends(_take_small_words(rest, notes))


def _spelt_together(text: str) -> str:
    """One name for syllables with signs between them (NGUYỄN_VĂN_AN, Nguyễn – Văn – An, Y - Thơm, H ' Lan, Ng: An)."""
    text = _SHORT_SURNAME.sub(r"\1. ", text)
    text = _LOOSE_MARKER.sub(lambda m: f"{m[1]}{m[2]}" if m[1] else f"{m[3]}-", text)
    parts = _APART.split(text) if _SPELT_APART.fullmatch(text) else []
    is_whole = parts and all(not set(fold(part)) <= _CONSONANTS for part in parts)
    return " ".join(parts) if is_whole and ("_" in text or is_surname(parts[0])) else text


def _take_small_words(text: str, notes: list[str]) -> str:
    """Two small words or more behind a name of three syllables with capitals are a note ("Lê Thị Hoa lấy chồng")."""
    words = text.split(" ")
    head = next((i for i, word in enumerate(words) if word[:1].islower()), len(words))
    behind = words[head:]
    if head < _SURE_HEAD or len(behind) < 2 or not all(word.islower() for word in behind):
        return text
    notes.append(" ".join(behind))
    return " ".join(words[:head])


def _take_other_names(text: str, notes: list[str], others: list[str]) -> str:
    for whole, note, name in other_names(text):
        notes.append(note)
        others.append(name)
        text = text.replace(whole, " ")
    return text.strip()


def _is_of_two(words: list[str]) -> bool:
    """Do two full names follow each other without a sign between them (Trần Văn An Lê Thị Hoa)?"""
    starts = [
        i for i, word in enumerate(words[:-2]) if is_surname(word) and words[i + 1].casefold() in _TELLING_MIDDLES
    ]
    return len(starts) > 1 and starts[0] == 0 and starts[-1] >= 3


def _take(text: str, pattern: re.Pattern[str], notes: list[str]) -> str:
    found = pattern.search(text)
    if not found or not found[0].strip():
        return text
    notes.append(found[0].strip())
    return (text[: found.start()] + text[found.end() :]).strip()


def _take_behind(text: str, notes: list[str], pattern: re.Pattern[str]) -> str:
    found = pattern.search(text) if pattern is not _YEAR_BEHIND or text[-1:].isdigit() else None
    if not found or not text[: found.start()].strip():
        return text
    notes.append(found[1])
    return text[: found.start()]


def _without_ends(text: str) -> str:
    text = text.strip(" ,;:-–—_")
    last = text.split(" ")[-1]
    # The dot of an initial belongs to it; the dot of a sentence does not.
    is_whole = len(last) > 2 and not set(fold(last[:-1])) <= _CONSONANTS
    if last.endswith(".") and not last.endswith("..") and is_whole:
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
        if _is_person(left) and _is_person(right):
            return "person"
        return "join" if _SHAPE.fullmatch(right) and not _NOTE_START.match(right) else "note"
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
    return len(words) > 1 and is_surname(words[0]) and words[0][0].isupper()


def _without_hyphens(name: str) -> str:
    """Nguyễn-Văn-An, as offices of the South wrote before 1975, is Nguyễn Văn An; other hyphens stay."""
    first = re.split(r"[ -]", name, maxsplit=1)[0]
    return name.replace("-", " ") if is_surname(first) else name


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
