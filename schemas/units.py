"""Codes of administrative units: where each lies, and what it became on 1 July 2025.

Codes are those of the General Statistics Office: 2 digits a province, 3 a district, 5 a commune. They do not nest: the
province of a code has to be looked up. A code of today may be the number of another commune before July 2025, so the
codes of the two systems never stand in one column. Origin and licences: docs/places.md.
"""

from collections.abc import Mapping
from functools import cache

from schemas.code_lists import rows


@cache
def parents() -> Mapping[str, str]:
    """Code of a commune -> of its district, of a district -> of its province; before July 2025."""
    return {r["code"]: r["parent"] for r in rows("units_63")}


@cache
def heirs() -> Mapping[str, tuple[str, ...]]:
    """Code of a commune or an island district before July 2025 -> of the communes that hold its territory since."""
    listed = rows("units_63")
    return {
        r["code"]: tuple(r["now"].split(";")) if r["now"] else () for r in listed if r["now"] or len(r["code"]) == 5
    }


@cache
def provinces_now() -> Mapping[str, str]:
    """Code of a province of the 63 -> of the province of the 34 that it became part of."""
    return {r["gso_code"]: r["successor_code_34"] for r in rows("provinces_63")}


@cache
def provinces_of_units() -> Mapping[str, str]:
    """Every code before July 2025, of whatever level -> its province of the 63."""
    above = parents()
    districts = {code: province for code, province in above.items() if len(code) == 3}
    communes = {code: districts[district] for code, district in above.items() if len(code) == 5}
    return {code: code for code in provinces_now()} | districts | communes


@cache
def provinces_of_units_now() -> Mapping[str, str]:
    """Every code since July 2025, of a commune or a province -> its province of the 34."""
    return {r["code"]: r["province"] for r in rows("units_34")} | {r["code"]: r["code"] for r in rows("provinces_34")}


def successors(code: str) -> tuple[str, ...]:
    """Codes since July 2025 that hold the territory of a province, district or commune before it.

    More than one = it was split, and only the place itself can say which. () = unknown code, or not known.
    """
    if len(code) == 2:
        return tuple(filter(None, (provinces_now().get(code),)))
    if code in heirs():
        return heirs()[code]
    communes = (commune for commune, district in parents().items() if district == code)
    return tuple(sorted({now for commune in communes for now in heirs()[commune]}))
