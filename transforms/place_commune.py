"""Which commune of a district the words before it name."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from transforms.place_names import Name, ends_of, name_at, says_unit, windows
from transforms.place_units import ROMAN, Commune, District, all_units
from transforms.place_words import BELOW, COMMUNE, HARD, OF_COMMUNES, TOWNSHIP, WARD, Words, marked_name

NO_DOUBT: frozenset[str] = frozenset()
_STREETS = frozenset(("so", "nha", "ngo", "ngach", "hem", "kiet", "duong", "pho", "lo", "km", "ql", "tl", "d", "sn"))
_NUMBERS = frozenset(ROMAN)
_UPGRADES = frozenset(((COMMUNE, WARD), (COMMUNE, TOWNSHIP), (TOWNSHIP, WARD)))


class Found(NamedTuple):
    """What the words before a district say of its commune; the fields are those of `Match`."""

    commune: Commune | None = None
    confidence: float = 0.0
    doubts: frozenset[str] = frozenset()
    is_unknown: bool = False
    is_ambiguous: bool = False


def commune_of(words: Words, end: int, district: District) -> Found:
    """The commune that the words before a district name."""
    if not end:
        return Found()
    tried = windows(words, end)
    for start, key in tried:
        if _is_known(key, district):
            found = _accepted(words, name_at(words, start, key), end, district)
            if found is not None and (found.commune or found.is_ambiguous):
                return found
    unknown = any(start and says_unit(words, start - 1) and words.kinds[start - 1] in OF_COMMUNES for start, _ in tried)
    return _marked_commune(words, end, district) or Found(is_unknown=unknown)


def _is_known(key: str, district: District) -> bool:
    known = all_units().communes
    for code in district.area:
        if code + key in known:
            return True
    return bool(district.extra) and any(code + key in known for code in district.extra)


def _marked_commune(words: Words, end: int, district: District) -> Found | None:
    """A commune named further left with the word for its kind: "xã Tân Lập, thôn 3, huyện ..."."""
    unknown = False
    for i in range(end - 2, -1, -1):
        if says_unit(words, i) and words.kinds[i] not in OF_COMMUNES:
            break
        if not says_unit(words, i):
            continue
        stop = next((j for j in range(i + 2, end) if words.breaks[j] or (words.sure[j] and words.kinds[j])), end)
        for last in ends_of(words, i + 1, stop):
            name = Name(i + 1, "".join(words.keys[i + 1 : last]), words.kinds[i], False)
            found = _accepted(words, name, last, district)
            if found is not None and (found.commune or found.is_ambiguous):
                return found._replace(confidence=found.confidence * 0.95)
        unknown = True
    return Found(is_unknown=True) if unknown else None


def _accepted(words: Words, name: Name, end: int, district: District) -> Found | None:
    """The commune of that name in the district, or in those that parts of it went to."""
    known = all_units().communes
    units = [c for code in district.area for c in known.get(code + name.key, ())]
    found = choose(words, name, end, units) if units else None
    if found is not None:
        return found
    units = [c for code in district.extra for c in known.get(code + name.key, ())]
    found = choose(words, name, end, units) if units else None
    return found._replace(doubts=found.doubts | {"old_district"}) if found else None


def choose(words: Words, name: Name, end: int, units: Sequence[Commune]) -> Found | None:
    """One of the units of a name, by the word for its kind and its marks; None where it cannot be such a name."""
    confidence, doubts = 1.0, NO_DOUBT
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
    if len(units) == 1:
        is_written_so = not units[0].name or agrees(written, units[0].name)
        return units[0], 1.0 if is_written_so or all(w.plain for w in words.words[name.start : end]) else 0.85
    agreeing = [u for u in units if not u.name or agrees(written, u.name)]
    named = [u for u in agreeing if u.name] or agreeing
    if all(w.plain for w in words.words):
        named = list(units)  # an address without any mark cannot part Nga Thanh and Nga Thành
    if len({u.code for u in named}) == 1:
        return named[0], 1.0
    if not named and len({u.code for u in units}) == 1:
        return units[0], 0.85
    return None, 0.0


def agrees(marked: Sequence[str], name: str) -> bool:
    """Is the name written with those marks?"""
    return "".join(marked) == _marked_once(name)


@cache
def _marked_once(name: str) -> str:
    return "".join(marked_name(name))
