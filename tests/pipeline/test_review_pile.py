"""The pile of pairs that wait: most worth a look first, masked, decided."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline import review_pile
from pipeline.settings import Settings
from schemas import tables as t
from schemas.errors import UsageError
from store import load
from store.engine import open_store
from tests.store import made_batches as made
from tests.store.merges import pairs

RECORDS = made.ids("record a", 6).to_pylist()


@pytest.fixture
def waiting(settings: Settings, tmp_path: Path) -> Settings:
    """A store with three pairs that wait: of probability 0.2, 0.5 and 0.9."""
    store = open_store(settings.store_url, settings.home)
    scored = pairs(RECORDS[:3], RECORDS[3:], "review")
    odds = np.array([0.2, 0.5, 0.9])
    for name, values in (("match_weight", np.log2(odds / (1 - odds))), ("match_probability", odds)):
        scored = scored.set_column(scored.column_names.index(name), scored.schema.field(name), pa.array(values))
    batch = made.make(tmp_path, made.Recipe("a", rows=6))
    load.load_batch(store, made.with_table(batch, "scored_pairs", tmp_path / "pairs", t.SCORED_PAIRS, scored))
    store.close()
    return settings


def first_of(settings: Settings) -> list[set[str]]:
    found = review_pile.pile(None, 10, settings).rows
    return [{row["left_record_id"], row["right_record_id"]} for row in found]


@pytest.mark.store
def test_the_pile_is_listed_decided_and_taken_back(waiting: Settings) -> None:
    ids = [{RECORDS[n], RECORDS[n + 3]} for n in range(3)]
    assert first_of(waiting) == [ids[2], ids[1], ids[0]]
    assert [review_pile.pile(code, 1, waiting).waiting for code in (made.PROVINCE, "92", None)] == [3, 0, 3]
    (row,) = review_pile.pile(None, 1, waiting).rows
    assert row["worth"] == pytest.approx(20 * 0.9 - 1)
    assert {row["left"], row["right"]} == {"sổ hộ khẩu.csv :4", "sổ hộ khẩu.csv :7"}
    assert all(word[1:] == "*" * len(word[1:]) for s in ("left", "right") for word in row[f"{s}_name"].split())
    signed = {"author": "cán bộ Lan", "reason": "khác cha mẹ", "settings": waiting}
    said = review_pile.decide(RECORDS[5], RECORDS[2], same=False, different=True, **signed)
    assert said == "review.different"
    assert first_of(waiting) == [ids[1], ids[0]]
    assert review_pile.undo(RECORDS[2], RECORDS[5], "cán bộ Lan", "nhầm", waiting) == "review.undone"
    assert first_of(waiting) == [ids[2], ids[1], ids[0]]
    with pytest.raises(UsageError, match=r"store\.pair_unknown"):
        review_pile.decide(RECORDS[0], RECORDS[1], same=True, different=False, **signed)


@pytest.mark.parametrize("answers", [(True, True), (False, False)])
def test_one_answer_is_needed(answers: tuple[bool, bool], tmp_path: Path) -> None:
    same, different = answers
    with pytest.raises(UsageError, match=r"review\.one_answer"):
        review_pile.decide(
            RECORDS[0], RECORDS[1], same=same, different=different, author="a", reason="b",
            settings=Settings(tmp_path),
        )  # fmt: skip


@pytest.mark.store
@pytest.mark.parametrize(("author", "reason"), [("", "why"), ("who", " ")])
def test_a_decision_is_signed_and_says_why(author: str, reason: str, settings: Settings) -> None:
    with pytest.raises(UsageError, match=r"review\.who_and_why"):
        review_pile.decide(
            RECORDS[0], RECORDS[1], same=True, different=False, author=author, reason=reason,
            settings=settings,
        )  # fmt: skip
