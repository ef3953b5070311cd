"""Decisions about pairs: appended, never changed; the last one stands until it is taken back."""

from pathlib import Path

import pytest

from schemas import tables as t
from schemas.errors import ContractError, UsageError
from store import load, queries, reviews
from store.engine import Store
from store.reviews import Judgement
from tests.store import made_batches as made
from tests.store.contents import rows, run
from tests.store.merges import Person, pairs, regroup

pytestmark = pytest.mark.store

RECORDS = made.ids("record a", 6).to_pylist()
PEOPLE = made.ids("person a", 6).to_pylist()


@pytest.fixture
def waiting(store: Store, tmp_path: Path) -> Store:
    """A store with three pairs that wait and one match."""
    batch = made.make(tmp_path, made.Recipe("a", rows=6))
    scored = made.with_table(
        batch, "scored_pairs", tmp_path / "pairs", t.SCORED_PAIRS, pairs(RECORDS[:3], RECORDS[3:], "review")
    )
    load.load_batch(store, scored)
    return store


def pair(left: int, right: int, decision: str = "different", reason: str = "khác cha mẹ") -> Judgement:
    return Judgement(RECORDS[left], RECORDS[right], decision, "cán bộ Lan", reason)  # type: ignore[arg-type]


def open_pairs(store: Store) -> list[set[str]]:
    return [{row["left_record_id"], row["right_record_id"]} for row in reviews.open_reviews(store).to_pylist()]


def test_pairs_wait_surest_first(waiting: Store) -> None:
    assert open_pairs(waiting) == [{RECORDS[n], RECORDS[n + 3]} for n in range(3)]
    assert reviews.open_reviews(waiting, limit=1).num_rows == 1


def test_a_decided_pair_waits_no_longer_whatever_the_order_of_its_records(waiting: Store) -> None:
    reviews.decide(waiting, pair(4, 1))
    assert open_pairs(waiting) == [{RECORDS[0], RECORDS[3]}, {RECORDS[2], RECORDS[5]}]
    [stands] = reviews.judgements(waiting).to_pylist()
    assert (stands["decision"], stands["author"], stands["reason"]) == ("different", "cán bộ Lan", "khác cha mẹ")
    assert [stands["left_record_id"], stands["right_record_id"]] == sorted([RECORDS[1], RECORDS[4]])


def test_the_last_decision_stands_and_the_earlier_is_kept(waiting: Store) -> None:
    reviews.decide(waiting, pair(0, 3))
    reviews.decide(waiting, pair(0, 3, "same"))
    assert reviews.judgements(waiting)["decision"].to_pylist() == ["same"]
    assert rows(waiting, "SELECT decision FROM judgements ORDER BY number") == [("different",), ("same",)]


def test_a_decision_is_taken_back_by_another_row(waiting: Store) -> None:
    reviews.decide(waiting, pair(0, 3))
    reviews.undo(waiting, pair(3, 0, reason="nhầm"))
    assert reviews.judgements(waiting).num_rows == 0
    assert len(open_pairs(waiting)) == 3
    assert rows(waiting, "SELECT decision, reason FROM judgements ORDER BY number") == [
        ("different", "khác cha mẹ"), ("undone", "nhầm"),
    ]  # fmt: skip
    with pytest.raises(UsageError) as error:
        reviews.undo(waiting, pair(0, 3))
    assert error.value.code == "store.judgement_unknown"


@pytest.mark.parametrize("other", [RECORDS[1], "e" * 32, "", "'; DROP TABLE judgements", "Nguyễn"])
def test_only_pairs_that_were_compared_can_be_decided(waiting: Store, other: str) -> None:
    judgement = Judgement(RECORDS[0], other, "same", "a", "b")
    for act, code in ((reviews.decide, "store.pair_unknown"), (reviews.undo, "store.judgement_unknown")):
        with pytest.raises(UsageError) as error:
            act(waiting, judgement)
        assert error.value.code == code


@pytest.mark.parametrize(
    "statement", ["UPDATE judgements SET reason = ''", "DELETE FROM judgements", "TRUNCATE judgements"]
)
def test_a_decision_cannot_be_changed_nor_deleted(waiting: Store, statement: str) -> None:
    reviews.decide(waiting, pair(0, 3))
    with pytest.raises(ContractError) as error:
        run(waiting, statement)
    assert error.value.code == "contract.append_only"


def test_two_records_of_one_person_wait_no_longer(waiting: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path / "b", made.Recipe("b", rows=1), queries.version(waiting))
    person = Person(PEOPLE[0], PEOPLE[0], (0,), (RECORDS[0], RECORDS[3]))
    load.load_batch(waiting, regroup(tmp_path / "b", batch, [person]))
    assert open_pairs(waiting) == [{RECORDS[n], RECORDS[n + 3]} for n in (1, 2)]


def test_a_pair_that_is_compared_again_is_not_doubled(waiting: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path / "b", made.Recipe("b", rows=1), queries.version(waiting))
    again = pairs([RECORDS[0]], [RECORDS[3]], "match")
    load.load_batch(waiting, made.with_table(batch, "scored_pairs", tmp_path / "again", t.SCORED_PAIRS, again))
    assert len(open_pairs(waiting)) == 2
    assert rows(waiting, "SELECT count(*) FROM scored_pairs") == [(3,)]
