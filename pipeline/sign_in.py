"""Signing in to the portal: a password, then a code; failures are counted, told to the audit, and lock the account.

Whoever fails hears one answer, whatever was wrong: no such name, wrong password, disabled, locked.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline import codes, passwords
from pipeline.vault import Vault
from store import accounts, audit, sessions
from store.accounts import Account, StoredAccount, event_of
from store.audit import Event
from store.engine import Store
from store.sessions import NOWHERE, OwnSession, Place

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
Next = Literal["refused", "code", "new_code", "done"]


@dataclass(frozen=True)
class Gate:
    """Where people sign in.

    Attributes:
        store: for the whole nation.
        vault: seals the secrets of the codes.
        allows_waived: accounts that need no code may sign in: on loopback alone.
        now: the clock.
    """

    store: Store
    vault: Vault
    allows_waived: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def as_(self, name: str) -> Store:
        """The store as an account acts on it."""
        return replace(self.store, acting=replace(self.store.acting, actor=name))


def with_password(gate: Gate, name: str, password: str, token: str, place: Place = NOWHERE) -> Next:
    """Try a name and a password; a session begins under `token`, which is full only where no code is needed."""
    found = accounts.find(gate.store, name.strip().lower())
    is_right, anew = passwords.verified(password, found.password_hash if found else "")
    if found is None:
        audit.record(gate.store, Event("account.signed_in", "account", reason="unknown", outcome="refused"))
        return "refused"
    if (barred := _barred(gate, found)) is not None:
        _refuse(gate, found.account, barred)
        return "refused"
    if not is_right:
        accounts.count_failure(gate.store, found.account, "password", MOST_FAILURES, gate.now() + LOCKED_FOR)
        return "refused"
    if anew is not None:
        accounts.change(gate.store, found.account, event_of(found.account, "account.rehashed"), password_hash=anew)
    if not found.needs_code:
        _begin(gate, found, token, place)
        return "done"
    sessions.begin(gate.store, token, found.account, gate.now(), None, is_full=False, place=place)
    return "code" if found.secret else "new_code"


def with_identity(gate: Gate, identity: str, token: str, place: Place, *, has_factor: bool) -> Next:
    """Let in whom an identity provider vouches for, as the account that was linked to the identity.

    Args:
        gate: where.
        identity: as `identity_provider.key_of`.
        token: of the session, which is full where no code of ours is needed.
        place: from where.
        has_factor: the provider asked for a second factor: ours is not asked.
    """
    found = accounts.of_identity(gate.store, identity)
    if found is None:
        reason = "unknown_identity"
        audit.record(gate.store, Event("account.signed_in", "account", reason=reason, outcome="refused"))
        return "refused"
    barred = _barred(gate, found)
    if barred is not None and not (has_factor and barred == "no_code"):
        _refuse(gate, found.account, barred)
        return "refused"
    if has_factor or not found.needs_code:
        _begin(gate, found, token, place)
        return "done"
    sessions.begin(gate.store, token, found.account, gate.now(), None, is_full=False, place=place)
    return "code" if found.secret else "new_code"


def half(gate: Gate, token: str) -> StoredAccount | None:
    """The account of a session that waits for its code."""
    found = sessions.session(gate.store, token, gate.now())
    if found is None or found.is_full:
        return None
    return accounts.find(gate.store, found.account.name)


def with_code(
    gate: Gate, stored: StoredAccount, code: str, old_token: str, token: str, secret: str = "", place: Place = NOWHERE
) -> bool:
    """Try a code; if it is right, the half session ends and a full one begins under a new token.

    Args:
        gate: where.
        stored: the account of the half session.
        code: what was typed.
        old_token: of the half session.
        token: of the full one.
        secret: a new one, of an account that has none: the first right code keeps it.
        place: from where.
    """
    if _barred(gate, stored) is not None:
        sessions.end(gate.store, old_token)
        return False
    who = stored.account
    known = secret if not stored.secret else gate.vault.reveal(stored.secret, _place(who))
    step = codes.step_of(code, known, gate.now().timestamp()) if known else None
    if step is None or not accounts.take_step(gate.store, who, step):
        if accounts.count_failure(gate.store, who, "code", MOST_FAILURES, gate.now() + LOCKED_FOR):
            sessions.end(gate.store, old_token)
        return False
    if not stored.secret or not gate.vault.is_current(stored.secret):
        keep_secret(gate, who, known)
    began = sessions.session(gate.store, old_token, gate.now())
    sessions.end(gate.store, old_token)
    _begin(gate, stored, token, replace(place, is_federated=began is not None and began.is_federated))
    return True


def keep_secret(gate: Gate, account: Account, secret: str) -> None:
    """Seal and keep the secret of an account's codes."""
    sealed = gate.vault.seal(secret, _place(account))
    accounts.change(gate.as_(account.name), account, event_of(account, "account.code_set"), secret=sealed)


def sign_out(gate: Gate, account: Account, token: str) -> bool:
    """End a session; had an identity provider vouched for it?"""
    found = sessions.session(gate.store, token, gate.now())
    sessions.end(gate.as_(account.name), token, event_of(account, "account.signed_out"))
    return found is not None and found.is_federated


def change_password(gate: Gate, account: Account, old: str, new: str, token: str) -> bool:
    """Choose a new password; False if the old one is not right. All other sessions of the account end.

    Raises:
        UsageError: password.length, password.guessable, password.same.
    """
    found = accounts.find(gate.store, account.name)
    if found is None or _barred(gate, found) is not None or not passwords.verified(old, found.password_hash)[0]:
        if found is not None:
            accounts.count_failure(gate.store, account, "password", MOST_FAILURES, gate.now() + LOCKED_FOR)
        return False
    passwords.demand_new(old, new, account.name)
    accounts.change(
        gate.as_(account.name), account, event_of(account, "account.password_set", "own"),
        password_hash=passwords.hashed(new), must_change=False,
    )  # fmt: skip
    sessions.end_all(gate.store, account.name, but=token)
    return True


def own_sessions(gate: Gate, account: Account, token: str) -> list[OwnSession]:
    """Where an account is signed in; `token` is that of the session that asks."""
    return sessions.of_account(gate.store, account, token, gate.now())


def end_session(gate: Gate, account: Account, handle: str) -> bool:
    """End a session of the own account by its handle; False if there is none."""
    return sessions.end_one(gate.as_(account.name), account, handle, event_of(account, "account.session_ended"))


def end_others(gate: Gate, account: Account, token: str) -> None:
    """End all sessions of the own account but this one."""
    sessions.end_all(gate.as_(account.name), account.name, token, event_of(account, "account.sessions_ended"))


def _begin(gate: Gate, stored: StoredAccount, token: str, place: Place) -> None:
    who = stored.account
    if stored.failures or stored.locked_until:
        accounts.clear_failures(gate.store, who)
    sessions.begin(
        gate.as_(who.name), token, who, gate.now(), event_of(who, "account.signed_in"), is_full=True, place=place
    )


def _barred(gate: Gate, stored: StoredAccount) -> str | None:
    if stored.is_disabled:
        return "disabled"
    if stored.locked_until is not None and stored.locked_until > gate.now():
        return "locked"
    return "no_code" if not stored.needs_code and not gate.allows_waived else None


def _refuse(gate: Gate, account: Account, reason: str) -> None:
    audit.record(gate.store, replace(event_of(account, "account.signed_in", reason), outcome="refused"))


def _place(account: Account) -> str:
    return f"account/{account.name}"
