"""Accounts: added once, changed with an event, locked after failures, a time step used once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from schemas.errors import ContractError, UsageError
from store import account_proposals, accounts
from store.accounts import Account, AccountRole, StoredAccount
from store.engine import Store
from tests.store.contents import rows

pytestmark = pytest.mark.store
NGA = Account("nga", AccountRole.UPLOADER, "01", "Phường Trúc Bạch")
LEAD = Account("lan.lead", AccountRole.LEAD, "01")
LATER = datetime(2026, 5, 1, tzinfo=UTC)


def stored(account: Account) -> StoredAccount:
    return StoredAccount(account, "$argon2id$x", "sealed")


def events(store: Store) -> list[tuple[object, ...]]:
    query = "SELECT action, outcome, reason FROM audit_events WHERE object_kind = 'account' ORDER BY sequence"
    return rows(store, query)


def test_an_account_is_added_once_and_found_as_it_was_given(store: Store) -> None:
    accounts.add(store, stored(NGA))
    accounts.add(store, stored(LEAD))
    accounts.add(store, stored(Account("minh", AccountRole.AUDITOR)))
    with pytest.raises(UsageError, match=r"account\.exists"):
        accounts.add(store, stored(Account("nga", AccountRole.LEAD, "40")))
    assert accounts.find(store, "nga") == stored(NGA)
    assert accounts.find(store, "Nga") is None
    assert [a.account.name for a in accounts.listed(store)] == ["lan.lead", "minh", "nga"]
    assert [a.account.name for a in accounts.listed(store, "01")] == ["lan.lead", "nga"]
    assert events(store)[0] == ("account.added", "done", "uploader")


@pytest.mark.parametrize("name", ["", "x", "Nga", "nga lan", "nga'--", "n" * 41, "đào"])
def test_a_name_that_is_none_is_not_taken(store: Store, name: str) -> None:
    with pytest.raises(ContractError):
        accounts.add(store, stored(Account(name, AccountRole.UPLOADER, "01")))


def test_failures_in_a_row_lock_and_are_told(store: Store) -> None:
    accounts.add(store, stored(NGA))
    locked = [accounts.count_failure(store, NGA, "password", 3, LATER) for _ in range(4)]
    found = accounts.find(store, "nga")
    assert locked == [False, False, True, False]
    assert found is not None
    assert (found.locked_until, found.failures) == (LATER, 1)
    assert events(store)[1:5] == [("account.signed_in", "refused", "password")] * 3 + [("account.locked", "done", "")]


def test_a_time_step_is_taken_once_even_by_two_at_once(store: Store) -> None:
    accounts.add(store, stored(NGA))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: accounts.take_step(store, NGA, 100), range(4)))
    assert sorted(taken) == [False, False, False, True]
    assert not accounts.take_step(store, NGA, 99)
    assert accounts.take_step(store, NGA, 101)


def test_a_change_is_made_with_its_event_or_not_at_all(store: Store) -> None:
    accounts.add(store, stored(NGA))
    accounts.change(store, NGA, accounts.event_of(NGA, "account.disabled"), is_disabled=True)
    found = accounts.find(store, "nga")
    assert found is not None
    assert found.is_disabled
    with pytest.raises(UsageError, match=r"account\.unknown"):
        accounts.change(store, LEAD, accounts.event_of(LEAD, "account.disabled"), is_disabled=True)
    with pytest.raises(KeyError):
        accounts.change(store, NGA, accounts.event_of(NGA, "account.disabled"), superuser=True)
    assert [e[0] for e in events(store)] == ["account.added", "account.disabled"]


def test_a_proposal_is_decided_once_by_somebody_else(store: Store) -> None:
    account_proposals.propose(store, "add", NGA, "lan.lead")
    with pytest.raises(UsageError, match=r"proposal\.waiting"):
        account_proposals.propose(store, "add", NGA, "other")
    (found,) = account_proposals.waiting(store, "01")
    assert (account_proposals.waiting(store, "40"), found.account, found.kind) == ([], NGA, "add")
    with pytest.raises(UsageError, match=r"approval\.same_person"):
        account_proposals.decide(store, found.number, "lan.lead", is_approved=True)
    assert account_proposals.decide(store, found.number, "privacy", is_approved=True).account == NGA
    with pytest.raises(UsageError, match=r"approval\.none"):
        account_proposals.decide(store, found.number, "privacy", is_approved=True)
    assert [e[0] for e in events(store)] == ["account.proposed", "account.proposal_approved"]


def test_the_event_names_no_account_in_clear(store: Store) -> None:
    accounts.add(store, stored(NGA))
    (row,) = rows(store, "SELECT object, e::text FROM audit_events e")
    assert len(str(row[0])) == 32
    assert "nga" not in str(row[1]).split(",")


def test_a_lock_ends(store: Store) -> None:
    accounts.add(store, stored(NGA))
    accounts.count_failure(store, NGA, "code", 1, LATER + timedelta(minutes=15))
    found = accounts.find(store, "nga")
    assert found is not None
    assert found.locked_until == LATER + timedelta(minutes=15)
