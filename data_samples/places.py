"""Communes where the synthetic people live and come from, with the ways a clerk writes them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa

from data_samples.draw import Bools, Floats, Ints
from schemas.code_lists import rows

WAYS = 3
"""Ways to write a commune: in full, short, with an abolished province."""

_DISTRICT = re.compile(
    r"(?P<kind>quận|huyện|thị xã|thành phố) (?P<name>[^\[(:]+?)\s*(?:\[(?P<groups>.+?)\])?\s*"
    r"(?:\((?P<old>.+?)\))?\s*(?::(?P<communes>.+))?$"
)
_COMPOSED = 12


@dataclass(frozen=True)
class Commune:
    """One commune: the three ways to write it, its province, how its addresses begin, who lives there."""

    written: tuple[str, str, str]
    province: str
    addresses: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Gazetteer:
    """All communes in columns.

    Attributes:
        written: WAYS texts a commune, so text = written[commune * WAYS + way].
        province: position of the commune's province in ``province_codes``.
        first_part: house or hamlet texts of all address styles; ``part_start`` and ``part_count`` by commune.
        has_minority: the commune has groups of its own.
        weight: relative number of households.
    """

    communes: tuple[Commune, ...]
    province_codes: tuple[str, ...]
    regions: tuple[str, ...]
    written: pa.Array
    province: Ints
    first_part: pa.Array
    part_start: Ints
    part_count: Ints
    has_minority: Bools
    weight: Floats
    first_commune: Ints


@cache
def gazetteer() -> Gazetteer:
    """The communes of vocabulary/places.toml."""
    source = _toml("places.toml")
    communes = tuple(c for p in source["province"] for c in _communes(p, source["syllables"]))
    codes = tuple(p["code"] for p in source["province"])
    parts, starts = _first_parts(source)
    province = np.asarray([codes.index(c.province) for c in communes], dtype=np.int64)
    return Gazetteer(
        communes,
        codes,
        tuple(p["region"] for p in source["province"]),
        pa.array([text for c in communes for text in c.written]),
        province,
        pa.array(parts),
        np.asarray([starts[c.addresses][0] for c in communes], dtype=np.int64),
        np.asarray([starts[c.addresses][1] for c in communes], dtype=np.int64),
        np.asarray([bool(c.groups) for c in communes]),
        np.asarray([_weight(c) for c in communes]),
        np.searchsorted(province, np.arange(len(codes) + 1)),
    )


@cache
def province_rows() -> dict[str, dict[str, str]]:
    """Rows of schemas/code_lists/provinces_63.csv by GSO code."""
    return {r["gso_code"]: r for r in rows("provinces_63")}


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("data_samples").joinpath("vocabulary", name).read_text(encoding="utf-8"))


def _weight(commune: Commune) -> float:
    return 1.0 if commune.groups else 2.0 if commune.addresses.startswith("street") else 1.6


def _communes(province: dict[str, Any], syllables: dict[str, Any]) -> Iterator[Commune]:
    for line in province["districts"]:
        found = _DISTRICT.match(line)
        if found is None:
            raise ValueError(f"places.toml: {line}")
        names = [n.strip() for n in (found["communes"] or "").split(",") if n.strip()]
        for name in names or _composed(found["name"], found["kind"], syllables[province["region"]]):
            yield _commune(province, found, name)


def _commune(province: dict[str, Any], district: re.Match[str], name: str) -> Commune:
    kind, name = _kind_and_name(name)
    row = province_rows()[province["code"]]
    groups = tuple(_group_names(district["groups"] or ""))
    old = (district["old"] or "; ".join(province.get("old", []))).split("; ")
    seat = f"{district['kind']} {district['name']}"
    province_word = "" if row["full_name"].startswith("Thành phố") else "tỉnh "
    long_name = f"{kind} {name}, {seat}, {province_word}{row['name']}"
    short_name = f"{_short(kind, name)}, {_short(district['kind'], district['name'])}, {row['name']}"
    chosen = old[crc32(name.encode()) % len(old)]
    old_name = f"{name if kind == 'xã' else f'{kind} {name}'}, {district['name']}, {chosen}" if chosen else long_name
    if old_name[0].islower():
        old_name = old_name[0].upper() + old_name[1:]
    return Commune((long_name, short_name, old_name), province["code"], _address_style(province, kind, groups), groups)


def _short(kind: str, name: str) -> str:
    if name.isdigit():
        return f"{'P' if kind == 'phường' else 'Q'}.{name}"
    return f"P.{name}" if kind == "phường" else name


def _kind_and_name(name: str) -> tuple[str, str]:
    for mark, kind in (("p.", "phường"), ("tt.", "thị trấn")):
        if name.startswith(mark):
            return kind, name.removeprefix(mark)
    return "xã", name


def _group_names(text: str) -> Iterator[str]:
    """Groups are parted by blanks; a few names hold one themselves."""
    for word in text.replace("Sán Dìu", "Sán_Dìu").replace("Bru-Vân Kiều", "Bru-Vân_Kiều").split():
        yield word.replace("_", " ")


def _composed(district: str, kind: str, syllables: list[list[str]]) -> list[str]:
    first, second = syllables
    start = crc32(district.encode())
    is_urban = kind in {"quận", "thành phố", "thị xã"}
    made = ((first[(start + i * 7) % len(first)], second[(start // 7 + i * 5) % len(second)]) for i in count())
    names: dict[str, None] = {}
    for left, right in made:
        if left != right:
            names[f"p.{left} {right}" if is_urban and len(names) < 8 else f"{left} {right}"] = None
        if len(names) == _COMPOSED or len(names) == min(len(first), len(second)) - 1:
            return list(names)
    raise AssertionError


def _address_style(province: dict[str, Any], kind: str, groups: tuple[str, ...]) -> str:
    region = province["region"]
    if kind == "phường":
        street_region = {"mountain": "north", "highland": "central"}.get(region, region)
        return f"street_{street_region}"
    if region == "central" and groups:
        return "mountain"
    return str(region)


def _first_parts(source: dict[str, Any]) -> tuple[list[str], dict[str, tuple[int, int]]]:
    styles = dict(source["hamlets"]) | {f"street_{r}": list(_houses(r, s)) for r, s in source["streets"].items()}
    parts: list[str] = []
    starts = {}
    for style, texts in styles.items():
        starts[style] = (len(parts), len(texts))
        parts.extend(texts)
    return parts, starts


def _houses(region: str, streets: list[str]) -> Iterator[str]:
    for position, street in enumerate(streets):
        for i in range(60):
            number = (position * 37 + i * 13) % 290 + 1
            lane = (position * 11 + i * 7) % 120 + 1
            if i % 3 == 0:
                yield f"Số {number} {street}"
            elif region == "south":
                yield f"{lane}/{number % 40 + 1} {street}, tổ {i % 28 + 1}"
            else:
                yield f"Số {number % 60 + 1}, ngõ {lane} {street}"
