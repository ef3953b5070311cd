"""Households of people who fit together: ages, sexes, kinship, lines of descent. Everything in columns.

A household has SLOTS places; which are taken decides the draw. Flat columns hold the taken places in roster order.
"""

from dataclasses import dataclass

import numpy as np

from data_samples.draw import Bools, Floats, Ints, weighted_tables
from data_samples.names import kinh_style_of_province, style_of_group
from data_samples.options import LAST_ENTRY_YEAR
from data_samples.places import gazetteer

HEAD, SPOUSE, FATHER, MOTHER, CHILD, CHILD_SPOUSE, GRANDCHILD, SIBLING, LODGER = 0, 1, 2, 3, 4, 10, 11, 14, 15
SLOTS, CHILDREN, GRANDCHILDREN = 16, 6, 3
MEAN_SIZE = 2.8
"""Deliberately below the real mean, so that the households drawn always suffice."""

_NO_ONE = -1


@dataclass(frozen=True)
class Households:
    """Columns by household: where it lives (commune), and its share of the line of descent."""

    commune: Ints
    style: Ints
    has_male_head: Bools


@dataclass(frozen=True)
class People:
    """Columns by person; links are positions in the same columns, -1 = not in this block.

    Attributes:
        birth: days since 1 January 1970. style: name style. line: two uniform numbers (surname, clan) that all
        people of one line share. native: commune. father, mother, spouse, head: links.
    """

    household: Ints
    slot: Ints
    birth: Ints
    is_female: Bools
    style: Ints
    line: Floats
    native: Ints
    father: Ints
    mother: Ints
    spouse: Ints
    head: Ints

    @property
    def birth_year(self) -> Ints:
        """Year of birth."""
        return year_of(self.birth)


def year_of(days: Ints) -> Ints:
    """Calendar year of days since 1970-01-01."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def first_day(year: Ints) -> Ints:
    """Days since 1970-01-01 of 1 January."""
    return (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def draw_people(
    stream: np.random.Generator, province: int, count: int, minority_weight: float
) -> tuple[Households, People]:
    """Draw households of one province (position in the gazetteer) until there are ``count`` people."""
    size = int(count / MEAN_SIZE) + 40
    households = _draw_households(stream, province, size, minority_weight)
    year, female, present = _draw_members(stream, households, size)
    taken = np.cumsum(present.ravel()) <= count
    present &= taken.reshape(present.shape)
    return households, _flatten(stream, households, year, female, present)


def _draw_households(stream: np.random.Generator, province: int, size: int, minority_weight: float) -> Households:
    places = gazetteer()
    own = np.arange(places.first_commune[province], places.first_commune[province + 1])
    weight = places.weight[own] * np.where(places.has_minority[own], minority_weight, 1.0)
    table = weighted_tables([(own.tolist(), weight.tolist())])
    commune = table.choose(np.zeros(size, dtype=np.int64), stream.random(size))
    is_minority = stream.random(size) < np.where(places.has_minority[commune], 0.55, 0.012)
    pick = stream.random(size)
    style = np.full(size, kinh_style_of_province()[province])
    style[is_minority] = _minority_style(commune[is_minority], pick[is_minority])
    return Households(commune, style, stream.random(size) < 0.74)


def _minority_style(commune: Ints, pick: Floats) -> Ints:
    """A group that lives in the commune, else any group."""
    styles, everyone = style_of_group(), tuple(style_of_group().values())
    lists = [tuple(styles[g] for g in c.groups) or everyone for c in gazetteer().communes]
    lengths = np.asarray([len(entries) for entries in lists])
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    flat = np.asarray([s for entries in lists for s in entries], dtype=np.int64)
    chosen: Ints = flat[starts[commune] + (pick * lengths[commune]).astype(np.int64)]
    return chosen


def _draw_members(stream: np.random.Generator, households: Households, size: int) -> tuple[Ints, Bools, Bools]:
    """Birth year, sex and presence of each place of each household."""
    u = stream.random((size, SLOTS))
    year = np.zeros((size, SLOTS), dtype=np.int64)
    female = stream.random((size, SLOTS)) < 0.49
    present = np.zeros((size, SLOTS), dtype=bool)
    male_head = households.has_male_head
    age = (23 + 62 * u[:, HEAD] ** 1.35).astype(np.int64)
    year[:, HEAD], female[:, HEAD], present[:, HEAD] = LAST_ENTRY_YEAR - age, ~male_head, True
    gap = (stream.random(size) * 8 - 2.5).astype(np.int64)
    year[:, SPOUSE] = np.minimum(year[:, HEAD] + np.where(male_head, gap, -gap), LAST_ENTRY_YEAR - 20)
    female[:, SPOUSE] = male_head
    present[:, SPOUSE] = u[:, SPOUSE] < np.where(male_head, np.where(age < 65, 0.9, 0.7), 0.3)
    _draw_elders(year, female, present, u, age)
    mother = np.where(male_head, year[:, SPOUSE], year[:, HEAD])
    _draw_children(stream, year, present, u, mother)
    _draw_heirs(stream, year, female, present, u)
    return year, female, present


def _draw_elders(year: Ints, female: Bools, present: Bools, u: Floats, age: Ints) -> None:
    female[:, FATHER], female[:, MOTHER] = False, True
    year[:, FATHER] = year[:, HEAD] - 24 - (u[:, LODGER] * 9).astype(np.int64)
    year[:, MOTHER] = year[:, HEAD] - 20 - (u[:, LODGER] * 9).astype(np.int64)
    young_head = (age >= 24) & (age <= 56) & ~female[:, HEAD]
    present[:, FATHER] = young_head & (u[:, FATHER] < 0.08)
    present[:, MOTHER] = young_head & (u[:, MOTHER] < 0.14)
    year[:, SIBLING] = np.minimum(year[:, HEAD] + 2 + (u[:, SIBLING] * 200).astype(np.int64), LAST_ENTRY_YEAR - 14)
    present[:, SIBLING] = (u[:, SIBLING] < 0.05) & (age < 50)
    year[:, LODGER] = LAST_ENTRY_YEAR - 18 - (u[:, GRANDCHILD] * 30).astype(np.int64)
    present[:, LODGER] = u[:, LODGER] > 0.965


def _draw_children(stream: np.random.Generator, year: Ints, present: Bools, u: Floats, mother: Ints) -> None:
    most = np.where(mother < 1950, 6.5, np.where(mother < 1968, 4.6, 3.2))
    count = (u[:, CHILD] * most).astype(np.int64)
    born = mother + 20 + (u[:, CHILD + 1] * 7).astype(np.int64)
    gaps = 1 + (stream.random((len(mother), CHILDREN)) * 4).astype(np.int64)
    leaves = stream.random((len(mother), CHILDREN))
    for i in range(CHILDREN):
        year[:, CHILD + i] = born
        age = LAST_ENTRY_YEAR - born
        at_home = leaves[:, i] > np.where(age > 24, 0.72, 0.03)
        present[:, CHILD + i] = (i < count) & (born - mother <= 44) & (age >= 1) & at_home
        born = born + np.where(stream.random(len(mother)) < 0.012, 0, gaps[:, i])


def _draw_heirs(stream: np.random.Generator, year: Ints, female: Bools, present: Bools, u: Floats) -> None:
    """The first child may stay with a spouse and children of their own."""
    size = len(year)
    stays = (LAST_ENTRY_YEAR - year[:, CHILD] >= 23) & (u[:, CHILD_SPOUSE] < 0.3) & (u[:, CHILD] > 0.16)
    present[:, CHILD] |= stays
    present[:, CHILD_SPOUSE] = stays
    female[:, CHILD] = np.where(stays, u[:, CHILD_SPOUSE] < 0.04, female[:, CHILD])
    female[:, CHILD_SPOUSE] = ~female[:, CHILD]
    gap = (stream.random(size) * 5).astype(np.int64)
    spouse_year = year[:, CHILD] + np.where(female[:, CHILD], -gap, gap)
    year[:, CHILD_SPOUSE] = np.minimum(spouse_year, LAST_ENTRY_YEAR - 19)
    mother = np.where(female[:, CHILD], year[:, CHILD], year[:, CHILD_SPOUSE])
    count = (u[:, GRANDCHILD] * 3.4).astype(np.int64)
    born = mother + 20 + (u[:, GRANDCHILD + 1] * 6).astype(np.int64)
    for i in range(GRANDCHILDREN):
        year[:, GRANDCHILD + i] = born
        present[:, GRANDCHILD + i] = stays & (i < count) & (born < LAST_ENTRY_YEAR) & (born - mother < 42)
        born = born + 2 + (stream.random(size) * 3).astype(np.int64)


def _flatten(stream: np.random.Generator, households: Households, year: Ints, female: Bools, present: Bools) -> People:
    household, slot = np.nonzero(present)
    place = np.full(present.shape, _NO_ONE, dtype=np.int64)
    place[household, slot] = np.arange(len(household))
    birth = first_day(year[household, slot]) + (stream.random(len(household)) * 365).astype(np.int64)
    birth = _same_day_for_twins(birth, household, slot, year[household, slot])
    style, line, native = _lines(stream, households, female)
    father, mother, spouse = _links(place, female)
    return People(
        household, slot, birth, female[household, slot], style[household, slot], line[household, slot],
        native[household, slot], father[household, slot], mother[household, slot], spouse[household, slot],
        place[household, HEAD],
    )  # fmt: skip


def _same_day_for_twins(birth: Ints, household: Ints, slot: Ints, year: Ints) -> Ints:
    is_child = (slot >= CHILD) & (slot < CHILD_SPOUSE)
    twin = np.r_[False, (household[1:] == household[:-1]) & (year[1:] == year[:-1]) & is_child[1:] & is_child[:-1]]
    before = np.flatnonzero(twin) - 1
    out = birth.copy()
    out[before + 1] = birth[before]
    return out


def _lines(stream: np.random.Generator, households: Households, female: Bools) -> tuple[Ints, Floats, Ints]:
    """Style, line numbers and native commune of every place: own line, the spouse's, or one's own."""
    size = len(households.commune)
    style = np.repeat(households.style[:, None], SLOTS, axis=1)
    line = stream.random((size, SLOTS, 2))
    native = _native_communes(stream, households, (size, SLOTS))
    kinh = kinh_style_of_province()[gazetteer().province[households.commune]]
    for slot in (SPOUSE, CHILD_SPOUSE, LODGER):
        mixed = stream.random(size) < 0.05
        style[:, slot] = np.where(mixed, kinh, style[:, slot])
    own = [HEAD, FATHER, SIBLING]
    for slot in own:
        line[:, slot], native[:, slot] = line[:, HEAD], native[:, HEAD]
    descends = np.where(households.has_male_head, HEAD, SPOUSE)
    every = np.arange(size)
    _inherit(line, native, style, slice(CHILD, CHILD + CHILDREN), (every, descends))
    grand = np.where(female[:, CHILD], CHILD_SPOUSE, CHILD)
    _inherit(line, native, style, slice(GRANDCHILD, GRANDCHILD + GRANDCHILDREN), (every, grand))
    return style, line, native


def _inherit(line: Floats, native: Ints, style: Ints, heirs: slice, source: tuple[Ints, Ints]) -> None:
    line[:, heirs] = line[source][:, None]
    native[:, heirs] = native[source][:, None]
    style[:, heirs] = style[source][:, None]


def _native_communes(stream: np.random.Generator, households: Households, shape: tuple[int, int]) -> Ints:
    """The commune lived in, another one of the province, or anywhere."""
    places = gazetteer()
    home = households.commune[:, None]
    province = places.province[home]
    start, end = places.first_commune[province], places.first_commune[province + 1]
    nearby = start + (stream.random(shape) * (end - start)).astype(np.int64)
    anywhere = (stream.random(shape) * len(places.communes)).astype(np.int64)
    kind = stream.random(shape)
    return np.where(kind < 0.5, home, np.where(kind < 0.84, nearby, anywhere))


def _links(place: Ints, female: Bools) -> tuple[Ints, Ints, Ints]:
    """Father, mother and spouse of every place, as flat positions."""
    father, mother, spouse = (np.full(place.shape, _NO_ONE, dtype=np.int64) for _ in range(3))
    husband = np.where(female[:, HEAD], place[:, SPOUSE], place[:, HEAD])
    wife = np.where(female[:, HEAD], place[:, HEAD], place[:, SPOUSE])
    father[:, CHILD : CHILD + CHILDREN], mother[:, CHILD : CHILD + CHILDREN] = husband[:, None], wife[:, None]
    for slot in (HEAD, SIBLING):
        father[:, slot], mother[:, slot] = place[:, FATHER], place[:, MOTHER]
    heir_is_female = female[:, CHILD]
    grand = slice(GRANDCHILD, GRANDCHILD + GRANDCHILDREN)
    father[:, grand] = np.where(heir_is_female, place[:, CHILD_SPOUSE], place[:, CHILD])[:, None]
    mother[:, grand] = np.where(heir_is_female, place[:, CHILD], place[:, CHILD_SPOUSE])[:, None]
    for left, right in ((HEAD, SPOUSE), (FATHER, MOTHER), (CHILD, CHILD_SPOUSE)):
        spouse[:, left], spouse[:, right] = place[:, right], place[:, left]
    return father, mother, spouse
