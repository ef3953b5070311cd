"""The SQL tables, derived from `schemas.tables`; migrations make them, a test compares the two.

Ids are 32 hexadecimal digits outside and the type uuid inside: measured against text, COPY of block keys takes
20 % less time, their table 21 % less room. Column and table names are those of the contracts.

Big tables have only the indexes that queries need and no foreign keys: a check of each of ten million rows costs
more than counting them once at commit (`store.sums`) and all of them on demand (`store.invariants`).
"""

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from schemas import tables as contracts
from schemas.cells import CELLS as CELL_CONTRACT
from schemas.decisions import KINDS
from store import account_tables, cross_pair_tables, gate_tables, partitions, period_tables, reveal_tables
from store.table_parts import ID_COLUMNS, METADATA
from store.table_parts import id_column as _id
from store.table_parts import moment as _now
from store.table_parts import number as _number
from store.table_parts import one_of as _one_of
from store.table_parts import table as _table

__all__ = ["ACCOUNTS", "ENTERED", "ID_COLUMNS", "METADATA", "cross_pair_tables", "gate_tables", "period_tables",
           "reveal_tables"]  # fmt: skip

ACCOUNTS = account_tables.ACCOUNTS
_SUMS_AGREE = "read = loaded + merged + known + quarantined + rejected"
_NOT_NEGATIVE = "least(read, loaded, merged, known, quarantined, rejected) >= 0"

NUMBER_REASONS = ("sex", "birth", "record", "contested", "merged", "parted", "returned", "withdrawn")
NUMBER_ISSUE_KINDS = ("two_persons", "of_issued", "sex", "birth", "province")

ENTERED = (
    "outcome IN ('accepted', 'accepted_with_warnings', 'rows_rejected') OR outcome = 'already_known' AND reason IS NULL"
)
"""Files of batch_files whose rows have their outcomes in the store.

A known file names the batch that brought it as its reason; one that only says what others said before has none.
"""


RECORDS = _table(contracts.RECORDS, key=())
RECORDS.dialect_options["postgresql"]["partition_by"] = f"LIST ({partitions.COLUMN})"
for _statement in (*partitions.made(RECORDS.name), *partitions.indexed(RECORDS.name)):
    sa.event.listen(RECORDS, "after_create", sa.DDL(_statement))  # type: ignore[no-untyped-call]
QUARANTINE = _table(contracts.QUARANTINE, sa.Index(None, "content_id"), sa.Index(None, "file_id"))
CHECK_RESULTS = _table(contracts.CHECK_RESULTS, sa.Index(None, "record_id"), key=())
# With the record in the index a lookup reads no row: in a large store each would lie on a page of its own.
BLOCK_KEYS = _table(
    contracts.BLOCK_KEYS, sa.Index("block_keys_key_idx", "key", postgresql_include=["record_id"]), key=()
)
RECENT_BLOCK_KEYS = _table(
    replace(contracts.BLOCK_KEYS, name="recent_block_keys"),
    sa.Index("recent_block_keys_key_idx", "key", postgresql_include=["record_id"]), key=(),
)  # fmt: skip
"""Those of the last batches, until there are so many that `store.keys` moves them to the others."""
SCORED_PAIRS = _table(
    contracts.SCORED_PAIRS,
    sa.Index(None, "right_record_id"),
    sa.Index("scored_pairs_review_idx", "left_record_id", postgresql_where=sa.text("outcome = 'review'")),
)
GOLDEN_PERSONS = _table(
    contracts.GOLDEN_PERSONS,
    sa.Index(
        "golden_persons_personal_number_idx", "personal_number", postgresql_where=sa.text("personal_number IS NOT NULL")
    ),
    sa.Index(
        "golden_persons_household_key_idx", "household_key", postgresql_where=sa.text("household_key IS NOT NULL")
    ),
)
VALUE_SOURCES = _table(contracts.VALUE_SOURCES)
HOUSEHOLD_MEMBERS = _table(
    contracts.HOUSEHOLD_MEMBERS,
    _now(),
    sa.Index(None, "household_key"),
    _one_of("from_reason", ("entered", "birth", "moved_in")),
    _one_of("to_reason", ("moved_out", "death", "missing", "unclear")),
    # Nobody lives in two households at once.
    sa.Index("household_members_open_idx", "person_id", unique=True, postgresql_where=sa.text("to_reason IS NULL")),
)
GOLDEN_HOUSEHOLDS = _table(
    contracts.GOLDEN_HOUSEHOLDS,
    _one_of("head_rule_id", contracts.HEAD_RULES),
    sa.CheckConstraint("head_person_id IS NULL OR head_rule_id IS NULL", name="head"),
    sa.CheckConstraint(
        "(member_count > 0) = (head_person_id IS NOT NULL OR head_rule_id IS NOT NULL)", name="one_head"
    ),
)
ROW_OUTCOMES = _table(
    contracts.ROW_OUTCOMES,
    # One outcome a row for ever; only rows of a refused file may be delivered, and refused, again.
    sa.Index("row_outcomes_record_id_idx", "record_id", unique=True, postgresql_where=sa.text("outcome <> 'rejected'")),
    sa.Index(
        "row_outcomes_rejected_idx", "record_id", "batch_id", unique=True,
        postgresql_where=sa.text("outcome = 'rejected'"),
    ),
    sa.Index(None, "file_id"),
    # Which rows a batch that is undone made known.
    sa.Index("row_outcomes_known_idx", "known_record_id", postgresql_where=sa.text("known_record_id IS NOT NULL")),
    _one_of("outcome", contracts.OUTCOMES),
    sa.CheckConstraint("(outcome IN ('loaded', 'merged')) = (person_id IS NOT NULL)", name="person"),
    sa.CheckConstraint("(outcome IN ('quarantined', 'rejected')) = (rule_id IS NOT NULL)", name="rule"),
    sa.CheckConstraint("(outcome = 'known') = (known_record_id IS NOT NULL)", name="known"),
    key=(),
)  # fmt: skip
BATCHES = _table(
    contracts.BATCHES,
    _one_of("state", ("loaded", "stopped", "undone")),
    sa.CheckConstraint(_SUMS_AGREE, name="sums"),
    sa.CheckConstraint(_NOT_NEGATIVE, name="not_negative"),
    sa.CheckConstraint("(state = 'stopped') = (stop_rule IS NOT NULL)", name="stop_rule"),
)
BATCH_FILES = _table(
    contracts.BATCH_FILES,
    _one_of("outcome", contracts.FILE_OUTCOMES),
    sa.CheckConstraint(_SUMS_AGREE, name="sums"),
    sa.CheckConstraint(_NOT_NEGATIVE, name="not_negative"),
    sa.CheckConstraint("outcome <> 'already_known' OR read = known", name="known"),
    sa.CheckConstraint("outcome <> 'file_rejected' OR read = rejected", name="rejected"),
    # A file's rows enter the store once.
    sa.Index("batch_files_file_id_idx", "file_id", unique=True, postgresql_where=sa.text(ENTERED)),
)  # fmt: skip

FILE_COLUMNS = _table(contracts.FILE_COLUMNS, sa.Index(None, "file_id"), key=())
"""Of files whose rows have their outcomes in the store; those loaded before this was kept have none."""

CELLS = _table(
    CELL_CONTRACT, _one_of("kind", ("cell", "header")),
    sa.CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
)  # fmt: skip
"""Of rows of scans that are loaded or wait; crops only of rows that wait."""

CORRECTIONS = _table(contracts.CORRECTIONS, sa.Index(None, "corrected_record_id"))
"""Which row kept out was mended by which later one; append-only, but for the undoing of a batch."""

REPLACED_RECORDS = _table(contracts.REPLACED_RECORDS, sa.Index(None, "record_id"))
"""Which stored record a mended one stands in for; append-only, but for the undoing of a batch."""

MENDED_CLAIMS = sa.Table(
    "mended_claims", METADATA, _id("record_id", key=True), _id("named_record_id"), sa.Index(None, "named_record_id")
)
"""The row that the returned file of a replacing record names; through it the record found the one it replaces."""

KNOWN_ROWS = _table(contracts.KNOWN_ROWS)

MEMBERSHIPS = sa.Table(
    "memberships", METADATA, _id("record_id", key=True), _id("person_id"),
    sa.Column("province_code", sa.Text(), nullable=False), sa.Index(None, "person_id"),
)  # fmt: skip
"""Which person each stored record belongs to, and in which partition of the records it lies."""

PERSON_REDIRECTS = sa.Table(
    "person_redirects", METADATA, _id("retired_person_id", key=True), _id("person_id"),
    _id("batch_id", nullable=True), _now(), sa.Index(None, "person_id"),
    sa.CheckConstraint("retired_person_id <> person_id", name="elsewhere"),
)  # fmt: skip
"""Persons that turned out to be another one, by a batch or by a decision: no id ever given out leads nowhere."""

MEMBERSHIP_HISTORY = sa.Table(
    "membership_history", METADATA, _number(), _id("record_id"), _id("person_id", nullable=True),
    *(sa.Column(n, sa.Text(), nullable=False) for n in ("province_code", "cause")), _id("batch_id", nullable=True),
    *(sa.Column(f"recorded_{end}", sa.DateTime(timezone=True), nullable=False) for end in ("from", "to")),
    sa.Index(None, "record_id"), sa.Index(None, "person_id"), _one_of("cause", ("load", "parted", "joined", "undo")),
    sa.CheckConstraint("recorded_from <= recorded_to", name="period"),
)  # fmt: skip
"""Whose a record was (null: not in the store), from when until when, and what ended that; append-only."""

PERSON_CHANGES = sa.Table(
    "person_changes", METADATA, _number(), sa.Column("kind", sa.Text(), nullable=False),
    _id("from_person_id"), _id("person_id"), sa.Column("record_ids", ARRAY(UUID(as_uuid=False)), nullable=False),
    sa.Column("author", sa.Text(), nullable=False), sa.Column("reason", sa.Text(), nullable=False), _now(),
    sa.Index(None, "from_person_id"), sa.Index(None, "person_id"), _one_of("kind", ("parted", "joined")),
    sa.CheckConstraint("from_person_id <> person_id", name="elsewhere"),
)  # fmt: skip
"""Records that somebody moved from one person to another; append-only, undoing one is another row."""

BATCH_EVENTS = sa.Table(
    "batch_events", METADATA, _number(), _id("batch_id"),
    sa.Column("event", sa.Text(), nullable=False), sa.Column("code_version", sa.Text(), nullable=False), _now(),
    sa.Index(None, "batch_id"), _one_of("event", ("loaded", "repeated", "stopped", "undone")),
)  # fmt: skip
"""What happened to each batch; append-only."""

BATCH_UNDOS = sa.Table(
    "batch_undos", METADATA, _number(), _id("batch_id"), sa.Column("proposal", sa.BigInteger()),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("plan", "author", "reason", "counts")), _now(),
    sa.Index(None, "batch_id"),
)  # fmt: skip
"""Batches that were undone: by whom, why, what it came to (counts as JSON), by which proposal; append-only."""

GONE_PERSONS = sa.Table(
    "gone_persons", METADATA, _number(), _id("person_id"), _id("batch_id"), _now(), sa.Index(None, "person_id"),
)  # fmt: skip
"""Persons of whom nothing was left when a batch was undone; they may come back with their records; append-only."""

PROPOSALS = sa.Table(
    "proposals", METADATA, _number(), sa.Column("kind", sa.Text(), nullable=False), _id("subject_id"),
    sa.Column("record_ids", ARRAY(UUID(as_uuid=False)), nullable=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("plan", "author", "reason")), _now(),
    sa.Index(None, "subject_id"), _one_of("kind", ("batch_undo", "person_unmerge")),
)  # fmt: skip
"""What one person proposed and another has to approve, bound to the content by `plan`; append-only."""

_AUDIT_PATTERNS: Mapping[str, str] = {
    "actor": "^[A-Za-z0-9._@+-]{1,64}$", "role": "^[A-Za-z0-9._@+-]{1,64}$", "action": "^[a-z_]+[.][a-z_]+$",
    "outcome": "^(done|refused)$", "object_kind": "^[a-z_]*$", "object": "^([0-9a-f]{32})?$",
    "other_object": "^([0-9a-f]{32})?$", "province_code": "^([0-9]{2})?$", "reason": "^[a-z0-9_.]*$",
    "said": "^([0-9a-f]{32})?$", "before": "^([0-9a-f]{32})?$", "after": "^([0-9a-f]{32})?$",
    "request_id": "^[0-9a-f]{32}$",
}  # fmt: skip

AUDIT_EVENTS = sa.Table(
    "audit_events", METADATA,
    sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in _AUDIT_PATTERNS),
    sa.Column("hash", sa.LargeBinary(), nullable=False),
    *(sa.CheckConstraint(f"{name} ~ '{pattern}'", name=name) for name, pattern in _AUDIT_PATTERNS.items()),
)  # fmt: skip
"""What was done, and refused, by whom and when (`store.audit`): append-only, each row chained to the one before by a
trigger. The patterns leave no room for a text that somebody typed."""

AUDIT_HEADS = sa.Table(
    "audit_heads", METADATA, _number(), sa.Column("sequence", sa.BigInteger(), nullable=False),
    sa.Column("hash", sa.LargeBinary(), nullable=False), sa.Column("content", sa.Text(), nullable=False),
    sa.Column("signature", sa.LargeBinary(), nullable=False),
)  # fmt: skip
"""Signed heads of the audit, as they were written; append-only. Copies of them are kept elsewhere."""

BATCH_NOTES = sa.Table(
    "batch_notes", METADATA, _id("batch_id", key=True), sa.Column("note", sa.Text(), primary_key=True),
    sa.Column("content", sa.Text(), nullable=False),
)  # fmt: skip
"""What no other table tells of a batch and its report needs: counts and codes as JSON, never a value of a person."""

FILE_NAMES = sa.Table(
    "file_names", METADATA, _id("batch_id", key=True), sa.Column("file", sa.Text(), primary_key=True),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Column("is_sealed", sa.Boolean(), nullable=False, server_default=sa.text("true")),
)  # fmt: skip
"""The path each file was given under, sealed with a key that the store does not hold."""

ISSUED_NUMBERS = sa.Table(
    "issued_numbers", METADATA, sa.Column("personal_number", sa.Text(), primary_key=True), _id("person_id"),
    _id("batch_id", nullable=True), sa.Column("is_test", sa.Boolean(), nullable=False), _now(),
    _id("record_id", nullable=True),
    sa.Index(None, "person_id"), sa.Index(None, "record_id"),
    sa.CheckConstraint("personal_number ~ '^[0-9]{12}$'", name="digits"),
)  # fmt: skip
"""Every personal number ever issued here; append-only, so that none is used twice.

It belongs to whoever its record belongs to; `person_id` is who that was then.
"""

NUMBER_CHANGES = sa.Table(
    "number_changes", METADATA, _number(), _id("person_id"), sa.Column("old_number", sa.Text()),
    sa.Column("new_number", sa.Text()), sa.Column("reason", sa.Text(), nullable=False), _id("batch_id", nullable=True),
    sa.Column("author", sa.Text()), sa.Column("note", sa.Text()), _now(),
    sa.Index(None, "person_id"), sa.Index(None, "old_number"), sa.Index(None, "new_number"),
    _one_of("reason", NUMBER_REASONS),
    sa.CheckConstraint("num_nonnulls(old_number, new_number) > 0", name="something"),
)  # fmt: skip
"""Which number a person bore before, which one since, and why; append-only. The first number of a person is no row."""

NUMBER_ISSUES = sa.Table(
    "number_issues", METADATA, _number(), _id("person_id"), sa.Column("personal_number", sa.Text(), nullable=False),
    sa.Column("issue", sa.Text(), nullable=False), _id("batch_id", nullable=True), _now(),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Index(
        "number_issues_open_idx", "person_id", "personal_number", "issue", unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    sa.Index("number_issues_number_idx", "personal_number", postgresql_where=sa.text("closed_at IS NULL")),
    _one_of("issue", NUMBER_ISSUE_KINDS),
)  # fmt: skip
"""Numbers that ledgers claim and somebody has to look at; the person bears none of them meanwhile, but for `province`.

Closed by the store when it is no longer so.
"""

NUMBER_ALLOCATIONS = sa.Table(
    "number_allocations", METADATA, _number(), sa.Column("range_from", sa.Integer(), nullable=False),
    sa.Column("range_to", sa.Integer(), nullable=False), sa.Column("is_test", sa.Boolean(), nullable=False),
    sa.Column("key_mark", sa.Text(), nullable=False), _now(),
    sa.CheckConstraint("0 <= range_from AND range_from <= range_to AND range_to < 1000000", name="range"),
)  # fmt: skip
"""Ranges that numbers were issued from, with the mark of the key; append-only, the last one is in use."""

NUMBER_BUCKETS = sa.Table(
    "number_buckets", METADATA, sa.Column("bucket", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("month", sa.Date(), primary_key=True), sa.Column("issued", sa.Integer(), nullable=False),
    sa.CheckConstraint("issued > 0", name="issued"),
)  # fmt: skip
"""How many numbers were issued of each province, sex and year of birth (the first six digits) in each month, UTC."""

JUDGEMENTS = sa.Table(
    "judgements", METADATA, _number(), _id("left_record_id"), _id("right_record_id"),
    sa.Column("decision", sa.Text(), nullable=False), sa.Column("author", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False), _now(),
    sa.Index(None, "left_record_id", "right_record_id"), sa.Index(None, "right_record_id"),
    _one_of("decision", ("same", "different", "undone")),
    sa.CheckConstraint("left_record_id < right_record_id", name="ordered"),
)  # fmt: skip
"""Clerical decisions about pairs; append-only, the last one of a pair counts."""

ROW_JUDGEMENTS = sa.Table(
    "row_judgements", METADATA, _number(), sa.Column("province_code", sa.Text(), nullable=False), _id("content_id"),
    sa.Column("rule_ids", ARRAY(sa.Text()), nullable=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("decision", "author", "reason")), _now(),
    sa.Index(None, "province_code", "content_id"), _one_of("decision", ("accept", "reject", "undone")),
)  # fmt: skip
"""Decisions about rows in quarantine, by what they say; append-only, the last one of a row counts."""

CELL_JUDGEMENTS = sa.Table(
    "cell_judgements", METADATA, _number(), sa.Column("province_code", sa.Text(), nullable=False),
    _id("record_id"), _id("file_id"), *(sa.Column(name, sa.Integer(), nullable=False) for name in ("page", "line")),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("raw_column", "decision", "text", "author", "reason")),
    _now(), sa.Index(None, "file_id"), sa.Index(None, "record_id"),
    _one_of("decision", ("reads", "illegible", "undone")),
)  # fmt: skip
"""What persons read in cells of scans; append-only."""

ROW_SAMPLES = sa.Table(
    "row_samples", METADATA, _number(), _id("batch_id"),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("seed", "strata", "digest", "author")),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("rows", "drawn")), _now(),
    sa.Index(None, "batch_id"), _one_of("strata", ("outcome", "file", "none")),
)  # fmt: skip
"""Random samples of the rows of a batch, as they were drawn; append-only, so that nobody draws until he likes one."""

ROW_SAMPLE_FINDINGS = sa.Table(
    "row_sample_findings", METADATA, _number(), sa.Column("sample", sa.BigInteger(), nullable=False), _id("batch_id"),
    sa.Column("stratum", sa.Text(), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("rows", "drawn", "right", "wrong", "unclear")),
    sa.Column("author", sa.Text(), nullable=False), _now(), sa.Index(None, "batch_id"),
    sa.CheckConstraint('drawn = "right" + wrong + unclear', name="sum"),
)  # fmt: skip
"""What was found of a sample, stratum by stratum; append-only, the last one of a stratum counts."""

OFFICE_DECISIONS = sa.Table(
    "office_decisions", METADATA, _number(),
    *(sa.Column(name, sa.Text(), nullable=False) for name in (
        "province_code", "office", "kind", "match", "value", "author", "reason")),
    sa.Column("is_withdrawn", sa.Boolean(), nullable=False), _now(),
    sa.Index(None, "province_code", "office", "kind", "match"), _one_of("kind", KINDS),
)  # fmt: skip
"""What was decided about the ledgers of an office; append-only, the last decision of a match counts."""

BLOCK_KEY_SCHEME = sa.Table(
    "block_key_scheme", METADATA, sa.Column("only_row", sa.Boolean(), primary_key=True, server_default=sa.text("true")),
    sa.Column("scheme", sa.Text(), nullable=False), sa.CheckConstraint("only_row", name="single"),
)  # fmt: skip
"""What the blocking keys of the stored records were made by."""

TAKEN_INDEXES = sa.Table(
    "taken_indexes", METADATA, _number(), sa.Column("of_table", sa.BigInteger(), nullable=False),
    sa.Column("definition", sa.Text(), nullable=False),
)  # fmt: skip
"""Indexes that a load took off a table and gives back before it commits; empty for everybody else."""

STORE_VERSION = sa.Table(
    "store_version", METADATA, sa.Column("only_row", sa.Boolean(), primary_key=True, server_default=sa.text("true")),
    sa.Column("version", sa.BigInteger(), nullable=False), _now("history_since"),
    sa.CheckConstraint("only_row", name="single"),
)  # fmt: skip
"""How many batches were committed: what matching saw is still true while it stands; since when it keeps history."""

HOLDS = sa.Table(
    "holds", METADATA, _number(), sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("is_lifted", sa.Boolean(), nullable=False), sa.Column("author", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False), _now(), sa.Index(None, "subject"),
)  # fmt: skip
"""Batches and persons that may not be removed or erased; append-only, the last row of a subject counts."""

ERASURES = sa.Table(
    "erasures", METADATA, _number(), _id("person_id"), sa.Column("state", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False), sa.Column("proposed_by", sa.Text(), nullable=False),
    sa.Column("approved_by", sa.Text()), sa.Column("record_ids", ARRAY(UUID(as_uuid=False))),
    sa.Column("proof", sa.Text()), _now(), sa.Column("done_at", sa.DateTime(timezone=True)),
    sa.Index("erasures_open_idx", "person_id", unique=True, postgresql_where=sa.text("state <> 'done'")),
    _one_of("state", ("proposed", "approved", "done")),
    sa.CheckConstraint("state = 'proposed' OR approved_by IS NOT NULL AND approved_by <> proposed_by",
                       name="two_persons"),
    sa.CheckConstraint("(state = 'done') = (record_ids IS NULL)", name="forgotten"),
)  # fmt: skip
"""Erasures of persons: who asked, who approved, and until it is done which records."""

REMOVED_ROWS = sa.Table(
    "removed_rows", METADATA, _id("record_id", key=True), sa.Column("rule", sa.Text(), nullable=False), _now(),
    _one_of("rule", ("erasure", "quarantine")),
)  # fmt: skip
"""Rows whose outcome stays and whose values are gone, by which rule; append-only."""

RETIRED_NUMBERS = sa.Table("retired_numbers", METADATA, sa.Column("digest", sa.Text(), primary_key=True))
"""Issued numbers of erased persons, as digests under the key of numbers, so that none is issued again; append-only."""
