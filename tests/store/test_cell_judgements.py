"""What persons read in cells: appended, taken back, and of numbers only what two of them read alike."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.decisions import cell_place
from schemas.errors import ContractError, UsageError
from store import cell_judgements, load
from store.cell_judgements import READ_TWICE, CellAnswer, CellJudgement, _settled
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import rows, run
from tests.store.test_cells import WAITING, with_cells

NUMBER, SEX = "personal_number_raw", "sex_raw"


def _said(column: str, text: str, author: str = "Lan", answer: CellAnswer = "reads") -> CellJudgement:
    return CellJudgement(WAITING, column, answer, text, author, "xem ảnh")


@pytest.fixture
def loaded(store: Store, tmp_path: Path) -> Store:
    batch = made.make(tmp_path, made.Recipe("a", rows=2, quarantined=1))
    load.load_batch(store, with_cells(batch, tmp_path, SEX, NUMBER))
    return store


@pytest.mark.store
def test_the_last_reading_binds_and_none_is_changed(loaded: Store) -> None:
    assert cell_judgements.decide(loaded, [_said(SEX, "Nam"), _said(SEX, "Nữ")]) == 2
    assert cell_judgements.decide(loaded, [_said(SEX, "Nữ")]) == 0
    [stands] = cell_judgements.standing(loaded)
    assert (stands.text, stands.page, stands.is_settled) == ("Nữ", 3, True)
    [decision] = cell_judgements.decisions(loaded, [stands.file_id])
    assert (decision.match, decision.value) == (cell_place(stands.file_id, 3, stands.line, SEX), "Nữ")
    assert cell_judgements.decisions(loaded, [made.ids("other file", 1)[0].as_py()]) == ()
    cell_judgements.decide(loaded, [_said(SEX, "", answer="undone")])
    assert cell_judgements.standing(loaded) == []
    with pytest.raises(UsageError) as error:
        cell_judgements.decide(loaded, [_said(SEX, "", answer="undone")])
    assert error.value.code == "store.cell_judgement_unknown"
    assert rows(loaded, "SELECT decision FROM cell_judgements ORDER BY number") == [("reads",), ("reads",), ("undone",)]
    for change in ("UPDATE cell_judgements SET text = ''", "DELETE FROM cell_judgements"):
        with pytest.raises(ContractError) as refused:
            run(loaded, change)
        assert refused.value.code == "contract.append_only"


@pytest.mark.store
def test_a_number_is_read_by_two(loaded: Store) -> None:
    cell_judgements.decide(loaded, [_said(NUMBER, "001090012345", "Lan")])
    cell_judgements.decide(loaded, [_said(NUMBER, "001090012346", "Minh")])
    [open_] = cell_judgements.standing(loaded)
    assert (open_.text, open_.readers) == (None, ("Lan", "Minh"))
    assert cell_judgements.decisions(loaded, [open_.file_id]) == ()
    cell_judgements.decide(loaded, [_said(NUMBER, "001090012345", "Hoa")])
    [settled] = cell_judgements.standing(loaded)
    assert settled.text == "001090012345"


@pytest.mark.store
@pytest.mark.parametrize("record_id", ["x", made.ids("nobody", 1)[0].as_py(), WAITING])
def test_a_cell_that_the_store_does_not_hold_is_refused(loaded: Store, record_id: str) -> None:
    with pytest.raises(UsageError) as error:
        cell_judgements.decide(loaded, [_said(SEX, "Nam"), CellJudgement(record_id, "notes_raw", "reads", "x", "Lan")])
    assert error.value.code == "store.cell_unknown"
    assert rows(loaded, "SELECT count(*) FROM cell_judgements") == [(0,)]


_ROWS = st.lists(
    st.fixed_dictionaries({
        "record_id": st.just("r"), "file_id": st.just("f"), "page": st.just(1), "line": st.just(1),
        "raw_column": st.sampled_from([NUMBER, SEX]), "author": st.sampled_from(["a", "b", "c"]),
        "text": st.sampled_from(["1", "2"]), "decision": st.sampled_from(["reads", "illegible", "undone"]),
    }),
    max_size=12,
)  # fmt: skip


@given(_ROWS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_stands_was_said_by_those_who_read_it(said: list[dict[str, object]]) -> None:
    for stands in _settled(said):
        texts = [r["text"] for r in said if r["raw_column"] == stands.raw_column and r["decision"] != "undone"]
        assert len(set(stands.readers)) == len(stands.readers)
        assert stands.text is None or texts.count(stands.text) >= (2 if stands.raw_column in READ_TWICE else 1)
        if stands.raw_column not in READ_TWICE:
            assert stands.text is not None
    undone_at_once = [*said, {**_PLAIN}, {**_PLAIN, "decision": "undone"}]
    others = [r for r in said if r["author"] != "z"]
    assert _settled(undone_at_once) == _settled(others)


_PLAIN = {
    "record_id": "r", "file_id": "f", "page": 1, "line": 1, "raw_column": SEX, "author": "z", "text": "1",
    "decision": "reads",
}  # fmt: skip
