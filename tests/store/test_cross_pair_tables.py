"""The table of words of provinces: two records in order, a decision of three, a name and a reason."""

import pytest
import sqlalchemy as sa

from schemas.errors import ContractError
from store.cross_pair_tables import CROSS_JUDGEMENTS
from store.engine import Store
from store.roles import Role

ONE, OTHER = "1" * 32, "2" * 32


def test_it_is_of_a_province_and_names_who_said_what() -> None:
    wanted = {"province_code", "decision", "author", "reason", "left_record_id", "right_record_id"}
    assert wanted <= set(CROSS_JUDGEMENTS.columns.keys())
    assert not any(CROSS_JUDGEMENTS.columns[name].nullable for name in wanted)


@pytest.mark.store
@pytest.mark.parametrize(
    "wrong", [{"l": OTHER, "r": ONE}, {"d": "perhaps"}, {"a": ""}, {"why": ""}], ids=["order", "decision", "who", "why"]
)
def test_the_database_refuses_what_is_none(store: Store, wrong: dict[str, str]) -> None:
    given = {"l": ONE, "r": OTHER, "d": "same", "a": "lan", "why": "x"} | wrong
    query = """INSERT INTO cross_judgements (left_record_id, right_record_id, province_code, decision, author, reason)
               VALUES (CAST(:l AS uuid), CAST(:r AS uuid), '01', :d, :a, :why)"""
    with pytest.raises(ContractError), store.writing("cross_judgements", Role.REVIEW) as connection:
        connection.execute(sa.text(query), given)
