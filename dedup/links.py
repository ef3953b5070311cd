"""Households whose other members match: evidence that no pair holds by itself, and pairs that no key finds.

When a household moved or its book was typed again, its members match one by one. A pair across two households is
LINKED when a match between two *other* members joins them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.compare import HouseholdLevel, Levels
from dedup.encode import Columns
from dedup.hashing import Hashes, combine

Rows = npt.NDArray[np.int64]
LARGEST_HOUSEHOLD = 30
"""Households with more records (dormitories, wrong numbers) bring no new pairs."""


@dataclass(frozen=True)
class Links:
    """Matches across households: a key of the two households, and keys of it with either record; sorted."""

    households: Hashes
    members: Hashes

    @classmethod
    def of(cls, columns: Columns, left: Rows, right: Rows) -> "Links":
        """Links of those matches."""
        across = _across(columns, left, right)
        left, right = left[across], right[across]
        keys = _pair_keys(columns.household[left], columns.household[right])
        members = np.concatenate((combine(keys, left), combine(keys, right)))
        return cls(np.sort(keys), np.sort(members))

    def linked(
        self, columns: Columns, left: Rows, right: Rows, is_match: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Which pairs are supported by a match of two other members.

        Args:
            columns: the encoded records.
            left: rows of one side.
            right: rows of the other side.
            is_match: the pair itself is among the matches.
        """
        keys = _pair_keys(columns.household[left], columns.household[right])
        count = _count(self.households, keys) + is_match
        count -= _count(self.members, combine(keys, left)) + _count(self.members, combine(keys, right))
        return np.asarray((count > 0) & _across(columns, left, right))


def raise_levels(household: Levels, linked: npt.NDArray[np.bool_]) -> Levels:
    """Household levels with LINKED where another pair supports them."""
    weaker = (household == HouseholdLevel.DIFFERENT) | (household == HouseholdLevel.SAME_HEAD)
    return np.where(weaker & linked, HouseholdLevel.LINKED, household).astype(np.int8)


def cross_members(columns: Columns, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Pairs of members of households that those matches join: like sex, birth years at most two apart.

    Returns:
        Rows of both sides, left < right, sorted, each pair once. Own records are on at least one side, except where a
        match of an own record joins the households: what was settled between their stored members is open again.
    """
    across = _across(columns, left, right)
    left, right = left[across], right[across]
    homes, place = _unique_homes(columns.household[left], columns.household[right])
    is_new = np.zeros(len(homes), np.bool_)
    is_new[place[columns.own[left] | columns.own[right]]] = True
    order = np.argsort(columns.household, kind="stable")
    sorted_keys = columns.household[order]
    first = np.searchsorted(sorted_keys, homes)
    sizes = np.searchsorted(sorted_keys, homes, "right") - first
    small = (sizes <= LARGEST_HOUSEHOLD).all(axis=1)
    first, sizes, is_new = first[small], sizes[small], is_new[small]
    product = sizes[:, 0] * sizes[:, 1]
    home = np.repeat(np.arange(len(product)), product)
    inside = np.arange(product.sum()) - np.repeat(np.cumsum(product) - product, product)
    one = order[first[home, 0] + inside // sizes[home, 1]]
    two = order[first[home, 1] + inside % sizes[home, 1]]
    return _plausible(columns, np.minimum(one, two), np.maximum(one, two), is_new[home])


def _unique_homes(one: Hashes, other: Hashes) -> tuple[Hashes, Rows]:
    """Pairs of households, the lower key first, each once; for each given pair its place among them."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((high, low))
    starts = np.ones(len(order), np.bool_)
    starts[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(starts) - 1
    return np.stack((low[order][starts], high[order][starts]), axis=1), place


def _plausible(columns: Columns, left: Rows, right: Rows, is_new: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    sexes = columns.sex[left], columns.sex[right]
    years = columns.year[left].astype(np.int64), columns.year[right].astype(np.int64)
    keep = (sexes[0] == sexes[1]) | (sexes[0] == 0) | (sexes[1] == 0)
    keep &= (np.abs(years[0] - years[1]) <= 2) | (years[0] == 0) | (years[1] == 0)
    keep &= (columns.own[left] | columns.own[right] | is_new) & (left != right)
    codes = np.unique(left[keep] * np.int64(len(columns)) + right[keep])
    return np.divmod(codes, np.int64(max(len(columns), 1)))


def _across(columns: Columns, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    a, b = columns.household[left], columns.household[right]
    return np.asarray((a != 0) & (b != 0) & (a != b))


def _pair_keys(left: Hashes, right: Hashes) -> Hashes:
    return combine(np.minimum(left, right), np.maximum(left, right))


def _count(sorted_keys: Hashes, keys: Hashes) -> Rows:
    found = np.searchsorted(sorted_keys, keys, "right") - np.searchsorted(sorted_keys, keys)
    return np.asarray(found, dtype=np.int64)
