"""Places as addresses name them: province, district and commune, looked up from the end of the text."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from transforms.text import fold

_LEVEL_WORD = re.compile(
    r"^(?:thành phố|thị xã|thị trấn|tỉnh|huyện|quận|phường|xã|(?:tp|tx|tt|t|h|q|p|x)\.) ?(?=\S)", re.IGNORECASE
)
PRICES = (-3.5, -3.5, -5.0)
"""What a province, a district, a commune costs where it lies in what the text names behind it: natural logarithms."""
LEVEL_WORDS = frozenset(
    {
        *("thành", "phố", "thị", "xã", "trấn", "tỉnh", "huyện", "quận", "phường", "tp", "tx", "tt", "thôn", "xóm"),
        *("ấp", "bản", "buôn", "làng", "khóm", "khu", "tổ", "đội", "đường", "số", "ngõ", "ngách", "hẻm", "kiệt", "nhà"),
        *("tập", "thể", "tiểu", "chung", "cư", "phum", "sóc", "bon", "plei"),
    }
)
"""Words before the name of a place, that clerks write small."""
_COMMA = ", "
_POINT = re.compile(r"^(TP|TX|TT|[PQXHT])\.? ?(?=[A-ZĐÀ-Ỹ][a-zà-ỹ])")
_SPLIT = re.compile("[;/,]")


@dataclass(frozen=True)
class Unit:
    """A unit of the lists: its code (of a former province "former" and its name), and its name."""

    code: str
    name: str


def units_of(parent: str) -> tuple[Unit, ...]:
    """The units of a parent by its code; provinces, today's and former ones, of no letters."""
    return _units().get(parent, ())


def without_level(part: str) -> tuple[str, str]:
    """The word of a level with the blank behind it, "" where none stands, and the name."""
    found = _LEVEL_WORD.match(part)
    return (found.group(), part[found.end() :]) if found else ("", part)


def known_units(text: str) -> Sequence[Unit]:
    """The units that a text names as they lie in each other, from its end; none where the last is no province."""
    found: list[Unit] = []
    for part in reversed(text.split(_COMMA)[-len(PRICES) :]):
        unit = _by_name(found[-1].code if found else "").get(without_level(part)[1].lower())
        if unit is None:
            break
        found.append(unit)
    return found


def bonus(text: str, price: Callable[[str], float]) -> float:
    """What speaks for a text whose names follow each other as they lie in each other: 0 or more.

    Args:
        text: of a cell.
        price: what a name costs by its words alone.
    """
    return sum(max(0.0, own - price(unit.name)) for unit, own in zip(known_units(text), PRICES, strict=False))


def parted(text: str) -> Iterator[str]:
    """The text with a comma, or the point of a short form, where one was not seen."""
    parts = text.split(_COMMA)
    whole = _COMMA.join(_POINT.sub(r"\1.", part) for part in parts)
    if whole != text:
        yield whole
    parent = ""
    for at in range(len(parts) - 1, max(-1, len(parts) - 1 - len(PRICES)), -1):
        names = _by_name(parent)
        unit = names.get(without_level(parts[at])[1].lower())
        if unit is None:
            yield from _cut(parts, at, names)
            return
        parent = unit.code


def _cut(parts: Sequence[str], at: int, names: Mapping[str, Unit]) -> Iterator[str]:
    """The parts with the one at a place cut before each unit that it may end with."""
    for found in re.finditer(" ", parts[at]):
        before, behind = parts[at][: found.start()].rstrip(",."), parts[at][found.end() :]
        is_level = before.rpartition(" ")[2].lower() in LEVEL_WORDS
        if not is_level and without_level(behind)[1].lower() in names:
            yield _COMMA.join([*parts[:at], before, behind, *parts[at + 1 :]])


@cache
def _by_name(parent: str) -> Mapping[str, Unit]:
    return {unit.name.lower(): unit for unit in units_of(parent)}


@cache
def _units() -> Mapping[str, tuple[Unit, ...]]:
    """Units by the code of their parent; those of a province that was larger are also those of its successors."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for row in _rows("provinces_63.csv"):
        found[""].append(Unit(row["gso_code"], row["name"]))
    for row in _rows("units_63.csv"):
        found[row["parent"]].append(Unit(row["code"], row["name"]))
    _add_spellings(found)
    codes = {unit.name: unit.code for unit in found[""]}
    heirs: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _rows("provinces_historical.csv"):
        heirs[row["name"].partition(" (")[0]] |= dict.fromkeys(
            name.strip() for name in _SPLIT.split(row["successors"]) if name.strip()
        )
    own = dict(found)
    for name in heirs:
        code = codes.get(name, f"former {name}")
        if name not in codes:
            found[""].append(Unit(code, name))
        taken = dict.fromkeys(own.get(code, ()))
        for heir in _last_heirs(name, heirs, codes):
            taken |= dict.fromkeys(own[codes[heir]])
        found[code] = list(taken)
    return {parent: tuple(units) for parent, units in found.items()}


def _add_spellings(found: dict[str, list[Unit]]) -> None:
    """A unit is also written as one of its own units is that bears its name: Mù Căng Chải, Mù Cang Chải."""
    for units in list(found.values()):
        units += [
            Unit(unit.code, inner.name)
            for unit in units
            for inner in found.get(unit.code, ())
            if inner.name.lower() != unit.name.lower() and fold(inner.name) == fold(unit.name)
        ]


def _last_heirs(name: str, heirs: Mapping[str, Mapping[str, None]], today: Mapping[str, str]) -> Sequence[str]:
    """The provinces of the lists that a former one became, through those between."""
    seen, waiting = {name: None}, [name]
    while waiting:
        for heir in heirs.get(waiting.pop(), ()):
            if heir not in seen:
                seen[heir] = None
                waiting.append(heir)
    return [heir for heir in seen if heir in today]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("schemas").joinpath("code_lists", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
