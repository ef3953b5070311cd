"""Addresses with the units they mean: a hand-written list, and one composed with noise from the lists of units.

A unit is named in words and looked up in the lists by its official name, never by the code under test.
"""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from schemas.code_lists import rows

WRITTEN = Path(__file__).parent / "data" / "ledger_addresses.csv"


@dataclass(frozen=True)
class Gold:
    """An address and its unit: code before July 2025 and since; None = has none; kind of the address."""

    address: str
    code: str | None
    now: tuple[str, ...]
    kind: str


def written() -> Iterator[Gold]:
    """The hand-written addresses. Raises KeyError for a unit that no list has."""
    with WRITTEN.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield _gold(row)


def _gold(row: dict[str, str]) -> Gold:
    address, commune, district, province = row["address"], row["commune"], row["district"], row["province"]
    if province == "-":
        return Gold(address, None, (), "abroad")
    if commune.startswith("="):
        return Gold(address, None, (_new()[(commune[1:], province)],), "today")
    code = _provinces()[province]
    if district:
        code = _districts()[(district, code)]
    if commune:
        code = _communes()[(commune, code)]
    return Gold(address, code, (), "written")


@cache
def _provinces() -> dict[str, str]:
    return {r["name"]: r["gso_code"] for r in rows("provinces_63")}


def _districts() -> dict[tuple[str, str], str]:
    return _units(3)


def _communes() -> dict[tuple[str, str], str]:
    return _units(5)


@cache
def _units(digits: int) -> dict[tuple[str, str], str]:
    listed = (r for r in rows("units_63") if len(r["code"]) == digits)
    return {(f"{r['kind']} {r['name']}", r["parent"]): r["code"] for r in listed}


@cache
def _new() -> dict[tuple[str, str], str]:
    names = {r["code"]: r["name"] for r in rows("provinces_34")}
    return {(f"{r['kind']} {r['name']}", names[r["province"]]): r["code"] for r in rows("units_34")}


_HAMLETS = ("thôn {n}", "Thôn Đông", "xóm {n}", "ấp {n}", "tổ {n}", "Khu phố {n}", "tổ dân phố số {n}", "bản Nà Phường",
            "Số {n} Trần Phú", "{n}/{m} Lê Lợi", "số {n} ngõ {m} Hoàng Hoa Thám", "khóm {n}", "Đội {n}")  # fmt: skip
_SHORT = {"xã": ("xã", "Xã", "X.", "x."), "phường": ("phường", "P.", "P", "p."), "huyện": ("huyện", "H.", "Huyện"),
          "thị trấn": ("thị trấn", "TT", "TT.", "T.T."), "quận": ("quận", "Q.", "Q"), "tỉnh": ("tỉnh", "T.", "Tỉnh"),
          "thị xã": ("thị xã", "TX", "TX.", "Tx."), "thành phố": ("thành phố", "TP", "TP.", "T.P", "Tp.")}  # fmt: skip
_OLD_PROVINCES = {
    "01": ("Hà Tây", "Hà Sơn Bình"), "17": ("Hà Sơn Bình",), "35": ("Nam Hà", "Hà Nam Ninh"),
    "36": ("Nam Hà", "Hà Nam Ninh"), "37": ("Hà Nam Ninh",), "40": ("Nghệ Tĩnh",), "42": ("Nghệ Tĩnh",),
    "24": ("Hà Bắc",), "27": ("Hà Bắc",), "30": ("Hải Hưng",), "33": ("Hải Hưng",), "26": ("Vĩnh Phú",),
    "25": ("Vĩnh Phú",), "19": ("Bắc Thái",), "06": ("Bắc Thái",), "10": ("Hoàng Liên Sơn",), "15": ("Hoàng Liên Sơn",),
    "02": ("Hà Tuyên",), "08": ("Hà Tuyên",), "44": ("Bình Trị Thiên",), "45": ("Bình Trị Thiên",),
    "46": ("Bình Trị Thiên", "Thừa Thiên Huế"), "49": ("Quảng Nam - Đà Nẵng",), "51": ("Nghĩa Bình",),
    "52": ("Nghĩa Bình",), "54": ("Phú Khánh",), "56": ("Phú Khánh",), "58": ("Thuận Hải",), "60": ("Thuận Hải",),
    "62": ("Gia Lai - Kon Tum",), "64": ("Gia Lai - Kon Tum",), "67": ("Đắk Lắk",), "84": ("Cửu Long",),
    "86": ("Cửu Long",), "95": ("Minh Hải",), "96": ("Minh Hải",), "70": ("Sông Bé",), "74": ("Sông Bé",),
    "93": ("Cần Thơ",), "94": ("Hậu Giang",), "79": ("TP.HCM", "TPHCM", "Sài Gòn", "Tp. Hồ Chí Minh"),
    "77": ("BR-VT", "Bà Rịa Vũng Tàu"), "66": ("Đắc Lắc", "Daklak"),
}  # fmt: skip
_OLD_TONES = {"óa": "oá", "òa": "oà", "ỏa": "oả", "ọa": "oạ", "ủy": "uỷ", "úy": "uý", "ùy": "uỳ", "ụy": "uỵ"}


@dataclass(frozen=True)
class _Unit:
    code: str
    kind: str
    name: str
    parent: str


def composed(rows_wanted: int, seed: int) -> list[Gold]:
    """Addresses as clerks write them, drawn from the lists of units with noise; the same for the same seed."""
    draw = Random(seed)  # noqa: S311
    units = {r["code"]: _Unit(r["code"], r["kind"], r["name"], r["parent"]) for r in rows("units_63")}
    communes = [u for u in units.values() if len(u.code) == 5]
    districts = [u for u in units.values() if len(u.code) == 3]
    names = {r["gso_code"]: r["name"] for r in rows("provinces_63")}
    pairs = Counter((_plain(u.name), _plain(units[u.parent].name)) for u in communes)
    alone = Counter((u.kind, _plain(u.name), units[u.parent].parent) for u in communes)
    out = []
    while len(out) < rows_wanted:
        unit = draw.choice(communes) if draw.random() < 0.8 else draw.choice(districts)
        parts = [unit] if len(unit.code) == 3 else [unit, units[unit.parent]]
        province = parts[-1].parent
        kind, gone = "whole", draw.random()
        if len(parts) == 2 and gone < 0.04 and pairs[_plain(unit.name), _plain(parts[1].name)] == 1:
            kind = "no province"
        elif len(parts) == 2 and gone < 0.08 and alone[unit.kind, _plain(unit.name), province] == 1:
            kind, parts = "no district", parts[:1]
        out.append(
            Gold(_written(draw, parts, "" if kind == "no province" else province, names, kind), unit.code, (), kind)
        )
    return out


def _written(draw: Random, parts: list[_Unit], province: str, names: dict[str, str], kind: str) -> str:
    is_said = draw.random() < 0.75 or kind != "whole"
    texts = [_unit_text(draw, u, is_said) for u in parts]
    if province:
        texts.append(_province_text(draw, province, names))
    if draw.random() < 0.05 and is_said and province:
        texts = texts[::-1]
    elif draw.random() < 0.5 and len(parts[0].code) == 5 and is_said:
        texts.insert(0, draw.choice(_HAMLETS).format(n=draw.randint(1, 40), m=draw.randint(2, 90)))
    gap = draw.choices((", ", " - ", "; ", " ", ","), (70, 15, 3, 8 if is_said else 0, 4))[0]
    return _noise(draw, gap.join(texts))


def _unit_text(draw: Random, unit: _Unit, is_said: bool) -> str:
    name = unit.name
    if name.isdecimal():
        name = draw.choice((name, name, name.zfill(2)))
    elif (not is_said and len(unit.code) == 3) or (not is_said and unit.kind == "xã"):
        return name
    word = draw.choice(_SHORT[unit.kind])
    return f"{word}{name}" if word.endswith(".") and draw.random() < 0.5 else f"{word} {name}"


def _province_text(draw: Random, province: str, names: dict[str, str]) -> str:
    if province in _OLD_PROVINCES and draw.random() < 0.4:
        return draw.choice(_OLD_PROVINCES[province])
    word = "thành phố" if province in ("01", "31", "48", "79", "92") else "tỉnh"
    return names[province] if draw.random() < 0.6 else f"{draw.choice(_SHORT[word])} {names[province]}"


def _noise(draw: Random, text: str) -> str:
    if draw.random() < 0.3:
        for new, old in _OLD_TONES.items():
            text = text.replace(new, old)
    if draw.random() < 0.05:
        text += draw.choice((", Việt Nam", " Việt Nam", ".", " (cũ)", ", VN"))
    if draw.random() < 0.03:
        at = draw.randrange(len(text) // 2, len(text) - 1)
        text = (
            text[:at] + text[at + 1] + text[at] + text[at + 2 :] if draw.random() < 0.5 else text[:at] + text[at + 1 :]
        )
    shape = draw.random()
    text = text.upper() if shape < 0.1 else text.lower() if shape < 0.18 else text
    if draw.random() < 0.1:
        text = _plain(text) if shape >= 0.1 else _plain(text).upper()
    return text.replace("Đ", "Ð") if draw.random() < 0.03 else text


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))
