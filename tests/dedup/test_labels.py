"""Decided pairs are found among the records, whichever of the two stands first."""

import pyarrow as pa

from dedup.encode import encode, ids_to_text
from dedup.labels import contradictions, labelled_records, labels_of
from schemas.tables import LABELLED_PAIRS
from tests.dedup.rows import match_record, match_table, record_id

RECORDS = encode([match_table(*(match_record(n, "Lê Văn Sơn") for n in range(1, 6)))])
IDS = ids_to_text(RECORDS.columns.ids).to_pylist()


def said(*pairs: tuple[str, str, str]) -> pa.Table:
    return pa.table([list(c) for c in zip(*pairs, strict=True)], schema=LABELLED_PAIRS.schema)


def test_pairs_are_found_once_whatever_their_order() -> None:
    first, second = record_id(1), record_id(2)
    found = labels_of(
        RECORDS, said((first, second, "same"), (second, first, "same"), (record_id(3), first, "different"))
    )
    pairs = {(IDS[a], IDS[b]): s for a, b, s in zip(found.left, found.right, found.same.tolist(), strict=True)}
    assert pairs == {tuple(sorted((first, second))): True, tuple(sorted((first, record_id(3)))): False}
    assert (found.left < found.right).all()


def test_records_that_are_not_here_and_pairs_of_one_record_are_left_out() -> None:
    pairs = said(("f" * 32, record_id(1), "same"), (record_id(2), record_id(2), "same"))
    assert len(labels_of(RECORDS, pairs)) == 0
    assert [IDS[row] for row in labelled_records(RECORDS, pairs)] == sorted((record_id(1), record_id(2)))


def test_a_pair_that_is_said_to_be_both_is_counted() -> None:
    first, second, third = (record_id(n) for n in (1, 2, 3))
    assert contradictions(said((first, second, "same"), (second, first, "different"), (first, third, "same"))) == 1
    assert contradictions(said((first, second, "same"), (second, first, "same"))) == 0
    assert contradictions(LABELLED_PAIRS.schema.empty_table()) == 0


def test_nothing_decided_is_no_label() -> None:
    assert len(labels_of(RECORDS, LABELLED_PAIRS.schema.empty_table())) == 0
    assert len(labels_of(encode([]), said((record_id(1), record_id(2), "same")))) == 0
