"""Names of provinces, of all times, and how they stand in an address.

The index is keyed by the folded name without blanks (dak lak, Đắk Lắk and daklak are one); an address is read from
its end. A name right behind the word of a smaller unit (xã Hòa Bình, đường Điện Biên) is no province.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from schemas.code_lists import rows
from transforms.name_parts import data_rows
from transforms.text import fold

_CITIES = frozenset(("01", "31", "46", "48", "79", "92"))
_ENLARGED = re.compile(r"\s*\((.*)\)$")
_MARKED_AMBIGUOUS = re.compile(r"\s*\(ambiguous.*\)$")
_SEGMENTS = re.compile(r"\s*[,;|/\n]\s*")
_LAST_SEGMENT = re.compile(r"[^,;|/\n()\[\] ][^,;|/\n()\[\]]*$")
_DASH = re.compile(r"\s*[-–—]\s*")
_PERIOD = re.compile(r"[\s,;]+(?:từ|đến|ngày|tháng|năm|vào|kể từ)\s+[^,;]{0,30}\d.*$", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]?")
_WORD = re.compile(r"[^\W_]+")
_COUNTRY = frozenset(("vietnam", "vn", "chxhcnvietnam", "chxhcnvn", "vnam", "nuocvietnam"))
_TAILS = frozenset(("cũ", "cu", "city", "province", "cñ"))
_LONGEST = 6
_READ_AT_END, _READ_FROM = 120, 1_000  # characters: a cell may hold a page of text
# Names of provinces of the South before 1975 are names of towns and communes too.
_TRUST = {"high": 0.9, "medium": 0.8, "low-medium": 0.6}

_PROVINCE_WORDS = frozenset(("tỉnh", "tinh", "t", "thủ đô"))
_TOWN_WORDS = frozenset(("tp", "thành phố", "thanh pho", "thị xã", "thi xa", "tx", "t p"))
_DISTRICT_WORDS = frozenset(("huyện", "huyen", "h", "quận", "quan", "q", *_TOWN_WORDS))
_PAIRED = frozenset(("thành phố", "thanh pho", "thị xã", "thi xa", "thị trấn", "thi tran", "thủ đô", "t p"))


@dataclass(frozen=True)
class Province:
    """What a name of a province means.

    Attributes:
        code: GSO code of the 63; None for a unit that was none of them or may have been several.
        codes_now: codes of the 34 that hold its territory; more than one = not certain.
        method: how it was found.
        confidence: 0-1.
    """

    code: str | None
    codes_now: tuple[str, ...]
    method: str
    confidence: float = 1.0


def province_of(address: str) -> Province | None:
    """The province that a cleaned address names, or None."""
    if len(address) <= 3 and address.isdecimal():
        return _by_code(address)
    tail = _LAST_SEGMENT.search(address[-_READ_AT_END:])
    found = _at_end_of(tail[0]) if tail else None
    return found or _in_segments(address)


def _in_segments(address: str) -> Province | None:
    without_notes = _PERIOD.sub("", _BRACKETS.sub(" ", address[-_READ_FROM:]))
    segments = [s for s in _SEGMENTS.split(without_notes) if _WORD.search(s)]
    while segments and _says_no_more(segments[-1]):
        segments.pop()
    if not segments:
        return None
    found = _at_end_of(segments[-1])
    return found or _explicit(segments)


def _says_no_more(segment: str) -> bool:
    """Is it the name of the country, or a number?"""
    return _key(_WORD.findall(segment)) in _COUNTRY or not any(map(str.isalpha, segment))


def _by_code(digits: str) -> Province | None:
    if len(digits) == 3 and digits[0] != "0":
        return None
    known = _index().get("#" + digits[-2:]) if len(digits) > 1 else None
    return known and replace(known, method="province_code", confidence=0.8)


def _explicit(segments: list[str]) -> Province | None:
    """A province named elsewhere than at the end, with its word: "tỉnh Thanh Hóa, huyện Nga Sơn"."""
    for segment in reversed(segments):
        words = _WORD.findall(segment.lower())
        if len(words) > 1 and words[0] in ("tỉnh", "tinh"):
            known = _index().get("tinh " + _key(words[1:])) or _index().get(_key(words[1:]))
            if known:
                return known
    return None


@lru_cache(maxsize=100_000)
def _at_end_of(segment: str) -> Province | None:
    parts = [p for p in _DASH.split(segment) if _WORD.search(p)]
    if len(parts) > 1:
        # Bà Rịa - Vũng Tàu holds the dash that elsewhere parts a district from its province.
        for tail in (" ".join(parts[-2:]), parts[-1]):
            found = _match(tail)
            if found:
                return found
    return _match(" ".join(parts))


def _match(segment: str) -> Province | None:
    words = _paired(_WORD.findall(segment.lower()))
    while len(words) > 1 and words[-1] in _TAILS:
        words.pop()
    if len(words) > 2 and _key(words[-2:]) in _COUNTRY:
        del words[-2:]
    elif len(words) > 1 and words[-1] in _COUNTRY:
        words.pop()
    for length in range(min(_LONGEST, len(words)), 0, -1):
        before = words[:-length]
        key = _key(words[-length:])
        known = (_index().get("tinh " + key) if before and before[-1] in _PROVINCE_WORDS else None) or _index().get(key)
        if known is not None and (len(key) > 3 or not before or before[-1] in _PROVINCE_WORDS | _TOWN_WORDS):
            trust = _trust(before, known)
            return replace(known, confidence=known.confidence * trust) if trust else None
    return None


def _trust(before: list[str], province: Province) -> float:
    """How far the words before the name leave it a province: 0 = not at all."""
    if not before or before[-1] in _PROVINCE_WORDS:
        return 1.0
    if before[-1] in _TOWN_WORDS:
        # A town of the province's own name lies in it; a town of an older province's name may have moved.
        return 1.0 if province.code in _CITIES else (0.9 if province.code or len(province.codes_now) > 1 else 0.0)
    for distance, word in enumerate(reversed(before)):
        if word in _DISTRICT_WORDS:
            return 0.9 if distance >= 1 else 0.0
        if word in _small_words():
            return 0.8 if distance >= 2 else 0.0
    return 0.0 if before[-1].isdigit() else 0.85


@cache
def _small_words() -> frozenset[str]:
    """Words before the name of a unit smaller than a district, or of a street."""
    return frozenset(row["word"] for row in data_rows("unit_words"))


def _paired(words: list[str]) -> list[str]:
    """Words of two syllables (thành phố, thị xã) as one."""
    out: list[str] = []
    for word in words:
        if out and f"{out[-1]} {word}" in _PAIRED:
            out[-1] = f"{out[-1]} {word}"
        else:
            out.append(word)
    return out


def _key(words: list[str]) -> str:
    return fold("".join(words).replace(" ", ""))


def _name_key(name: str) -> str:
    return _key(_WORD.findall(name))


@cache
def _index() -> dict[str, Province]:
    index = _historical()
    for row in rows("provinces_63"):
        code = row["gso_code"]
        province = Province(code, (row["successor_code_34"],), "province_63_name")
        alias = replace(province, method="province_63_alias", confidence=0.9)
        aliases = [a for a in row["aliases"].split(";") if a.strip() and not _MARKED_AMBIGUOUS.search(a)]
        aliases += [r["spelling"] for r in data_rows("province_spellings") if r["code"] == code]
        index |= {_name_key(a): alias for a in aliases} | {_name_key(row["name"]): province, "#" + code: province}
    for row in data_rows("province_same_names"):
        key = ("tinh " if row["only_after"] else "") + _name_key(row["name"])
        now = tuple(row["codes_now"].split(";"))
        method = "province_63_name" if row["code"] else "province_historical"
        index[key] = Province(row["code"] or None, now, method, float(row["confidence"]))
    return index


def _historical() -> dict[str, Province]:
    """Provinces that were none of the 63, by their names and aliases."""
    index: dict[str, Province] = {}
    for row in rows("provinces_historical"):
        if _ENLARGED.search(row["name"]):
            continue
        now = tuple(sorted(_codes_now(row["name"], frozenset())))
        if now:
            province = Province(None, now, "province_historical", _TRUST[row["confidence"]])
            index |= {_name_key(n): province for n in (row["name"], *row["aliases"].split(";")) if n.strip()}
    return index


def _codes_now(name: str, seen: frozenset[str]) -> set[str]:
    """Codes of the 34 that hold a former province's territory, through all its successors."""
    known = {r["name"]: r["successor_code_34"] for r in rows("provinces_63")}
    decided = {r["name"]: r["codes_now"].split(";") for r in data_rows("province_same_names")}
    if name in seen or name in decided:
        return set(decided.get(name, ()))
    if name in known:
        return {known[name]}
    successors = [s for r in rows("provinces_historical") if r["name"] == name for s in r["successors"].split(";")]
    return set().union(*(_codes_now(s, seen | {name}) for s in successors)) if successors else set()
