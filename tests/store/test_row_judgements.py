"""Decisions about rows in quarantine: appended, never changed; the last one stands until it is taken back."""

from pathlib import Path

import pytest

from schemas.errors import ContractError, UsageError
from store import load, row_judgements
from store.engine import Store
from store.row_judgements import RowJudgement
from tests.store import made_batches as made
from tests.store.contents import rows, run

pytestmark = pytest.mark.store

WAITING = made.ids("quarantined a", 1)[0].as_py()
SAID = made.ids("bad a", 1)[0].as_py()


def test_the_last_decision_stands_and_none_is_changed(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("a", rows=2, quarantined=1)))
    row_judgements.decide(store, RowJudgement(WAITING, "accept", "Lan", "xem sổ"))
    [stands] = row_judgements.standing(store).to_pylist()
    province = stands["province_code"]
    assert (stands["decision"], stands["rule_ids"]) == ("accept", ["birth_date.out_of_range"])
    assert row_judgements.judged(store, province).accepted == {SAID: frozenset({"birth_date.out_of_range"})}
    row_judgements.decide(store, RowJudgement(WAITING, "reject", "Lan", "xem sổ"))
    assert row_judgements.judged(store, province).accepted == {}
    assert row_judgements.judged(store, province).rejected == {SAID}
    assert row_judgements.standing(store, "00").num_rows == 0
    undone = RowJudgement(WAITING, "undone", "Lan", "nhầm")
    row_judgements.undo(store, undone)
    assert row_judgements.standing(store).num_rows == 0
    with pytest.raises(UsageError) as error:
        row_judgements.undo(store, undone)
    assert error.value.code == "store.row_judgement_unknown"
    kept = [("accept",), ("reject",), ("undone",)]
    assert rows(store, "SELECT decision FROM row_judgements ORDER BY number") == kept
    for change in ("UPDATE row_judgements SET reason = ''", "DELETE FROM row_judgements", "TRUNCATE row_judgements"):
        with pytest.raises(ContractError) as refused:
            run(store, change)
        assert refused.value.code == "contract.append_only"
