"""A sample for training: whole households and those they may stand in again, whatever the order of the records."""

import numpy as np

from dedup.blocking import candidate_pairs
from dedup.encode import encode
from dedup.training_sample import training_sample
from tests.dedup.ledgers import province

TABLE = province(3, 14_000)[0]


def test_few_records_are_taken_whole() -> None:
    records = encode([TABLE])
    assert training_sample(records, candidate_pairs(records), TABLE.num_rows) is records


def test_households_are_taken_whole() -> None:
    records = encode([TABLE])
    sample = training_sample(records, candidate_pairs(records), 6_000).columns
    assert 3_000 < len(sample) < 9_000
    whole = np.isin(records.columns.household, sample.household[sample.household != 0])
    assert whole.sum() == (sample.household != 0).sum()


def test_who_shares_a_number_with_a_household_comes_along() -> None:
    records = encode([TABLE])
    candidates = candidate_pairs(records)
    ids = records.columns.ids[:, 0]
    sample = training_sample(records, candidates, 6_000).columns.ids[:, 0]
    strict = candidates.rule <= 2
    left, right = (np.isin(ids[rows[strict]], sample) for rows in (candidates.left, candidates.right))
    assert (left & right).sum() > 0.6 * (left | right).sum()


def test_the_order_of_the_records_does_not_matter() -> None:
    records, turned = encode([TABLE]), encode([TABLE.slice(7_000), TABLE.slice(0, 7_000)])
    one, other = (training_sample(r, candidate_pairs(r), 2_000).columns.ids.tolist() for r in (records, turned))
    assert one == other


def test_households_of_decided_pairs_are_in_it() -> None:
    records = encode([TABLE])
    wanted = np.array([5, 700, 9_000])
    sample = training_sample(records, candidate_pairs(records), 1_000, wanted).columns
    assert np.isin(records.columns.ids[wanted, 0], sample.ids[:, 0]).all()
    assert len(sample) < 2_500
