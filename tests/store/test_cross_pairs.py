"""Pairs of two provinces: each says its own word, nobody for another, and only both together decide."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas import tables as t
from schemas.errors import ContractError, UsageError
from store import cross_pairs, load
from store.cross_pairs import CrossPair, Word, agreed
from store.engine import Store
from store.roles import Role
from tests.store import made_batches as made
from tests.store.merges import pairs

pytestmark = pytest.mark.store
OURS, THEIRS = made.ids("record a", 3).to_pylist(), made.ids("record b", 3).to_pylist()
SECRET = "Hồ Kín Đáo"
"""Father of those of Nghệ An."""
SAME, DIFFERENT = Word("same", "lan", "đã xem"), Word("different", "vinh", "khác mẹ")


def across(store: Store, folder: Path) -> None:
    """Three records of Hà Nội, three of Nghệ An, and a pair across of each two."""
    load.load_batch(store, made.make(folder / "a", made.Recipe("a", rows=3)))
    recipe = made.Recipe("b", rows=3, values={"province_code": "40", "father_name": SECRET})
    batch = made.make(folder / "b", recipe, seen_version=1)
    batch = replace(batch, batch=replace(batch.batch, province_code="40"))
    scored = pairs(OURS, THEIRS, "review")
    load.load_batch(store, made.with_table(batch, "scored_pairs", folder / "pairs", t.SCORED_PAIRS, scored))


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    across(store, tmp_path)
    return store


def of(store: Store, number: int = 0) -> CrossPair:
    found = cross_pairs.pair(store, OURS[number], THEIRS[number])
    assert found is not None
    return found


def limited(store: Store, province: str) -> Store:
    return replace(store, province=province)


def test_a_pair_is_found_in_any_order_with_whose_each_record_is(filled: Store) -> None:
    found = of(filled)
    assert found == cross_pairs.pair(filled, THEIRS[0], OURS[0])
    assert found.is_open
    assert (found.record_of("01"), found.record_of("40")) == (OURS[0], THEIRS[0])
    assert (found.other("01"), found.other("40")) == ("40", "01")
    for left, right in ((OURS[0], OURS[1]), (OURS[0], THEIRS[1]), ("x", THEIRS[0]), ("f" * 32, "0" * 32)):
        assert cross_pairs.pair(filled, left, right) is None
    assert cross_pairs.pair(limited(filled, "01"), OURS[0], THEIRS[0]) is None, "a province alone sees none"


def test_words_stand_beside_each_other_and_may_be_taken_back(filled: Store) -> None:
    pair = of(filled)
    assert len(cross_pairs.waiting(filled, "01", 10)) == len(cross_pairs.waiting(filled, "40", 10)) == 3
    assert cross_pairs.waiting(filled, "38", 10) == []
    cross_pairs.say(limited(filled, "01"), pair, "01", SAME)
    assert dict(cross_pairs.words(filled, pair)) == {"01": SAME}
    assert agreed(cross_pairs.words(filled, pair), pair) is None
    assert len(cross_pairs.waiting(filled, "01", 10)) == 2
    assert len(cross_pairs.waiting(filled, "40", 10)) == 3
    cross_pairs.say(limited(filled, "40"), pair, "40", DIFFERENT)
    assert agreed(cross_pairs.words(filled, pair), pair) is None
    assert len(cross_pairs.waiting(filled, "01", 10)) == len(cross_pairs.waiting(filled, "40", 10)) == 3, (
        "they disagree"
    )
    cross_pairs.say(limited(filled, "40"), pair, "40", replace(DIFFERENT, decision="same"))
    assert agreed(cross_pairs.words(filled, pair), pair) == "same"
    cross_pairs.say(limited(filled, "01"), pair, "01", replace(SAME, decision="undone"))
    assert list(cross_pairs.words(filled, pair)) == ["40"]
    assert agreed({"01": DIFFERENT, "40": DIFFERENT}, pair) == "different"


def test_nobody_speaks_for_another_province(filled: Store) -> None:
    pair = of(filled)
    with pytest.raises(UsageError, match=r"store\.pair_unknown"):
        cross_pairs.say(limited(filled, "38"), pair, "38", SAME)
    with pytest.raises((ContractError, UsageError)):
        cross_pairs.say(limited(filled, "01"), pair, "40", SAME)
    for word in (replace(SAME, author=" "), replace(SAME, reason="")):
        with pytest.raises(UsageError, match=r"review\.who_and_why"):
            cross_pairs.say(limited(filled, "01"), pair, "01", word)
    assert cross_pairs.words(filled, pair) == {}


def test_what_was_said_is_not_changed(filled: Store) -> None:
    cross_pairs.say(limited(filled, "01"), of(filled), "01", SAME)
    with (
        pytest.raises(ContractError, match="append_only"),
        filled.writing("cross_judgements", Role.ERASE) as connection,
    ):
        connection.execute(sa.text("UPDATE cross_judgements SET decision = 'different'"))
