"""Which texts are a date, a number, a serial: what a column of that kind may hold, as prices for the decoder.

Prices are natural logarithms beside those of the recognisers: a text that is no date is dear in a column of dates, and
still wins where the ink says it clearly, because clerks write "khoảng 1950" and worse.
"""

import re
from collections.abc import Iterator
from datetime import date

from readers.lattice import Lattice, LogProbs, n_best

OF_DIGITS = ("date", "number", "serial")
"""Kinds of columns that hold digits and signs between them."""
_DIGITS = "0123456789"
_LETTERS_OF = {"date": _DIGITS + "/-. ", "number": _DIGITS + " .", "serial": _DIGITS}
_ODD = {"date": -14.0, "number": -6.0, "serial": -5.0}
_DAY = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{1,2})([/.\-])(\d{4})")
_PARTED = re.compile(r"\d \d")
"""A blank within a number of a date: where a line ended, and nobody writes one."""
_NUMBER = re.compile(r"[0-9]+(?:[ .][0-9]+)*")
_FIRST_YEAR, _LAST_YEAR = 1860, 2035
_IDENTITY = frozenset({"personal_number_raw", "old_id_number_raw", "head_number_raw"})


def masked(lattice: Lattice, kind: str, beam: int = 6) -> list[str]:
    """The likeliest texts of the letters that a column of that kind has; none for kinds without such letters."""
    allowed = _LETTERS_OF.get(kind)
    if allowed is None or not len(lattice.log_probs):
        return []
    return [text for text, _ in n_best(Lattice(_only(lattice, allowed), lattice.letters), beam)]


def regrouped(text: str) -> Iterator[str]:
    """Days that the digits of a text may be, where the signs between them were not seen."""
    digits = re.sub(r"\D", "", text)
    signs = list(dict.fromkeys(c for c in text if c in "./-")) or list("./-")
    if not 6 <= len(digits) <= 8 or _is_date(text, ""):
        return
    before, year = digits[:-4], digits[-4:]
    for cut in range(1, len(before)):
        for sign in signs:
            told = f"{before[:cut]}{sign}{before[cut:]}{sign}{year}"
            if _is_date(told, ""):
                yield told


def _only(lattice: Lattice, allowed: str) -> LogProbs:
    kept = [0, *(n for letter in allowed for n in lattice.letters.numbers(letter) or [])]
    only = lattice.log_probs.copy()
    mask = [n for n in range(only.shape[1]) if n not in kept]
    only[:, mask] = -30.0
    return only


def price(text: str, kind: str, column: str) -> float:
    """What a text costs in a column of that kind: 0 for what is well formed."""
    well_formed = {"date": _is_date, "number": _is_number, "serial": _is_serial}.get(kind)
    if well_formed is None:
        return 0.0
    return 0.0 if well_formed(text, column) else _ODD[kind]


def is_well_formed(text: str, kind: str, column: str) -> bool:
    """Is it what a column of that kind holds?"""
    return price(text, kind, column) == 0.0


def _is_date(text: str, column: str) -> bool:
    if _PARTED.search(text):
        return False
    text = text.replace(" ", "")
    found = _DAY.fullmatch(text)
    if found:
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        year += (1900 if year > _LAST_YEAR % 100 else 2000) if len(found[4]) == 2 else 0
        return _exists(day, month, year)
    found = _MONTH.fullmatch(text)
    if found:
        return 1 <= int(found[1]) <= 12 and _FIRST_YEAR <= int(found[3]) <= _LAST_YEAR
    return text.isdigit() and len(text) == 4 and _FIRST_YEAR <= int(text) <= _LAST_YEAR


def _exists(day: int, month: int, year: int) -> bool:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_number(text: str, column: str) -> bool:
    if not _NUMBER.fullmatch(text):
        return False
    digits = re.sub(r"[ .]", "", text)
    if column in _IDENTITY:
        return len(digits) in (9, 12)
    return True


def _is_serial(text: str, column: str) -> bool:
    return text.isdigit() and len(text) <= 3
