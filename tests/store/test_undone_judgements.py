"""Law: whatever is decided about pairs and rows, and in whatever order taken back, leaves the store as it was.

Decisions are held against a plain model: the last one of each pair or row stands until it is undone.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import tables as t
from schemas.errors import UsageError
from store import invariants, load, reviews, row_judgements
from store.digest import store_digest
from store.engine import Store
from store.reviews import Judgement
from store.row_judgements import RowJudgement
from tests.store import made_batches as made
from tests.store.contents import rows
from tests.store.merges import pairs

pytestmark = pytest.mark.store

RECORDS = made.ids("record a", 8).to_pylist()
WAITING = made.ids("quarantined a", 3).to_pylist()
SAID = made.ids("bad a", 3).to_pylist()
PAIRS = tuple(tuple(sorted((RECORDS[n], RECORDS[n + 4]))) for n in range(4))

Subject = tuple[str, int]
SUBJECTS: tuple[Subject, ...] = (*(("pair", n) for n in range(4)), *(("row", n) for n in range(3)))
ANSWERS = {"pair": ("same", "different"), "row": ("accept", "reject")}
_SUMS = (
    "SELECT batch_id::text, read, loaded, merged, known, quarantined, rejected, state FROM batches",
    "SELECT batch_id::text, outcome, count(*) FROM row_outcomes GROUP BY 1, 2 ORDER BY 1, 2",
)


@pytest.fixture
def waiting(store: Store, tmp_path: Path) -> Iterator[Store]:
    """A store with four pairs and three rows that wait."""
    batch = made.make(tmp_path, made.Recipe("a", rows=8, quarantined=3))
    scored = pairs(RECORDS[:4], RECORDS[4:], "review")
    load.load_batch(store, made.with_table(batch, "scored_pairs", tmp_path / "pairs", t.SCORED_PAIRS, scored))
    yield store
    assert invariants.store_check(store) == ()


def act(store: Store, subject: Subject, answer: str) -> None:
    """Decide about a pair or a row, or take the decision back ("undone")."""
    kind, number = subject
    if kind == "pair":
        judgement = Judgement(*PAIRS[number], answer, "Lan", "xem sổ")  # type: ignore[call-arg, arg-type]
        (reviews.undo if answer == "undone" else reviews.decide)(store, judgement)
    else:
        said = RowJudgement(WAITING[number], answer, "Lan", "xem sổ")  # type: ignore[arg-type]
        (row_judgements.undo if answer == "undone" else row_judgements.decide)(store, said)


def standing(store: Store) -> dict[Subject, str]:
    """The decisions that a later run would follow."""
    found: dict[Subject, str] = {}
    for row in reviews.judgements(store).to_pylist():
        found["pair", PAIRS.index((row["left_record_id"], row["right_record_id"]))] = row["decision"]
    for row in row_judgements.standing(store).to_pylist():
        found["row", SAID.index(row["content_id"])] = row["decision"]
    return found


def contents(store: Store) -> tuple[object, ...]:
    """What the store says, its sums, and which pairs and rows wait."""
    open_pairs = [(row["left_record_id"], row["right_record_id"]) for row in reviews.open_reviews(store).to_pylist()]
    return (store_digest(store).whole, *(tuple(rows(store, query)) for query in _SUMS), tuple(open_pairs))


@given(
    st.lists(st.sampled_from(SUBJECTS).flatmap(
        lambda subject: st.tuples(st.just(subject), st.sampled_from((*ANSWERS[subject[0]], "undone")))
    ), max_size=14),
    st.permutations(SUBJECTS),
)  # fmt: skip
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_decided_and_undone_the_store_is_as_it_was(
    waiting: Store, steps: list[tuple[Subject, str]], order: list[Subject]
) -> None:
    for subject in standing(waiting):  # what an example that failed has left
        act(waiting, subject, "undone")
    before, digest = contents(waiting), store_digest(waiting).whole
    model: dict[Subject, str] = {}
    for subject, answer in steps:
        if answer == "undone" and subject not in model:
            with pytest.raises(UsageError, match=r"judgement_unknown"):
                act(waiting, subject, answer)
            continue
        act(waiting, subject, answer)
        model[subject] = answer
        if answer == "undone":
            del model[subject]
    assert standing(waiting) == model
    assert store_digest(waiting).whole == digest
    undecided = [PAIRS[n] for n in range(4) if ("pair", n) not in model]
    assert contents(waiting)[-1] == tuple(undecided)
    for subject in (s for s in order if s in model):
        act(waiting, subject, "undone")
    assert standing(waiting) == {}
    assert contents(waiting) == before
