"""Who is signed in at the portal: sessions that the server keeps, by the SHA-256 of a token that it does not."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from store import audit
from store.accounts import Account, AccountRole
from store.audit import Event
from store.engine import Store
from store.roles import Role

IDLE = timedelta(minutes=30)
"""A session that nobody used for so long is over (RELIABILITY S9)."""
LONGEST = timedelta(hours=12)
"""No session lasts longer, however much it is used."""
HALF = timedelta(minutes=10)
"""So long after the password the code may come."""
_TOUCHED = timedelta(minutes=1)
_HANDLE = 32
"""Letters of the hash of a token that name a session to its person."""
_GRANTED = """
    s.seen_at > :now - CAST(:idle AS interval) AND s.begun_at > :now - CAST(:longest AS interval)
    AND (s.is_full OR s.begun_at > :now - CAST(:half AS interval)) AND NOT a.is_disabled"""


@dataclass(frozen=True)
class Place:
    """From where a session was begun: network without its last part, kind of browser, system; "" = not known.

    `is_federated`: an identity provider vouched for the person.
    """

    network: str = ""
    browser: str = ""
    system: str = ""
    is_federated: bool = False


NOWHERE = Place()


@dataclass(frozen=True)
class Session:
    """A session; not full while the code is missing."""

    account: Account
    is_full: bool
    is_federated: bool = False


@dataclass(frozen=True)
class OwnSession:
    """A session as the person sees it whose it is; `handle` names it and opens nothing."""

    handle: str
    begun_at: datetime
    seen_at: datetime
    place: Place
    is_this: bool


def begin(
    store: Store, token: str, account: Account, now: datetime, event: Event | None, *, is_full: bool,
    place: Place = NOWHERE,
) -> None:  # fmt: skip
    """Begin a session under a token that was never used, with the event that tells of it; old ones are swept."""
    with store.writing("account_sessions", Role.ACCOUNTS) as connection:
        connection.execute(
            sa.text("DELETE FROM account_sessions WHERE begun_at < :old OR seen_at < :idle"),
            {"old": now - LONGEST, "idle": now - IDLE},
        )
        connection.execute(
            sa.text("""
                INSERT INTO account_sessions (
                    token_hash, account, is_full, begun_at, seen_at, network, browser, system, is_federated)
                VALUES (:token, :account, :full, :now, :now, :network, :browser, :system, :is_federated)"""),
            {"token": hashed(token), "account": account.name, "full": is_full, "now": now, **vars(place)},
        )
        if event is not None:
            audit.append(connection, store.acting, event)


def session(store: Store, token: str, now: datetime) -> Session | None:
    """The session of a token; None where it is over, was never begun, or its account may sign in no more."""
    given = {"token": hashed(token), "now": now, "idle": IDLE, "longest": LONGEST, "half": HALF}
    with store.reading(Role.ACCOUNTS) as connection:
        row = connection.execute(
            sa.text(f"""
                SELECT a.name, a.role, a.province_code, a.office, a.must_change, s.is_full, s.seen_at,
                    s.is_federated
                FROM account_sessions s JOIN accounts a ON a.name = s.account
                WHERE s.token_hash = :token AND {_GRANTED}"""),
            given,
        ).one_or_none()
    if row is None:
        return None
    name, role, province, office, must_change, is_full, seen_at, is_federated = row
    if now - seen_at > _TOUCHED:
        _touch(store, token, now)
    return Session(Account(name, AccountRole(role), province, office, must_change), is_full, is_federated)


def end(store: Store, token: str, event: Event | None = None) -> None:
    """End a session."""
    with store.writing("account_sessions", Role.ACCOUNTS) as connection:
        connection.execute(sa.text("DELETE FROM account_sessions WHERE token_hash = :token"), {"token": hashed(token)})
        if event is not None:
            audit.append(connection, store.acting, event)


def end_all(store: Store, name: str, but: str = "", event: Event | None = None) -> None:
    """End all sessions of an account, but that of one token, with the event that tells of it."""
    with store.writing("account_sessions", Role.ACCOUNTS) as connection:
        connection.execute(
            sa.text("DELETE FROM account_sessions WHERE account = :name AND token_hash <> :but"),
            {"name": name, "but": hashed(but)},
        )
        if event is not None:
            audit.append(connection, store.acting, event)


def of_account(store: Store, account: Account, token: str, now: datetime) -> list[OwnSession]:
    """The sessions of an account that are open, the one used last first; `token` is that of whoever asks."""
    given = {"name": account.name, "now": now, "idle": IDLE, "longest": LONGEST, "half": HALF}
    with store.reading(Role.ACCOUNTS) as connection:
        rows = connection.execute(
            sa.text(f"""
                SELECT s.token_hash, s.begun_at, s.seen_at, s.network, s.browser, s.system, s.is_federated
                FROM account_sessions s JOIN accounts a ON a.name = s.account
                WHERE s.account = :name AND s.is_full AND {_GRANTED} ORDER BY s.seen_at DESC, s.token_hash"""),
            given,
        ).all()
    return [OwnSession(row[0][:_HANDLE], row[1], row[2], Place(*row[3:]), row[0] == hashed(token)) for row in rows]


def end_one(store: Store, account: Account, handle: str, event: Event) -> bool:
    """End a session of an account by its handle; False where it has none of it."""
    with store.writing("account_sessions", Role.ACCOUNTS) as connection:
        done = connection.execute(
            sa.text("DELETE FROM account_sessions WHERE account = :name AND left(token_hash, :length) = :handle"),
            {"name": account.name, "length": _HANDLE, "handle": handle},
        )
        if done.rowcount:
            audit.append(connection, store.acting, event)
        return bool(done.rowcount)


def hashed(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _touch(store: Store, token: str, now: datetime) -> None:
    with store.writing("account_sessions", Role.ACCOUNTS) as connection:
        connection.execute(
            sa.text("UPDATE account_sessions SET seen_at = :now WHERE token_hash = :token"),
            {"token": hashed(token), "now": now},
        )
