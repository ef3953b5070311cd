"""Who stands in which book."""

import numpy as np
import pytest

from data_samples.books import HOME, LAST_DAY, MOVED, PARENTS, TYPED_TWICE, is_repeated
from data_samples.people import HEAD
from data_samples.places import gazetteer
from tests.data_samples.drawn import OPTIONS, truth

BLOCKS = [0, 1, 2]


@pytest.mark.parametrize("number", BLOCKS)
def test_everyone_stands_in_the_book_of_his_home_once(number):
    block = truth(number)
    home = block.entries.person[block.entries.kind == HOME]
    assert sorted(home.tolist()) == list(range(len(block.people.slot)))


def test_about_one_row_in_eleven_is_a_repeat():
    rows = sum(len(truth(n).entries.book) for n in BLOCKS)
    repeats = rows - OPTIONS.people
    assert 0.075 < repeats / rows < 0.115


@pytest.mark.parametrize("number", BLOCKS)
def test_nobody_is_entered_before_birth_or_after_the_last_day(number):
    block = truth(number)
    entries = block.entries
    assert (entries.entered > block.people.birth[entries.person]).all()
    assert (entries.entered <= np.minimum(entries.kept_until, LAST_DAY)).all()


@pytest.mark.parametrize("number", BLOCKS)
def test_the_rows_of_a_book_stand_together_head_first(number):
    block = truth(number)
    book = block.entries.book
    starts = np.flatnonzero(np.r_[True, book[1:] != book[:-1]])
    assert len(starts) == len(np.unique(book))
    assert (block.people.slot[block.entries.person[starts]] == HEAD).all()


def test_a_bride_stands_in_her_parents_book_too():
    block = truth()
    people, entries = block.people, block.entries
    brides = np.flatnonzero(entries.kind == PARENTS)
    assert len(brides) > 20
    person = entries.person[brides]
    assert people.is_female[person].all()
    at_home = block.books.household[entries.book[brides]]
    assert (people.household[people.father[person]] == at_home).all()
    assert (people.household[person] != at_home).all()
    assert is_repeated(entries, len(people.slot))[brides].all()


def test_an_old_book_is_closed_before_the_new_one_begins():
    books = truth().books
    old = np.flatnonzero(books.kind == MOVED)
    new = {int(h): int(o) for h, o, k in zip(books.household, books.opened, books.kind, strict=True) if k == HOME}
    assert len(old) > 20
    assert all(books.closed[b] < new[int(books.household[b])] for b in old)


def test_a_book_typed_twice_keeps_its_number():
    books = truth().books
    numbers = {int(h): int(n) for h, n, k in zip(books.household, books.number, books.kind, strict=True) if k == HOME}
    again = np.flatnonzero(books.kind == TYPED_TWICE)
    assert len(again) > 10
    assert all(numbers[int(books.household[b])] == books.number[b] for b in again)
    first = books.number[books.kind != TYPED_TWICE]
    assert len(np.unique(first)) == len(first)


def test_some_households_live_in_another_province_of_the_delivery():
    books, codes = truth().books, gazetteer().province_codes
    ledgers = {codes[p] for p in np.unique(books.ledger)}
    assert ledgers == set(OPTIONS.provinces)
    assert (books.ledger == gazetteer().province[books.commune]).all()
