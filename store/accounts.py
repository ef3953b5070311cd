"""Accounts of the portal: who may sign in, as what, for which province."""

from dataclasses import dataclass
from enum import StrEnum


class AccountRole(StrEnum):
    """What a person works as in the portal; `portal.rights` says what each may do."""

    UPLOADER = "uploader"
    REVIEWER = "reviewer"
    LEAD = "lead"
    ENGINEER = "engineer"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"
    DB_ADMIN = "db_admin"


@dataclass(frozen=True)
class Account:
    """An account.

    Attributes:
        name: what the person signs in with.
        role: what the person works as.
        province_code: code of the 34 to whose data it is limited; "" = the whole nation.
        office: name of the commune, "" for a whole province.
    """

    name: str
    role: AccountRole
    province_code: str = ""
    office: str = ""
