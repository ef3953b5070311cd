"""Small counts of a sensitive field over batches, provinces and the nation, so that none is read or worked out.

A batch's report shows groups of at least `FEWEST_SHOWN` persons and the rest together (`quality.report.breakdown`). A
whole (a province of its batches, the nation of its provinces) that shows a group tells, less what its parts show, how
many the parts that do not show it have together. So a whole shows a group only where what is left is nothing or at
least `FEWEST_SHOWN`, and where nothing hidden follows from all the sums.

What is hidden is a flow: from each batch, whose rest is known, through the groups of its province to those of the
nation, as far up as the group is hidden. Each sum that is known is a point of that graph, each hidden count an edge; a
count follows exactly where its edge is a bridge (Gusfield, "A graph theoretic approach to statistical data security",
SIAM J. Comput. 17, 1988). What bounds alone would tell is not looked at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from quality.groups import MEASURES, OTHERS, without_few
from quality.report import FEWEST_SHOWN, Breakdown, breakdown
from quality.report_facts import CodeCount, GroupRows

Key = tuple[str, str | None]
"""A group: code list and code."""

Point = tuple[tuple[int, ...], Key | None]
"""A part, by the places of its wholes and its own, and a group of it; a batch by itself has none."""

Edge = tuple[Point, Point, int]
"""A hidden count between two points: a group goes up from a part to its whole."""

_ALL: Point = ((-1,), None)


@dataclass(frozen=True)
class Groups:
    """Persons by group.

    Attributes:
        persons: by group.
        shown: groups that are shown by themselves; the others are shown as one sum.
        parts: what it is the whole of; none of a batch.
    """

    persons: Mapping[Key, int]
    shown: frozenset[Key]
    parts: tuple["Groups", ...] = ()

    @cached_property
    def hidden(self) -> dict[Key, int]:
        """The groups that are not shown."""
        return {key: n for key, n in self.persons.items() if key not in self.shown}

    @cached_property
    def unknown(self) -> dict[Key, int]:
        """Of those, the persons whom no part shows in their group either; only groups that have some."""
        if not self.parts:
            return self.hidden
        return {key: n for key, n in _sum(part.unknown for part in self.parts).items() if key not in self.shown}


def of_batch(field: str, codes: Iterable[CodeCount]) -> Groups:
    """The groups of a batch as its own report shows them."""
    mine = [c for c in codes if c.field == field]
    shown = frozenset((c.code_list, c.code) for c in breakdown(field, mine).groups)
    return Groups({(c.code_list, c.code): c.persons for c in mine if c.persons}, shown)


def of_rows(dimension: str, groups: Iterable[GroupRows]) -> Groups:
    """The groups of people of a batch, by their rows, as its own report shows them."""
    mine = [g for g in groups if g.dimension == dimension]
    shown = frozenset(_key(g) for g in without_few(mine) if g.code != OTHERS)
    return Groups({_key(g): g.rows for g in mine if g.rows}, shown)


def of_whole(parts: Sequence[Groups]) -> Groups:
    """The groups of a whole; as many are shown by themselves as its parts, all published, allow."""
    persons = _sum(part.persons for part in parts)
    by_size = sorted(persons, key=lambda k: (persons[k], k[0], k[1] is not None, k[1] or ""), reverse=True)
    shown = [key for key in by_size if persons[key] >= FEWEST_SHOWN]
    below = [edge for at, part in enumerate(parts) for edge in _edges(part, (at,), by_size)]
    while shown and (betraying := _betraying(persons, frozenset(shown), below)) is not None:
        # The smallest group that betrays something goes; else the smallest of all, which hides the others with it.
        shown.remove(next((key for key in reversed(shown) if key in betraying), shown[-1]))
    return Groups(persons, frozenset(shown), tuple(parts))


def told(field: str, groups: Groups) -> Breakdown:
    """The groups as a report shows them, the largest first; nothing where no group may be shown by itself."""
    ordered = sorted(groups.shown, key=lambda k: (-groups.persons[k], k[0], k[1] or ""))
    shown = tuple(CodeCount(field, *key, groups.persons[key]) for key in ordered)
    hidden = groups.hidden
    withheld = bool(hidden) and not shown
    return Breakdown(field, shown, sum(hidden.values()) if hidden and shown else None, len(hidden), withheld)


def told_rows(groups: Groups, rows: Iterable[GroupRows]) -> tuple[GroupRows, ...]:
    """What became of rows by group, as a report shows them: the hidden groups together, and last.

    Args:
        groups: which may be shown.
        rows: of all groups of one dimension, each once.
    """
    given = tuple(g for g in rows if g.rows)
    shown = tuple(g for g in given if _key(g) in groups.shown)
    hidden = [g for g in given if _key(g) not in groups.shown]
    if not hidden or not shown:
        return shown
    sums = {name: sum(getattr(g, name) for g in hidden) for name in ("rows", *MEASURES)}
    return (*shown, GroupRows(given[0].dimension, OTHERS, None, **sums))


def _key(group: GroupRows) -> Key:
    return group.code_list or "", group.code


def _sum(parts: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    sums: dict[Key, int] = {}
    for part in parts:
        for key, count in part.items():
            sums[key] = sums.get(key, 0) + count
    return sums


def _edges(part: Groups, at: tuple[int, ...], keys: Iterable[Key]) -> Iterator[Edge]:
    """What is unknown of a part and of its own parts, on its way up to the whole at `at[:-1]`.

    Nobody outside knows which group a batch of one small group has: it might be any.
    """
    for number, own in enumerate(part.parts):
        yield from _edges(own, (*at, number), keys)
    for key, count in part.unknown.items():
        yield (at, key if part.parts else None), (at[:-1], key), count
    if not part.parts and len(part.unknown) == 1 and not part.shown:
        for key in keys:
            if key not in part.unknown:
                yield (at, None), (at[:-1], key), 0


def _betraying(persons: Mapping[Key, int], shown: frozenset[Key], below: Sequence[Edge]) -> set[Key] | None:
    """Groups of which something unknown follows if the whole shows those; None if nothing does of any."""
    hidden = {key: count for key, count in persons.items() if key not in shown}
    if hidden and (len(hidden) == 1 or sum(hidden.values()) < FEWEST_SHOWN):
        return set()
    left: dict[Key, int] = {}
    for _, (at, key), count in below:
        if key is not None and not at:
            left[key] = left.get(key, 0) + count
    small = {key for key, count in left.items() if key in shown and 0 < count < FEWEST_SHOWN}
    if small:
        return small
    edges: list[Edge] = [*below, *((((), key), _ALL, count) for key, count in left.items() if key not in shown)]
    following = [edges[number] for number in _bridges(edges)]
    # The last edge of a group that the whole hides goes to all of them: its group is that of the point it comes from.
    groups = {(one if other == _ALL else other)[1] for one, other, count in following if count}
    return {key for key in groups if key is not None} or None


def _bridges(edges: Sequence[Edge]) -> Iterator[int]:
    """Edges, by their numbers, that lie on no circle (Tarjan, without recursion)."""
    beside: dict[Point, list[tuple[Point, int]]] = {}
    for number, (one, other, _) in enumerate(edges):
        beside.setdefault(one, []).append((other, number))
        beside.setdefault(other, []).append((one, number))
    seen: dict[Point, int] = {}
    lowest: dict[Point, int] = {}
    for start in beside:
        if start in seen:
            continue
        seen[start] = lowest[start] = len(seen)
        path: list[tuple[Point, int, Iterator[tuple[Point, int]]]] = [(start, -1, iter(beside[start]))]
        while path:
            node, by, following = path[-1]
            for other, number in following:
                if number == by:
                    continue
                if other in seen:
                    lowest[node] = min(lowest[node], seen[other])
                else:
                    seen[other] = lowest[other] = len(seen)
                    path.append((other, number, iter(beside[other])))
                    break
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                    if lowest[node] > seen[above]:
                        yield by
