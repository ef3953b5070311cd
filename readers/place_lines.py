"""Where people live, as lines above a table and between its rows say it without a label: "XÃ PHÙ ĐỔNG - HUYỆN GIA LÂM".

A list of one commune names it once, in its title; one of several hamlets has a line before each. What is read are units
with their names, whatever else the line says; a title that names two communes says nothing of anybody.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from transforms.province_index import province_names
from transforms.text import fold

HAMLET, COMMUNE, DISTRICT, PROVINCE = range(4)
Units = Mapping[int, str]
"""Text of a unit, with its unit word, by level."""

_LONGEST, _MOST_WORDS = 400, 5
_CITIES = frozenset(("hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế", "hcm"))
_LEVELS = (
    (HAMLET, r"tổ\s+dân\s+phố|tdp|khu\s+phố|khu\s+dân\s+cư|thôn|ấp|bản|buôn|xóm|làng|khóm|tổ(?=\s*(?:số)?\s*:?\s*\d)"),
    (COMMUNE, r"xã|phường|thị\s+trấn|tt\.|tt(?=\s)|x\.|p\."),
    (DISTRICT, r"huyện|quận|thị\s+xã|thành\s+phố|tp\.|tp(?=[\s:])|tx\.|tx(?=\s)|h\.|q\."),
    (PROVINCE, r"tỉnh|t\."),
)  # fmt: skip
_KINDS = "|".join(f"(?P<l{level}>{words})" for level, words in _LEVELS)
_NO_NAME = r"(?!\s*(?:hội|viên|luận|đội|ủy|uỷ|khai|sao|kê|đồ|tin|bán|lậu|chức|hóa|hoá|trưởng|phó|văn\s+hóa)(?!\w))"
_UNIT = re.compile(
    rf"(?<![\w.])(?:{_KINDS})(?!\w){_NO_NAME}(?P<or>\s*[/,]\s*(?:xã|phường|thị\s+trấn|huyện|quận|thị\s+xã|thành\s+phố|tp|tx|tỉnh"
    r"|thôn|ấp|bản|buôn|xóm|tổ|khu\s+phố|tdp)\.?(?!\w))*\s*[:：]?\s*",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[,;:|\t(){}\[\]–—.…]|\s-|-\s|\s{3,}|(?<!\w)(?:năm|tính|tháng|ngày|có|quý|đợt|kỳ|theo|về|và|ban|công\s+an|ubnd|số\s+hộ)(?!\w)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?:số\s*:?\s*)?\d{1,3}[A-Za-z]?$", re.IGNORECASE)


def units_of(text: str) -> list[tuple[int, str]]:
    """The units that a line names, in its order: level, and unit word with name."""
    line = unicodedata.normalize("NFC", text[:_LONGEST])
    marks = list(_UNIT.finditer(line))
    found = []
    for at, mark in enumerate(marks):
        until = marks[at + 1].start() if at + 1 < len(marks) else len(line)
        name = _name(line[mark.end() : until])
        if name:
            level = next(level for level, _ in _LEVELS if mark[f"l{level}"])
            word = " ".join(mark[f"l{level}"].split())
            is_city = level == DISTRICT and word.lower().startswith(("tp", "thành")) and name.lower() in _CITIES
            found.append((PROVINCE if is_city else level, name if mark["or"] else f"{word} {name}"))
    if found and found[-1][0] in (COMMUNE, DISTRICT):
        found += _province_behind(line[marks[-1].end() :], found[-1][1])
    return found


def _province_behind(rest: str, last: str) -> list[tuple[int, str]]:
    """A province without its word behind the last unit: "huyện Gia Lâm, Hà Nội"."""
    parts = [part.strip(" .;") for part in re.split(r"\s*[,–—|\t]\s*|\s+-\s+|-\s+|\s+-", rest)]
    if len(parts) != 2 or not last.endswith(_name(rest)):
        return []
    return [(PROVINCE, parts[1])] if fold(parts[1]).replace(" ", "").replace("y", "i") in province_names() else []


def units_above(titles: Sequence[Sequence[str]]) -> dict[int, str]:
    """The place of a list, by the lines above its heading; empty if they name no commune, or two.

    A list of people who stay for a time names where they stay, not where they are registered.
    """
    if any("tam tru" in fold(cell) or "luu tru" in fold(cell) for cells in titles for cell in cells):
        return {}
    said: dict[int, dict[str, str]] = {}
    for cells in titles:
        for level, text in units_of("\t".join(cells)):
            said.setdefault(level, {}).setdefault(" ".join(text.lower().split()[1:]), text)
    if len(said.get(COMMUNE, ())) != 1 or any(len(names) > 1 for level, names in said.items() if level > HAMLET):
        return {}
    return {level: next(iter(names.values())) for level, names in said.items() if len(names) == 1}


def is_place_line(texts: Sequence[str]) -> bool:
    """Does a line between rows say a place and nothing else: "Thôn Đông", "II. Ấp 3, xã Mỹ Hội"?"""
    text = unicodedata.normalize("NFC", re.sub(r"^\W*(?:\d{1,2}|[IVXivx]{1,4}|[A-F])\s*[.)/:-]\s*", "", texts[-1]))
    first = _UNIT.match(text.strip(" .*-–+"))
    if first is None or len(text) > _LONGEST or not units_of(text):
        return False
    rest = re.split(r"[\t,;–—-]", _UNIT.sub("\t", text))
    return all(not part or _name(part) == part for part in (p.strip(" .:*+") for p in rest))


def is_hamlet_alone(text: str) -> bool:
    """Is an address a hamlet, quarter or group and nothing larger: "Thôn Đông", "Tổ 3, khu phố 2"?"""
    units = units_of(text)
    return bool(units) and all(level == HAMLET for level, _ in units) and is_place_line([text])


def joined(units: Units) -> str:
    """The address of these units, the smallest first."""
    return ", ".join(units[level] for level in sorted(units))


def _name(text: str) -> str:
    """The name of a unit at the beginning of a text: words with capitals, or a number; empty if there is none."""
    name = _ENDS.split(text, maxsplit=1)[0].strip(" .,'\"*_")
    if _NUMBER.match(name):
        return name
    words: list[str] = []
    for word in name.split():
        if not (word[0].isupper() or (words and word[0].isdigit())):
            break
        words.append(word)
    return " ".join(words) if 0 < len(words) <= _MOST_WORDS else ""
