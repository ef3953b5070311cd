"""What is true of each person of a block beyond age and kin: names, parents' names, numbers, how well a birth is known.

Everything is drawn once a person, so that two ledgers that hold a person say the same, as far as they were typed well.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data_samples import people as p
from data_samples.draw import Bools, Floats, Ints
from data_samples.names import NameForms, draw_names, name_forms
from data_samples.numbers import old_numbers, personal_numbers
from data_samples.people import Households, People
from data_samples.places import gazetteer

FULL_DATE, MONTH_ONLY, YEAR_ONLY, NEW_YEAR = range(4)
"""What the family knows of a birth; NEW_YEAR: the clerk wrote 1 January for want of better."""

_FAMILIES = 8
_PARENTS_OLDER = 27
_LAST_DEATH = 18_700
_LAST_WITH_CARD = 2006


@dataclass(frozen=True)
class Identities:
    """Columns by person.

    Attributes:
        parts: codes of surname, middle name and given name. full_name, father_name, mother_name: texts.
        personal_number, old_number: null where the person has none. birthplace: commune of birth registration.
        precision: FULL_DATE ... died: days since 1970, 0 = alive. u: uniform numbers for choices that stay the same
        wherever the person is written (six columns).
    """

    parts: tuple[Ints, Ints, Ints]
    full_name: pa.Array
    father_name: pa.Array
    mother_name: pa.Array
    personal_number: pa.Array
    old_number: pa.Array
    birthplace: Ints
    precision: Ints
    died: Ints
    u: Floats


def draw_identities(
    stream: np.random.Generator, households: Households, people: People, block: int, seed: int
) -> Identities:
    """Draw the identities of a block; ``block`` counts over all provinces of the run."""
    forms = name_forms()
    parts = _own_names(stream, forms, people)
    full_name = forms.join(*parts)
    father, mother = _parents(stream, forms, people, full_name)
    size = len(people.slot)
    u = stream.random((size, 6))
    birthplace = np.where(u[:, 0] < 0.6, people.native, households.commune[people.household])
    province = gazetteer().province[birthplace]
    home = gazetteer().province[households.commune[people.household]]
    return Identities(
        parts, full_name, father, mother,
        personal_numbers(block, seed, province, people.birth_year, people.is_female),
        old_numbers(block, seed, home, people.birth_year <= _LAST_WITH_CARD),
        birthplace, _precision(people.birth_year, u[:, 1]), _deaths(stream, people), u,
    )  # fmt: skip


def _own_names(stream: np.random.Generator, forms: NameForms, people: People) -> tuple[Ints, Ints, Ints]:
    table = forms.table(people.style, people.is_female, people.birth_year)
    size = len(table)
    surname, middle, given = draw_names(forms, table, people.line, stream.random((size, 2)))
    again = _namesakes(people.household, middle, given) | _echoes(forms, middle, given)
    _, other_middle, other_given = draw_names(forms, table, people.line, stream.random((size, 2)))
    return surname, np.where(again, other_middle, middle), np.where(again, other_given, given)


def _namesakes(household: Ints, middle: Ints, given: Ints) -> Bools:
    """Who has the names of someone before him in the household: parents do not call two children the same."""
    key = (household * 4096 + middle) * 4096 + given
    _, first = np.unique(key, return_index=True)
    again = np.ones(len(key), dtype=bool)
    again[first] = False
    return again


def _echoes(forms: NameForms, middle: Ints, given: Ints) -> Bools:
    """Whose middle name ends as the given name begins, as in Minh Minh."""
    words = forms.words.to_pylist()
    codes = {word: code for code, word in enumerate(words)}
    last = np.asarray([codes.get(w.split(" ")[-1], -1) for w in words])
    first = np.asarray([codes.get(w.split(" ")[0], -2) for w in words])
    found: Bools = last[middle] == first[given]
    return found


def _parents(
    stream: np.random.Generator, forms: NameForms, people: People, names: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """Names of father and mother: of the parent in the block, else of one drawn for all children of the family."""
    key = people.household * _FAMILIES + _FAMILY_OF_SLOT[people.slot]
    eldest = np.full(int(key.max()) + 1, 9999, dtype=np.int64)
    np.minimum.at(eldest, key, people.birth_year)
    born = eldest[key] - _PARENTS_OLDER
    lone = stream.random((len(eldest), 6))[key]
    men, women = np.zeros(len(key), dtype=bool), np.ones(len(key), dtype=bool)
    father = _drawn(forms, forms.table(people.style, men, born), people.line, lone[:, :2])
    mother = _drawn(forms, forms.table(people.style, women, born), lone[:, 2:4], lone[:, 4:])
    return _known_or(names, people.father, father), _known_or(names, people.mother, mother)


def _drawn(forms: NameForms, table: Ints, line: Floats, u: Floats) -> pa.Array:
    return forms.join(*draw_names(forms, table, line, u))


def _known_or(names: pa.Array, link: Ints, drawn: pa.Array) -> pa.Array:
    """The name at the link, else the drawn one."""
    own = np.where(link >= 0, link, len(names) + np.arange(len(link)))
    return pa.concat_arrays([names, drawn]).take(pa.array(own))


def _family_of_slot() -> Ints:
    family = np.zeros(p.SLOTS, dtype=np.int64)
    places = (
        (p.HEAD, p.SIBLING),
        (p.SPOUSE,),
        (p.FATHER,),
        (p.MOTHER,),
        range(p.CHILD, p.CHILD_SPOUSE),
        (p.CHILD_SPOUSE,),
    )
    for number, slots in enumerate((*places, range(p.GRANDCHILD, p.SIBLING), (p.LODGER,))):
        family[list(slots)] = number
    return family


_FAMILY_OF_SLOT = _family_of_slot()


def _precision(year: Ints, u: Floats) -> Ints:
    """The older the person, the less is known of the day."""
    vague = np.where(year < 1945, 0.45, np.where(year < 1960, 0.2, np.where(year < 1980, 0.05, 0.012)))
    share = u / vague
    return np.select([share >= 1, share < 0.13, share < 0.83], [FULL_DATE, MONTH_ONLY, YEAR_ONLY], NEW_YEAR)


def _deaths(stream: np.random.Generator, people: People) -> Ints:
    """Some of the old have died and still stand on the page."""
    u = stream.random((len(people.slot), 2))
    dies = (people.birth_year < 1952) & (u[:, 0] < 0.05) & (people.slot != p.HEAD)
    age = (60 + u[:, 1] * 25) * 365
    return np.where(dies, np.minimum(people.birth + age.astype(np.int64), _LAST_DEATH), 0)
