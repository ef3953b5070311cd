"""Rows by group of people, so that no small group can be read or worked out.

Small groups stand together, and with the smallest large one where they would still be few.
"""

from collections.abc import Iterable
from dataclasses import replace

from quality.report_facts import GroupRows

DIMENSIONS = ("sex", "ethnic_group", "birth_decade")
MEASURES = ("kept_out", "in_review", "merged")
FEWEST = 10
OTHERS = "others"


def without_few(groups: Iterable[GroupRows]) -> tuple[GroupRows, ...]:
    """The groups with small ones together, dimension by dimension; the unknown last."""
    given = tuple(groups)
    return tuple(g for d in DIMENSIONS for g in _together([x for x in given if x.dimension == d]))


def _together(groups: list[GroupRows]) -> list[GroupRows]:
    by_size = sorted(groups, key=lambda g: g.rows)
    few = [g for g in by_size if g.rows < FEWEST]
    while few and sum(g.rows for g in few) < FEWEST and len(few) < len(by_size):
        few.append(by_size[len(few)])
    if not few:
        return groups
    sums = {name: sum(getattr(g, name) for g in few) for name in ("rows", *MEASURES)}
    if sums["rows"] < FEWEST:
        return []
    return [*(g for g in groups if g not in few), replace(few[0], code=OTHERS, code_list=None, **sums)]
