"""What a well kept ledger says."""

import numpy as np
import pyarrow as pa
import pytest

from data_samples.block import draw_truth
from data_samples.books import TYPED_TWICE
from data_samples.draw import block_stream
from data_samples.wording import Texts, clerk_choice, word
from data_samples.words import columns, ledger_words
from tests.data_samples.drawn import all_tasks, truth
from transforms.codes import standardise_code


@pytest.fixture(scope="module")
def texts() -> Texts:
    task = all_tasks()[1]
    stream = block_stream(task.options.seed, task.province, task.number)
    return word(stream, draw_truth(stream, task))


def test_every_column_has_a_text_in_every_row(texts):
    assert set(texts) | {"serial"} == set(columns())
    assert {len(t) for t in texts.values()} == {len(truth().entries.book)}
    assert {t.null_count for t in texts.values()} == {0}


def test_cards_are_for_those_over_fourteen(texts):
    entries, people = truth().entries, truth().people
    seen = entries.kept_until.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    has_card = np.asarray(texts["old_id_number"].to_pylist()) != ""
    assert (seen - people.birth_year[entries.person])[has_card].min() >= 15
    assert 0.35 < has_card.mean() < 0.65


def test_no_personal_number_in_a_book_closed_before_there_were_any(texts):
    has = np.asarray(texts["personal_number"].to_pylist()) != ""
    closed = truth().entries.kept_until.astype("datetime64[D]")
    assert (closed[has] >= np.datetime64("2016-01-01")).all()
    assert 0.3 < has.mean() < 0.6


@pytest.mark.parametrize("field", ["sex", "ethnic_group", "religion", "relation"])
def test_the_words_are_words_of_the_field(field):
    """Only cháu ruột and Thổ are ambiguous by themselves; nothing is unknown."""
    words = ledger_words()
    lists = {
        "sex": list(words["sexes"].values()),
        "ethnic_group": list(words["groups"].values()),
        "religion": [[w for w in r if w] for r in words["religions"].values()],
        "relation": list(words["relations"].values()),
    }[field]
    found = standardise_code(pa.array([w for words in lists for w in words]), field)
    assert not [f.rule_id for f in found.findings if "unknown" in f.rule_id and len(f.rows)]


def test_a_clerk_keeps_to_his_ways():
    books = truth().books
    first = clerk_choice(books, 1)
    assert (first == clerk_choice(books, 1)).all()
    assert len(np.unique(first)) < len(first)
    assert 0.4 < first.mean() < 0.6
    assert abs(np.corrcoef(first, clerk_choice(books, 2))[0, 1]) < 0.1


def test_a_book_typed_twice_says_the_same_of_work_and_entry(texts):
    entries = truth().entries
    again = np.flatnonzero(entries.kind == TYPED_TWICE)
    first = {int(p): i for i, p in enumerate(entries.person) if entries.kind[i] == 0}
    work, number = texts["occupation"].to_pylist(), texts["household_id"].to_pylist()
    assert len(again) > 20
    for row in again.tolist():
        other = first[int(entries.person[row])]
        assert entries.entered[row] == entries.entered[other]
        assert (work[row], number[row]) == (work[other], number[other])


def test_remarks_tell_of_moves_and_weddings(texts):
    notes = texts["notes"].to_pylist()
    assert any(n.startswith(("Chuyển đi ", "Đã chuyển hộ khẩu đi ")) for n in notes)
    assert any(n.startswith("Lấy chồng") for n in notes)
    assert not any("{" in n for n in notes)
