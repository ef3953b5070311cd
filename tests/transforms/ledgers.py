"""Synthetic ledger rows for the tests of this room: whole source records, of which a test names what it is about."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pyarrow as pa

from schemas.contract import empty
from schemas.lineage import hash_text
from schemas.outcome import Outcome
from schemas.tables import CHECK_RESULTS, SOURCE_RECORDS
from transforms.standardise import StandardiseOptions, profile_batch, standardise_records

FILE = hash_text("ledger")
RECEIVED = date(2024, 5, 1)
OPTIONS = StandardiseOptions("38", RECEIVED)
SOUND: Mapping[str, str | None] = {
    "full_name_raw": "Lê Thị Hoa",
    "birth_date_raw": "05/03/1960",
    "sex_raw": "Nữ",
    "ethnic_group_raw": "Kinh",
    "permanent_residence_raw": "Thôn 3, xã Hà Long, huyện Hà Trung, tỉnh Thanh Hóa",
    "household_id_raw": "12",
    "relation_raw": "Chủ hộ",
}
Row = Mapping[str, str | int | None]


def source(rows: Sequence[Row], *, file_id: str = FILE, sound: bool = True) -> pa.Table:
    """SOURCE_RECORDS: one of each row; sound people unless the row says otherwise, lines count up from 2."""
    given = [
        {"record_id": hash_text(f"{file_id}{i}"), "file_id": file_id, "file": "so.csv", "line": i + 2}
        | (dict(SOUND) if sound else {})
        | dict(row)
        for i, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(given, schema=SOURCE_RECORDS.schema)


def standardise(table: pa.Table, *, options: StandardiseOptions = OPTIONS, findings: pa.Table | None = None) -> Outcome:
    """Profile a table and standardise it in one chunk."""
    return standardise_records(table, profile_batch([table]), findings or empty(CHECK_RESULTS), options=options)


def fired(outcome: Outcome) -> set[str]:
    """Ids of the rules that fired."""
    return set(outcome.findings.column("rule_id").to_pylist())


def parts(table: pa.Table, ends: Iterable[int]) -> list[pa.Table]:
    """The table cut before those rows, empty parts left out."""
    cuts = sorted({0, table.num_rows, *(e for e in ends if 0 < e < table.num_rows)})
    return [table.slice(a, b - a) for a, b in itertools.pairwise(cuts)]
