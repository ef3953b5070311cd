"""Who may do what in the portal: the matrix of roles and actions as data, and the one question asked of it."""

from collections.abc import Mapping
from enum import StrEnum

from store.accounts import Account, AccountRole


class Action(StrEnum):
    """What a route does; every route of the portal declares one."""

    PUBLIC = "public"
    """Needs no account: signing in, the language."""
    STATIC = "static"
    """Files of the package: nobody is even asked who asks."""
    OWN_ACCOUNT = "own_account"
    """One's own password, language, signing out."""
    FOLLOW = "follow"
    """See batches with their sums and state: counts only."""
    UPLOAD = "upload"
    """Upload, map and fix a ledger; get its error file."""
    SUBMIT = "submit"
    APPROVE = "approve"
    SEE_PERSON = "see_person"
    SEE_SCAN = "see_scan"
    DECIDE_DUPLICATE = "decide_duplicate"
    UNMERGE = "unmerge"
    RUN_FLOW = "run_flow"
    READ_LOGS = "read_logs"
    CHANGE_RULES = "change_rules"
    READ_REPORT = "read_report"
    AUDIT = "audit"
    PROPOSE_ACCOUNT = "propose_account"
    APPROVE_ACCOUNT = "approve_account"
    ERASE = "erase"
    SQL = "sql"


class Reach(StrEnum):
    """Whose data a role may do something with."""

    NONE = "none"
    OWN = "own"
    """Of the account's own province."""
    ALL = "all"
    """Of every province; of one, where the account is limited to it."""


_U, _R, _L = AccountRole.UPLOADER, AccountRole.REVIEWER, AccountRole.LEAD
_E, _A, _P = AccountRole.ENGINEER, AccountRole.AUDITOR, AccountRole.PRIVACY_OFFICER
_OWN, _ALL = Reach.OWN, Reach.ALL

MATRIX: Mapping[Action, Mapping[AccountRole, Reach]] = {
    Action.PUBLIC: dict.fromkeys(AccountRole, _ALL),
    Action.STATIC: dict.fromkeys(AccountRole, _ALL),
    Action.OWN_ACCOUNT: dict.fromkeys(AccountRole, _ALL),
    Action.FOLLOW: {_U: _OWN, _R: _OWN, _L: _OWN, _E: _ALL, _A: _ALL, _P: _ALL},
    Action.UPLOAD: {_U: _OWN, _R: _OWN, _L: _OWN},
    Action.SUBMIT: {_U: _OWN, _R: _OWN},
    Action.APPROVE: {_L: _OWN},
    Action.SEE_PERSON: {_U: _OWN, _R: _OWN, _L: _OWN, _A: _ALL, _P: _ALL},
    Action.SEE_SCAN: {_U: _OWN, _R: _OWN, _L: _OWN, _A: _ALL, _P: _ALL},
    Action.DECIDE_DUPLICATE: {_R: _OWN, _L: _OWN},
    Action.UNMERGE: {_R: _OWN, _L: _OWN},
    Action.RUN_FLOW: {_E: _ALL},
    Action.READ_LOGS: {_E: _ALL, _A: _ALL},
    Action.CHANGE_RULES: {_E: _ALL},
    Action.READ_REPORT: {_U: _OWN, _R: _OWN, _L: _OWN, _A: _ALL, _P: _ALL},
    Action.AUDIT: {_A: _ALL, _P: _ALL},
    Action.PROPOSE_ACCOUNT: {_L: _OWN},
    Action.APPROVE_ACCOUNT: {_P: _ALL},
    Action.ERASE: {_P: _ALL},
    Action.SQL: {},
}
"""A role that is not named may never; nobody reaches persons by SQL through the portal."""


def reach(role: AccountRole, action: Action) -> Reach:
    """Whose data a role may do that with."""
    return MATRIX[action].get(role, Reach.NONE)


def may(account: Account, action: Action, province_code: str) -> bool:
    """May this account do that with data of this province (code of the 34)?"""
    reached = reach(account.role, action)
    if reached is Reach.ALL:
        return account.province_code in ("", province_code)
    return reached is Reach.OWN and bool(province_code) and account.province_code == province_code
