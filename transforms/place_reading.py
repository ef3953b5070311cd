"""An address as codes: of its own time and of today, with the level, the method and the confidence."""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from schemas.code_lists import rows
from schemas.units import heirs, provinces_now, provinces_of_units
from transforms.place_match import Match, match, rank
from transforms.place_names import reordered
from transforms.place_rescue import of_delivery, rescue, with_elsewhere
from transforms.place_words import PROVINCE, Word, Words, name_key, words_of
from transforms.province_index import Province, province_by_code

UNKNOWN, PROVINCE_AMBIGUOUS, ABOLISHED = (
    "place.province_unknown",
    "place.province_ambiguous",
    "place.province_abolished",
)
UNIT_UNKNOWN, UNIT_AMBIGUOUS = "place.unit_unknown", "place.unit_ambiguous"
ELSEWHERE = "place.commune_not_in_province"

_WEAK = 0.75  # a commune and a district by their bare names, without a province
_READ = 1_000  # characters: a cell may hold a page of text
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]?")
_NOTES = re.compile(
    r"[\s,;]+(?:từ|đến|ngày|tháng|năm|vào|kể từ)\s+[^,;]{0,30}\d.*$"
    r"|[\s,;-]+(?:hiện\s+)?nay\s+(?:là|thuộc|la|thuoc)\b.*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[()\[\]]")
_ABOUT_TIME = re.compile(r"\b(?:nay|cũ|trước|xưa|cu|truoc)\b", re.IGNORECASE)
_PARTS = 3
_HELD = 100_000
"""Tails or words that a reader remembers at most."""
_METHODS = (
    "other_province", "slip", "either_time", "of_delivery", "without_district", "without_province", "old_district",
    "other_name", "kind_changed",
)  # fmt: skip


class Place(NamedTuple):
    """What an address says.

    Attributes:
        code: of the unit before July 2025: 2, 3 or 5 digits; None = none of that time, or of several.
        level: province | district | commune; None = nothing was found.
        code_now: since July 2025, of a province or a commune: the smallest that is certain.
        method: level and the doubt that counts most, "_split" where several communes of today hold the unit.
        confidence: 0-1.
        rules: ids of rules that fired.
    """

    code: str | None = None
    level: str | None = None
    code_now: str | None = None
    method: str | None = None
    confidence: float | None = None
    rules: tuple[str, ...] = ()


NOWHERE = Place(rules=(UNKNOWN,))


@dataclass(frozen=True)
class Reader:
    """Reads addresses, and remembers their parts: a ledger says the same places again and again.

    Attributes:
        home: province of the delivery, code of the 34: it decides where the address alone does not; None = nowhere.
        known: words read so far.
        tails: last parts of addresses read so far; None where they do not say all.
    """

    home: str | None
    known: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    tails: dict[str, Place | None] = field(default_factory=dict)

    def read(self, text: str) -> Place:
        """Code one cleaned address."""
        if len(text) <= 3 and text.isdecimal():
            province = province_by_code(text)
            return _coded(Match(province), self.home) if province else NOWHERE
        place = self._read(_essential(text[-_READ:]))
        if place.level is None and "(" in text and not _ABOUT_TIME.search(text):
            return self._read(_BRACKET.sub(", ", text[-_READ:]))
        return place

    def is_abroad(self, text: str) -> bool:
        """Does a cleaned address end in the name of another country?"""
        words = words_of(_essential(text[-_READ:]), self.known)
        return bool(words.keys) and _is_abroad(words)

    def forget_much(self) -> None:
        """Forget what was read if it became much; nothing depends on it but speed."""
        for memory in (self.known, self.tails):
            if len(memory) > _HELD:
                memory.clear()

    def _read(self, essential: str) -> Place:
        front, *last = essential.rsplit(",", _PARTS)
        plainly = self._plainly(essential[len(front) + 1 :]) if len(last) == _PARTS else None
        if plainly is not None:
            return plainly
        words = words_of(essential, self.known)
        found = self._match(words) if words.keys else None
        return NOWHERE if found is None else _coded(found, self.home)

    def _plainly(self, tail: str) -> Place | None:
        """The last parts of an address, if they name a commune beyond doubt: then nothing before them counts."""
        if tail not in self.tails:
            found = match(words_of(tail, self.known))
            self.tails[tail] = _coded(found, None) if found.level == 3 and not found.doubts else None
        return self.tails[tail]

    def _match(self, words: Words) -> Match | None:
        found = match(words)
        if found.level == 3 and not found.doubts:
            return found
        if found.province is None:
            if _is_abroad(words):
                return None
            found = _turned(words, found)
            found = of_delivery(words, found, _delivered(self.home)) if self.home else found
        return with_elsewhere(words, rescue(words, found)) if found.level < 3 else found


@lru_cache(4)
def reader_for(home: str | None) -> Reader:
    """The reader of this process for deliveries of that province, with what it remembers."""
    return Reader(home)


def _turned(words: Words, found: Match) -> Match:
    """The better of the reading and those with the province first."""
    others = [m for m in map(match, reordered(words)) if m.province and (m.level > 1 or words.kinds[0] == PROVINCE)]
    is_weak = found.level == 3 and found.confidence < _WEAK
    return max(others if others and is_weak else [found, *others], key=rank)


def _essential(text: str) -> str:
    """The address without notes: (nay là ...), periods."""
    bare = _BRACKETS.sub(", ", text) if "(" in text or "[" in text else text
    low = text.lower()
    if "nay" in low or "từ" in low or "đến" in low or "ngày" in low or "tháng" in low or "năm" in low:
        bare = _NOTES.sub("", bare)
    return bare if bare is text or any(map(str.isalnum, bare)) else text


@cache
def _delivered(home: str) -> frozenset[str]:
    return frozenset(r["gso_code"] for r in rows("provinces_63") if r["successor_code_34"] == home)


def _is_abroad(words: Words) -> bool:
    """Is the last part the name of another country?"""
    end = len(words.keys)
    start = max(i for i in range(end) if words.breaks[i])
    return "".join(words.keys[start:end]) in _countries()


@cache
def _countries() -> frozenset[str]:
    names = {n for r in rows("nationalities") if r["code"] != "VN" for n in (r["label"], r["label_en"])}
    return frozenset(name_key(n) for n in (*names, "TQ", "Campuchia", "Cam pu chia", "Căm-pu-chia", "Hoa Kỳ", "USA"))


def _coded(found: Match, home: str | None) -> Place:
    if found.level == 0:
        return Place(rules=(UNIT_AMBIGUOUS if found.is_ambiguous else UNKNOWN,))
    if found.commune is not None:
        return _commune(found, found.commune.code)
    if found.new is not None:
        confidence = round(found.confidence, 2)
        method = "commune_of_either_time" if "either_time" in found.doubts else "commune_of_today"
        return Place(None, "commune", found.new, method, confidence, _rules(found))
    if found.district is not None and found.district.code is not None:
        return _district(found, found.district.code, found.district.province)
    if found.district is not None:
        now = provinces_now()[found.district.province]
        return Place(found.district.province, "province", now, "province_of_district", 0.7, _rules(found))
    return _province(found, found.province, home) if found.province else NOWHERE


def _commune(found: Match, code: str) -> Place:
    now = heirs().get(code, ())
    method = "commune_" + _doubt(found) + ("_split" if len(now) > 1 else "")
    code_now = now[0] if len(now) == 1 else provinces_now()[provinces_of_units()[code]]
    return Place(code, "commune", code_now, method, round(found.confidence, 2), _rules(found))


def _district(found: Match, code: str, province: str) -> Place:
    now = heirs().get(code, ())
    code_now = now[0] if len(now) == 1 else provinces_now()[province]
    return Place(code, "district", code_now, "district_" + _doubt(found), round(found.confidence, 2), _rules(found))


def _doubt(found: Match) -> str:
    return next((d for d in _METHODS if d in found.doubts), "name") if found.doubts else "name"


def _rules(found: Match) -> tuple[str, ...]:
    rules = []
    if found.province is not None and found.province.method == "province_historical":
        rules.append(ABOLISHED)
    if "other_province" in found.doubts:
        rules.append(ELSEWHERE)
    elif found.is_ambiguous:
        rules.append(UNIT_AMBIGUOUS)
    elif found.is_unknown:
        rules.append(ELSEWHERE if found.is_elsewhere else UNIT_UNKNOWN)
    return tuple(rules)


def _province(found: Match, province: Province, home: str | None) -> Place:
    if len(province.codes_now) > 1 and home not in province.codes_now:
        return Place(rules=(PROVINCE_AMBIGUOUS,))
    by_delivery = len(province.codes_now) > 1
    now = home if by_delivery else province.codes_now[0]
    method = f"{province.method}_of_delivery" if by_delivery else province.method
    confidence = 0.7 if by_delivery else round(province.confidence, 2)
    return Place(province.code, "province", now, method, confidence, _rules(found))
