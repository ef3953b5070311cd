"""Names of provinces of all times: what each means, and where its districts may lie.

The index is keyed like the units (`place_words.name_key`): Đắk Lắk, dak lak and daklak are one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from schemas.code_lists import rows
from transforms.name_parts import data_rows
from transforms.place_words import name_key

CITIES = frozenset(("01", "31", "46", "48", "79", "92"))
"""Provinces that are cities."""
LONGEST_ABBREVIATION = 3
"""Letters. Such a name counts only where it stands alone."""
ONLY_AFTER_WORD = "tinh "
"""Put before a key that means a province only right behind the word tỉnh."""

_ENLARGED = re.compile(r"\s*\((.*)\)$")
_MARKED_AMBIGUOUS = re.compile(r"\s*\(ambiguous.*\)$")
# Names of provinces of the South before 1975 are names of towns and communes too.
_TRUST = {"high": 0.9, "medium": 0.8, "low-medium": 0.6}


@dataclass(frozen=True)
class Province:
    """What a name of a province means.

    Attributes:
        code: GSO code of the 63; None for a unit that was none of them or may have been several.
        codes_now: codes of the 34 that hold its territory; more than one = not certain.
        within: codes of the 63 that its districts may lie in, at any time it bore the name.
        method: how it was found.
        confidence: 0-1.
    """

    code: str | None
    codes_now: tuple[str, ...]
    within: frozenset[str]
    method: str
    confidence: float = 1.0


def province_by_code(digits: str) -> Province | None:
    """The province of a code of two digits, or three with a leading zero."""
    if len(digits) not in (2, 3) or (len(digits) == 3 and digits[0] != "0"):
        return None
    known = province_names().get("#" + digits[-2:])
    return known and replace(known, method="province_code", confidence=0.8)


@cache
def province_names() -> Mapping[str, Province]:
    """Provinces by key; those of the 63 also by "#" and their code."""
    index = _historical()
    also = {r["code"]: frozenset(r["also"].split(";")) for r in data_rows("province_borders")}
    for row in rows("provinces_63"):
        code = row["gso_code"]
        within = also.get(code, frozenset()) | {code}
        province = Province(code, (row["successor_code_34"],), within, "province_63_name")
        alias = replace(province, method="province_63_alias", confidence=0.9)
        aliases = [a for a in row["aliases"].split(";") if a.strip() and not _MARKED_AMBIGUOUS.search(a)]
        aliases += [r["spelling"] for r in data_rows("province_spellings") if r["code"] == code]
        index |= {name_key(a): alias for a in aliases} | {name_key(row["name"]): province, "#" + code: province}
    for row in data_rows("province_same_names"):
        key = (ONLY_AFTER_WORD if row["only_after"] else "") + name_key(row["name"])
        now = tuple(row["codes_now"].split(";"))
        method = "province_63_name" if row["code"] else "province_historical"
        method = "province_63_alias" if len(row["name"]) <= LONGEST_ABBREVIATION else method
        within = frozenset(row["within"].split(";"))
        index[key] = Province(row["code"] or None, now, within, method, float(row["confidence"]))
    return index


def _historical() -> dict[str, Province]:
    """Provinces that were none of the 63, by their names and aliases."""
    index: dict[str, Province] = {}
    now_of = {r["gso_code"]: r["successor_code_34"] for r in rows("provinces_63")}
    for row in rows("provinces_historical"):
        within = frozenset() if _ENLARGED.search(row["name"]) else _within(row["name"], frozenset())
        if within:
            now = tuple(sorted({now_of[code] for code in within}))
            decided = [r for r in data_rows("province_same_names") if r["name"] == row["name"]]
            if decided:
                now = tuple(decided[0]["codes_now"].split(";"))
            province = Province(None, now, within, "province_historical", _TRUST[row["confidence"]])
            index |= {name_key(n): province for n in (row["name"], *row["aliases"].split(";")) if n.strip()}
    return index


def _within(name: str, seen: frozenset[str]) -> frozenset[str]:
    """Codes of the 63 that hold a former province's territory, through all its successors."""
    known = {r["name"]: r["gso_code"] for r in rows("provinces_63")}
    former = [r for r in rows("provinces_historical") if r["name"] == name and r["successors"]]
    if name in seen:
        return frozenset()
    if name in known and (seen or not former):
        return frozenset((known[name],))
    successors = {s for r in former for s in r["successors"].split(";")}
    return frozenset().union(*(_within(s, seen | {name}) for s in successors))
