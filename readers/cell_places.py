"""Places as addresses name them: province, district and commune, looked up from the end of the text.

What is read is compared without marks and with at most one letter wrong; a name that no list has stands as it is read.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from readers.cell_words import like, near_forms
from transforms.text import fold

_UNIT = re.compile(
    r"^(?:thành phố|thị xã|thị trấn|tỉnh|huyện|quận|phường|xã|(?:tp|tx|tt|t|h|q|p|x)\.) ?(?=\S)", re.IGNORECASE
)
_KNOWN = {"province": 3.0, "district": 3.0, "commune": 2.0}
_MOST = 12


@dataclass(frozen=True)
class _Unit:
    code: str
    name: str


class _Names:
    """The units of one parent, by their letters and nearly their letters."""

    def __init__(self, units: list[_Unit]) -> None:
        self._exact = {u.name.lower(): u for u in units}
        self._near: dict[str, list[_Unit]] = defaultdict(list)
        for unit in units:
            for form in near_forms(_bare(unit.name)):
                self._near[form].append(unit)

    def exact(self, name: str) -> _Unit | None:
        return self._exact.get(name.lower())

    def near(self, name: str) -> list[_Unit]:
        found: dict[_Unit, None] = {}
        for form in near_forms(_bare(name)):
            found |= dict.fromkeys(self._near.get(form, ()))
        return list(found)


def completed(text: str) -> Iterator[str]:
    """The text with its last names exchanged for names of the lists that they may be; at most a dozen texts."""
    parts = text.split(", ")
    seen = 0
    for provinces, parent in _ends(parts, len(parts) - 1, ""):
        for districts, below in _ends(provinces, len(parts) - 2, parent):
            for communes, _ in _ends(districts, len(parts) - 3, below):
                told = ", ".join(communes)
                if told != text:
                    yield told
                    seen += 1
                if seen >= _MOST:
                    return


def bonus(text: str) -> float:
    """What speaks for a text whose names follow each other as they lie in each other: 0 or more."""
    parts = text.split(", ")
    found, parent = 0.0, ""
    for at, level in zip(range(len(parts) - 1, -1, -1), _KNOWN, strict=False):
        unit = _children(parent).exact(_name(parts[at])[1])
        if unit is None:
            return found
        found, parent = found + _KNOWN[level], unit.code
    return found


def _ends(parts: list[str], at: int, parent: str | None) -> Iterator[tuple[list[str], str | None]]:
    """The parts with the one at a place exchanged for each unit that it may be; the parts as they are."""
    if at < 0 or parent is None:
        yield parts, None
        return
    prefix, name = _name(parts[at])
    units = _children(parent)
    own = units.exact(name)
    if own is not None:
        yield parts, own.code
        return
    for unit in units.near(name):
        shown = unit.name.upper() if name.isupper() and len(name) > 1 else like(unit.name, unit.name)
        yield [*parts[:at], prefix + shown, *parts[at + 1 :]], unit.code
    yield parts, None


def _name(part: str) -> tuple[str, str]:
    found = _UNIT.match(part)
    return (found.group(), part[found.end() :]) if found else ("", part)


def _bare(name: str) -> str:
    return fold(name).replace(" ", "")


@cache
def _children(parent: str) -> _Names:
    return _Names(list(_units().get(parent, ())))


@cache
def _units() -> Mapping[str, list[_Unit]]:
    """Units by the code of their parent; provinces, today's and former ones, by no letters."""
    found: dict[str, list[_Unit]] = defaultdict(list)
    folder = files("schemas").joinpath("code_lists")
    for row in csv.DictReader(folder.joinpath("provinces_63.csv").read_text(encoding="utf-8").splitlines()):
        found[""].append(_Unit(row["gso_code"], row["name"]))
    for row in csv.DictReader(folder.joinpath("provinces_historical.csv").read_text(encoding="utf-8").splitlines()):
        name = row["name"]
        if all(u.name != name for u in found[""]):
            found[""].append(_Unit(f"former {name}", name))
    for row in csv.DictReader(folder.joinpath("units_63.csv").read_text(encoding="utf-8").splitlines()):
        found[row["parent"]].append(_Unit(row["code"], row["name"]))
    return found
