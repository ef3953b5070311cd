"""Sessions: idle for 30 minutes, 12 hours at most, 10 minutes for the code; only a hash of the token is kept."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import accounts, sessions
from store.accounts import Account, AccountRole, StoredAccount
from store.engine import Store
from store.roles import Role
from store.sessions import HALF, IDLE, LONGEST, Session

pytestmark = pytest.mark.store
NGA = Account("nga", AccountRole.UPLOADER, "01", "x")
NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def kept(store: Store) -> Store:
    accounts.add(store, StoredAccount(NGA, "h"))
    return store


def kept_rows(store: Store) -> list[tuple[str, str]]:
    with store.reading(Role.ACCOUNTS) as connection:
        return [tuple(row) for row in connection.execute(sa.text("SELECT token_hash, s::text FROM account_sessions s"))]


def begin(store: Store, token: str, now: datetime = NOW, *, is_full: bool = True) -> None:
    sessions.begin(store, token, NGA, now, None, is_full=is_full)


def test_a_session_is_found_by_its_token_alone_and_the_store_has_none(kept: Store) -> None:
    begin(kept, "secret-token")
    assert sessions.session(kept, "secret-token", NOW) == Session(NGA, is_full=True)
    assert sessions.session(kept, "secret-tokem", NOW) is None
    assert sessions.session(kept, sessions.hashed("secret-token"), NOW) is None
    assert "secret-token" not in str(kept_rows(kept))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 70), min_size=1, max_size=40))
def test_it_lives_as_long_as_no_pause_is_too_long_and_all_are_not(kept: Store, pauses: list[int]) -> None:
    """Law: after each pause it lives if it lived before, the pause was under 30 minutes, and the sum under 12 hours."""
    token = f"t{pauses}"
    sessions.end_all(kept, "nga")
    begin(kept, token)
    now, lives = NOW, True
    for minutes in pauses:
        now += timedelta(minutes=minutes)
        lives = lives and timedelta(minutes=minutes) < IDLE and now - NOW < LONGEST
        assert (sessions.session(kept, token, now) is not None) == lives


def test_a_half_session_waits_ten_minutes_for_the_code(kept: Store) -> None:
    begin(kept, "half", is_full=False)
    assert sessions.session(kept, "half", NOW + HALF - timedelta(seconds=1)) == Session(NGA, is_full=False)
    assert sessions.session(kept, "half", NOW + HALF) is None


def test_a_disabled_account_is_out_at_once(kept: Store) -> None:
    begin(kept, "a")
    accounts.change(kept, NGA, accounts.event_of(NGA, "account.disabled"), is_disabled=True)
    assert sessions.session(kept, "a", NOW) is None


def test_an_ended_session_is_none_and_the_others_stay(kept: Store) -> None:
    for token in ("a", "b", "c"):
        begin(kept, token)
    sessions.end(kept, "a")
    assert [sessions.session(kept, t, NOW) is not None for t in "abc"] == [False, True, True]
    sessions.end_all(kept, "nga", but="c")
    assert [sessions.session(kept, t, NOW) is not None for t in "abc"] == [False, False, True]


def test_what_is_over_is_swept_at_the_next_beginning(kept: Store) -> None:
    begin(kept, "old", NOW - LONGEST - timedelta(minutes=1))
    begin(kept, "new")
    assert [token for token, _ in kept_rows(kept)] == [sessions.hashed("new")]


def test_the_own_sessions_are_listed_and_ended_one_by_one_or_all_others(kept: Store) -> None:
    other = Account("binh", AccountRole.UPLOADER, "01", "x")
    accounts.add(kept, StoredAccount(other, "h"))
    place = sessions.Place("10.1.2.x", "Firefox", "Linux", is_federated=True)
    for minute, token in enumerate(("one", "two", "three")):
        sessions.begin(kept, token, NGA, NOW + timedelta(minutes=minute), None, is_full=True, place=place)
    begin(kept, "half", is_full=False)
    sessions.begin(kept, "his", other, NOW, None, is_full=True)
    now = NOW + timedelta(minutes=3)
    found = sessions.of_account(kept, NGA, "two", now)
    assert [(each.begun_at.minute, each.is_this) for each in found] == [(2, False), (1, True), (0, False)]
    assert {each.place for each in found} == {place}
    assert sessions.session(kept, "one", now) == Session(NGA, is_full=True, is_federated=True)
    (his,) = sessions.of_account(kept, other, "his", now)
    event = accounts.event_of(NGA, "account.session_ended")
    assert not sessions.end_one(kept, NGA, his.handle, event), "another account's"
    assert not sessions.end_one(kept, NGA, "", event)
    assert sessions.end_one(kept, NGA, found[0].handle, event)
    assert not sessions.end_one(kept, NGA, found[0].handle, event)
    assert sessions.session(kept, "three", now) is None
    sessions.end_all(kept, "nga", "two", accounts.event_of(NGA, "account.sessions_ended"))
    assert [each.is_this for each in sessions.of_account(kept, NGA, "two", now)] == [True]
    assert sessions.session(kept, "his", now) is not None
    with kept.reading() as connection:
        told = connection.execute(sa.text("SELECT action FROM audit_events WHERE action LIKE 'account.session%'"))
        assert sorted(told.scalars()) == ["account.session_ended", "account.sessions_ended"]
    assert sessions.of_account(kept, NGA, "two", now + IDLE) == []
