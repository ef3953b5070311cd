"""Names under one heading in several columns: "Họ và tên" over "Nguyễn Văn" | "Tấn", so that lists can be sorted.

The heading is merged over the columns, or the second one has none. What stands below tells: the last column holds
single words that are no words of a code list.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from readers.grid import Grid, texts_of
from readers.heading_roles import Role
from transforms.codes import possible_codes
from transforms.text import fold

_NAME = "full_name_raw"
_LOOKED_AT = 1_000
_WORD = re.compile(r"^[^\W\d_](?:[^\W\d_]|['’-])*$")
_LISTS = ("sex", "nationality", "ethnic_group", "religion", "marital_status", "relation")
_MOST_LISTED, _LEAST_FILLED, _LEAST_WORDS, _LEAST_MIDDLES = 0.5, 0.8, 0.9, 0.3
_MIDDLES = frozenset(("van", "thi"))
_PARTS = {2: ("family", "given"), 3: ("family", "middle", "given")}

_Cells = Sequence[str | None]


def with_parted_names(roles: Sequence[Role], below: Grid) -> tuple[Role, ...]:
    """The columns, with one heading of a name that stands over two or three of them as surname, middle and given name.

    Args:
        roles: of one row of headings, from the left.
        below: the first rows under it, decoded.
    """
    kept = tuple(roles)
    names = [at for at, r in enumerate(kept) if r.meaning is not None and r.meaning.role == (_NAME, "")]
    if not names:
        return kept
    first = names[0]
    places = [first, *_repeated(kept, first)] if len(names) > 1 else [first, first + 1][: len(kept) - first]
    if len(places) not in _PARTS or names != (places if len(names) > 1 else places[:1]):
        return kept
    if len(names) == 1 and kept[places[-1]].heading:
        return kept
    rows = texts_of(below, _LOOKED_AT)
    cells = [[row[at] if at < len(row) else None for row in rows] for at in places]
    if not _are_given_names(cells[0], cells[-1]) or (len(names) == 1 and not _end_in_middles(cells[0])):
        return kept
    parted = dict(zip(places, _PARTS[len(places)], strict=True))
    heading = kept[first]
    return tuple(
        replace(r, heading=r.heading or heading.heading, meaning=replace(heading.meaning, part=parted[at]))
        if at in parted and heading.meaning is not None
        else r
        for at, r in enumerate(kept)
    )


def _repeated(roles: Sequence[Role], first: int) -> list[int]:
    """The columns at the right of one that have its heading too: a merged cell gives it to each."""
    found = []
    for at in range(first + 1, len(roles)):
        if (roles[at].heading, roles[at].meaning) != (roles[first].heading, roles[first].meaning):
            break
        found.append(at)
    return found


def _are_given_names(families: _Cells, given: _Cells) -> bool:
    """Single words beside nearly every surname, of which few are words of a code list, and not all the same."""
    beside = [b for a, b in zip(families, given, strict=True) if a]
    words = [b for b in beside if b]
    if not words or len(words) < _LEAST_FILLED * len(beside):
        return False
    single = sum(1 for w in words if _WORD.match(w.strip()))
    distinct = {fold(w) for w in words}
    listed = sum(1 for w in distinct if any(possible_codes(w, stem) for stem in _LISTS))
    return (
        single >= _LEAST_WORDS * len(words)
        and listed <= _MOST_LISTED * len(distinct)
        and (len(distinct) > 1 or len(words) == 1)
    )


def _end_in_middles(families: _Cells) -> bool:
    """Do many end in Văn or Thị, as whole names do not?"""
    texts = [t for t in families if t]
    return sum(1 for t in texts if fold(t).split()[-1:] and fold(t).split()[-1] in _MIDDLES) >= _LEAST_MIDDLES * len(
        texts
    )
