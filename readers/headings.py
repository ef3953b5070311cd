"""Where the heading of a sheet is and what its columns are: below title rows, over one to three lines, numbered or not.

Every run of lines near the top is read as if it were the heading; the one that names the most columns is it.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from readers.heading_guesses import guess
from readers.heading_roles import Role, choose
from readers.heading_words import ASIDE, COMPACT, Meaning, meanings, plain
from readers.labelled_cells import told_by
from readers.place_columns import is_unit

SEARCHED_LINES = 200
_MOST_LEVELS = 3
_LINES_AFTER = 20
_LEAST_NAMED = 3
_DATA = re.compile(r"\d{4,}|\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}")
_NUMBER = re.compile(r"^\W*(\d{1,3}|[A-Z])\W*$")
_LONGEST_HEADING = 200
_NAME = "full_name_raw"
_OF_UNITS = 0.05
"""What a word for a unit below another heading tells more than the heading without it: no person's row has it."""
_MOST_LABELLED = 7

_NOTHING_TOLD: Mapping[str, Meaning] = MappingProxyType({})
Cells = Sequence[str | None]


@dataclass(frozen=True)
class Heading:
    """Lines `first` to `last` (indexes in the lines searched; `last` includes a row of numbers) and the columns."""

    first: int
    last: int
    roles: tuple[Role, ...]
    score: float


def find_heading(rows: Sequence[Cells], told: Mapping[str, Meaning] = _NOTHING_TOLD) -> Heading | None:
    """The heading among the first rows of a sheet; None if no row names enough columns of a ledger.

    `told`: what a person said that headings mean, by their folded words.
    """
    best: Heading | None = None
    for first in range(min(len(rows), SEARCHED_LINES)):
        if best is not None and first > best.last + _LINES_AFTER:
            break
        if not any(rows[first]) or _says_by_label(rows[first]):
            continue
        for levels in range(1, _MOST_LEVELS + 1):
            lines = rows[first : first + levels]
            if len(lines) < levels or (levels > 1 and not (_may_stand_above(lines[-2]) and _may_continue(lines[-1]))):
                break
            found = _read_as_heading(lines, first, told)
            if found is not None and (best is None or found.score > best.score + 1e-9):
                best = found
    if best is None:
        return None
    return _with_number_row(replace(best, roles=_with_guesses(best.roles)), rows)


def _with_guesses(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """The columns with what unknown headings resemble, where no other column is that and only one resembles it."""
    taken = {r.meaning.raw_column for r in roles if r.meaning is not None}
    found = {r.position: guess(r.heading) for r in roles if r.heading and r.meaning is None}
    often = Counter(m.raw_column for m in found.values() if m is not None)
    return tuple(
        replace(r, meaning=m)
        if (m := found.get(r.position)) is not None and m.raw_column not in taken and often[m.raw_column] == 1
        else r
        for r in roles
    )


def is_number_row(cells: Cells) -> bool:
    """Is it the row of column numbers under a heading: (1) (2) (3), A B 1 2?"""
    texts = [c for c in cells if c]
    found = [_NUMBER.match(t) for t in texts]
    if len(texts) < _LEAST_NAMED or not all(found):
        return False
    numbers = [int(f.group(1)) for f in found if f and f.group(1).isdigit()]
    return len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers))


def _with_number_row(heading: Heading, rows: Sequence[Cells]) -> Heading:
    last = heading.last
    for at in range(last + 1, min(last + 3, len(rows))):
        if any(rows[at]):
            last = at if is_number_row(rows[at]) else last
            break
    return Heading(heading.first, last, heading.roles, heading.score)


def _says_by_label(cells: Cells) -> bool:
    """Is it a line above a table, "Nơi thường trú:" | "Ấp 4, xã Mỹ Hội", and no heading of columns?"""
    texts = [c for c in cells if c]
    return len(texts) < _MOST_LABELLED and bool(told_by(texts))


def _may_continue(cells: Cells) -> bool:
    texts = [c for c in cells if c]
    return bool(texts) and not any(_DATA.search(t) for t in texts) and not is_number_row(cells)


def _may_stand_above(cells: Cells) -> bool:
    """May a line be the upper part of a heading? A title is not: one cell at the left, or words that name no column."""
    filled = [at for at, c in enumerate(cells) if c]
    known = [at for at in filled if (found := meanings(_cell(cells, at))) and found[0].confidence >= COMPACT]
    return bool(known) and (len({cells[at] for at in filled}) > 1 or filled[0] > 0)


def _read_as_heading(lines: Sequence[Cells], first: int, told: Mapping[str, Meaning]) -> Heading | None:
    width = max(len(line) for line in lines)
    levels = [_levels(lines, at) for at in range(width)]
    headings = [_shown(texts) for texts in levels]
    if sum(1 for h in headings if h) < 2:
        return None
    chosen = choose([_told(texts, told) or _candidates(texts) for texts in levels], headings)
    roles = tuple(
        Role(at, heading, meaning, texts[0] if len(texts) > 1 else "", texts)
        for at, (heading, meaning, texts) in enumerate(zip(headings, chosen, levels, strict=True))
    )
    surest_last = sorted(
        (r.meaning for r in roles if r.meaning is not None and r.raw_column), key=lambda m: m.confidence
    )
    named = {meaning.role: meaning.confidence for meaning in surest_last}
    filled = sum(1 for h in headings if h)
    data_like = sum(1 for line in lines for c in line if c and _DATA.search(c))
    if len(named) < _LEAST_NAMED and (len(named) < 2 or len(named) * 2 < filled):
        return None
    if data_like * 2 > len(named):
        return None
    unknown = sum(1 for r in roles if r.heading and r.meaning is None)
    units = _OF_UNITS * sum(1 for r in roles if len(r.levels) > 1 and is_unit(r.levels[-1]))
    return Heading(first, first + len(lines) - 1, roles, sum(named.values()) + units - 0.1 * unknown - data_like)


def _levels(lines: Sequence[Cells], at: int) -> tuple[str, ...]:
    """The texts over a column from the top: an empty upper cell belongs to the heading on its left."""
    texts: list[str] = []
    for depth, line in enumerate(lines):
        text = _cell(line, at)
        is_upper = depth < len(lines) - 1 and any(_cell(below, at) for below in lines[depth + 1 :])
        if not text and is_upper:
            text = _left_of(lines, depth, at)
        if text and text not in texts:
            texts.append(text)
    return tuple(texts)


def _left_of(lines: Sequence[Cells], depth: int, at: int) -> str:
    """The nearest heading on the left at that depth, if it stands over a lower heading of its own."""
    for left in range(at - 1, -1, -1):
        text = _cell(lines[depth], left)
        if text:
            return text if any(_cell(below, left) for below in lines[depth + 1 :]) else ""
    return ""


def _cell(line: Cells, at: int) -> str:
    text = line[at] if at < len(line) else None
    return " ".join((text or "").split())[:_LONGEST_HEADING]


def _shown(texts: Sequence[str]) -> str:
    return " ".join(texts)


def _told(texts: tuple[str, ...], told: Mapping[str, Meaning]) -> tuple[Meaning, ...]:
    """What a person said of a heading, of all its levels or of the lowest."""
    found = (told.get(plain(text)) for text in (_shown(texts), *texts[-1:])) if told and texts else ()
    return tuple(m for m in found if m is not None)[:1]


def _candidates(texts: tuple[str, ...]) -> tuple[Meaning, ...]:
    """Meanings of a heading of several levels: of all words together, else of the lowest level that is known."""
    if not texts:
        return ()
    whole = meanings(_shown(texts))
    if len(texts) > 1 and _is_part_of_name(whole, meanings(texts[-1])):
        return meanings(texts[-1])
    if len(texts) > 1 and is_unit(texts[-1]) and (upper := meanings(_shown(texts[:-1]))):
        return upper
    if len(texts) == 1 or (whole and whole[0].confidence >= _confidence_of_lowest(texts)):
        return whole
    lowest = meanings(texts[-1])
    if whole and not _is_plain_word(lowest):
        return whole
    return lowest or whole or meanings(texts[0])


def _is_part_of_name(whole: tuple[Meaning, ...], lowest: tuple[Meaning, ...]) -> bool:
    """Is it "Họ đệm" below "Họ và tên"?"""
    return bool(lowest) and lowest[0].part != "" and {m.raw_column for m in whole} == {lowest[0].raw_column} == {_NAME}


def _confidence_of_lowest(texts: tuple[str, ...]) -> float:
    """Confidence of the lowest level alone, unless a part of a person's relative is what it names."""
    lowest = meanings(texts[-1])
    return lowest[0].confidence if lowest and _is_plain_word(lowest) and not _is_of_another(texts) else 0.0


def _is_plain_word(found: tuple[Meaning, ...]) -> bool:
    return bool(found) and found[0].part == "" and found[0].raw_column != ASIDE


_ANOTHER = re.compile(r"\b(cha|bo|me|vo|chong|chu ho|giam ho|dai dien|father|mother|spouse|head)\b")


def _is_of_another(texts: tuple[str, ...]) -> bool:
    return any(_ANOTHER.search(plain(t)) for t in texts[:-1])
