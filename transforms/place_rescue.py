"""Addresses with a part missing, misspelt or contradicting: read only where one unit alone can be meant.

A name that differs by one letter is taken for another only if it holds a syllable that no unit has: one letter parts
many true names (Nga Thạch, Nga Thanh). A commune is looked for in the whole province only if no district is named.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from schemas.units import heirs, provinces_of_units
from transforms import place_match as plain
from transforms.place_commune import Found, choose, is_number
from transforms.place_match import Match
from transforms.place_names import Name, ends_of, names, says_unit, skip, stop_of
from transforms.place_units import Commune, District, all_units
from transforms.place_words import OF_COMMUNES, OF_DISTRICTS, PROVINCE, SOFT, WARD, Words
from transforms.province_index import CITIES, Province, province_names
from transforms.similarity import one_slip

_JOINT = frozenset(("gialaikontum", "quangnamdanang"))
_SHORTEST_COMMUNE = 7
_SHORTEST_SLIP = 5  # letters; shorter names are a letter from too many others


def rescue(words: Words, found: Match) -> Match:
    """A better reading than the plain one, or that."""
    end = skip(words, len(words.keys))
    if found.is_ambiguous:
        return found
    if found.district is not None:
        return _misspelt_commune(words, found)
    joint = _misspelt_joint(words, end)
    if joint is not None:
        return joint
    if found.province is not None:
        left = next(left for _, left, _ in plain.provinces(words, end))
        return _below_province(words, skip(words, left), found)
    misspelt = _misspelt_province(words, end)
    if misspelt is None:
        return found
    province, left, is_sure = misspelt
    base = Match(province, confidence=province.confidence, doubts=frozenset({"slip"}))
    reading = _below_province(words, skip(words, left), base)
    return reading if is_sure or (reading.level > 1 and "other_province" not in reading.doubts) else found


def _misspelt_joint(words: Words, end: int) -> Match | None:
    """A reading within a province of two names, one of them misspelt: "Gia Lia - Kon Tum" is not Kon Tum."""
    if SOFT not in words.breaks[1:end]:
        return None
    joints = [key for key, province in province_names().items() if key in _JOINT and province.code is None]
    for name in names(words, end):
        hits = _slips(name.key, joints) if SOFT in words.breaks[name.start + 1 : end] else []
        if hits:
            known = province_names()[joints[hits[0]]]
            base = Match(known, confidence=known.confidence * 0.8, doubts=frozenset({"slip"}))
            return _below_province(words, skip(words, name.left), base)
    return None


def with_elsewhere(words: Words, found: Match) -> Match:
    """The reading, marked where the commune that is unknown there has its name in other provinces only."""
    if not found.is_unknown or found.province is None:
        return found
    within = {found.district.province} if found.district else found.province.within
    known = all_units()
    for i in range(len(words.keys) - 1):
        if says_unit(words, i) and words.kinds[i] in OF_COMMUNES:
            keys = ["".join(words.keys[i + 1 : end]) for end in ends_of(words, i + 1, stop_of(words, i + 1))]
            named = [key for key in keys if key in known.commune_keys and not is_number(key)]
            if named and not any(province + key in known.in_province for province in within for key in named):
                return found._replace(is_elsewhere=True)
    return found


def of_delivery(words: Words, found: Match, home: frozenset[str]) -> Match:
    """The reading if an address that names no province lies in one of those of the delivery, codes of 63."""
    if found.level == 3 or found.province is not None:
        return found
    base = Match(Province(None, (), home, "delivery", 0.7), confidence=0.7)
    reading = _below_province(words, skip(words, len(words.keys)), base)
    if reading.level < 2 or "other_province" in reading.doubts:
        return found
    return max(found, reading._replace(province=None, doubts=reading.doubts | {"of_delivery"}), key=plain.rank)


def _below_province(words: Words, end: int, base: Match) -> Match:
    """The district or commune before the name of a province."""
    province = base.province
    ways: Sequence[Callable[[Words, int, Match], Match]] = (
        lambda w, e, b: plain.within(w, e, province, e), _without_district, _misspelt_district, _in_another_province,
    )  # fmt: skip
    for way in ways if end else ():
        reading = way(words, end, base)
        if reading.district is not None and reading.commune is None:
            reading = _misspelt_commune(words, reading)
        if reading.level > 1 or reading.is_ambiguous:
            return reading._replace(doubts=reading.doubts | base.doubts)
    return base._replace(is_unknown=_names_a_unit(words, end))


def _names_a_unit(words: Words, end: int) -> bool:
    return any(words.sure[i] and words.kinds[i] in OF_COMMUNES | OF_DISTRICTS for i in range(end))


def _unknown_name(words: Words, end: int) -> Name | None:
    """The shortest name at the end that stands behind a word for a kind, or alone."""
    known = (n for n in names(words, end)[::-1] if not says_unit(words, n.start))
    return next((n for n in known if n.kind or n.is_bounded), None)


def _slips(key: str, known: Sequence[str]) -> list[int]:
    return one_slip(key, known) if len(key) >= _SHORTEST_SLIP else []


def _is_misspelt(words: Words, name: Name, end: int) -> bool:
    """Does the name hold a syllable that no unit has?"""
    syllables = all_units().syllables
    return any(words.keys[i] not in syllables for i in range(name.start, end))


def _misspelt_province(words: Words, end: int) -> tuple[Province, int, bool] | None:
    """The province, where the words before it end, and whether its name holds a syllable that no unit has."""
    name = _unknown_name(words, end)
    if name is None or name.kind not in ("", PROVINCE) or not (name.kind or name.start):
        return None
    keys = _province_keys()
    found = {keys[i]: province_names()[keys[i]] for i in _slips(name.key, keys)}
    if len({p.within for p in found.values()}) != 1:
        return None
    known = next(iter(found.values()))
    is_sure = bool(name.kind) or _is_misspelt(words, name, end)
    return replace(known, confidence=known.confidence * 0.8), name.left, is_sure


@cache
def _province_keys() -> list[str]:
    return [k for k in province_names() if k.isalpha() and len(k) > _SHORTEST_SLIP]


def _without_district(words: Words, end: int, base: Match) -> Match:
    """A commune of the province, before July 2025 or since, where no district is named."""
    if base.province is None or _is_part_of_hanoi(base.province):
        return base
    if any(words.sure[i] and words.kinds[i] in OF_DISTRICTS for i in range(end)):
        return base
    for name in names(words, end):
        is_alone = name.is_bounded and not name.kind and base.province.code not in CITIES and name.start < end - 1
        if name.kind not in OF_COMMUNES and not (is_alone and name.key not in all_units().districts):
            continue
        reading = _of_either_time(words, name, end, base, base.province)
        if reading is not None:
            return reading
    return base


def _is_part_of_hanoi(province: Province) -> bool:
    """Is it Hà Tây or the like: a part of today's Hà Nội, whose other districts it never held?"""
    return province.code is None and province.within == {"01"}


def _of_either_time(words: Words, name: Name, end: int, base: Match, province: Province) -> Match | None:
    known = all_units()
    units = [c for p in sorted(province.within) for c in known.in_province.get(p + name.key, ())]
    old = choose(words, name, end, units) if units else None
    if old is not None and old.is_ambiguous and name.kind == WARD:
        old = _in_capital(words, name, end, province) or old
    new = _new(name, province)
    if old is None or (old.commune is None and not old.is_ambiguous):
        return base._replace(new=new, confidence=base.confidence * 0.9) if new else None
    if old.is_ambiguous or old.commune is None:
        codes = {provinces_of_units()[c.code] for c in units}
        return base._replace(province=plain.common(province, codes), is_ambiguous=True)
    doubts = old.doubts | {"without_district"}
    confidence = base.confidence * old.confidence * 0.75
    if new is None:
        return base._replace(commune=old.commune, doubts=doubts, confidence=confidence)
    if heirs().get(old.commune.code) == (new,):
        return base._replace(new=new, doubts=frozenset({"either_time"}), confidence=base.confidence * 0.9)
    codes = {provinces_of_units()[old.commune.code], province.code or provinces_of_units()[old.commune.code]}
    return base._replace(province=plain.common(province, codes), is_ambiguous=True)


def _new(name: Name, province: Province) -> str | None:
    """A commune since July 2025, where the name of the province is one of today."""
    if province.code is None or province.codes_now != (province.code,):
        return None
    units = all_units().new.get(province.code + name.key, ())
    fit = {code for code, kind in units if not name.kind or kind == name.kind}
    return fit.pop() if len(fit) == 1 else None


def _in_capital(words: Words, name: Name, end: int, province: Province) -> Found | None:
    """A ward of the town that bears the name of the province: "phường 5, Vĩnh Long"."""
    key = next((k for k, p in province_names().items() if p.code == province.code and k.isalpha() and p.code), "")
    units = [
        c
        for d in all_units().districts.get(key, ())
        if d.province == province.code and d.kind != "H"
        for a in d.area
        for c in all_units().communes.get(a + name.key, ())
    ]
    return choose(words, name, end, units) if units else None


def _misspelt_district(words: Words, end: int, base: Match) -> Match:
    name = _unknown_name(words, end)
    if name is None or base.province is None or name.kind not in ("", *OF_DISTRICTS):
        return base
    of_province = _district_keys()
    known = [(k, d) for p in sorted(base.province.within) for k, d in of_province[p]]
    hits = tuple(dict.fromkeys(known[i][1] for i in _slips(name.key, [k for k, _ in known])))
    reading = plain.in_districts(words, name, hits, base) if hits else base
    if reading.level < 2 or not (reading.level == 3 or _is_misspelt(words, name, end)):
        return base
    return reading._replace(doubts=reading.doubts | {"slip"}, confidence=reading.confidence * 0.8)


@cache
def _district_keys() -> Mapping[str, list[tuple[str, District]]]:
    found: dict[str, list[tuple[str, District]]] = {
        p: [] for p in {d.province for ds in all_units().districts.values() for d in ds}
    }
    for key, districts in all_units().districts.items():
        for district in districts:
            found[district.province].append((key, district))
    return found


def _misspelt_commune(words: Words, found: Match) -> Match:
    """The commune of a district already found, where its name holds a syllable that no unit has."""
    if found.district is None or found.left is None or found.is_ambiguous:
        return found
    name = _unknown_name(words, found.left)
    if name is None or name.kind not in ("", *OF_COMMUNES) or not _is_misspelt(words, name, found.left):
        return found
    if not name.kind and any(words.keys[i].isdecimal() for i in range(name.start, found.left)):
        return found
    if len(name.key) < _SHORTEST_COMMUNE:
        return found
    keys, communes = _commune_keys(found.district.area)
    units = [communes[i] for i in _slips(name.key, keys)]
    units = [u for u in units if not name.kind or u.kind in (name.kind, "")] or units
    if len({u.code for u in units}) != 1:
        return found
    return found._replace(
        commune=units[0], is_unknown=False, doubts=found.doubts | {"slip"}, confidence=found.confidence * 0.8
    )


def _commune_keys(area: tuple[str, ...]) -> tuple[list[str], list[Commune]]:
    pairs = [(key[3:], c) for code in area for key, cs in _communes_by_district()[code] for c in cs]
    return [k for k, _ in pairs], [c for _, c in pairs]


@cache
def _communes_by_district() -> Mapping[str, list[tuple[str, tuple[Commune, ...]]]]:
    found: dict[str, list[tuple[str, tuple[Commune, ...]]]] = {}
    for key, communes in all_units().communes.items():
        found.setdefault(key[:3], []).append((key, communes))
    return found


def _in_another_province(words: Words, end: int, base: Match) -> Match:
    """A district and a commune in it that lie together in one place alone, but not in the province named."""
    for name in names(words, end):
        districts = all_units().districts.get(name.key, ())
        if not districts or not (name.kind in OF_DISTRICTS or (name.is_bounded and not name.kind)):
            continue
        if is_number(name.key):
            continue
        reading = plain.in_districts(words, name, districts, base._replace(province=None))
        if reading.commune:
            return reading._replace(province=base.province, doubts=reading.doubts | {"other_province"}, confidence=0.5)
        if name.kind in OF_DISTRICTS:
            return base._replace(is_unknown=True, doubts=base.doubts | {"other_province"}, is_ambiguous=True)
    return base
