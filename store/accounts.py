"""Accounts of the portal: who may sign in, as what, for which province, and how often that failed.

Secrets come in as hashes or sealed: this module knows neither passwords nor codes (`pipeline.accounts` does). Each
change is written with its event of the audit in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import UsageError
from store import audit
from store.account_tables import AccountRole
from store.audit import Event
from store.engine import Store
from store.roles import Role

__all__ = ["Account", "AccountRole", "StoredAccount"]


@dataclass(frozen=True)
class Account:
    """An account.

    Attributes:
        name: what the person signs in with: 2 to 40 of a-z, 0-9, dot, hyphen, underscore.
        role: what the person works as.
        province_code: code of the 34 to whose data it is limited; "" = the whole nation.
        office: name of the commune, "" for a whole province.
        must_change: the password was given by somebody else: a new one is chosen before anything else.
    """

    name: str
    role: AccountRole
    province_code: str = ""
    office: str = ""
    must_change: bool = False


@dataclass(frozen=True)
class StoredAccount:
    """An account with what signing in needs.

    Attributes:
        account: who it is.
        password_hash: argon2id, as `pwdlib` writes it.
        secret: of the codes, sealed; "" before it is set.
        needs_code: signing in takes a code, too.
        last_step: time step of the last code that was taken: none of it or before is taken again.
        failures: since the last success.
        locked_until: no sign-in before.
        is_disabled: no sign-in at all.
        identity: who the person is to an identity provider, hashed; "" to none.
    """

    account: Account
    password_hash: str = field(repr=False)
    secret: str = field(default="", repr=False)
    needs_code: bool = True
    last_step: int = 0
    failures: int = 0
    locked_until: datetime | None = None
    is_disabled: bool = False
    identity: str = field(default="", repr=False)


_COLUMNS = (
    "name", "role", "province_code", "office", "must_change", "password_hash", "secret", "needs_code", "last_step",
    "failures", "locked_until", "is_disabled", "identity",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM accounts"


def event_of(account: Account, action: str, reason: str = "") -> Event:
    """The event of an account for the audit."""
    return Event(action, "account", account.name, province_code=account.province_code, reason=reason)


def find(store: Store, name: str) -> StoredAccount | None:
    """The account of that name; None if there is none."""
    with store.reading(Role.ACCOUNTS) as connection:
        row = connection.execute(sa.text(f"{_SELECT} WHERE name = :name"), {"name": name}).mappings().one_or_none()
    return None if row is None else _stored(row)


def of_identity(store: Store, identity: str) -> StoredAccount | None:
    """The account that is linked to an identity; None if none is."""
    if not identity:
        return None
    with store.reading(Role.ACCOUNTS) as connection:
        found = connection.execute(sa.text(f"{_SELECT} WHERE identity = :identity"), {"identity": identity})
        row = found.mappings().one_or_none()
    return None if row is None else _stored(row)


def listed(store: Store, province_code: str = "") -> list[StoredAccount]:
    """All accounts, or those of a province, by name."""
    where = " WHERE province_code = :p" if province_code else ""
    with store.reading(Role.ACCOUNTS) as connection:
        rows = connection.execute(sa.text(f"{_SELECT}{where} ORDER BY name"), {"p": province_code} if where else {})
        return [_stored(row) for row in rows.mappings()]


def add(store: Store, stored: StoredAccount) -> None:
    """Add an account. Raises UsageError account.exists."""
    who = stored.account
    values = {
        "name": who.name, "role": who.role.value, "province_code": who.province_code, "office": who.office,
        "must_change": who.must_change, "password_hash": stored.password_hash, "secret": stored.secret,
        "needs_code": stored.needs_code, "last_step": 0, "failures": 0, "locked_until": None, "is_disabled": False,
        "identity": stored.identity,
    }  # fmt: skip
    with store.writing("accounts", Role.ACCOUNTS) as connection:
        done = connection.execute(
            sa.text(
                f"INSERT INTO accounts ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + c for c in _COLUMNS)}) "
                "ON CONFLICT (name) DO NOTHING"
            ),
            values,
        )
        if not done.rowcount:
            raise UsageError("account.exists")
        audit.append(connection, store.acting, event_of(who, "account.added", who.role.value))


def change(store: Store, account: Account, event: Event, **values: object) -> None:
    """Change columns of an account, with the event that tells of it. Raises UsageError account.unknown."""
    with store.writing("accounts", Role.ACCOUNTS) as connection:
        _update(connection, account.name, values)
        audit.append(connection, store.acting, event)


def take_step(store: Store, account: Account, step: int) -> bool:
    """Use up a time step: of two that come with the same code at once, one alone is told True."""
    with store.writing("accounts", Role.ACCOUNTS) as connection:
        done = connection.execute(
            sa.text("UPDATE accounts SET last_step = :step WHERE name = :name AND last_step < :step"),
            {"name": account.name, "step": step},
        )
        return bool(done.rowcount)


def count_failure(store: Store, account: Account, reason: str, most: int, locked_until: datetime) -> bool:
    """Note that a sign-in failed; True where the account is locked by it.

    Args:
        store: the store.
        account: whose sign-in it was.
        reason: password | code, for the audit.
        most: failures in a row that lock an account; they are counted anew afterwards.
        locked_until: until when.
    """
    with store.writing("accounts", Role.ACCOUNTS) as connection:
        failures = connection.execute(
            sa.text("UPDATE accounts SET failures = failures + 1 WHERE name = :name RETURNING failures"),
            {"name": account.name},
        ).scalar_one()
        is_locked = int(failures) >= most
        if is_locked:
            _update(connection, account.name, {"failures": 0, "locked_until": locked_until})
        audit.append(connection, store.acting, _refused(account, "account.signed_in", reason))
        if is_locked:
            audit.append(connection, store.acting, event_of(account, "account.locked"))
    return is_locked


def clear_failures(store: Store, account: Account) -> None:
    """Count failures anew after a success, which has an event of its own."""
    with store.writing("accounts", Role.ACCOUNTS) as connection:
        _update(connection, account.name, {"failures": 0, "locked_until": None})


def _refused(account: Account, action: str, reason: str) -> Event:
    return Event(action, "account", account.name, province_code=account.province_code, reason=reason, outcome="refused")


def _update(connection: Connection, name: str, values: Mapping[str, object]) -> None:
    unknown = set(values) - set(_COLUMNS)
    if unknown:
        raise KeyError(*unknown)
    said = ", ".join(f"{column} = :{column}" for column in values)
    done = connection.execute(sa.text(f"UPDATE accounts SET {said} WHERE name = :at"), {**values, "at": name})
    if not done.rowcount:
        raise UsageError("account.unknown")


def _stored(row: Mapping[Any, Any]) -> StoredAccount:
    given = dict(row)
    account = Account(
        given.pop("name"), AccountRole(given.pop("role")), given.pop("province_code"), given.pop("office"),
        given.pop("must_change"),
    )  # fmt: skip
    return StoredAccount(account, **given)
