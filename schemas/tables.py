"""Every table that passes between steps, built from FIELDS.

source_records -> records + quarantine + check_results -> candidate_pairs -> scored_pairs -> clusters ->
golden_persons + value_sources + household_members -> golden_households; row_outcomes, batches and batch_files
account for the rows.
Record ids, person ids and batch ids are 32 lower-case hexadecimal digits (128 bits).
"""

import pyarrow as pa

from schemas.cells import CELLS
from schemas.field import Column, Field, TableSpec
from schemas.fields import ALL_FIELDS, CONTEXT_RAW_COLUMNS

_S, _I64, _I32, _I16, _I8, _B, _F = (
    pa.string(), pa.int64(), pa.int32(), pa.int16(), pa.int8(), pa.bool_(), pa.float64(),
)  # fmt: skip
_TIME = pa.timestamp("us", tz="UTC")

PART_ROWS = 65_536
"""Most rows of one part of a folder table: what a step sees at a time."""


def _need(name: str, kind: pa.DataType = _S, description: str = "") -> Column:
    return Column(name, kind, nullable=False, description=description)


def _columns_of(fields: tuple[Field, ...]) -> tuple[Column, ...]:
    return tuple(c for f in fields for c in f.columns)


RAW_COLUMNS: tuple[str, ...] = tuple(r for f in ALL_FIELDS for r in f.raw_columns) + CONTEXT_RAW_COLUMNS
VALUE_COLUMNS: tuple[Column, ...] = _columns_of(ALL_FIELDS)
HOW_IT_WAS_READ: tuple[str, ...] = ("_raw", "_method", "_confidence", "_code_now")
"""Ends of the names of value columns that are no part of what a row says: its spelling, and how it was understood."""

_PLACE_IN_FILE = (
    _need("file_id", description="first 32 hexadecimal digits of the SHA-256 of the file"),
    _need("file", description="alias of the file; its name may be that of a person"),
    Column("sheet", _S, description="name of the worksheet; null for delimited files"),
    Column("page", _I32, description="page of a scan, from 1; null otherwise"),
    _need("line", _I32, "line as the clerk counts it: the row number Excel or an editor shows, from 1"),
)

SOURCE_RECORDS = TableSpec(
    "source_records",
    (_need("record_id"), *_PLACE_IN_FILE, *(Column(r, _S, description="text as read") for r in RAW_COLUMNS)),
    ("record_id",),
    "One data row of a ledger as read: all text, with its place.",
)

PROFILE = TableSpec(
    "profile",
    (
        _need("file_id"),
        _need("column", description="raw column, or '*' for the file"),
        _need("measure", description="rows | filled | distinct | date_order | ditto | spike ..."),
        Column("value", _S, description="the measure's decision or figure as text"),
        Column("count", _I64),
    ),
    ("file_id", "column", "measure"),
    "What has to be known of all rows of a file before its rows are standardised.",
)

RECORDS = TableSpec(
    "records",
    (
        _need("record_id"),
        _need("file_id"),
        _need("line", _I32),
        _need("content_id", description="hash of the standardised values: what the row says"),
        _need("province_code", description="province of the delivery, code of the 34"),
        *VALUE_COLUMNS,
        Column("entry_date", pa.date32(), description="when the line was entered in the ledger"),
        _need("empty_reasons", description="17 letters, one a field: schemas.field.EmptyReason"),
        Column("household_key", _S, description="hash of province and household number; null = no household"),
        Column("household_size", _I16, description="records of the household in its file"),
        Column("household_position", _I16, description="place in the roster, head = 1"),
        Column("head_record_id", _S, description="record of the head, if exactly one was found"),
    ),
    ("record_id",),
    "One standardised record about one person at one time.",
)

QUARANTINE = TableSpec(
    "quarantine",
    (
        _need("record_id"),
        *_PLACE_IN_FILE,
        _need("content_id"),
        _need("rule_id", description="the first rule in order of rules.csv that kept the row out"),
        _need("field"),
        Column("raw_value", _S, description="what was read in that field"),
    ),
    ("record_id",),
    "Rows kept out, waiting for someone; all their findings stand in check_results.",
)

CHECK_RESULTS = TableSpec(
    "check_results",
    (
        _need("record_id"),
        _need("rule_id"),
        _need("field"),
        _need("severity", description="block | review | notice"),
    ),
    ("record_id", "rule_id", "field"),
    "Each finding of a rule on a row.",
)

KNOWN_CONTENT = TableSpec(
    "known_content",
    (
        _need("record_id"),
        _need("known_record_id", description="the record that said the same before"),
        _need("known_batch_id"),
    ),
    ("record_id",),
    "Rows of the batch whose content was delivered before.",
)

MATCH_COLUMNS: tuple[Column, ...] = tuple(
    c
    for c in VALUE_COLUMNS
    if c.name
    in {
        "full_name", "surname", "middle_name", "given_name", "birth_year", "birth_month", "birth_day",
        "sex_code", "ethnic_group_code", "native_place_text", "native_place_code", "permanent_residence_text",
        "permanent_residence_code", "father_name", "mother_name", "spouse_name", "household_id", "head_name",
        "relation_code", "personal_number", "old_id_number",
    }
)  # fmt: skip

MATCH_RECORDS = TableSpec(
    "match_records",
    (
        _need("record_id"),
        Column("person_id", _S, description="person of the store it belongs to; of own rows only of mended ones"),
        _need("file_id"),
        _need("line", _I32),
        _need("province_code"),
        Column("household_key", _S),
        *MATCH_COLUMNS,
    ),
    ("record_id",),
    "What matching compares: the batch's records and the stored records that share a blocking key with them.",
)

BLOCK_KEYS = TableSpec(
    "block_keys",
    (
        _need("record_id"),
        _need("key", _I64, "hash of rule and values"),
    ),
    ("record_id", "key"),
    "Blocking keys of records; kept in the store so that a batch finds its candidates by index.",
)

CANDIDATE_PAIRS = TableSpec(
    "candidate_pairs",
    (
        _need("left_record_id"),
        _need("right_record_id"),
        _need("rule", _I8, "the first blocking rule that found it"),
    ),
    ("left_record_id", "right_record_id"),
    "Pairs worth comparing; left_record_id < right_record_id.",
)

LEVEL_NAMES: tuple[str, ...] = (
    "name_level", "birth_level", "sex_level", "number_level", "family_level", "household_level", "place_level",
)  # fmt: skip

SCORED_PAIRS = TableSpec(
    "scored_pairs",
    (
        _need("left_record_id"),
        _need("right_record_id"),
        _need("rule", _I8),
        *(_need(n, _I8, "agreement level of that comparison; 0 = cannot be compared") for n in LEVEL_NAMES),
        _need("match_weight", _F, "log2 of the posterior odds"),
        _need("match_probability", _F),
        _need("outcome", description="match | review | non_match"),
        _need("basis", _I8, "1 = matches by itself, 2 = matches with its households counted; added up"),
    ),
    ("left_record_id", "right_record_id"),
    "Compared pairs that are matches or wait for review. A review with a basis of 2 or 3 is a match that was refused.",
)

LABELLED_PAIRS = TableSpec(
    "labelled_pairs",
    (
        _need("left_record_id"),
        _need("right_record_id"),
        _need("decision", description="same | different"),
    ),
    ("left_record_id", "right_record_id"),
    "Pairs that people decided: one person, or two. What a matching model may learn from.",
)

CLUSTERS = TableSpec(
    "clusters",
    (
        _need("record_id"),
        _need("person_id"),
        Column("stored_person_id", _S, description="person of the store that the cluster joins; null = new"),
        _need("is_stored", _B, "the record was in the store before this batch"),
    ),
    ("record_id",),
    "Which person each record belongs to, for every person that the batch touches.",
)

GOLDEN_PERSONS = TableSpec(
    "golden_persons",
    (
        _need("person_id"),
        _need("province_code", description="of the permanent residence; unknown: of who sent the newest record"),
        _need("main_record_id", description="source of every value that value_sources does not name"),
        _need("record_count", _I32),
        *VALUE_COLUMNS,
        Column("entry_date", pa.date32()),
        _need("empty_reasons"),
        Column("household_key", _S),
        _need("sort_key", description="Vietnamese order by given name, middle name, surname"),
        _need("search_key", description="full name without marks, lower case"),
    ),
    ("person_id",),
    "One row a person: the surviving value of each field.",
)

VALUE_SOURCES = TableSpec(
    "value_sources",
    (
        _need("person_id"),
        _need("field"),
        _need("record_id", description="record whose value survived"),
        _need("method", description="why it survived: only | newest | most_complete | most_frequent"),
    ),
    ("person_id", "field"),
    "Where a golden value came from, for persons with more than one record and fields not from the main record.",
)

HOUSEHOLD_MEMBERS = TableSpec(
    "household_members",
    (
        _need("person_id"),
        _need("stay", _I16, "number of the person's stay in a household, from 1, in the order of time"),
        _need("household_key"),
        Column("relation_code", _S, description="the last known relation to the head"),
        _need("is_head", _B, "relation 01, or the only one whom the household names as its head"),
        Column("household_position", _I16, description="place in the roster of the last record"),
        Column("from_date", pa.date32(), description="entry date of the first record; null = unknown"),
        _need("from_reason", description="entered | birth | moved_in"),
        Column("to_date", pa.date32(), description="null = still there, or the day is unknown"),
        Column("to_reason", _S, description="moved_out | death | missing | unclear; null = still there"),
        _need("record_id", description="the last record of the stay"),
        _need("from_record_id", description="the first one"),
        Column("to_record_id", _S, description="the record that ended it"),
    ),
    ("person_id", "stay"),
    "Who lived in which household, from when to when, by which records. At most one stay of a person is open.",
)

HEAD_RULES: tuple[str, ...] = (
    "household.two_heads", "household.head_dead", "household.head_missing", "household.head_left", "household.no_head",
)  # fmt: skip
"""Why a household with members has not exactly one head: rules, the first that holds counts."""

GOLDEN_HOUSEHOLDS = TableSpec(
    "golden_households",
    (
        _need("household_key"),
        _need("province_code"),
        Column("household_id", _S, description="number of the household as written in its last record"),
        Column("address_text", _S, description="permanent residence of the head, else of the first member"),
        Column("address_code", _S),
        Column("head_person_id", _S, description="the only living head; null where there is none or more than one"),
        Column("head_rule_id", _S, description="rule that waits for someone: " + " | ".join(HEAD_RULES)),
        _need("member_count", _I32, "members now: neither dead, missing nor gone"),
        _need("dead_count", _I32),
        _need("missing_count", _I32),
        Column("valid_from", pa.date32(), description="first entry of a member; null = unknown"),
        Column("valid_to", pa.date32(), description="last end of a stay, where nobody is left; null = unknown or open"),
    ),
    ("household_key",),
    "Households of the store, counted from their members.",
)

OUTCOMES: tuple[str, ...] = ("loaded", "merged", "known", "quarantined", "rejected")
FILE_OUTCOMES: tuple[str, ...] = (
    "accepted", "accepted_with_warnings", "rows_rejected", "file_rejected", "already_known", "set_aside",
)  # fmt: skip

ROW_OUTCOMES = TableSpec(
    "row_outcomes",
    (
        _need("record_id"),
        _need("batch_id"),
        *_PLACE_IN_FILE,
        _need("outcome", description=" | ".join(OUTCOMES)),
        Column("person_id", _S, description="for loaded and merged"),
        Column("rule_id", _S, description="for quarantined and rejected"),
        Column("known_record_id", _S, description="for known: the record that said it before"),
    ),
    ("record_id",),
    "Exactly one outcome for each data row that was ever read.",
)

CORRECTIONS = TableSpec(
    "corrections",
    (
        _need("record_id", description="row of a returned error file"),
        _need("corrected_record_id", description="the earlier row that it names"),
        _need("batch_id", description="delivery of the returned file"),
    ),
    ("record_id",),
    "Rows kept out that no longer wait, because a mended one came; their outcome in their own batch stays. "
    "Also which earlier row a returned row stands for that is known or waits itself.",
)

REPLACED_RECORDS = TableSpec(
    "replaced_records",
    (
        _need("corrected_record_id", description="stored record that says nothing any more"),
        _need("record_id", description="the mended record in its place, of the same person"),
        _need("batch_id", description="delivery of the mended record"),
    ),
    ("corrected_record_id",),
    "Stored records whose place a mended row of a returned error file took.",
)

_AT_HOME = ("empty_reasons", "household_key", "household_size", "household_position", "head_record_id")

KNOWN_ROWS = TableSpec(
    "known_rows",
    (
        _need("record_id", description="row whose content a record says already"),
        *(c for c in VALUE_COLUMNS if c.name.endswith(HOW_IT_WAS_READ)),
        *(c for c in RECORDS.columns if c.name in _AT_HOME),
    ),
    ("record_id",),
    "What a known row says beside its content, by its spelling and its file: for when what came before it is undone.",
)

BATCH_FILES = TableSpec(
    "batch_files",
    (
        _need("batch_id"),
        _need("file_id"),
        _need("file"),
        _need("kind", description="delimited | spreadsheet | unknown"),
        Column("encoding", _S),
        _need("outcome", description=" | ".join(FILE_OUTCOMES)),
        Column("reason", _S, description="error code of a refused file; batch id of a known one"),
        _need("read", _I64),
        *(_need(o, _I64) for o in OUTCOMES),
    ),
    ("batch_id", "file"),
    "The files of each batch with their sums, counted from row_outcomes; a file sent twice in one batch has two rows.",
)

FILE_COLUMNS = TableSpec(
    "file_columns",
    (
        _need("file_id"),
        Column("sheet", _S, description="name of the worksheet; null for files without sheets"),
        _need("position", _I16, "0-based"),
        _need("letter", description="name of the column in Excel"),
        _need("heading", description="what the heading says; empty where the sheet has none"),
        _need("raw_column", description="the column of source_records that it feeds"),
    ),
    ("file_id", "sheet", "position"),
    "Which column of which file feeds what: with the line of a record it is the cell that a value was read from.",
)

BATCHES = TableSpec(
    "batches",
    (
        _need("batch_id"),
        _need("province_code"),
        Column("province_code_63", _S, description="code of 63 given on delivery, if it was one"),
        _need("state", description="loaded | stopped | undone"),
        Column("stop_rule", _S, description="failed expectation of a stopped batch"),
        _need("code_version"),
        _need("model_version"),
        _need("recorded_at", _TIME),
        _need("read", _I64),
        *(_need(o, _I64) for o in OUTCOMES),
    ),
    ("batch_id",),
    "The deliveries, with their sums, counted from row_outcomes.",
)

TABLES: tuple[TableSpec, ...] = (
    SOURCE_RECORDS, PROFILE, RECORDS, QUARANTINE, CHECK_RESULTS, KNOWN_CONTENT, MATCH_RECORDS, BLOCK_KEYS,
    CANDIDATE_PAIRS, SCORED_PAIRS, CLUSTERS, GOLDEN_PERSONS, VALUE_SOURCES, HOUSEHOLD_MEMBERS, GOLDEN_HOUSEHOLDS,
    ROW_OUTCOMES, CORRECTIONS, REPLACED_RECORDS, KNOWN_ROWS, BATCH_FILES, FILE_COLUMNS, CELLS,
    BATCHES,
)  # fmt: skip
