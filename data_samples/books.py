"""Which household stands in which book, and which people stand in each book: most once, some twice.

A book is one household as one ledger has it. Repeats come from three habits of the paper age: a household that moved
was entered anew and its old page kept; a bride was entered in her husband's book and not struck out of her parents';
a book was typed twice.
"""

from dataclasses import dataclass, replace

import numpy as np

from data_samples.draw import Bools, Ints
from data_samples.options import LAST_ENTRY_YEAR
from data_samples.people import CHILD, CHILD_SPOUSE, HEAD, SPOUSE, Households, People, first_day
from data_samples.places import gazetteer

HOME, MOVED, PARENTS, TYPED_TWICE = range(4)
KINDS = ("own", "moved", "parents", "typed_twice")
"""Why a row stands where it stands; the names are those of truth.parquet."""

LAST_DAY = int(first_day(np.asarray([LAST_ENTRY_YEAR]))[0]) + 180
_FIRST_YEAR = 1976
_MOVED_SHARE, _TWICE_SHARE, _BRIDE_SHARE = 0.052, 0.031, 0.42


@dataclass(frozen=True)
class Books:
    """Columns by book, in the order of the ledger.

    Attributes:
        household: number in the block. kind: HOME, MOVED (the old book) or TYPED_TWICE. ledger: province of the
        ledger it stands in (position in the gazetteer). commune: where it says the household lives. part: position
        of the house or hamlet. opened, closed: days since 1970. number: serial number in the block.
    """

    household: Ints
    kind: Ints
    ledger: Ints
    commune: Ints
    part: Ints
    opened: Ints
    closed: Ints
    number: Ints

    def take(self, positions: Ints) -> "Books":
        """These books in this order."""
        return Books(*(column[positions] for column in vars(self).values()))


@dataclass(frozen=True)
class Entries:
    """Columns by ledger row: its book, its person, why it is there, its day of entry, the last day it was kept up."""

    book: Ints
    person: Ints
    kind: Ints
    entered: Ints
    kept_until: Ints

    def take(self, positions: Ints) -> "Entries":
        """These entries in this order."""
        return Entries(*(column[positions] for column in vars(self).values()))


@dataclass(frozen=True)
class Shares:
    """How often people repeat: scale of all repeats, share of households living in another ledger's province."""

    repeats: float
    migrants: float
    provinces: tuple[int, ...]


def marry_off(stream: np.random.Generator, people: People, shares: Shares) -> tuple[People, Ints, Ints]:
    """Make some wives of the block daughters of couples of the block.

    Returns the people with the new links, the brides, and their parents' households.
    """
    brides, fathers = _brides_and_fathers(stream, people)
    kept = stream.random(len(brides)) < _BRIDE_SHARE * shares.repeats
    brides, fathers = brides[kept], fathers[kept]
    line, native, style = people.line.copy(), people.native.copy(), people.style.copy()
    father, mother = people.father.copy(), people.mother.copy()
    line[brides], native[brides], style[brides] = people.line[fathers], people.native[fathers], people.style[fathers]
    father[brides], mother[brides] = fathers, people.spouse[fathers]
    changed = replace(people, line=line, native=native, style=style, father=father, mother=mother)
    return changed, brides, people.household[fathers]


def _brides_and_fathers(stream: np.random.Generator, people: People) -> tuple[Ints, Ints]:
    """Wives and married heads, paired by age; each head at most once."""
    is_wife = people.is_female & ((people.slot == SPOUSE) | (people.slot == CHILD_SPOUSE))
    wives = np.flatnonzero(is_wife & (people.birth_year <= LAST_ENTRY_YEAR - 20))
    heads = np.flatnonzero((people.slot == HEAD) & ~people.is_female & (people.spouse >= 0))
    if not len(wives) or not len(heads):
        return wives[:0], heads[:0]
    mothers_year = people.birth_year[people.spouse[heads]]
    heads = heads[np.argsort(mothers_year, kind="stable")]
    sorted_years = np.sort(mothers_year)
    wives = wives[np.argsort(stream.random(len(wives)), kind="stable")]
    wanted = people.birth_year[wives] - 20 - (stream.random(len(wives)) * 12).astype(np.int64)
    start, stop = np.searchsorted(sorted_years, wanted), np.searchsorted(sorted_years, wanted, side="right")
    chosen = start + (stream.random(len(wives)) * (stop - start)).astype(np.int64)
    exists = stop > start
    wives, chosen = wives[exists], chosen[exists]
    _, first = np.unique(chosen, return_index=True)
    wives, fathers = wives[first], heads[chosen[first]]
    years = people.birth_year[wives] - people.birth_year[fathers]
    fits = (years >= 18) & (people.household[wives] != people.household[fathers])
    return wives[fits], fathers[fits]


def draw_books(
    stream: np.random.Generator, households: Households, people: People, brides: Ints, shares: Shares
) -> Books:
    """The books of the block's households in the order of the ledgers: by commune, the retyped ones last."""
    used = np.unique(people.household)
    head_year = people.birth_year[people.slot == HEAD]
    home = _home_books(stream, households, used, head_year, shares, people.household[brides])
    old = _old_books(stream, home, shares)
    moved = np.isin(home.household, old.household)
    again = old.closed[np.searchsorted(old.household, home.household[moved])]
    opened = home.opened.copy()
    opened[moved] = again + 5 + (stream.random(len(again)) * 50).astype(np.int64)
    home = replace(home, opened=opened)
    both = Books(*(np.r_[a, b] for a, b in zip(vars(home).values(), vars(old).values(), strict=True)))
    order = np.lexsort((stream.random(len(both.household)), both.commune, both.ledger))
    books = replace(both.take(order), number=np.arange(len(order)))
    twice = np.flatnonzero((stream.random(len(order)) < _TWICE_SHARE * shares.repeats) & (books.kind == HOME))
    retyped = replace(books.take(twice), kind=np.full(len(twice), TYPED_TWICE))
    return Books(*(np.r_[a, b] for a, b in zip(vars(books).values(), vars(retyped).values(), strict=True)))


def _home_books(
    stream: np.random.Generator, households: Households, used: Ints, head_year: Ints, shares: Shares, wed: Ints
) -> Books:
    size = len(used)
    commune = households.commune[used].copy()
    # A bride's new home is in another province more often than other homes are.
    leaves = stream.random(size) < shares.migrants * np.where(np.isin(used, wed), 4.0, 1.0)
    commune[leaves] = _elsewhere(stream, commune[leaves], shares.provinces)
    first = np.maximum(head_year + 20, _FIRST_YEAR)
    span = np.maximum(LAST_ENTRY_YEAR - 2 - first, 1)
    opened = first_day(first) + (stream.random(size) ** 1.3 * span * 365).astype(np.int64)
    return Books(
        used, np.full(size, HOME), gazetteer().province[commune], commune, _parts(stream, commune),
        opened, np.full(size, LAST_DAY), np.zeros(size, dtype=np.int64),
    )  # fmt: skip


def _old_books(stream: np.random.Generator, home: Books, shares: Shares) -> Books:
    """Books of the homes that some households had before."""
    may_move = home.opened < LAST_DAY - 3 * 365
    movers = np.flatnonzero((stream.random(len(home.household)) < _MOVED_SHARE * shares.repeats) & may_move)
    before = home.take(movers)
    places = gazetteer()
    start, stop = places.first_commune[before.ledger], places.first_commune[before.ledger + 1]
    commune = start + (stream.random(len(movers)) * (stop - start)).astype(np.int64)
    far = stream.random(len(movers)) < 0.3
    commune[far] = _elsewhere(stream, commune[far], shares.provinces)
    stay = (200 + stream.random(len(movers)) * (LAST_DAY - 400 - before.opened)).astype(np.int64)
    return replace(
        before, kind=np.full(len(movers), MOVED), ledger=places.province[commune], commune=commune,
        part=_parts(stream, commune), closed=before.opened + stay,
    )  # fmt: skip


def _elsewhere(stream: np.random.Generator, commune: Ints, provinces: tuple[int, ...]) -> Ints:
    """A commune of another province of the delivery; the same commune where there is no other."""
    places = gazetteer()
    u = stream.random((len(commune), 2))
    if len(provinces) < 2:
        return commune
    shift = 1 + (u[:, 0] * (len(provinces) - 1)).astype(np.int64)
    known = np.asarray(provinces)
    own = np.searchsorted(known, places.province[commune])
    to = known[(own + shift) % len(known)]
    start, stop = places.first_commune[to], places.first_commune[to + 1]
    found: Ints = start + (u[:, 1] * (stop - start)).astype(np.int64)
    return found


def _parts(stream: np.random.Generator, commune: Ints) -> Ints:
    places = gazetteer()
    u = stream.random(len(commune))
    found: Ints = places.part_start[commune] + (u * places.part_count[commune]).astype(np.int64)
    return found


def draw_entries(stream: np.random.Generator, people: People, books: Books, brides: Ints, parents: Ints) -> Entries:
    """The rows of the books, each book in roster order; a bride stands behind her parents."""
    book, person = _members(people, books.household)
    kind = books.kind[book]
    home_of = np.full(int(books.household.max()) + 1, -1, dtype=np.int64)
    is_home = books.kind == HOME
    home_of[books.household[is_home]] = np.flatnonzero(is_home)
    wedding = _wedding(stream, people.birth[brides])
    book = np.r_[book, home_of[parents]]
    person = np.r_[person, brides]
    until = np.r_[books.closed[book[: len(kind)]], wedding]
    kind = np.r_[kind, np.full(len(brides), PARENTS)]
    delay = 15 + person * 7_919 % 190
    entered = np.minimum(np.maximum(books.opened[book], people.birth[person] + delay), LAST_DAY)
    until = np.where(kind == PARENTS, np.maximum(until, entered), until)
    in_time = entered <= until
    place = np.where(kind == PARENTS, CHILD - 0.5, people.slot[person])
    order = np.lexsort((place, book))
    return Entries(book, person, kind, entered, until).take(order[in_time[order]])


def _members(people: People, household: Ints) -> tuple[Ints, Ints]:
    """All people of each household: (position in ``household``, person)."""
    start = np.searchsorted(people.household, household)
    stop = np.searchsorted(people.household, household, side="right")
    count = stop - start
    book = np.repeat(np.arange(len(household)), count)
    offset = np.arange(len(book)) - np.repeat(np.cumsum(count) - count, count)
    return book, start[book] + offset


def _wedding(stream: np.random.Generator, birth: Ints) -> Ints:
    wed = birth + ((19 + stream.random(len(birth)) * 8) * 365).astype(np.int64)
    return np.minimum(wed, LAST_DAY)


def is_repeated(entries: Entries, people: int) -> Bools:
    """Which entries belong to a person who stands in two rows or more."""
    found: Bools = np.bincount(entries.person, minlength=people)[entries.person] > 1
    return found
