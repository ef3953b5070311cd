"""Read one cell that should hold a personal number (12 digits) or an old identity number (9 digits)."""

import re
from dataclasses import dataclass

from schemas.field import EmptyReason
from transforms.date_text import plain_text

NEW_LENGTH, OLD_LENGTH = 12, 9
_LONGEST = 300
_RESTORABLE = frozenset({8, 10, 11})

_NONE_WORDS = frozenset({
    "0", "0.0", "khong", "ko", "k", "khong co", "ko co", "chua", "chua co", "chua cap", "chua duoc cap", "chua lam",
    "chua den tuoi", "chua du tuoi", "con nho", "tre em", "mat", "bi mat", "that lac", "khong ro", "ko ro", "chua ro",
    "khong nho", "null", "none", "nan", "n/a", "na", "#n/a", "nil", "unknown", "x", "\\n", "khong con", "het han",
})  # fmt: skip
_SAYS_NONE = re.compile(
    r"(?:chua|khong|ko|k|kg|mat|bi mat|lam mat|that lac|dang|cho|con nho|het|quen|bo quen|da mat|tre)\b"
    r"[a-z .,;:/()\-]*"
    r"|(?:(?:tre|tre em|em|chau) )?(?:duoi |moi |chua (?:du |den )?)?\d{1,2} ?tuoi"
)
_WORDS_BEHIND = re.compile(r"(?<=\d)\s*[,;(/\-]\s*[a-z][a-z .,\-]*\)?$|(?<=\d)\s*\([^()\d]*\)$")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?\s*e\s*\+?\s*\d+")
_FLOAT = re.compile(r"^(\d+)[.,]0+$")
_LABEL = re.compile(
    r"\b(?:so cu|so moi|so|cmnd|cmt|cmtnd|cccd|cc|cm|can cuoc(?: cong dan)?|chung minh(?: nhan dan| thu)?"
    r"|dinh danh(?: ca nhan)?|giay|ma|sdd|sddcn|ddcn|id|no)\b[.:]*"
)
_REMARK = re.compile(r"[,;(]?\s*\b(?:cap|ngay cap|noi cap|do|tai|ca|cong an|cu|moi|ngay)\b.*$")
_DATE = re.compile(r"\(?\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}\)?")
_NO_NUMBER = re.compile(r"\(?(?:\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|\d{4}-\d{2}-\d{2}(?:[t ][\d:.]+)?)\)?")
"""A date, which a row shifted by one column puts where a number belongs."""

_MASKED = re.compile(r"\d\s*[*#•…_]{2,}\s*\d|^[*#•…]{2,}\s*\d|\d\s*[*#•…]{2,}$")
_NEAR_DIGITS = re.compile(r"[\doil|][\doil| .\-]*")
_WHOLE = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_STRONG = re.compile(r"[/;,|&+\n]|\bva\b|\bhoac\b|\s-\s")
_LETTERS_AS_DIGITS = str.maketrans("oil|", "0111")
_NOT_DIGIT = re.compile(r"\D+")


@dataclass(frozen=True)
class NumberReading:
    """What a cell says: a 12-digit and a 9-digit number, digits that may have lost zeros, marks, why it is empty."""

    twelve: str | None = None
    nine: str | None = None
    short: str | None = None
    marks: tuple[str, ...] = ()
    reason: EmptyReason = EmptyReason.FILLED


def read_number(text: str) -> NumberReading:
    """Read one cell.

    Marks are rule ids without subject: scientific, placeholder, several, not_digits, wrong_length, separators.
    `short` holds 8, 10 or 11 digits, which only the column and the row can judge.
    """
    plain = plain_text(text)
    if len(text) > _LONGEST:
        return _nothing("not_digits")
    if plain.strip("()[]{}<>") in _NONE_WORDS or _SAYS_NONE.fullmatch(plain) or not any(c.isalnum() for c in plain):
        return NumberReading(reason=EmptyReason.STATED_UNKNOWN if plain else EmptyReason.BLANK)
    if _SCIENTIFIC.fullmatch(plain.replace(" ", "")):
        return _nothing("scientific")
    if _NO_NUMBER.fullmatch(plain) or _MASKED.search(plain):
        return _nothing("not_digits")
    whole = sorted(set(_WHOLE.findall(plain)))
    if len(whole) > 1:
        return _of_kinds(whole)
    bare = _FLOAT.sub(r"\1", plain)
    trimmed = _WORDS_BEHIND.sub("", _REMARK.sub("", _LABEL.sub(" ", bare))).strip(" .:;,()-")
    if _SCIENTIFIC.fullmatch(trimmed):
        return _nothing("scientific")
    return _read_trimmed(text, trimmed)


def _read_trimmed(text: str, trimmed: str) -> NumberReading:
    marks: tuple[str, ...] = ("separators",)
    if any(c.isalpha() or c == "|" for c in _STRONG.sub(" ", trimmed)):
        if not _NEAR_DIGITS.fullmatch(trimmed) or sum(c.isdigit() for c in trimmed) < 5:
            return _nothing("not_digits")
        trimmed, marks = trimmed.translate(_LETTERS_AS_DIGITS), ("not_digits",)
    digits = _NOT_DIGIT.sub("", trimmed)
    if not 8 <= len(digits) <= NEW_LENGTH:
        without_date = _NOT_DIGIT.sub("", _DATE.sub(" ", trimmed))
        if len(without_date) in {OLD_LENGTH, NEW_LENGTH}:
            return _one(without_date, ("separators",))
        if len(digits) > NEW_LENGTH:
            return _several(trimmed)
    return _one(digits, marks if digits != text else ())


def _one(digits: str, marks: tuple[str, ...]) -> NumberReading:
    if len(digits) > 1 and len(set(digits)) == 1:
        return _nothing("placeholder")
    if len(digits) == NEW_LENGTH:
        return NumberReading(twelve=digits, marks=marks)
    if len(digits) == OLD_LENGTH:
        return NumberReading(nine=digits, marks=marks)
    if len(digits) in _RESTORABLE:
        return NumberReading(short=digits, marks=marks, reason=EmptyReason.INVALID)
    return _nothing("wrong_length" if digits else "not_digits")


def _of_kinds(numbers: list[str]) -> NumberReading:
    twelve, nine = ([n for n in numbers if len(n) == size] for size in (NEW_LENGTH, OLD_LENGTH))
    if len(twelve) > 1 or len(nine) > 1:
        return NumberReading(marks=("several",), reason=EmptyReason.AMBIGUOUS)
    return NumberReading(next(iter(twelve), None), next(iter(nine), None), marks=("several",))


def _several(trimmed: str) -> NumberReading:
    """Two numbers of different kinds both count; two of one kind leave the field empty."""
    for pieces in (_STRONG.split(trimmed), trimmed.replace("-", " ").split()):
        numbers = {_NOT_DIGIT.sub("", p) for p in pieces} - {""}
        if all(len(n) in {NEW_LENGTH, OLD_LENGTH} for n in numbers):
            return _of_kinds(sorted(numbers))
    digits = _NOT_DIGIT.sub("", trimmed)
    return _nothing("placeholder" if len(set(digits)) == 1 else "wrong_length")


def _nothing(mark: str) -> NumberReading:
    return NumberReading(marks=(mark,), reason=EmptyReason.INVALID)
