"""Text that is no table: a program, a page of notes, JSON, in which one line reads like the heading of a ledger."""

import json
import re
from collections.abc import Sequence

import numpy as np

from readers.grid import Grid, filled_counts, take_rows, texts_of
from readers.heading_roles import Role
from readers.layout_lines import LayoutFilter

_LOOKED_AT = 1_000
_LEAST_LINES = 3
_FEWEST_CELLS = 3
_CODE = re.compile(r"^\W*[\[({\"'<]|[={}<>\\]|\([^)]*$|^[^(]*\)")
"""Signs of a program in a cell: brackets or quotes at its beginning, signs of equality, half a pair of brackets."""


def is_no_table(head: Grid, roles: tuple[Role, ...], lines_above: int) -> bool:
    """Are the lines below a heading clearly no rows of it: most of one cell, and none that says who someone is?

    Args:
        head: the first rows of a delimited file; rows of a workbook lie in cells of their own, hence are never asked.
        roles: the columns of its heading.
        lines_above: rows of `head` above the data.
    """
    if head.counts is None:
        return False
    places = np.arange(head.rows)
    rows = take_rows(head, (places >= lines_above) & (places < lines_above + _LOOKED_AT))
    filled = filled_counts(rows)
    lines, single = int((filled > 0).sum()), int((filled == 1).sum())
    if lines < _LEAST_LINES or single * 2 <= lines:
        return False
    layout = LayoutFilter(roles)
    kept = take_rows(rows, ~layout.layout_rows(rows))  # none: its rows were left out of an empty form
    return kept.rows > 0 and not any(_may_be_row(cells, layout) for cells in texts_of(kept, kept.rows))


def is_prose(head: Grid) -> bool:
    """Are the lines of a delimited file without heading those of a note: of ever another number of cells, or few?

    Args:
        head: its first rows, which hold no people: a ledger without heading has lines of one length.
    """
    if head.counts is None:
        return False
    counts = np.asarray(head.counts)[filled_counts(head) > 0][:_LOOKED_AT]
    several = counts[counts >= _FEWEST_CELLS]
    if len(several) < _LEAST_LINES:
        return True
    return int(np.bincount(several).max()) * 2 <= len(counts)


def is_json(text: str) -> bool:
    """Is it JSON, or its beginning, or JSON line by line?"""
    text = text.strip()
    if not text.startswith(("{", "[")):
        return False
    return _is_json(text) or _is_json(text.split("\n", 1)[0])


def _is_json(text: str) -> bool:
    """Can it be read as JSON up to its end, where a file may be cut?"""
    try:
        json.loads(text)
    except RecursionError:
        return True
    except json.JSONDecodeError as wrong:
        return wrong.pos >= len(text) > 1
    return True


def _may_be_row(cells: Sequence[str | None], layout: LayoutFilter) -> bool:
    """May a line be a person's: it says who someone is, or fills several cells, and reads like no line of a program?"""
    texts = [c for c in cells if c]
    return (layout.is_person(cells) or len(texts) >= _FEWEST_CELLS) and not any(map(_CODE.search, texts))
