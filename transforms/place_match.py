"""Which unit an address names: read from its end, province, district, commune, each within the one before.

A name counts where a word for its kind stands before it ("huyện Nga Sơn") or where it stands alone between breaks
(", Nga Sơn,"). What stands further left (hamlet, street, house number) is not looked at. What would have to be
guessed stays at the level above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from transforms.place_units import ROMAN, Commune, District, all_units, province_now
from transforms.place_words import (
    BELOW,
    CITY,
    COMMUNE,
    HARD,
    NO_BREAK,
    OF_COMMUNES,
    OF_DISTRICTS,
    PROVINCE,
    SOFT,
    TOWNSHIP,
    WARD,
    Words,
    marked_name,
)  # fmt: skip
from transforms.province_index import CITIES, LONGEST_ABBREVIATION, ONLY_AFTER_WORD, Province, province_names

LONGEST = 6
"""Words of the longest name (Phan Rang - Tháp Chàm has four)."""
_STREETS = frozenset(("so", "nha", "ngo", "ngach", "hem", "kiet", "duong", "pho", "lo", "km", "ql", "tl", "d", "sn"))
_OLD = "cu4"  # cũ
_COUNTRY = frozenset(("vn", "vietnam", "chxhcn", "chxhcnvn"))
_ENDS = OF_DISTRICTS | OF_COMMUNES
_IN_NAMES = frozenset(("tinh", "quan", "xa"))  # Phước Tỉnh, Thượng Quận, Tân Xã
_NUMBERS = frozenset(ROMAN)
_NO_DOUBT: frozenset[str] = frozenset()
_UPGRADES = frozenset(((COMMUNE, WARD), (COMMUNE, TOWNSHIP), (TOWNSHIP, WARD)))


@dataclass(frozen=True)
class Match:
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

    @property
    def level(self) -> int:
        """3 commune, 2 district, 1 province, 0 nothing."""
        return 3 if self.commune or self.new else 2 if self.district else 1 if self.province else 0


class Name(NamedTuple):
    """A window of words that may be a name: from `start` to the end asked for; the word for a kind before it."""

    start: int
    key: str
    kind: str
    is_bounded: bool

    @property
    def left(self) -> int:
        """Where the words before the name and its kind end."""
        return self.start - 1 if self.kind else self.start


@dataclass(frozen=True)
class Found:
    """What the words before a district say of its commune; the fields are those of `Match`."""

    commune: Commune | None = None
    confidence: float = 0.0
    doubts: frozenset[str] = frozenset()
    is_unknown: bool = False
    is_ambiguous: bool = False


def rank(found: Match) -> tuple[int, float, bool]:
    """The better of two readings has the higher rank."""
    return found.level, found.confidence, found.is_ambiguous or found.is_unknown


def match(words: Words) -> Match:
    """The best plain reading of the words of an address."""
    end = skip(words, len(words.keys))
    if not end:
        return Match()
    readings = []
    for province, left, latest in provinces(words, end):
        reading = within(words, left, province, latest)
        if reading.level == 3 and not reading.doubts:
            return reading
        # "Thành phố Huế" may be the province or the town in it: the town only if a commune of it is named.
        if reading.level == 3 or not readings or not readings[0].level:
            readings.append(reading)
    return max(readings, key=rank)


def reordered(words: Words) -> Iterator[Words]:
    """The words with their parts the other way round, and in the order of their kinds."""
    starts = [i for i in range(len(words.keys)) if _starts_part(words, i)]
    parts = [range(s, e) for s, e in zip(starts, [*starts[1:], len(words.keys)], strict=True)]
    if len(parts) > 1:
        yield _taken(words, parts[::-1])
        yield _taken(words, sorted(parts, key=lambda p: _RANKS.get(words.kinds[p[0]], 0)))


def says_unit(words: Words, i: int) -> bool:
    """Is it a word for a kind of unit, and nothing else?"""
    return words.sure[i] and words.kinds[i] not in ("", BELOW)


def _starts_part(words: Words, i: int) -> bool:
    is_apart = words.breaks[i] == HARD or (words.breaks[i] == SOFT and not says_unit(words, i - 1))
    return is_apart or says_unit(words, i)


_RANKS = {PROVINCE: 3, **dict.fromkeys(OF_DISTRICTS, 2), **dict.fromkeys(OF_COMMUNES, 1)}


def _taken(words: Words, parts: Sequence[range]) -> Words:
    order = [i for part in parts for i in part]
    heads = {part[0] for part in parts}
    breaks = [HARD if i in heads else words.breaks[i] for i in order]
    return Words(
        [words.keys[i] for i in order], [words.kinds[i] for i in order], [words.sure[i] for i in order],
        breaks, [words.words[i] for i in order],
    )  # fmt: skip


def skip(words: Words, end: int) -> int:
    """The end without the country, "cũ" and numbers that stand alone."""
    while end:
        last = words.words[end - 1]
        if end > 1 and words.keys[end - 2] == "viet" and last.key == "nam":
            end -= 2
        elif last.key in _COUNTRY or (end > 1 and (last.marked == _OLD or _is_number_alone(words, end - 1))):
            end -= 1
        else:
            return end
    return 0


def _is_number_alone(words: Words, i: int) -> bool:
    return words.breaks[i] > NO_BREAK and words.keys[i].isdecimal() and words.kinds[i - 1] in ("", BELOW)


def windows(words: Words, end: int) -> list[tuple[int, str]]:
    """Where names that end there may start, with their keys; longest first."""
    keys, kinds, breaks = words.keys, words.kinds, words.breaks
    found: list[tuple[int, str]] = []
    key = ""
    for i in range(end - 1, max(-1, end - 1 - LONGEST), -1):
        key = keys[i] + key
        found.append((i, key))
        if breaks[i] == HARD or (kinds[i] in _ENDS and words.sure[i] and keys[i] not in _IN_NAMES):
            break
    found.reverse()
    return found


def name_at(words: Words, start: int, key: str) -> Name:
    """The name with the word for its kind before it."""
    before = words.breaks[start]
    kind = words.kinds[start - 1] if start and before < HARD and (not before or words.sure[start - 1]) else ""
    return Name(start, key, kind if kind != BELOW or before == NO_BREAK else "", before > NO_BREAK)


def names(words: Words, end: int) -> list[Name]:
    """Windows of words that end there, longest first."""
    return [name_at(words, start, key) for start, key in windows(words, end)]


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
    if len(name.key) <= LONGEST_ABBREVIATION and province.method != "province_63_name" and name.key != "hcm":
        return 0.0
    start = name.start
    if start > 1 and words.sure[start - 2] and words.kinds[start - 2] in OF_COMMUNES:
        return 0.0  # xã Tân | Bình Dương
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
            for last in _ends(words, i + 1, stop):
                name = Name(i + 1, "".join(words.keys[i + 1 : last]), words.kinds[i], False)
                units = _fit(words, name, last, all_units().districts.get(name.key, ()), province)
                if units:
                    yield name, units
                    return


def _ends(words: Words, start: int, stop: int) -> list[int]:
    """Where a name that starts there may end: at a break or a word for a kind, or before what may be a hamlet."""
    return [stop, *(j for j in range(start + 1, stop) if words.kinds[j] == BELOW)]


def in_districts(words: Words, name: Name, districts: Sequence[District], base: Match) -> Match:
    """The commune before the name of a district, where the name may be of several districts."""
    left = skip(words, name.left)
    tried = [(d, _commune(words, left, d)) for d in districts]
    hits = [h for h in tried if h[1].commune is not None]
    confidence = max(base.confidence, 0.7) if base.province else 0.8
    if not name.is_bounded and not name.kind:
        confidence *= 0.9
    if hits and (len(hits) == 1 or len({f.commune.code for _, f in hits if f.commune}) == 1):
        district, found = max(hits, key=lambda h: h[1].confidence)
        doubts = found.doubts | _district_doubts(name, district, base)
        return Match(base.province, district, found.commune, None, doubts, confidence * found.confidence)
    if len({d.code for d in districts}) > 1:
        return replace(base, province=_common(base.province, districts), is_ambiguous=True, left=left)
    district, found = tried[0]
    if base.province is None:
        is_certain = name.kind in OF_DISTRICTS and district.kind in (name.kind, "")
    else:
        is_certain = name.kind in OF_DISTRICTS or name.is_bounded or not left
    if not is_certain:
        return base
    return replace(
        base, district=district, doubts=_district_doubts(name, district, base), confidence=confidence,
        is_unknown=found.is_unknown, is_ambiguous=found.is_ambiguous or len(hits) > 1, left=left,
    )  # fmt: skip


def _common(province: Province | None, districts: Sequence[District]) -> Province | None:
    """The province, made as certain as districts that may be meant allow."""
    if province is None:
        return None
    codes = sorted({d.province for d in districts})
    now = tuple(sorted({province_now(code) for code in codes}))
    return replace(province, code=codes[0] if len(codes) == 1 else None, codes_now=now)


def _district_doubts(name: Name, district: District, base: Match) -> frozenset[str]:
    doubts = _NO_DOUBT if base.province else frozenset({"without_province"})
    if district.how == "other_name":
        return doubts | {"other_name"}
    return doubts | {"kind_changed"} if name.kind and district.kind not in (name.kind, "") else doubts


def _commune(words: Words, end: int, district: District) -> Found:
    """The commune that the words before a district name."""
    if not end:
        return Found()
    known = all_units().communes
    tried = windows(words, end)
    for start, key in tried:
        if any(code + key in known for code in (*district.area, *district.extra)):
            found = _accepted(words, name_at(words, start, key), end, district)
            if found is not None and (found.commune or found.is_ambiguous):
                return found
    unknown = any(start and says_unit(words, start - 1) and words.kinds[start - 1] in OF_COMMUNES for start, _ in tried)
    return _marked_commune(words, end, district) or Found(is_unknown=unknown)


def _marked_commune(words: Words, end: int, district: District) -> Found | None:
    """A commune named further left with the word for its kind: "xã Tân Lập, thôn 3, huyện ..."."""
    unknown = False
    for i in range(end - 2, -1, -1):
        if says_unit(words, i) and words.kinds[i] not in OF_COMMUNES:
            break
        if not says_unit(words, i):
            continue
        stop = next((j for j in range(i + 2, end) if words.breaks[j] or (words.sure[j] and words.kinds[j])), end)
        for last in _ends(words, i + 1, stop):
            name = Name(i + 1, "".join(words.keys[i + 1 : last]), words.kinds[i], False)
            found = _accepted(words, name, last, district)
            if found is not None and (found.commune or found.is_ambiguous):
                return replace(found, confidence=found.confidence * 0.95)
        unknown = True
    return Found(is_unknown=True) if unknown else None


def _accepted(words: Words, name: Name, end: int, district: District) -> Found | None:
    """The commune of that name in the district, or in those that parts of it went to."""
    known = all_units().communes
    for codes, doubt in ((district.area, None), (district.extra, "old_district")):
        units = [c for code in codes for c in known.get(code + name.key, ())]
        if units:
            found = choose(words, name, end, units)
            if found is not None:
                return replace(found, doubts=found.doubts | {doubt}) if doubt else found
    return None


def choose(words: Words, name: Name, end: int, units: Sequence[Commune]) -> Found | None:
    """One of the units of a name, by the word for its kind and its marks; None where it cannot be such a name."""
    confidence, doubts = 1.0, _NO_DOUBT
    if name.kind in OF_COMMUNES:
        exact = [u for u in units if u.kind == name.kind]
        if not exact:
            exact = [u for u in units if not u.kind or (name.kind, u.kind) in _UPGRADES]
            confidence, doubts = 0.85, frozenset({"kind_changed"})
        units = exact
    else:
        confidence = 0.0 if is_number(name.key) else _bare(words, name)
    if not units or not confidence:
        return None
    chosen, agreement = _by_marks(words, name, end, units)
    if chosen is None:
        return Found(is_ambiguous=True)
    return Found(chosen, confidence * agreement, doubts | {"other_name"} if chosen.how == "other_name" else doubts)


def is_number(key: str) -> bool:
    """Is the name a number, as of a ward or of a quarter?"""
    return key.isdecimal() or key in _NUMBERS


def _bare(words: Words, name: Name) -> float:
    """How far a name without a word for its kind may be that of a commune: 0 = not at all."""
    if name.kind:
        return 0.0
    if name.is_bounded or name.start == 0:
        return 0.9
    start = name.start
    while start and not words.breaks[start]:
        start -= 1
    before = range(start, name.start)
    if any(words.keys[i].isdecimal() for i in before):
        is_hamlet = any(words.kinds[i] == BELOW and words.keys[i] not in _STREETS for i in before)
        is_street = any(words.keys[i] in _STREETS for i in before)
        return 0.85 if is_hamlet and not is_street and words.keys[name.start - 1].isdecimal() else 0.0
    has_parts = any(b == HARD for b in words.breaks[1:])
    return 0.0 if has_parts or any(words.keys[i] in _STREETS for i in before) else 0.75


def _by_marks(words: Words, name: Name, end: int, units: Sequence[Commune]) -> tuple[Commune | None, float]:
    written = [w.marked for w in words.words[name.start : end]]
    agreeing = [u for u in units if not u.name or agrees(written, u.name)]
    named = [u for u in agreeing if u.name] or agreeing
    if len(named) == 1 or len({u.code for u in named}) == 1:
        return named[0], 1.0
    if not named and (len(units) == 1 or len({u.code for u in units}) == 1):
        return units[0], 1.0 if all(w.plain for w in words.words[name.start : end]) else 0.85
    return None, 0.0


def agrees(marked: Sequence[str], name: str) -> bool:
    """Is the name written with those marks?"""
    return "".join(marked) == _marked_once(name)


@cache
def _marked_once(name: str) -> str:
    return "".join(marked_name(name))
