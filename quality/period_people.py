"""Persons and households of a month, so that those of a batch too small to be told of cannot be worked out.

The report of a batch of fewer than ten persons tells neither their ages nor their households. A whole (a province of
its batches, the nation of its provinces), less the parts that are told, would tell them. So a whole holds them only
where they are ten or more, which are those of two parts at least; else it leaves them out and says how many they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from quality.period_facts import Part, People
from quality.period_sums import added_counts, together
from quality.report import FEWEST_SHOWN


@dataclass(frozen=True)
class PeopleShown:
    """What a report tells of, and how many persons are left out of it."""

    people: People
    left_out: int = 0


def added_people(given: Iterable[People]) -> People:
    """Persons and households of several batches."""
    each = tuple(given)
    return People(
        together((p for g in each for p in g.people), "birth_year", "sex_code", "is_dead"),
        together((h for g in each for h in g.households), "members", "heads"),
        added_counts(g.states for g in each),
    )


def shown_people(parts: Sequence[Part], *, is_final: bool) -> PeopleShown:
    """The persons of one province, or of all of them.

    Args:
        parts: the province, or the provinces of the nation.
        is_final: before the month is over the difference of two makings is a batch, so small ones are never told of.
    """
    provinces = [_of_part(part, is_final=is_final) for part in parts]
    if len(provinces) == 1:
        return provinces[0]
    hidden = sum(p.left_out for p in provinces)
    if 0 < hidden < FEWEST_SHOWN or not is_final:
        return PeopleShown(added_people(p.people for p in provinces), hidden)
    return PeopleShown(added_people(map(_all_of, parts)))


def _of_part(part: Part, *, is_final: bool) -> PeopleShown:
    few = part.few.persons
    if not few or (is_final and few >= FEWEST_SHOWN):
        return PeopleShown(_all_of(part))
    return PeopleShown(_less(_all_of(part), part.few), few)


def _all_of(part: Part) -> People:
    return People(part.tally.people, part.tally.households, part.tally.states)


def _less(whole: People, few: People) -> People:
    """The persons of the whole without a few of them."""
    negative = People(
        tuple(replace(p, persons=-p.persons) for p in few.people),
        tuple(replace(h, households=-h.households) for h in few.households),
        {name: -count for name, count in few.states.items()},
    )
    left = added_people((whole, negative))
    return People(
        tuple(p for p in left.people if p.persons), tuple(h for h in left.households if h.households), left.states
    )
