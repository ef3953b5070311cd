"""Accounts that a provincial lead proposes to add, disable or enable; a privacy officer decides (two persons)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from schemas.errors import UsageError
from store import audit
from store.accounts import Account, AccountRole, event_of
from store.engine import Store
from store.roles import Role

Kind = Literal["add", "disable", "enable"]


@dataclass(frozen=True)
class AccountProposal:
    """What is proposed: `kind` about `account`, by whom, when."""

    number: int
    kind: Kind
    account: Account
    proposed_by: str
    recorded_at: datetime | None = None


def propose(store: Store, kind: Kind, account: Account, proposed_by: str) -> None:
    """Note a proposal. Raises UsageError proposal.waiting where one about that account waits already."""
    with store.writing("account_proposals", Role.ACCOUNTS) as connection:
        # Two leads at once: the second waits for the first.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": account.name})
        waits = connection.execute(
            sa.text("SELECT EXISTS (SELECT FROM account_proposals WHERE state = 'open' AND name = :name)"),
            {"name": account.name},
        ).scalar_one()
        if waits:
            raise UsageError("proposal.waiting")
        connection.execute(
            sa.text("""
                INSERT INTO account_proposals
                    (kind, name, role, province_code, office, proposed_by, state, decided_by)
                VALUES (:kind, :name, :role, :province, :office, :by, 'open', '')"""),
            {"kind": kind, "name": account.name, "role": account.role.value, "province": account.province_code,
             "office": account.office, "by": proposed_by},
        )  # fmt: skip
        audit.append(connection, store.acting, event_of(account, "account.proposed", kind))


def waiting(store: Store, province_code: str = "") -> list[AccountProposal]:
    """Proposals that wait, of a province or of all, oldest first."""
    where = " AND province_code = :p" if province_code else ""
    with store.reading(Role.ACCOUNTS) as connection:
        rows = connection.execute(
            sa.text(f"{_SELECT} WHERE state = 'open'{where} ORDER BY number"), {"p": province_code} if where else {}
        )
        return [_proposal(tuple(row)) for row in rows]


def decide(store: Store, number: int, decided_by: str, *, is_approved: bool) -> AccountProposal:
    """Decide a proposal that waits, once.

    Raises:
        UsageError: approval.none: there is none, or somebody decided it; approval.same_person.
    """
    with store.writing("account_proposals", Role.ACCOUNTS) as connection:
        row = connection.execute(
            sa.text(f"{_SELECT} WHERE number = :number AND state = 'open' FOR UPDATE"), {"number": number}
        ).one_or_none()
        if row is None:
            raise UsageError("approval.none")
        found = _proposal(tuple(row))
        if found.proposed_by == decided_by:
            raise UsageError("approval.same_person")
        state = "approved" if is_approved else "refused"
        connection.execute(
            sa.text("UPDATE account_proposals SET state = :state, decided_by = :by WHERE number = :number"),
            {"state": state, "by": decided_by, "number": number},
        )
        audit.append(connection, store.acting, event_of(found.account, f"account.proposal_{state}", found.kind))
    return found


_SELECT = "SELECT number, kind, name, role, province_code, office, proposed_by, recorded_at FROM account_proposals"


def _proposal(row: tuple[object, ...]) -> AccountProposal:
    number, kind, name, role, province, office, by, at = row
    account = Account(str(name), AccountRole(str(role)), str(province), str(office))
    return AccountProposal(int(str(number)), kind, account, str(by), at)  # type: ignore[arg-type]
