"""What each rule finds of given pairs, held against the pairs that blocking makes."""

import itertools

import numpy as np
import pytest

from dedup.blocking import RULES, candidate_pairs
from dedup.blocking_recall import blocking_recall, pairs_by_rule
from dedup.encode import encode, ids_to_text
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table

TABLE, TRUTH = province(3, 500)
RECORDS = encode([TABLE])
EVERY = np.triu_indices(len(RECORDS.columns), 1)


@pytest.mark.parametrize("population", [1.0, 1e5, 1e6, 5e6, 1e8])
@pytest.mark.parametrize("cap", [2, 64])
def test_it_finds_what_blocking_makes_and_by_the_same_rules(population: float, cap: int) -> None:
    masks = np.stack(list(pairs_by_rule(RECORDS, *EVERY, population, cap)))
    made = candidate_pairs(RECORDS, population, cap)
    found = np.flatnonzero(masks.any(axis=0))
    assert (EVERY[0][found].tolist(), EVERY[1][found].tolist()) == (made.left.tolist(), made.right.tolist())
    assert (masks[:, found].argmax(axis=0) + 1).tolist() == made.rule.tolist()
    alone = masks[:, masks.sum(axis=0) == 1].sum(axis=1)
    assert alone.tolist() == [rule.alone for rule in made.rules]


def test_true_pairs_are_counted_by_rule() -> None:
    person = dict(zip(TRUTH["record_id"].to_pylist(), TRUTH["person_id"].to_pylist(), strict=True))
    persons = np.array([person[i] for i in ids_to_text(RECORDS.columns.ids).to_pylist()])
    true = persons[EVERY[0]] == persons[EVERY[1]]
    left, right = EVERY[0][true], EVERY[1][true]
    found = blocking_recall(RECORDS, left, right, 1e6)
    masks = np.stack(list(pairs_by_rule(RECORDS, left, right, 1e6)))
    assert (found.found.part, found.found.whole) == (masks.any(axis=0).sum(), len(left))
    assert [r.found.part for r in found.rules] == masks.sum(axis=1).tolist()
    assert sum(r.first for r in found.rules) == found.found.part
    assert sum(r.alone for r in found.rules) == (masks.sum(axis=0) == 1).sum()
    assert [r.rule for r in found.rules] == [name for name, *_ in RULES]
    assert found.found.value > 0.9


def test_a_block_that_was_left_out_finds_nothing() -> None:
    rows = [match_record(n, born="1980-05-17", sex_code="1") for n in range(5)]
    records = encode([match_table(*rows)])
    left, right = (np.array(side) for side in zip(*itertools.combinations(range(5), 2), strict=True))
    assert np.stack(list(pairs_by_rule(records, left, right, 1.0, 5))).any(axis=0).all()
    assert not np.stack(list(pairs_by_rule(records, left, right, 1.0, 4))).any()


def test_no_pairs_have_no_recall() -> None:
    none = np.zeros(0, np.int64)
    found = blocking_recall(RECORDS, none, none, 1e6)
    assert (found.found.part, found.found.whole, found.found.value) == (0, 0, 1.0)
