"""Case of a name and its parts: surname, middle name, given name (HoVaTen{Ho,ChuDem,Ten} of QCVN 109:2017/BTTTT).

The first syllable is the surname, the last the given name, except: compound surnames (by a list only), names of the
Central Highlands with a clan before or behind, and names that begin with a sex marker (Y, A, K', H', Ka). Those
without a known clan have no surname; their given name is the whole name.
"""

import csv
import re
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from transforms.characters import APOSTROPHES

PART_COLUMNS = ("full_name", "surname", "middle_name", "given_name")
Parts = tuple[str | None, str | None, str | None]

_MARK = f"[{APOSTROPHES}]"
_MARKERS = frozenset(("Y", "A", "K", "H", "Ka", "Ja"))
_FIRST_MARKERS = frozenset(("Y", "A", "Ka", "Néang", "Chau"))
_MARKED = re.compile(rf"^(?:[HK]{_MARK}|Y-)")
_ANY_MARKED = rf"(?:^| )(?:[HK]{_MARK}|Y-)"
_INITIALS = re.compile(rf"([^\W\d_])((?:(?![\s{APOSTROPHES}.\-]).)*)")
_FOLDED_MARKERS = {"Neang": "Néang", "Neáng": "Néang", "Nèang": "Néang"}
_TWO_CAPITALS = re.compile(r"[A-Z][^\s'’-]*[A-Z]")
_UPPER, _LOWER = (f"[{''.join(filter(test, map(chr, range(0x41, 0x1F00))))}]" for test in (str.isupper, str.islower))
_LOST_CASE = re.compile(rf"^(?:{_LOWER}+|{_UPPER}{{2,}}{_LOWER}*|{_LOWER}{_UPPER}+)$")
"""A syllable in small letters, in capitals (but perhaps the last), or with the shift key held the wrong way round."""

_ROMAN = re.compile("I{2,3}|IV")
_SMALL = re.compile(r"[a-z]")


@cache
def data_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of transforms/data/<name>.csv."""
    with files("transforms").joinpath("data", f"{name}.csv").open("r", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def _clans(stand: str) -> frozenset[str]:
    return frozenset(r["clan"] for r in data_rows("clans") if r["stands"] in (stand, "either"))


def words_of_clans() -> frozenset[str]:
    """The words of all clans' names, and of the markers before names, as they are written."""
    words = (word for row in data_rows("clans") for word in row["clan"].split())
    return frozenset((*words, *_FOLDED_MARKERS, *_FOLDED_MARKERS.values()))


@cache
def starts_of_clans() -> frozenset[str]:
    """Words that begin names of the Central Highlands (clans that stand first, markers) and no surnames of others."""
    kinh = {row["surname"] for row in data_rows("surnames")}
    starts = {name.split()[0] for stand in ("first", "either") for name in _clans(stand)} | _MARKERS
    return frozenset(starts - kinh)


@cache
def _compounds() -> dict[str, frozenset[str]]:
    return {r["surname"]: frozenset(filter(None, r["before"].split(";"))) for r in data_rows("compound_surnames")}


@cache
def starts_of_compounds() -> frozenset[str]:
    """Syllables that begin a compound surname; most are plain surnames too (Nguyễn, Hoàng)."""
    return frozenset(name.split()[0] for name in _compounds()) - _odd_starts()


@cache
def seconds_of_compounds() -> frozenset[str]:
    """Syllables that stand second in a compound surname."""
    return frozenset(name.split()[1] for name in _compounds())


@cache
def _odd_starts() -> frozenset[str]:
    """First syllables of clans, and markers: the plain rule (first = surname) may not hold after them."""
    return frozenset(name.split()[0] for name in _clans("first")) | _MARKERS


def has_odd_start(syllable: str) -> bool:
    """May a name that begins so have no plain surname, whatever follows?"""
    return syllable in _odd_starts() or _MARKED.match(syllable) is not None


def of_other_custom(names: pa.Array) -> pa.Array:
    """Which names may hold a marker of sex or a clan, so that they have to be looked at one by one; no null in them."""
    first = pc.replace_substring_regex(names, r"(?s) .*", "")
    starts = pa.array(sorted(_odd_starts() | _FIRST_MARKERS | set(_FOLDED_MARKERS)), pa.string())
    return pc.or_(pc.is_in(first, starts), pc.match_substring_regex(names, _ANY_MARKED))


def capital_initials(name: str) -> str:
    """A capital at the start of each syllable, small letters elsewhere, if the name is written in one case only.

    One case says nothing of the case that was meant, so nothing is lost. Mixed case stays as written, except the plain
    syllables behind a known surname ("Nguyễn thị Lan", "NGUYỄN Văn An"), of which each takes one capital. A capital
    font decoded from TCVN3 leaves the accented letters small (NGUYễN): that counts as capitals.
    """
    one_case = name.islower() if _SMALL.search(name) else name.isupper() or _TWO_CAPITALS.search(name)
    if not one_case:
        return _kinh_initials(name)
    return _INITIALS.sub(lambda m: m[1].upper() + m[2].lower(), name)


def _kinh_initials(name: str) -> str:
    syllables = name.split(" ")
    if syllables[0].casefold() not in _surnames() or is_minority_name([syllables[0].capitalize(), *syllables[1:]]):
        return name
    return " ".join(s if _ROMAN.fullmatch(s) else _LOST_CASE.sub(lambda m: m[0].capitalize(), s) for s in syllables)


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["surname"].casefold() for row in data_rows("surnames") if len(row["surname"]) > 1)


def is_minority_name(syllables: list[str]) -> bool:
    """Does the name begin with a sex marker or a clan of the Central Highlands, or hold H' or K'?"""
    if syllables[0] in _MARKERS or any(_MARKED.match(s) for s in syllables):
        return True
    return _clan_length(syllables, "first") > 0


def _marker_sex() -> dict[str, str]:
    """Sex by marker and ethnic group code ("Y 11"): Ê-đê 11, Ba-na 12, Cơ-ho 15, Xơ-đăng 16, Mnông 20, Khơ-me 05 ..."""
    sexes = {
        "1": {"Y": ("11", "20"), "A": ("12", "16", "29", "52", "53"), "K'": ("15", "20", "28"), "Chau": ("05",)},
        "2": {"Y": ("12", "16", "29", "52", "53"), "Ka": ("15", "28"), "Néang": ("05",)},
    }
    return {f"{m} {g}": sex for sex, marks in sexes.items() for m, groups in marks.items() for g in groups}


MARKER_SEX = _marker_sex()


def marker(full_name: str) -> str | None:
    """The marker of sex in a name, if it has one: Y, A, Ka, K', H', Néang, Chau; H' may stand behind a clan."""
    syllables = full_name.split(" ")
    if any(s[0] == "H" and _MARKED.match(s) for s in syllables):
        return "H'"
    first = _FOLDED_MARKERS.get(syllables[0], syllables[0])
    if first[0] == "K" and _MARKED.match(first):
        return "K'"
    return first if len(syllables) > 1 and first in _FIRST_MARKERS else None


def name_parts(full_name: str) -> Parts:
    """Surname, middle name, given name of a standardised full name; None where there is none or it is not known."""
    syllables = full_name.split(" ")
    if len(syllables) == 1:
        return None, None, full_name
    first = syllables[0]
    if syllables[-1][0] == ".":
        return first, " ".join(syllables[1:-1]) or None, None
    if has_odd_start(first) or (first in starts_of_compounds() and syllables[1] in seconds_of_compounds()):
        return _odd_parts(full_name, syllables)
    return first, " ".join(syllables[1:-1]) or None, syllables[-1]


def _odd_parts(full_name: str, syllables: list[str]) -> Parts:
    length = _clan_length(syllables, "first")
    if length:
        return _split(syllables, length, whole_given=_is_marker(syllables[length]))
    if _is_marker(syllables[0]):
        return _marked_parts(full_name, syllables)
    return _split(syllables, _compound_length(syllables) or 1)


def _marked_parts(full_name: str, syllables: list[str]) -> Parts:
    least = 1 if _MARKED.match(syllables[0]) else 2
    for start in range(least, len(syllables)):
        clan = " ".join(syllables[start:])
        if clan in _clans("last"):
            return clan, None, " ".join(syllables[:start])
    return None, None, full_name


def _split(syllables: list[str], length: int, *, whole_given: bool = False) -> Parts:
    surname, rest = " ".join(syllables[:length]), syllables[length:]
    if whole_given:
        return surname, None, " ".join(rest)
    return surname, " ".join(rest[:-1]) or None, rest[-1]


def _is_marker(syllable: str) -> bool:
    return syllable in _MARKERS or _MARKED.match(syllable) is not None


def _clan_length(syllables: list[str], stand: str) -> int:
    longest = min(3, len(syllables) - 1)
    return next((n for n in range(longest, 0, -1) if " ".join(syllables[:n]) in _clans(stand)), 0)


def _compound_length(syllables: list[str]) -> int:
    for length in range(min(4, len(syllables) - 1), 1, -1):
        before = _compounds().get(" ".join(syllables[:length]))
        if before is not None and (not before or syllables[length] in before):
            return length
    return 0
