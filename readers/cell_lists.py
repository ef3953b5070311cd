"""The texts that a column of an official list may hold, as clerks write them: labels, spellings, short forms."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from transforms.text import fold

_LISTS: Mapping[str, tuple[str, ...]] = {
    "sex_raw": ("sex",), "relation_raw": ("relations",), "religion_raw": ("religions",),
    "ethnic_group_raw": ("ethnic_groups_121_1979", "ethnic_groups_1019_2008"), "nationality_raw": ("nationalities",),
    "marital_status_raw": ("marital_status",), "blood_type_raw": ("blood_types",),
}  # fmt: skip
_ALSO: Mapping[str, tuple[str, ...]] = {
    "sex_raw": ("nam", "nữ"), "religion_raw": ("không", "không có", "lương"),
    "relation_raw": ("con", "con đẻ", "vợ", "chồng", "chủ hộ", "con ruột", "vợ chủ hộ", "chồng chủ hộ"),
}  # fmt: skip
DITTO = ('"', "''", "nt", "//", "-nt-", "như trên")
"""Signs that say what stands above."""
_SHORT = 3
_MOST_WRONG = 2


@cache
def forms(column: str) -> tuple[str, ...]:
    """All spellings of a column of a list, and usual phrases of one without, small; none for other columns."""
    found: dict[str, None] = dict.fromkeys(_ALSO.get(column, ()))
    for name in _LISTS.get(column, ()):
        text = files("schemas").joinpath("code_lists", f"{name}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            spellings = [
                row["label"],
                *row["accepted_spellings"].split(";"),
                *(row.get("ambiguous_spellings") or "").split(";"),
            ]
            found |= dict.fromkeys(s.strip().lower() for s in spellings if s.strip())
    return tuple(found | dict.fromkeys(_phrases().get(column, ())))


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    """What clerks write in columns that no official list closes."""
    found: dict[str, tuple[str, ...]] = {}
    text = files("readers").joinpath("data", "ledger_phrases.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        column, _, phrases = line.partition(": ")
        found[column] = (*found.get(column, ()), *(phrase.strip() for phrase in phrases.split(";")))
    return found


@cache
def _set(column: str) -> frozenset[str]:
    return frozenset(forms(column))


def is_listed(text: str, column: str) -> bool:
    """Is it a spelling of the column's list, in any case?"""
    return text.lower().strip(" .") in _set(column)


def listed(column: str, read: Sequence[str]) -> Iterator[str]:
    """The spellings of a column's list that are like one of the texts read, in the cases clerks write."""
    for form in forms(column):
        bare = fold(form)
        if len(bare) <= _SHORT or any(_is_like(bare, fold(text)) for text in read):
            yield from dict.fromkeys((form, form[:1].upper() + form[1:], form.upper(), form.title()))


def _is_like(form: str, text: str) -> bool:
    """May one be the other, badly read? About one length, and most letters in common."""
    if abs(len(form) - len(text)) > max(_MOST_WRONG, len(form) // 3):
        return False
    common = sum(min(form.count(letter), text.count(letter)) for letter in set(form))
    return common >= 0.5 * len(form)
