"""Who may do what with which table, and whose rows are whose: a declaration that `store.rights` writes to the database.

Rights are letters as PostgreSQL shows them: r read, a append, w change, d delete, D truncate. Row security is on and
forced for every table with persons' data. A session sees all rows where its setting `sohoa.scope` says "national",
those of one province where `sohoa.province` names it and the role may work for a province; without either, none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas import tables as contracts
from store.partitions import every_partition
from store.roles import Role

SCOPE, PROVINCE, NATIONAL = "sohoa.scope", "sohoa.province", "national"
# As subqueries they are worked out once a query, not once a row; an empty or missing setting equals nothing.
_PROVINCE = f"(SELECT current_setting('{PROVINCE}', true))"
IS_NATIONAL = f"(SELECT current_setting('{SCOPE}', true)) = '{NATIONAL}'"
PROVINCIAL = (Role.REVIEW, Role.REPORT, Role.MASK, Role.AUDIT)
"""Roles that may work for one province."""
PRIVILEGES: Mapping[str, str] = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE"}


@dataclass(frozen=True)
class Access:
    """The access to one table.

    Attributes:
        rows: condition of the rows of a province, `{table}` stands for the table; None = no person's data, no row
            security.
        rights: letters of each role; "" = none.
        columns: columns that a role may read, where it may not read all.
        appended: roles that may append rows of their own province.
    """

    rows: str | None
    rights: Mapping[Role, str]
    columns: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    appended: tuple[Role, ...] = ()


_OWN = f"province_code = {_PROVINCE}"
_BATCH = f"batch_id IN (SELECT b.batch_id FROM batches b WHERE b.province_code = {_PROVINCE})"
_FILE = (
    "file_id IN (SELECT f.file_id FROM batch_files f JOIN batches b USING (batch_id) "
    f"WHERE b.province_code = {_PROVINCE})"
)
_SCOPE = f"scope = {_PROVINCE}"
_NOBODY = "false"


def _owner(table: str, key: str, column: str) -> str:
    return f"EXISTS (SELECT FROM {table} own WHERE own.{key} = {{table}}.{column} AND own.province_code = {_PROVINCE})"


def _row(outcome: str) -> str:
    """Two conditions, because each kind of outcome has an index of its own."""
    return (
        "EXISTS (SELECT FROM row_outcomes o JOIN batches b USING (batch_id) "
        f"WHERE o.record_id = {{table}}.record_id AND o.outcome {outcome} AND b.province_code = {_PROVINCE})"
    )


_RECORD = _owner("records", "record_id", "record_id")
_PERSON = _owner("golden_persons", "person_id", "person_id")
_PAIR = " AND ".join(_owner("records", "record_id", side) for side in ("left_record_id", "right_record_id"))
_CHANGED = f"{_PERSON} AND {_owner('golden_persons', 'person_id', 'from_person_id')}"
_FORMER = (
    "EXISTS (SELECT FROM person_redirects f JOIN golden_persons own USING (person_id) "
    f"WHERE f.retired_person_id = {{table}}.person_id AND own.province_code = {_PROVINCE})"
)
_WAITING = _row("<> 'rejected'")
_SUBJECT = (
    f"kind = 'batch_undo' AND subject_id IN (SELECT b.batch_id FROM batches b WHERE b.province_code = {_PROVINCE}) "
    f"OR kind = 'person_unmerge' AND {_owner('golden_persons', 'person_id', 'subject_id')}"
)
_FOUND = f"{_WAITING} OR {_row('= ' + repr('rejected'))}"


def _access(
    rows: str | None, load: str, undo: str = "r", match: str = "", review: str = "", report: str = "", erase: str = "",
    columns: Mapping[Role, tuple[str, ...]] | None = None, appended: tuple[Role, ...] = (),
) -> Access:  # fmt: skip
    rights = {
        Role.LOAD: load, Role.UNDO: undo, Role.MATCH: match, Role.REVIEW: review, Role.REPORT: report,
        Role.ERASE: erase, Role.BACKUP: "r", Role.MASK: "r",
    }  # fmt: skip
    return Access(rows, {role: letters for role, letters in rights.items() if letters}, columns or {}, appended)


_MATCHED = {
    Role.MATCH: (*(c for c in contracts.MATCH_RECORDS.column_names if c != "person_id"), "content_id"),
    Role.REPORT: ("record_id", "province_code"),
}
_PERSONS = {Role.REPORT: ("person_id", "province_code")}
_PLACES = {Role.MATCH: ("record_id", "file_id", "content_id")}

AUDIT = Access(
    None,
    dict.fromkeys((Role.UNDO, Role.MATCH, Role.REVIEW, Role.REPORT, Role.AUDIT, Role.ERASE, Role.ACCOUNTS), "a")
    | {Role.LOAD: "ra", Role.BACKUP: "r"},
)
"""Tables of the audit hold no person's data; whoever works appends to them, only the nation reads, nobody changes."""

# table: whose rows, then what load, undo, match, review, report and erase may.
ACCESS: Mapping[str, Access] = {
    "records": _access(_OWN, "ra", "rad", "", "r", "", "rwd", _MATCHED),
    "quarantine": _access(_WAITING, "ra", "rawd", "", "r", "", "rwd", _PLACES),
    "check_results": _access(_FOUND, "ra", "rad", "", "r", "r", "rd"),
    "block_keys": _access(_NOBODY, "raD", "rd", "r", "", "", "rd"),
    "recent_block_keys": _access(_NOBODY, "radD", "rad", "r", "", "", "rd"),
    "scored_pairs": _access(_PAIR, "raw", "rawd", "r", "r", "r", "rd"),
    "golden_persons": _access(_OWN, "rawd", "rawd", "", "r", "", "rwd", _PERSONS),
    "value_sources": _access(_PERSON, "rad", "rad", "", "r", "r", "rd"),
    "household_members": _access(_PERSON, "rad", "rad", "", "r", "r", "rd"),
    "golden_households": _access(_OWN, "rawd", "rawd", "", "r", "", "rawd"),
    "row_outcomes": _access(_BATCH, "rad", "rw", "r", "r", "r", "rw"),
    "known_rows": _access(_row("= 'known'"), "ra", "rad", "", "r", "", "rwd"),
    "batches": _access(_OWN, "raw", "rw", "r", "r", "r", "r"),
    "batch_files": _access(_BATCH, "rad", "rw", "r", "r", "r", "r"),
    "file_columns": _access(_FILE, "rad", "rd", "", "r", "r", "rw"),
    "cells": _access(_FOUND, "rawd", "rd", "", "r", "", "rd"),
    "batch_events": _access(_BATCH, "ra", "ra", "", "r", "r", "r"),
    "batch_undos": _access(_BATCH, "r", "ra", "", "r", "r", "rw"),
    "batch_notes": _access(_BATCH, "rad", "r", "", "r", "r"),
    "period_figures": _access(_SCOPE, "ra", "r", "", "", "r", "r"),
    "file_names": _access(_BATCH, "rawd", "r", "", "r", "", "rwd"),
    "corrections": _access(_BATCH, "ra", "rawd", "r", "r", "r", "r"),
    "replaced_records": _access(_BATCH, "ra", "rawd", "r", "r", "r", "rd"),
    "mended_claims": _access(_RECORD, "ra", "rad", "r", "r", "", "r"),
    "memberships": _access(_RECORD, "raw", "rawd", "r", "r", "r", "rd"),
    "membership_history": _access(_OWN, "ra", "ra", "", "r", "", "rd"),
    "person_redirects": _access(_PERSON, "rawd", "rawd", "", "r", "r", "rd"),
    "person_changes": _access(_CHANGED, "ra", "r", "", "r", "", "rw"),
    "gone_persons": _access(_BATCH, "r", "ra", "", "r", "", "r"),
    "proposals": _access(_SUBJECT, "r", "r", "", "ra", "", "rw"),
    "issued_numbers": _access(f"{_PERSON} OR {_FORMER}", "ra", "ra", "", "r", "", "rd"),
    "number_changes": _access(f"{_PERSON} OR {_FORMER}", "ra", "ra", "", "r", "", "rwd"),
    "number_issues": _access(f"{_PERSON} OR {_FORMER}", "raw", "raw", "", "r", "", "rwd"),
    "number_allocations": _access(None, "ra", "ra", "", "r", "r", "r"),
    "number_buckets": _access(None, "raw", "raw", "", "r", "r"),
    "judgements": _access(_PAIR, "ra", "ra", "r", "ra", "", "rwd", appended=(Role.REVIEW,)),
    "cross_judgements": _access(_OWN, "r", "r", "", "ra", "", "rwd", appended=(Role.REVIEW,)),
    "row_judgements": _access(_OWN, "r", "r", "r", "ra", "", "rwd", appended=(Role.REVIEW,)),
    "cell_judgements": _access(_OWN, "r", "r", "r", "ra", "", "rwd", appended=(Role.REVIEW,)),
    "row_samples": _access(_BATCH, "r", "r", "", "ra", "r", "r", appended=(Role.REVIEW,)),
    "row_sample_findings": _access(_BATCH, "r", "r", "", "ra", "r", "r", appended=(Role.REVIEW,)),
    "gate_releases": _access(_BATCH, "r", "r", "", "ra", "r", "rw", appended=(Role.REVIEW,)),
    "reveal_requests": _access(_OWN, "r", "r", "", "ra", "", "rw", appended=(Role.REVIEW,)),
    "reveal_grants": _access(_OWN, "r", "r", "", "ra", "", "r", appended=(Role.REVIEW,)),
    "office_decisions": _access(_OWN, "r", "r", "r", "ra", "", "rw", appended=(Role.REVIEW,)),
    "block_key_scheme": _access(None, "raD", "r", "r"),
    "store_version": _access(None, "rw", "rw", "r", "r", "r", "rw"),
    "holds": _access(_NOBODY, "r", "r", "", "", "", "raw"),
    "erasures": _access(_NOBODY, "r", "r", "", "", "", "rawd"),
    "removed_rows": _access(_FOUND, "r", "r", "r", "r", "r", "ra"),
    "retired_numbers": _access(None, "r", "r", "", "", "", "ra"),
    "taken_indexes": _access(None, "r", ""),
    "accounts": Access(None, {Role.ACCOUNTS: "raw", Role.BACKUP: "r"}),
    "account_sessions": Access(None, {Role.ACCOUNTS: "rawd", Role.BACKUP: "r"}),
    "account_proposals": Access(None, {Role.ACCOUNTS: "raw", Role.BACKUP: "r"}),
    "audit_events": AUDIT,
    "audit_heads": AUDIT,
}
PARTITION = Access(_NOBODY, {Role.BACKUP: "r"})
"""Partitions are reached through the table that they are part of; a dump alone reads each by itself."""
UNDECLARED = _access(_NOBODY, "rawd", "rawd", "r", "ra", "", "rd")
"""A table that nobody declared: no province sees it. A test names it, so that it does not stay so."""
VIEWS: Mapping[str, tuple[Role, ...]] = {"golden_value_sources": (Role.LOAD, Role.REVIEW, Role.BACKUP)}
FUNCTIONS: Mapping[str, tuple[Role, ...]] = {
    "take_indexes(regclass)": (Role.LOAD,),
    "give_indexes(regclass)": (Role.LOAD,),
}


def access_of(table: str) -> Access:
    """The access to a table."""
    return PARTITION if table in every_partition() else ACCESS.get(table, UNDECLARED)
