"""What the lines of a hand-typed sheet say by label: "Họ và tên chủ hộ: Phan Văn Trị", "Nơi thường trú:" | "Ấp 3 ...".

Such lines stand above the table of a household, at the top of a sheet or again before each next household. What they
say belongs to all rows of that table. A label ends with a colon; its value lies behind it or in the next cell.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readers.heading_words import COMPACT, meanings, plain

FIELDS = (
    "household_id_raw", "head_name_raw", "head_number_raw", "permanent_residence_raw", "current_residence_raw",
    "residence_file_number_raw",
)  # fmt: skip
"""What a line may say of all rows of a household."""
HOME = "permanent_residence_raw"
ADDRESS = "address"
"""What stands behind "Địa chỉ": the residence where the same household has no other; an office has one too."""

_LONGEST, _MOST_WORDS = 400, 7
_ADDRESSES = frozenset(("dia chi", "dc", "dia chi ho", "dia chi gia dinh"))
_NEXT = "\t"
"""Stands between two cells."""
_COLON = re.compile(r"\s*[:：]\s*")
_SET_APART = re.compile(r"(?:^|[;,|\t(]|\s{2,}|\s[-–—]\s)\s*([^\W\d][^;,|\t(\d]{0,41})$")
_WORD = re.compile(r"\S+")
_COUNTS = frozenset(("so ho", "tong so ho"))
"""Above a list "Số hộ: 45" tells how many households it has."""
_NUMBER = re.compile(r"\w{0,4}[ ./-]?\d[\w./-]{0,24}")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+){1,8}\.?")
_TITLES = re.compile(r"^(?:ông\s*/\s*bà|ông|bà|ong|ba|anh|chị|cụ)\s*:?\s+", re.IGNORECASE)
_NAME_ENDS = re.compile(r"\s+[–—-]\s+|[,;(\[|]|\s+(?:sinh|năm sinh)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Label:
    field: str | None
    start: int
    end: int


def told_by(cells: Sequence[str], *, is_whole: bool = True) -> Mapping[str, str]:
    """Values by raw column that a line says by label; nothing if it has no label of these fields.

    Args:
        cells: filled cells of the line, from the left.
        is_whole: the line must consist of labels and their values; what is no label may be part of a person's row.
    """
    text = unicodedata.normalize("NFC", _NEXT.join(" ".join(cell.split()) for cell in cells))
    if len(text) > _LONGEST or not _COLON.search(text):
        return {}
    labels = _labels(text)
    if not labels or (is_whole and text[: labels[0].start].strip()):
        return {}
    ends = [label.start for label in labels[1:]] + [len(text)]
    found: dict[str, str] = {}
    for label, end in zip(labels, ends, strict=True):
        value, _, rest = text[label.end : end].strip(" \t;,|-–—").partition(_NEXT)
        if is_whole and rest.strip():
            return {}
        said = _value(label.field, value) if label.field else None
        if said:
            found.setdefault(str(label.field), said)
    return found


def _labels(text: str) -> list[_Label]:
    """The labels of a line from the left, those of something else too: they end the value before them."""
    found: list[_Label] = []
    for colon in _COLON.finditer(text):
        begin = found[-1].end if found else 0
        before = text[begin : colon.start()]
        words = list(_WORD.finditer(before))[-_MOST_WORDS:]
        ends = [(before[w.start() :], w.start()) for w in words if _NEXT not in before[w.start() :]]
        counts = any(plain(label) in _COUNTS for label, _ in ends)
        known = ((_meant(label), at) for label, at in ends if not counts)
        named = next(((field, at) for field, at in known if field), None)
        if named is not None:
            found.append(_Label(named[0], begin + named[1], colon.end()))
        elif other := _SET_APART.search(before):
            found.append(_Label(None, begin + other.start(1), colon.end()))
    return found


def _meant(label: str) -> str | None:
    """The field that a label means and nothing else; or ADDRESS."""
    if plain(label) in _ADDRESSES:
        return ADDRESS
    roles = [m.role for m in meanings(label.strip(" .*-–—•+")) if m.confidence >= COMPACT]
    return roles[0][0] if len(roles) == 1 and roles[0][0] in FIELDS and not roles[0][1] else None


def _value(field: str, text: str) -> str | None:
    """The value as it stands; None where no such thing stands there."""
    if field == "head_name_raw":
        name = _NAME.fullmatch(_NAME_ENDS.split(_TITLES.sub("", text), maxsplit=1)[0].strip(" ."))
        return name.group() if name else None
    if field.startswith(("household_id", "head_number", "residence_file")):
        number = _NUMBER.match(text)
        return number.group().strip() if number else None
    return text if sum(map(str.isalpha, text)) > 3 else None
