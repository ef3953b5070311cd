"""Dates in words: "ngày 5 tháng 3 năm 1960", "mồng năm tháng giêng năm Ất Dậu 1945", "05-Mar-1960".

Works on plain text (lower case, no marks), where "năm" is both *year* and *five*: every way to cut the text is
tried, and only a single result counts.
"""

import re
from dataclasses import dataclass

from transforms import lunar

_UNITS = {"khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
          "chin": 9}  # fmt: skip
_U = "|".join(_UNITS)
_NUMBER = re.compile(
    rf"^(?:({_U}) (?:nghin|ngan)\b ?)?(?:({_U}) tram\b ?)?"
    rf"(?:(?:linh|le) ({_U})|(?:({_U}) )?(muoi)(?: ({_U}))?|(ham)(?: ({_U}))?|({_U}) ({_U})|({_U}))?$"
)
_DIGIT_WORDS = re.compile(rf"^(?:{_U})(?: (?:{_U})){{3}}$")
_CENTURY_WORDS = re.compile(r"^mot (chin|tam) (?=.*\bmuoi\b)(.+)$")
_NEW_YEAR_DAY = re.compile(r"\b(m[ou]ng (?:\d|[a-z]+)) tet(?: nam)?\b")
_SHORT_WORDS = re.compile(r"^ng[\s.]*(\d{1,2})[\s.,]*t(?:h|hg)?[\s.]*(\d{1,2})[\s.,]*n[\s.]*(\d{4})$")
_ENGLISH = {
    m: n for n, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_E = "|".join(_ENGLISH)
_GAP = r"[\s\-/.,]*"
_DAY_ENGLISH = re.compile(rf"^(\d{{1,2}})(?:st|nd|rd|th)?{_GAP}({_E})[a-z]*{_GAP}(\d{{4}}|\d{{2}})$")
_ENGLISH_DAY = re.compile(rf"^({_E})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})$")
_ENGLISH_YEAR = re.compile(rf"^({_E})[a-z]*{_GAP}(\d{{4}})$")
_SHORT_MONTH = re.compile(r"\b(?:thg|t)[\s.]*(?=\d{1,2}\b)")
_TOKEN = re.compile(r"[a-z]+|\d+|[^\sa-z\d]+")
_IDLE = frozenset({"sinh", "sn", "s", "n", "vao", "la", "luc", "tuc", "(", ")", "(,", "),", ",", ";"})
_MONTH_NAMES = {"gieng": 1, "chap": 12}
_PLAIN_WORDS = frozenset({"ngay", "nam"})
_EARLY_DAY = frozenset({"mong", "mung"})
_DAY_WORDS = frozenset({"ngay"}) | _EARLY_DAY


@dataclass(frozen=True)
class Parts:
    """Year as written (2 or 4 digits, "" = none), month and day (0 = not given), place in the can-chi cycle, marks."""

    year: str
    month: int = 0
    day: int = 0
    cycle: int | None = None
    marks: tuple[str, ...] = ()


def read_words(plain: str) -> Parts | None:
    """The parts of a date that is not all digits; None if it cannot be read in exactly one way."""
    english = _english(plain)
    if english is not None:
        return english
    plain = _SHORT_WORDS.sub(r"ngay \1 thang \2 nam \3", plain)
    plain = _SHORT_MONTH.sub("thang ", _NEW_YEAR_DAY.sub(r"\1 thang gieng nam", plain))
    tokens = list(_TOKEN.findall(plain.replace("(", " ").replace(")", " ")))
    tokens = [t for t in tokens if t not in _IDLE]
    tokens, cycle = _take_cycle(tokens)
    if cycle == _NO_SUCH_YEAR or (not tokens and cycle is None):
        return None
    readings = _readings(tokens, has_cycle=cycle is not None)
    if len(readings) != 1:
        return None
    year, month, day = readings.pop()
    marks = _calendar_marks(tokens, None if (month, day) == (0, 0) else cycle) or _marks_of_year(cycle)
    if "is_lunar" in marks and "mot" in tokens and month == 1 and "gieng" not in tokens:
        return None  # the lunar "tháng một" is the eleventh month to some and the first to others
    in_words = ("in_words",) if any(t.isalpha() and t not in _PLAIN_WORDS for t in tokens) else ()
    return Parts(year, month, day, cycle, (*in_words, *marks))


_NO_SUCH_YEAR = -1


def number_of(words: str) -> int | None:
    """The number that folded words say ("mot nghin chin tram sau muoi", "ham mot", "mot chin sau khong")."""
    if _DIGIT_WORDS.match(words):
        return int("".join(str(_UNITS[w]) for w in words.split()))
    if (short := _CENTURY_WORDS.match(words)) and (rest := number_of(short[2])) is not None and rest < 100:
        return 1000 + 100 * _UNITS[short[1]] + rest
    match = _NUMBER.match(words)
    if match is None or not words:
        return None
    thousands, hundreds, odd, tens, ten, after_ten, twenty, after_twenty, short_ten, short_one, one = match.groups()
    total = 1000 * _unit(thousands) + 100 * _unit(hundreds) + _unit(odd) + _unit(one)
    total += 10 * _unit(tens, 1) + _unit(after_ten) if ten else 0
    total += 20 + _unit(after_twenty) if twenty else 0
    return total + 10 * _unit(short_ten) + _unit(short_one)


def _unit(word: str | None, default: int = 0) -> int:
    return default if word is None else _UNITS[word]


def _english(plain: str) -> Parts | None:
    if match := _DAY_ENGLISH.match(plain):
        return Parts(match[3], _ENGLISH[match[2]], int(match[1]))
    if match := _ENGLISH_DAY.match(plain):
        return Parts(match[3], _ENGLISH[match[1]], int(match[2]))
    if match := _ENGLISH_YEAR.match(plain):
        return Parts(match[2], _ENGLISH[match[1]])
    return None


def _take_cycle(tokens: list[str]) -> tuple[list[str], int | None]:
    """Take a can-chi pair out of the tokens, also "Giáp-Tý"; its place in the cycle."""
    for i, token in enumerate(tokens[:-1]):
        if token not in lunar.STEM_WORDS:
            continue
        j = i + 1 + (tokens[i + 1] == "-")
        if j < len(tokens) and tokens[j] in lunar.BRANCH_WORDS:
            place = lunar.cycle_place(token, tokens[j])
            return tokens[:i] + tokens[j + 1 :], _NO_SUCH_YEAR if place is None else place
    return tokens, None


def _calendar_marks(tokens: list[str], cycle: int | None) -> tuple[str, ...]:
    if cycle is not None or {"gieng", "chap", "ram"} & set(tokens):
        return ("is_lunar",)
    return ("calendar_unclear",) if _EARLY_DAY & set(tokens) else ()


def _marks_of_year(cycle: int | None) -> tuple[str, ...]:
    """A can-chi pair beside a year alone ("Kỷ Mão 1939") names the year; nothing of it is a lunar date to convert."""
    return () if cycle is None else ("calendar_unclear",)


def _readings(tokens: list[str], *, has_cycle: bool) -> set[tuple[str, int, int]]:
    cuts = [(tokens[:i], tokens[i + 1 :]) for i, t in enumerate(tokens) if t == "nam"]
    if tokens and tokens[-1].isdigit() and len(tokens[-1]) in {2, 4}:
        cuts.append((tokens[:-1], tokens[-1:]))
    if has_cycle:
        cuts.append((tokens, []))
    found = set()
    for left, right in cuts:
        year, rest = _year(right, has_cycle), _day_and_month(left)
        # two bare digits may as well be an age
        if year is not None and rest is not None and (len(year) != 2 or rest != (0, 0) or "nam" in tokens):
            found.add((year, *rest))
    if tokens[:3] == ["ngay", "thang", "nam"]:
        return {reading for reading in found if reading[1:] == (0, 0)}
    return found


def _year(tokens: list[str], has_cycle: bool) -> str | None:
    words = [t for t in tokens if t.isalnum() and t != "nam"] if has_cycle else [t for t in tokens if t.isalnum()]
    if not words:
        return "" if has_cycle else None
    if len(words) == 1 and words[0].isdigit():
        return words[0] if len(words[0]) in {2, 4} else None
    number = number_of(" ".join(words))
    return str(number) if number is not None and number >= 1000 else None


def _day_and_month(tokens: list[str]) -> tuple[int, int] | None:
    """(month, day), 0 = not given; None = not understood."""
    if "thang" in tokens:
        cut = tokens.index("thang")
        day, month = _day(tokens[:cut]), _month(tokens[cut + 1 :])
        return None if day is None or month is None else (month, day)
    numbers = [t for t in tokens if t.isalnum() and t not in _DAY_WORDS and t != "nam"]
    if not numbers:
        return (0, 0)
    if len(numbers) == 2 and all(n.isdigit() and len(n) <= 2 for n in numbers):
        return int(numbers[1]), int(numbers[0])
    return None


def _day(tokens: list[str]) -> int | None:
    words = [t for t in tokens if t not in _DAY_WORDS]
    if words == ["ram"]:
        return 15
    return _small_number(words, 31)


def _month(tokens: list[str]) -> int | None:
    words = [t for t in tokens if t not in {"/", "-", "."}]
    if len(words) == 1 and words[0] in _MONTH_NAMES:
        return _MONTH_NAMES[words[0]]
    return _small_number(words, 12)


def _small_number(tokens: list[str], most: int) -> int | None:
    words = [t for t in tokens if t.isalnum()]
    if not words:
        return 0
    if len(words) == 1 and words[0].isdigit():
        return int(words[0]) if len(words[0]) <= 2 else None
    if len(words) != len([t for t in tokens if t not in {"/", "-", "."}]):
        return None
    number = number_of(" ".join(words))
    return number if number is not None and 1 <= number <= most else None
