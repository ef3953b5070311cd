"""Which unit an address names: read from its end, province, district, commune, each within the one before.

A name counts where a word for its kind stands before it ("huyện Nga Sơn") or where it stands alone between breaks
(", Nga Sơn,"). What stands further left (hamlet, street, house number) is not looked at. What would have to be
guessed stays at the level above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from schemas.units import provinces_now
from transforms.place_commune import NO_DOUBT, agrees, commune_of, is_number
from transforms.place_names import Name, ends_of, name_at, says_unit, skip, windows
from transforms.place_units import Commune, District, all_units
from transforms.place_words import BELOW, CITY, OF_COMMUNES, OF_DISTRICTS, PROVINCE, TOWN, Words
from transforms.province_index import CITIES, LONGEST_ABBREVIATION, ONLY_AFTER_WORD, Province, province_names

_STANDING = frozenset(("hn", "hcm"))
"""Abbreviations that need not stand alone: Q1 HCM."""


class Match(NamedTuple):
    """What an address names.

    Attributes:
        province: what its province name means; None = not named.
        district, commune: the units found; None = not named or not found.
        new: code since July 2025 of a commune named without a district in the way of today.
        doubts: how a unit was found where it was not plainly by name (see `transforms.places`).
        confidence: 0-1.
        is_unknown: a commune or district is named that is not in the list there.
        is_ambiguous: a name stands for several units here.
        left: where the words before the district end.
        is_elsewhere: what is unknown there is the name of a commune in other provinces.
    """

    province: Province | None = None
    district: District | None = None
    commune: Commune | None = None
    new: str | None = None
    doubts: frozenset[str] = frozenset()
    confidence: float = 0.0
    is_unknown: bool = False
    is_ambiguous: bool = False
    left: int | None = None
    is_elsewhere: bool = False

    @property
    def level(self) -> int:
        """3 commune, 2 district, 1 province, 0 nothing."""
        return 3 if self.commune or self.new else 2 if self.district else 1 if self.province else 0


def rank(found: Match) -> tuple[int, float, bool]:
    """The better of two readings has the higher rank."""
    return found.level, found.confidence, found.is_ambiguous or found.is_unknown


def match(words: Words) -> Match:
    """The best plain reading of the words of an address."""
    end = skip(words, len(words.keys))
    if not end:
        return Match()
    readings: list[Match] = []
    for province, left, latest in provinces(words, end):
        reading = within(words, left, province, latest)
        if reading.level == 3 and not reading.doubts:
            return reading
        if readings and readings[0].level > 1 and province is None and not _is_also_town(readings[0]):
            continue
        # "Thành phố Huế" may be the province or the town in it: the town only if a commune of it is named.
        if reading.level == 3 or not readings or not readings[0].level:
            readings.append(reading)
    return max(readings, key=rank)


def _is_also_town(found: Match) -> bool:
    """May the name of the province as well be that of a town: is it one of old, or that of a city?"""
    return found.province is not None and (found.province.code is None or found.province.code in CITIES)


def provinces(words: Words, end: int) -> Iterator[tuple[Province | None, int, int]]:
    """Readings of the end as a province, and last as none: where the rest ends, where a name in it starts at most."""
    known = province_names()
    for start, key in windows(words, end):
        after_word = known.get(ONLY_AFTER_WORD + key) if start and words.kinds[start - 1] == PROVINCE else None
        province = after_word or known.get(key)
        if province is None:
            continue
        name = name_at(words, start, key)
        trust = _trust(words, name, province)
        if trust:
            left = name.left if name.kind in (PROVINCE, CITY) else name.start
            yield province if trust == 1 else replace(province, confidence=province.confidence * trust), left, left
            if key in all_units().districts:
                yield None, end, name.start  # Vinh is no part of Trà Vinh.
            return
    yield None, end, end


def _trust(words: Words, name: Name, province: Province) -> float:
    """How far the words before the name leave it a province: 0 = not at all."""
    if name.kind == PROVINCE:
        return 1.0
    if name.kind == CITY:
        return 1.0 if province.code in CITIES else 0.0
    if name.kind and words.sure[name.start - 1]:
        return 0.0
    if name.is_bounded:
        return 1.0
    if len(name.key) <= LONGEST_ABBREVIATION and province.method != "province_63_name" and name.key not in _STANDING:
        return 0.0
    start = name.start
    if start > 1 and says_unit(words, start - 2) and (words.kinds[start - 2] in OF_COMMUNES or name.key == "hue"):
        return 0.0  # xã Tân | Bình Dương, huyện Đức | Huệ
    is_below = start > 1 and words.kinds[start - 2] == BELOW and not (start > 2 and says_unit(words, start - 3))
    return 0.0 if is_below or (words.keys[start - 1].isdecimal() and start < 2) else 0.85


def within(words: Words, end: int, province: Province | None, latest: int) -> Match:
    """The best reading of the words before the province."""
    end = skip(words, end)
    best = base = Match(province, confidence=province.confidence if province else 0.0)
    for name, districts in _districts(words, end, province, latest):
        reading = in_districts(words, name, districts, base)
        if reading.level == 3 and not reading.doubts:
            return reading
        best = max(best, reading, key=rank)
    return best


def _districts(
    words: Words, end: int, province: Province | None, latest: int
) -> Iterator[tuple[Name, tuple[District, ...]]]:
    """Names of districts at the end, those of the province where one is named."""
    known = all_units().districts
    for start, key in windows(words, end):
        units = known.get(key)
        if units is None or start > latest:
            continue
        name = name_at(words, start, key)
        if name.kind == PROVINCE or name.kind in OF_COMMUNES:
            continue
        if is_number(name.key) and name.kind not in OF_DISTRICTS:
            continue
        units = _fit(words, name, end, units, province)
        if units:
            yield name, units
            if name.is_bounded or name.kind:
                return
    yield from _marked_districts(words, end, province)


def _fit(
    words: Words, name: Name, end: int, units: tuple[District, ...], province: Province | None
) -> tuple[District, ...]:
    """The districts of a name that lie in the province, are of the kind and bear the marks, as far as any does."""
    if province is not None:
        units = tuple([d for d in units if d.province in province.within])
    if len(units) > 1 and name.kind in OF_DISTRICTS:
        units = tuple([d for d in units if d.kind == name.kind]) or units
    if len(units) > 1:
        marked = [w.marked for w in words.words[name.start : end]]
        units = tuple([d for d in units if agrees(marked, d.name)]) or units
    return units


def _marked_districts(words: Words, end: int, province: Province | None) -> Iterator[tuple[Name, tuple[District, ...]]]:
    """Districts named further left with the word for their kind, in the province named."""
    for i in range(end - 2, -1, -1) if province is not None else ():
        if words.kinds[i] in OF_DISTRICTS and words.sure[i]:
            stop = next((j for j in range(i + 2, end) if words.breaks[j] or says_unit(words, j)), end)
            for last in ends_of(words, i + 1, stop):
                name = Name(i + 1, "".join(words.keys[i + 1 : last]), words.kinds[i], False)
                units = _fit(words, name, last, all_units().districts.get(name.key, ()), province)
                if units:
                    yield name, units
                    return


def in_districts(words: Words, name: Name, districts: Sequence[District], base: Match) -> Match:
    """The commune before the name of a district, where the name may be of several districts."""
    left = skip(words, name.left)
    tried = [(d, commune_of(words, left, d)) for d in districts]
    hits = [h for h in tried if h[1].commune is not None]
    confidence = max(base.confidence, 0.7) if base.province else 0.8
    if not name.is_bounded and not name.kind:
        confidence *= 0.9
    if hits and (len(hits) == 1 or len({f.commune.code for _, f in hits if f.commune}) == 1):
        district, found = hits[0] if len(hits) == 1 else max(hits, key=lambda h: h[1].confidence)
        doubts = found.doubts | _district_doubts(name, district, base)
        return Match(base.province, district, found.commune, None, doubts, confidence * found.confidence)
    if len({d.code for d in districts}) > 1:
        return base._replace(
            province=common(base.province, {d.province for d in districts}), is_ambiguous=True, left=left
        )
    district, found = tried[0]
    if base.province is None:
        is_town = (name.kind, district.kind) == (TOWN, CITY)  # a town often became a city later
        is_certain = is_town or (name.kind in OF_DISTRICTS and district.kind in (name.kind, ""))
    else:
        is_certain = name.kind in OF_DISTRICTS or name.is_bounded or not left
    if not is_certain:
        return base
    return base._replace(
        district=district, doubts=_district_doubts(name, district, base), confidence=confidence,
        is_unknown=found.is_unknown, is_ambiguous=found.is_ambiguous or len(hits) > 1, left=left,
    )  # fmt: skip


def common(province: Province | None, codes: set[str]) -> Province | None:
    """The province, made as certain as the provinces of 63 allow that the units meant may lie in."""
    if province is None:
        return None
    now = tuple(sorted({provinces_now()[code] for code in codes}))
    return replace(province, code=min(codes) if len(codes) == 1 else None, codes_now=now)


def _district_doubts(name: Name, district: District, base: Match) -> frozenset[str]:
    doubts = NO_DOUBT if base.province else frozenset({"without_province"})
    if district.how == "other_name":
        return doubts | {"other_name"}
    return doubts | {"kind_changed"} if name.kind and district.kind not in (name.kind, "") else doubts
