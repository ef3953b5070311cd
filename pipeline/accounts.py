"""The accounts of the portal for who keeps them: add, list, disable, a new temporary password, a new second factor."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline import passwords
from pipeline.inquiries import asked
from pipeline.intake import VIET_NAM_TIME, resolve_province
from pipeline.settings import Settings
from schemas import messages
from schemas.errors import UsageError
from schemas.messages import Language
from store import accounts, sessions
from store.accounts import Account, AccountRole, StoredAccount, event_of
from store.engine import Store

PROVINCIAL = (AccountRole.UPLOADER, AccountRole.REVIEWER, AccountRole.LEAD)
"""Roles that work for one province; the others may work for the nation."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class Added:
    """An account with the temporary password that is shown once."""

    account: Account
    password: str = field(repr=False)


def wanted(name: str, role: str, province: str | None, office: str = "") -> Account:
    """The account that somebody asks for, checked.

    Raises:
        UsageError: account.name, account.role, account.province (a provincial role without one), province.unknown.
    """
    if not _NAME.fullmatch(name):
        raise UsageError("account.name")
    found = next((known for known in AccountRole if known == role), None)
    if found is None:
        raise UsageError("account.role", known=", ".join(AccountRole))
    if found in PROVINCIAL and not province:
        raise UsageError("account.province")
    code = resolve_province(province)[0] if province else ""
    return Account(name, found, code, office.strip(), must_change=True)


def add(store: Store, account: Account, *, needs_code: bool = True) -> Added:
    """Add an account with a temporary password. Raises UsageError account.exists."""
    password = passwords.temporary()
    accounts.add(store, StoredAccount(account, passwords.hashed(password), needs_code=needs_code))
    return Added(account, password)


def add_asked(account: Account, settings: Settings, *, needs_code: bool = True) -> Added:
    """The same, opening the store."""
    with asked(settings) as store:
        return add(store, account, needs_code=needs_code)


def set_disabled(store: Store, account: Account, *, is_disabled: bool) -> None:
    """Bar an account from signing in, or let it again; a barred one is signed out at once."""
    action = "account.disabled" if is_disabled else "account.enabled"
    accounts.change(store, account, event_of(account, action), is_disabled=is_disabled)
    sessions.end_all(store, account.name)


def new_password(store: Store, account: Account) -> Added:
    """Give an account a temporary password, unlock it and sign it out everywhere."""
    password = passwords.temporary()
    accounts.change(
        store, account, event_of(account, "account.password_set", "given"), password_hash=passwords.hashed(password),
        must_change=True, failures=0, locked_until=None,
    )  # fmt: skip
    sessions.end_all(store, account.name)
    return Added(account, password)


def forget_code(store: Store, account: Account) -> None:
    """Forget the second factor, of a lost phone: the next sign-in sets a new one up."""
    accounts.change(store, account, event_of(account, "account.code_forgotten"), secret="")
    sessions.end_all(store, account.name)


def link(store: Store, account: Account, identity: str) -> None:
    """Let an account be signed in by an identity of the provider alone: its password is no more; signed out everywhere.

    Raises:
        UsageError: account.identity_taken, another account is linked to it.
    """
    taken = accounts.of_identity(store, identity)
    if taken is not None and taken.account.name != account.name:
        raise UsageError("account.identity_taken")
    accounts.change(
        store, account, event_of(account, "account.linked"), identity=identity, must_change=False,
        password_hash=passwords.hashed(passwords.temporary()),
    )  # fmt: skip
    sessions.end_all(store, account.name)


def unlink(store: Store, account: Account) -> Added:
    """Let an account be signed in by a password again: a temporary one is given."""
    accounts.change(store, account, event_of(account, "account.unlinked"), identity="")
    return new_password(store, account)


def named(store: Store, name: str) -> Account:
    """The account of that name. Raises UsageError account.unknown."""
    found = accounts.find(store, name)
    if found is None:
        raise UsageError("account.unknown")
    return found.account


def rows(settings: Settings, language: Language) -> Sequence[Mapping[str, Any]]:
    """All accounts for people."""
    with asked(settings) as store:
        return [in_words(stored, language) for stored in accounts.listed(store)]


def in_words(stored: StoredAccount, language: Language) -> Mapping[str, Any]:
    """An account as a row for people."""
    who = stored.account
    locked = stored.locked_until
    return {
        "account": who.name, "role": messages.text(f"portal.role.{who.role}", language), "province": who.province_code,
        "office": who.office, "state": messages.text(f"account.state.{state_of(stored)}", language),
        "locked_until": locked.astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y %H:%M") if locked else "",
    }  # fmt: skip


def state_of(stored: StoredAccount) -> str:
    """Disabled | new (its password was never changed) | without_code | active."""
    if stored.is_disabled:
        return "disabled"
    if stored.account.must_change:
        return "new"
    return "active" if stored.secret else "without_code"


def demo(settings: Settings) -> list[Added]:
    """An account of each role, without second factor, to look at the portal on this machine; those there are stay."""
    made = []
    with asked(settings) as store:
        for role in AccountRole:
            account = Account(
                f"demo.{role.value.replace('_', '-')}", role, "01" if role in PROVINCIAL else "", must_change=False
            )
            found = accounts.find(store, account.name)
            if found is None:
                made.append(add(store, account, needs_code=False))
            else:
                given = new_password(store, replace(found.account, must_change=False))
                accounts.change(store, account, event_of(account, "account.password_set", "demo"), must_change=False)
                made.append(given)
    return made
