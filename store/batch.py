"""What a load is given and what it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from schemas import tables as contracts
from store.issuing import IssuingAuthority


@dataclass(frozen=True)
class BatchRow:
    """A delivery. `stop_rule` names the failed expectation of a batch that the gate stopped, else None.

    `recorded_at` is a moment with time zone.
    """

    batch_id: str
    province_code: str
    code_version: str
    model_version: str
    recorded_at: datetime
    province_code_63: str | None = None
    stop_rule: str | None = None


@dataclass(frozen=True)
class BatchTables:
    """The folder tables of a batch; each may lie in several folders (one a file).

    Rows of `records`, `quarantine` and `findings` whose outcome is `known` or `rejected` are left out here.
    """

    records: Sequence[Path] = ()
    block_keys: Sequence[Path] = ()
    clusters: Sequence[Path] = ()
    golden_persons: Sequence[Path] = ()
    value_sources: Sequence[Path] = ()
    household_members: Sequence[Path] = ()
    scored_pairs: Sequence[Path] = ()
    quarantine: Sequence[Path] = ()
    findings: Sequence[Path] = ()
    row_outcomes: Sequence[Path] = ()
    corrections: Sequence[Path] = ()
    replaced_records: Sequence[Path] = ()
    cells: Sequence[Path] = ()


@dataclass(frozen=True)
class LoadBatch:
    """All that one transaction writes.

    Attributes:
        batch: the delivery.
        files: BATCH_FILES. `read` must agree with the rows of row_outcomes; the other sums are counted by the
            store. Of a file with outcome `already_known` all sums are counted from its first delivery.
        tables: the folder tables; of a stopped batch row_outcomes only, each row rejected.
        seen_version: `queries.version` as it was before matching.
        key_scheme: what the blocking keys were made by; None = not looked at.
        issuing: the allocation of personal numbers, or None: none are issued.
        names: sealed path of each file by its alias (`files`.file); the store cannot read it.
        has_turn: the caller holds the turn (`store.turns`), for which all other loads wait.
        columns: FILE_COLUMNS of the files that were read, or None where that is not known.
        notes: texts kept beside the batch by name (the gate's result ...), those of a stopped batch too.
    """

    batch: BatchRow
    files: pa.Table
    tables: BatchTables = field(default_factory=BatchTables)
    seen_version: int = 0
    key_scheme: str | None = None
    issuing: IssuingAuthority | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    has_turn: bool = False
    columns: pa.Table | None = None


@dataclass(frozen=True)
class Sums:
    """Data rows by outcome: read = loaded + merged + known + quarantined + rejected."""

    read: int = 0
    loaded: int = 0
    merged: int = 0
    known: int = 0
    quarantined: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class LoadCounts:
    """What a load did.

    Attributes:
        sums: rows by outcome, counted by the store.
        is_repeated: the batch was in the store already; nothing but an event was written.
        persons_new: persons that the batch brought.
        persons_changed: stored persons whose golden values it changed.
        persons_retired: stored persons that turned out to be another one.
        numbers_issued: personal numbers issued.
        numbers_exhausted: persons without a number because their range is used up.
        buckets_low: provinces, sexes and years of birth of the batch whose range is nearly used up.
        number_issues: claimed numbers that somebody has to look at.
    """

    sums: Sums
    is_repeated: bool = False
    persons_new: int = 0
    persons_changed: int = 0
    persons_retired: int = 0
    numbers_issued: int = 0
    numbers_exhausted: int = 0
    buckets_low: int = 0
    number_issues: int = 0


SUM_COLUMNS: tuple[str, ...] = ("read", *contracts.OUTCOMES)
