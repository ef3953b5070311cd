"""What is left of memberships that end: what moves is in tests/pipeline/test_person_history.py."""

import pytest
import sqlalchemy as sa

from schemas.errors import ContractError
from store.engine import Store
from store.roles import Role
from tests.store.contents import rows, run

pytestmark = pytest.mark.store

ENDED = """
    INSERT INTO membership_history (record_id, person_id, province_code, recorded_from, recorded_to, cause)
    SELECT record_id, person_id, province_code, {}, now(), 'joined' FROM memberships LIMIT 1"""


def test_only_records_that_moved_leave_a_row(loaded_store: Store) -> None:
    moved = "SELECT count(*) FROM membership_history h JOIN memberships m USING (record_id, person_id)"
    assert rows(loaded_store, moved) == [(0,)]
    assert rows(loaded_store, "SELECT DISTINCT cause FROM membership_history") in ([], [("load",)])
    former = "SELECT retired_person_id FROM person_redirects EXCEPT SELECT person_id FROM membership_history"
    assert rows(loaded_store, former) == []


@pytest.mark.parametrize("change", ["DELETE FROM membership_history", "UPDATE membership_history SET cause = 'load'"])
def test_history_is_only_added_to(loaded_store: Store, change: str) -> None:
    run(loaded_store, ENDED.format("now()"))
    with (
        pytest.raises(ContractError, match="append_only"),
        loaded_store.writing(role=Role.MIGRATE) as connection,
    ):
        connection.execute(sa.text(change))


def test_no_period_ends_before_it_begins(loaded_store: Store) -> None:
    with pytest.raises(ContractError, match="membership_history_period_check"):
        run(loaded_store, ENDED.format("now() + interval '1 s'"))
