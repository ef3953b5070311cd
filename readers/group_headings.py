"""Headings of two levels whose upper words stand over several columns and are cut apart where the columns are."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from readers.forms import Form
from readers.heading_guesses import differences
from readers.heading_words import bare_letters, names_something

_SLIPS_OF = 4
Lines = Sequence[str]
"""The lines of one column's heading from the top."""


def levels_of(headings: Sequence[Lines], forms: Sequence[Form]) -> list[list[str | None]]:
    """The headings by level from the top: two levels where upper words of a form were found over its columns, else one.

    Args:
        headings: the lines read over each column, from the left.
        forms: those that have as many columns say which of these stand under one upper heading; all say its wordings.
    """
    shown = [[line for line in lines if line.strip()] for lines in headings]
    whole: list[str | None] = [" ".join(lines) or None for lines in shown]
    of_forms = [dict(_uppers(shown, form)) for form in forms if len(form.columns) == len(headings)]
    wordings = list(dict.fromkeys(w for form in forms for column in form.columns for w in column.group))
    upper = max([*of_forms, dict(_over_two(shown, wordings))], key=len)
    if not upper:
        return [whole]
    return [
        [upper.get(at, text) for at, text in enumerate(whole)],
        [_leaf(lines) if at in upper else None for at, lines in enumerate(shown)],
    ]


def _uppers(headings: Sequence[Lines], form: Form) -> Iterator[tuple[int, str]]:
    """The upper heading of each column that stands under one of this form's."""
    for wordings, numbered in groupby(enumerate(form.columns), key=lambda pair: pair[1].group):
        places = [at for at, _ in numbered]
        letters = bare_letters("".join(headings[at][0] for at in places if len(headings[at]) > 1))
        meant = next((w for w in wordings if letters and _is_near(bare_letters(w), letters)), None)
        if meant is not None and all(headings[at] for at in places):
            yield from ((at, meant) for at in places)


def _over_two(headings: Sequence[Lines], wordings: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The same where no form says which columns stand together: two side by side, each with words below."""
    taken = -1
    for at, (one, other) in enumerate(pairwise(headings)):
        if at <= taken or min(len(one), len(other)) < 2 or (_is_whole(one) and _is_whole(other)):
            continue
        letters = bare_letters(one[0] + other[0])
        meant = next((w for w in wordings if _is_near(bare_letters(w), letters)), None)
        if meant is not None:
            taken = at + 1
            yield from ((at, meant), (at + 1, meant))


def _is_whole(lines: Lines) -> bool:
    """Do the lines over a column name something by themselves?"""
    return names_something(" ".join(lines))


def _leaf(lines: Lines) -> str:
    return " ".join(lines[1:] or lines)


def _is_near(wording: str, letters: str) -> bool:
    most = len(wording) // _SLIPS_OF
    return differences(wording, letters, max(1, most)) <= most
