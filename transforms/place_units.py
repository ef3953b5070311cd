"""Names of units of all times: districts and communes with their other names, and the communes since July 2025."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeVar

from schemas.code_lists import rows
from schemas.units import parents
from transforms.name_parts import data_rows
from transforms.place_words import KINDS, name_key

_T = TypeVar("_T")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_NUMBERED = re.compile(r"(\D*)(\d{1,3})")
_OWN_CODE, _OTHER_NAME = "name", "other_name"


class Commune(NamedTuple):
    """A name of a commune before July 2025.

    Attributes:
        code: of the unit, or of the one that it had become part of by then.
        kind: letter of its kind; "" = not said.
        name: as written officially; "" where only the folded key is known.
        how: "name" or "other_name" (of a unit merged or renamed since 2018).
    """

    code: str
    kind: str
    name: str
    how: str


class District(NamedTuple):
    """A name of a district.

    Attributes:
        code: of the unit, or of the one that it had become part of; None = it went to several.
        province: code of 63.
        kind: letter of its kind; "" = not said.
        area: codes of districts whose communes lie in it.
        extra: codes of districts that parts of it went to.
        how: "name" or "other_name".
        name: as written officially; "" where only the folded key is known.
    """

    code: str | None
    province: str
    kind: str
    area: tuple[str, ...]
    extra: tuple[str, ...]
    how: str
    name: str


@dataclass(frozen=True)
class Units:
    """The units by their codes and names; keys are those of `place_words.name_key`.

    Attributes:
        districts: by key.
        communes: by code of the district and key put together.
        in_province: by code of the province and key put together.
        new: communes since July 2025, (code, kind), by code of the province of 34 and key put together.
        commune_keys: keys of all communes.
        syllables: keys of all words of names.
    """

    districts: Mapping[str, tuple[District, ...]]
    communes: Mapping[str, tuple[Commune, ...]]
    in_province: Mapping[str, tuple[Commune, ...]]
    new: Mapping[str, tuple[tuple[str, str], ...]]
    commune_keys: frozenset[str]
    syllables: frozenset[str]


@cache
def all_units() -> Units:
    """The units; read from the files once a process."""
    listed = rows("units_63")
    communes = list(_communes())
    in_province = ((parents()[district] + key, c) for district, key, c in communes)
    new = ((r["province"] + name_key(r["name"]), (r["code"], KINDS[r["kind"]])) for r in rows("units_34"))
    return Units(
        _grouped(_districts()), _grouped((district + key, c) for district, key, c in communes),
        _grouped(in_province), _grouped(new), frozenset(key for _, key, _ in communes),
        frozenset(name_key(word) for r in listed for word in r["name"].split()),
    )  # fmt: skip


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, tuple[_T, ...]]:
    grouped: dict[str, list[_T]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in grouped.items()}


def _communes() -> Iterator[tuple[str, str, Commune]]:
    """Code of the district, key and commune, of each name."""
    seen = set()
    official = {r["code"]: (r["parent"], r["name"]) for r in rows("units_63")}
    for r in rows("units_63"):
        if len(r["code"]) == 5:
            for key in _spellings(name_key(r["name"])):
                seen |= {(r["parent"], key, KINDS[r["kind"]]), (r["parent"], key, "")}
                yield r["parent"], key, Commune(r["code"], KINDS[r["kind"]], r["name"], _OWN_CODE)
    for r in data_rows("place_names"):
        if len(r["code"]) == 5:
            parent, name = official[r["code"]]
            # A commune that became a township or a ward under its own name is no other unit.
            how, name = (_OWN_CODE, name) if (parent, name_key(name)) == (r["parent"], r["key"]) else (_OTHER_NAME, "")
            for key in _spellings(r["key"]):
                if (r["parent"], key, KINDS[r["kind"]]) not in seen:
                    yield r["parent"], key, Commune(r["code"], KINDS[r["kind"]], name, how)


def _districts() -> Iterator[tuple[str, District]]:
    areas = {(r["province"], r["kind"], name_key(r["name"])): r for r in data_rows("place_districts")}
    named: dict[tuple[str, str], list[tuple[str, str]]] = {}
    names = {r["code"]: r["name"] for r in rows("units_63")}
    for r in rows("units_63"):
        if len(r["code"]) == 3:
            named.setdefault((r["parent"], name_key(r["name"])), []).append((r["code"], r["kind"]))
    for (province, key), units in named.items():
        codes = {code for code, _ in units}
        # Two units of one name and kind were one after the other (Đạ Huoai): the later code stands for both.
        by_kind: dict[str, tuple[str, ...]] = {}
        for code, kind in units:
            by_kind[kind] = (code, *by_kind.get(kind, ()))
        for kind, (code, *before) in by_kind.items():
            wider = [areas[k] for k in ((province, "", key), (province, kind, key)) if k in areas]
            extra = tuple(dict.fromkeys(c for r in wider for c in r["area"].split(";")))
            extra += tuple(sorted(codes - {code, *before}))
            for spelling in _spellings(key):
                yield spelling, District(code, province, KINDS[kind], (code, *before), extra, _OWN_CODE, names[code])
    yield from _districts_before(areas, named)


def _districts_before(
    areas: Mapping[tuple[str, str, str], Mapping[str, str]], named: Mapping[tuple[str, str], list[tuple[str, str]]]
) -> Iterator[tuple[str, District]]:
    """Districts that were gone by 2022, and other names of districts."""
    others = {(r["parent"], r["kind"], r["key"]): r["code"] for r in data_rows("place_names") if len(r["code"]) == 3}
    for (province, kind, key), heir in others.items():
        if kind not in {k for _, k in named.get((province, key), ())}:
            wider = areas.get((province, kind, key), {"area": ""})["area"].split(";")
            extra = tuple(c for c in wider if c and c != heir)
            for spelling in _spellings(key):
                yield spelling, District(heir, province, KINDS[kind], (heir,), extra, _OTHER_NAME, "")
    for (province, kind, key), r in areas.items():
        is_known = (province, key) in named and (not kind or kind in {k for _, k in named[province, key]})
        if not is_known and (province, kind, key) not in others:
            area, _, rest = r["area"].partition("+")
            heirs = tuple(area.split(";"))
            code = heirs[0] if len(heirs) == 1 else None
            how = _OWN_CODE if r["same"] else _OTHER_NAME
            extra = tuple(filter(None, rest.split(";")))
            yield key, District(code, province, KINDS[kind], heirs, extra, how, r["name"])


def _spellings(key: str) -> tuple[str, ...]:
    """The key and other ways to write it.

    Đắk, Pắk and Búk of the highlands are written Đắc, Pắc and Búc too; a number at the end may be Roman.
    """
    keys = [key, key.replace("dak", "dac").replace("pak", "pac").replace("buk", "buc")]
    keys.append(key.replace("dac", "dak").replace("pac", "pak"))
    numbered = _NUMBERED.fullmatch(key)
    if numbered and int(numbered[2]) <= len(ROMAN):
        keys.append(numbered[1] + ROMAN[int(numbered[2]) - 1])
    return tuple(dict.fromkeys(keys))
