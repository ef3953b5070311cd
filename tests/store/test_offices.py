"""Decisions about the ledgers of an office: appended, never changed; the last one of a match counts."""

import pytest

from schemas.decisions import Decision
from schemas.errors import ContractError, UsageError
from store import offices
from store.engine import Store
from store.offices import Author, Office
from tests.store.contents import run

pytestmark = pytest.mark.store

LAN = Author("cán bộ Lan", "đã hỏi xã")
PROVINCE, COMMUNE = Office("01"), Office("01", "xã Đông Hưng; 'x'")


def encoding(value: str, match: str = "") -> Decision:
    return Decision("encoding", match, value)


def known(store: Store, office: Office) -> dict[str, str]:
    return {d.match: d.value for d in offices.decisions_of(store, office)}


def test_the_last_decision_counts_and_the_commune_comes_before_its_province(store: Store) -> None:
    offices.remember(store, PROVINCE, encoding("vni"), LAN)
    offices.remember(store, PROVINCE, encoding("tcvn3"), LAN)
    offices.remember(store, COMMUNE, encoding("vps"), LAN)
    offices.remember(store, PROVINCE, Decision("heading", "cot x", "full_name"), LAN)

    assert known(store, PROVINCE) == {"": "tcvn3", "cot x": "full_name"}
    assert known(store, COMMUNE) == {"": "vps", "cot x": "full_name"}
    assert known(store, Office("79")) == {}
    assert {d.origin for d in offices.decisions_of(store, COMMUNE)} == {"remembered"}
    assert offices.standing(store).num_rows == 3


def test_a_decision_taken_back_counts_no_longer_and_stays_written(store: Store) -> None:
    offices.remember(store, PROVINCE, encoding("vni"), LAN)
    offices.forget(store, PROVINCE, encoding(""), LAN)

    assert known(store, PROVINCE) == {}
    with pytest.raises(UsageError, match=r"office\.decision_unknown"):
        offices.forget(store, PROVINCE, encoding(""), LAN)
    offices.remember(store, PROVINCE, encoding("viscii"), LAN)
    assert known(store, PROVINCE) == {"": "viscii"}


def test_nothing_written_is_ever_changed(store: Store) -> None:
    offices.remember(store, PROVINCE, encoding("vni"), LAN)
    for change in ("UPDATE office_decisions SET value = 'x'", "DELETE FROM office_decisions"):
        with pytest.raises(ContractError):
            run(store, change)
