"""The households of a batch, as its own rows have them: heads, sizes, and what became of their members."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.report_facts import HouseholdCount

LARGEST_SIZE = 10
"""Households of so many members and more are counted together."""


@dataclass(frozen=True)
class SizeGroup:
    """Households of `members` living members; the last size is open."""

    members: int
    households: int


@dataclass(frozen=True)
class HouseholdSection:
    """Households of the batch: households = with_head + without_head + several_heads + empty.

    Attributes:
        households: households that a row of the batch names.
        with_head: those with exactly one living head.
        without_head: those where nobody who lives there is head.
        several_heads: those with more than one.
        empty: those whose members are all dead or missing.
        sizes: households by living members.
        living: persons of the batch by what it says of them, also `dead` and `missing`.
        without_household: persons whom no row puts into a household.
        is_withheld: of so few persons that any number would betray somebody; then all others are 0.
    """

    households: int
    with_head: int
    without_head: int
    several_heads: int
    empty: int
    sizes: tuple[SizeGroup, ...]
    living: int
    dead: int
    missing: int
    without_household: int
    is_withheld: bool = False


def shown_households(found: HouseholdSection, fewest: int) -> HouseholdSection:
    """The section as it may be shown: nothing of fewer than so many persons."""
    if not 0 < found.living + found.dead + found.missing < fewest:
        return found
    return HouseholdSection(0, 0, 0, 0, 0, (), 0, 0, 0, 0, is_withheld=True)


def household_section(counts: Iterable[HouseholdCount], states: Mapping[str, int]) -> HouseholdSection:
    """The section of counted households and of persons by state (living, dead, missing, without_household)."""
    counted = tuple(counts)
    lived_in = [c for c in counted if c.members]
    sizes = {
        size: sum(c.households for c in lived_in if min(c.members, LARGEST_SIZE) == size)
        for size in range(1, LARGEST_SIZE + 1)
    }
    return HouseholdSection(
        households=sum(c.households for c in counted),
        with_head=sum(c.households for c in lived_in if c.heads == 1),
        without_head=sum(c.households for c in lived_in if c.heads == 0),
        several_heads=sum(c.households for c in lived_in if c.heads > 1),
        empty=sum(c.households for c in counted if not c.members),
        sizes=tuple(SizeGroup(*size) for size in sizes.items()) if lived_in else (),
        living=states.get("living", 0),
        dead=states.get("dead", 0),
        missing=states.get("missing", 0),
        without_household=states.get("without_household", 0),
    )
