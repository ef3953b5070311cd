"""From people and entries to the texts of a ledger, before anyone mistypes anything."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples import people as p
from data_samples import written_dates
from data_samples.books import HOME, MOVED, PARENTS, TYPED_TWICE, Books, Entries
from data_samples.draw import Floats, Ints
from data_samples.identity import MONTH_ONLY, NEW_YEAR, YEAR_ONLY, Identities
from data_samples.names import KINH_REGIONS, name_forms
from data_samples.people import People
from data_samples.places import WAYS, gazetteer
from data_samples.words import WordTables, ledger_words, pick, take
from data_samples.written_dates import Calendar, calendar

LONG, SHORT, OLD_NAME = range(WAYS)
Texts = dict[str, pa.Array]

_PERSONAL_FROM, _CARD_AGE = 2016, 15


@dataclass(frozen=True)
class Block:
    """All that the texts of a block are made of."""

    people: People
    books: Books
    identities: Identities
    entries: Entries


def clerk_choice(books: Books, trait: int) -> Floats:
    """A uniform number that all books of one clerk share: one commune, some years, one typing."""
    clerk = (books.commune * 7 + books.opened // 1_500) * 4 + books.kind
    mixed = (clerk * 2_654_435_761 + trait * 40_503_017) % 4_294_967_296
    mixed = (mixed ^ (mixed >> 13)) * 1_274_126_177 % 4_294_967_296
    return (mixed ^ (mixed >> 16)) / 4_294_967_296


def word(stream: np.random.Generator, block: Block) -> Texts:
    """The texts of all rows, by column name (vocabulary/ledgers.toml, headings)."""
    entries, people, known = block.entries, block.people, block.identities
    person, book = entries.person, entries.book
    u = stream.random((len(person), 6))
    seen = calendar(entries.kept_until).year
    age = seen - people.birth_year[person]
    texts = _numbers(block, seen, age, u)
    texts |= _places(block, u)
    texts |= _kin(block, u)
    texts["household_id"] = _household_numbers(block.books).take(pa.array(book))
    texts["full_name"] = _names(block)
    texts["birth_date"] = birth_texts(block, calendar(people.birth[person]), np.arange(len(person)))
    texts["sex"] = _sexes(block)
    texts["ethnic_group"], texts["religion"] = _groups(block, u[:, 4]), _religions(stream, block)
    texts["occupation"] = _occupations(block, age)
    texts["entry_date"] = _entry_dates(block, u[:, 5])
    texts["death_date"] = _deaths(known.died[person], block)
    texts["notes"] = _notes(stream, block)
    return texts


def _household_numbers(books: Books) -> pa.Array:
    """Province of the ledger, then a serial that counts over the blocks of the run."""
    codes = pa.array(gazetteer().province_codes).take(pa.array(books.ledger))
    serial = pc.utf8_lpad(pa.array(books.number).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(codes, serial, "")


def _names(block: Block) -> pa.Array:
    names = block.identities.full_name.take(pa.array(block.entries.person))
    capitals = (clerk_choice(block.books, 1) < 0.14)[block.entries.book]
    return pc.if_else(pa.array(capitals), pc.utf8_upper(names), names)


def birth_texts(block: Block, dates: Calendar, rows: Ints) -> pa.Array:
    """Births of these rows as the clerk writes them, no more exact than the family knows."""
    person, book = block.entries.person[rows], block.entries.book[rows]
    form = date_forms(block.books, 2)[book]
    precision = block.identities.precision[person]
    u = block.identities.u[person, 2]
    new_year = Calendar(dates.year, np.where(precision == NEW_YEAR, 1, dates.month), np.where(
        precision == NEW_YEAR, 1, dates.day))  # fmt: skip
    whole = written_dates.write_days(new_year, form)
    months = written_dates.write_months(dates, form != written_dates.SHORT)
    years = written_dates.write_years(dates.year, np.select([u < 0.66, u < 0.84, u < 0.95], [0, 1, 2], 3))
    text = pc.if_else(pa.array(precision == MONTH_ONLY), months, whole)
    return pc.if_else(pa.array(precision == YEAR_ONLY), years, text)


def date_forms(books: Books, trait: int) -> Ints:
    """The form in which each book's clerk writes days."""
    u = clerk_choice(books, trait)
    return np.select([u < 0.52, u < 0.78, u < 0.9, u < 0.96], [0, 1, 2, 3], written_dates.TWO_DIGITS)


def _entry_dates(block: Block, u: Floats) -> pa.Array:
    form = date_forms(block.books, 2)[block.entries.book]
    form = np.where(form == written_dates.TWO_DIGITS, written_dates.SHORT, form)
    text = written_dates.write_days(calendar(block.entries.entered), form)
    return pc.if_else(pa.array(u < 0.07), "", text)


def _deaths(died: Ints, block: Block) -> pa.Array:
    """Only the book that was kept up to then says so."""
    is_written = (died > 0) & (died <= block.entries.kept_until) & (died > block.entries.entered)
    return pc.if_else(pa.array(is_written), written_dates.write_days(calendar(died), np.zeros_like(died)), "")


def _sexes(block: Block) -> pa.Array:
    words = ledger_words()["sexes"]
    way = (clerk_choice(block.books, 3) * len(words["male"])).astype(np.int64)[block.entries.book]
    female = block.people.is_female[block.entries.person]
    return pc.if_else(pa.array(female), take(words["female"], way), take(words["male"], way))


def _groups(block: Block, u: Floats) -> pa.Array:
    """The group as this clerk spells it."""
    spellings = ledger_words()["groups"]
    tables = WordTables([spellings.get(g, [g]) for g in name_forms().groups])
    style = block.people.style[block.entries.person]
    clerk = clerk_choice(block.books, 4)[block.entries.book]
    return tables.choose(style, np.where(u < 0.97, clerk, u))


def _religions(stream: np.random.Generator, block: Block) -> pa.Array:
    """A household has one religion; its lodgers too, since nobody asked them."""
    kinh, forms = ledger_words()["religions"], name_forms()
    lists = [list(kinh[r]) for r in KINH_REGIONS] + [list(r) for r in forms.religions[len(KINH_REGIONS) :]]
    weights = [[float(w) for w in kinh[r].values()] for r in KINH_REGIONS]
    tables = WordTables(lists, weights + [[1.0] * len(words) for words in lists[len(KINH_REGIONS) :]])
    u = stream.random(int(block.people.household.max()) + 1)
    person = block.people.head[block.entries.person]
    return tables.choose(block.people.style[person], u[block.people.household[person]])


_OCCUPATIONS = (
    "infant", "pupil", "student_m", "student_f", "rural_m", "rural_f", "urban_m", "urban_f", "old_m", "old_f",
)  # fmt: skip


def _occupations(block: Block, age: Ints) -> pa.Array:
    tables = WordTables([ledger_words()["occupations"][name] for name in _OCCUPATIONS])
    is_urban = (gazetteer().weight == 2.0)[block.books.commune[block.entries.book]]
    working = np.where(is_urban, 6, 4)
    kind = np.select([age < 6, age < 18, age < 23, age < 61], [0, 1, 2, working], 8)
    u = block.identities.u[block.entries.person, 5]
    return tables.choose(kind + (kind > 1) * block.people.is_female[block.entries.person], u)


def _kin(block: Block, u: Floats) -> Texts:
    known, person = block.identities, block.entries.person
    hidden = u[:, 2] < 0.12
    texts = {"relation": _relations(block)}
    for column, names in (("father_name", known.father_name), ("mother_name", known.mother_name)):
        texts[column] = pc.if_else(pa.array(hidden), "", names.take(pa.array(person)))
    return texts


_RELATIONS = (
    "head", "wife", "husband", "father", "mother", "son", "daughter", "daughter_in_law", "son_in_law", "sons_child",
    "daughters_child", "sibling", "lodger",
)  # fmt: skip


def _relations(block: Block) -> pa.Array:
    """The word for the person's place at the head's table."""
    people, entries = block.people, block.entries
    person = entries.person
    slot, female = people.slot[person], people.is_female[person]
    slot = np.where(entries.kind == PARENTS, p.CHILD, slot)
    through_daughter = people.mother[person] >= 0
    mother = np.maximum(people.mother[person], 0)
    through_daughter &= people.slot[mother] == p.CHILD
    number = {name: i for i, name in enumerate(_RELATIONS)}
    choices = [
        (slot == p.HEAD, "head", "head"), (slot == p.SPOUSE, "wife", "husband"), (slot == p.FATHER, "father", "father"),
        (slot == p.MOTHER, "mother", "mother"), (slot == p.CHILD_SPOUSE, "daughter_in_law", "son_in_law"),
        ((slot >= p.CHILD) & (slot < p.CHILD_SPOUSE), "daughter", "son"), (slot == p.SIBLING, "sibling", "sibling"),
        ((slot >= p.GRANDCHILD) & (slot < p.SIBLING) & through_daughter, "daughters_child", "daughters_child"),
        ((slot >= p.GRANDCHILD) & (slot < p.SIBLING), "sons_child", "sons_child"),
        (slot == p.LODGER, "lodger", "lodger"),
    ]  # fmt: skip
    kind = np.select([c for c, *_ in choices], [np.where(female, number[f], number[m]) for _, f, m in choices])
    tables = WordTables([ledger_words()["relations"][name] for name in _RELATIONS])
    return tables.choose(kind, clerk_choice(block.books, 5)[entries.book])


def _places(block: Block, u: Floats) -> Texts:
    known, entries, books = block.identities, block.entries, block.books
    person, book = entries.person, entries.book
    clerk = clerk_choice(books, 6)
    way = np.where(clerk < 0.74, LONG, SHORT)
    native_way = np.where(u[:, 0] < 0.06, OLD_NAME, way[book])
    home = written(books.commune, np.where(clerk_choice(books, 7) < 0.03, OLD_NAME, way))
    part = gazetteer().first_part.take(pa.array(books.part))
    return {
        "native_place": written(block.people.native[person], native_way),
        "birth_registration_place": pc.if_else(
            pa.array(known.u[person, 3] < 0.3), "", written(known.birthplace[person], way[book])
        ),
        "permanent_residence": pc.binary_join_element_wise(part, home, ", ").take(pa.array(book)),
    }


def written(commune: Ints, way: Ints) -> pa.Array:
    """Communes in one of the ways of the gazetteer."""
    return gazetteer().written.take(pa.array(commune * WAYS + way))


def _numbers(block: Block, seen: Ints, age: Ints, u: Floats) -> Texts:
    """Cards from the age of fifteen, personal numbers from 2016 on; many were never copied into the book."""
    known, person = block.identities, block.entries.person
    base = known.u[person, 4]
    female = block.people.is_female[person]
    card = (age >= _CARD_AGE) & (base < np.where(female, 0.64, 0.74)) & (u[:, 1] < 0.93)
    born_with = block.people.birth_year[person] >= _PERSONAL_FROM
    personal = (seen >= _PERSONAL_FROM) & (base > np.where(born_with, 0.3, np.where(age < 14, 0.72, 0.5)))
    return {
        "old_id_number": _where(card, known.old_number.take(pa.array(person))),
        "personal_number": _where(personal, known.personal_number.take(pa.array(person))),
    }


def _where(mask: np.ndarray, texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), pc.fill_null(texts, ""), "")


def _notes(stream: np.random.Generator, block: Block) -> pa.Array:
    """Remarks about moves stand on the head's row; a few others anywhere."""
    remarks, entries, books = ledger_words()["remarks"], block.entries, block.books
    u = stream.random((len(entries.book), 2))
    kind, is_head = entries.kind, block.people.slot[entries.person] == p.HEAD
    other = _other_home(books)
    place = gazetteer().written.take(pa.array(np.maximum(other, 0) * WAYS + SHORT))
    notes = pc.if_else(pa.array(u[:, 0] < 0.02), pick(remarks["plain"], u[:, 1]), "")
    notes = pc.if_else(pa.array(kind == PARENTS), pick(remarks["wed"], u[:, 1]), notes)
    for of, name in ((MOVED, "left"), (HOME, "arrived")):
        said = pick(remarks[name], u[:, 1])
        row = (kind == of) & is_head & (other >= 0)[entries.book]
        filled = _filled(said.filter(pa.array(row)), place.take(pa.array(entries.book)).filter(pa.array(row)))
        notes = pc.replace_with_mask(notes, pa.array(row), filled)
    return notes


def _filled(patterns: pa.Array, places: pa.Array) -> pa.Array:
    made = [p.format(place=x) for p, x in zip(patterns.to_pylist(), places.to_pylist(), strict=True)]
    return pa.array(made, pa.string())


def _other_home(books: Books) -> Ints:
    """Commune of the household's other book, -1 where there is none."""
    commune = {kind: np.full(int(books.household.max()) + 1, -1, dtype=np.int64) for kind in (HOME, MOVED)}
    for kind, found in commune.items():
        rows = books.kind == kind
        found[books.household[rows]] = books.commune[rows]
    is_old = books.kind == MOVED
    return np.where(is_old, commune[HOME][books.household], np.where(
        books.kind == TYPED_TWICE, -1, commune[MOVED][books.household]))  # fmt: skip
