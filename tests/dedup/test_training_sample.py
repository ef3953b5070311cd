"""A sample for training: whole communes, whatever the order of the records."""

from dedup.encode import encode
from dedup.training_sample import training_sample
from tests.dedup.ledgers import province

TABLE = province(3, 14_000)[0]


def test_few_records_are_taken_whole() -> None:
    records = encode([TABLE])
    assert training_sample(records, TABLE.num_rows) is records


def test_communes_are_taken_whole() -> None:
    records = encode([TABLE])
    sample = training_sample(records, 6_000).columns
    assert 0 < len(sample) < TABLE.num_rows
    for commune in set(sample.residence.tolist()):
        taken = (sample.residence == commune).sum()
        assert taken == (records.columns.residence == commune).sum()


def test_the_first_commune_is_taken_even_if_it_is_large() -> None:
    assert len(training_sample(encode([TABLE]), 1).columns) > 1
