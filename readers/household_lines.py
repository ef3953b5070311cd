"""Heading lines of households above their members: "Hộ số 12: Nguyễn Văn A", "Hộ ông Trần Bình - Sổ HK 380100012".

A line that names the head alone gives no number, and none is made up. What becomes of them: `readers.household_blocks`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.name_notes import is_surname

_LONGEST = 200
_LINE = re.compile(
    r"^\W*(?:(?:sổ|số|so)\s+)?(?:hộ|ho)(?:\s+(?:khẩu|khau|gia\s+đình|gia\s+dinh|dân|dan))?"
    r"(?:\s*(?:số|so|thứ|thu))?\s*[:.]?\s*(?P<number>\d{1,12})(?:\s*[:.,;()–—-]+\s*(?P<rest>.*)|\s+(?P<named>[^\W\d_].*))?$",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(
    r"^\W*(?:(?:họ\s+(?:và\s+)?tên\s+)?(?:chủ\s*hộ|chu\s*ho)\s*(?:là)?\s*[:.-]?\s*)?(?:(?:ông|bà|ong|ba)\s+)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"^[^\W\d_]+(?:[ '’-]+[^\W\d_]+){1,7}")
_OPENS = re.compile(
    r"^\W*(?:(?:\d{1,4}|[ivxlc]{1,6})\s*[.)/:–—-]+\s*)?"
    r"(?:hộ|ho|gia\s+đình|gia\s+dinh)(?:\s+(?:gia\s+đình|gia\s+dinh|của|cua|do))?\s*:?\s*"
    r"(?:ông\s*[/(,]?\s*bà\)?|ong\s*[/(,]?\s*ba\)?|ông|bà|ong|ba|anh|chị|chi|cụ|cu)\b"
    r"\s*[:.]?\s*(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_OF = re.compile(
    r"^\W*(?:(?:\d{1,4}|[ivxlc]{1,6})\s*[.)/:–—-]+\s*)?hộ(?:\s+gia\s+đình)?\s*[:.]?\s*(?P<rest>[^\W\d_].+)$",
    re.IGNORECASE | re.DOTALL,
)
_LABELLED = re.compile(
    r"(?:\b(?:sổ|số|so)\s+)?\b(?:(?:sổ|số|so)\s*(?:hkgđ|hkgd|hktt|hk|hộ\s*khẩu|ho\s*khau|hộ|ho|sổ|so)|shk|hk|hộ\s*khẩu|ho\s*khau"
    r"|mã\s*(?:số\s*)?hộ|ma\s*(?:so\s*)?ho|sổ|số)(?:\s*(?:gia\s+đình|gia\s+dinh))?(?:\s*(?:số|so))?\s*[:.]?\s*(?P<number>\d{1,12})\b",
    re.IGNORECASE,
)
_ENDS_NAME = re.compile(r"\s+[–—-]+\s*|\s*[–—-]+\s+|[,;:(\[|/]|\d|\bsinh\b|\s+(?:và|và vợ|cùng)\s", re.IGNORECASE)
_LETTER = re.compile(r"^\W*[A-F]\W*$")
_ROMAN = re.compile(r"[ivxlc]{1,6}", re.IGNORECASE)


@dataclass(frozen=True)
class Above:
    """The household that a line names: by its number, or by its head alone."""

    number: str | None
    head: str | None


def household_line(text: str) -> Above | None:
    """What a line says of the household below it; None if it is no such line."""
    line = unicodedata.normalize("NFC", text[:_LONGEST]).strip()
    found = _LINE.match(line)
    if found is None:
        return _of_its_head(line)
    rest = _TITLE.sub("", found["rest"] or found["named"] or "", count=1)
    name = _NAME.match(_ENDS_NAME.split(rest, maxsplit=1)[0])
    if found["named"] and (name is None or not _is_capital(name.group())):
        return None  # "Hộ số 12 có 5 người": only a name may follow without a sign
    return Above(found["number"], name.group().strip() if name else None)


def _of_its_head(line: str) -> Above | None:
    """As in "Hộ ông: Phạm Quốc Toản - Sổ HK 220456781", "Hộ bà Lê Thị Hoa": the number may be missing, the name not."""
    opened = _OPENS.match(line)
    if opened is None:
        return _of_a_name(line)
    labelled = _LABELLED.search(opened["rest"])
    if _has_no_marks(line[: opened.start("rest")]) and not (line.isascii() and (labelled or ":" in line)):
        return None  # "Ho Ba Cam Tu" may be a name: Hồ Bá Cẩm Tú
    before = opened["rest"][: labelled.start()] if labelled else opened["rest"]
    name = _NAME.fullmatch(_ENDS_NAME.split(before, maxsplit=1)[0].strip(" .,"))
    if name is None or not _is_capital(name.group()):
        return None
    return Above(labelled["number"] if labelled else None, name.group())


def _is_capital(name: str) -> bool:
    """Does each word begin with a capital?"""
    return all(word[0].isupper() for word in re.split(r"[ '’-]+", name) if word)


def _of_a_name(line: str) -> Above | None:
    """As in "Hộ: Nguyễn Văn Tấn": with its mark, so that it is no surname, and a surname behind it."""
    opened = _OF.match(line)
    if opened is None:
        return None
    name = _NAME.fullmatch(_ENDS_NAME.split(opened["rest"], maxsplit=1)[0].strip(" .,"))
    words = name.group().split() if name else []
    if not words or not is_surname(words[0]) or not all(word[0].isupper() for word in words):
        return None
    labelled = _LABELLED.search(opened["rest"])
    return Above(labelled["number"] if labelled else None, " ".join(words))


def _has_no_marks(start: str) -> bool:
    return re.search(r"\b(?:ho|dinh)\b", start, re.IGNORECASE) is not None


def line_of(texts: Sequence[str]) -> Above | None:
    """A line of its own, or beside a running number, or in two cells of which the second has the number."""
    if len(texts) == 1 or any(map(is_numbering, texts)):
        return next(filter(None, map(household_line, texts)), None)
    both = household_line(" - ".join(texts))
    return both if both is not None and both.number is not None and both.head is not None else None


def is_numbering(text: str) -> bool:
    """A running number and nothing else: 3, III."""
    return text.strip(" .").isdecimal() or _ROMAN.fullmatch(text.strip(" .)")) is not None


def is_mark(text: str) -> bool:
    """A running number or a letter of a list: 3, III, B."""
    return is_numbering(text) or _LETTER.match(text) is not None
