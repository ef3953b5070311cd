"""What a batch report is built from: counts, codes and places of one batch, gathered by the pipeline.

No value of a person is among them: rows are named by file, sheet, line and record id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from quality.failing_rows import RowIndex
from quality.field_history import FieldHistory
from quality.gate_history import GateHistory
from schemas.tables import OUTCOMES

if TYPE_CHECKING:
    from quality.validate import ExpectationResult


@dataclass(frozen=True)
class Balance:
    """Data rows by outcome, of a file or a batch; they balance when `difference` is 0."""

    read: int = 0
    loaded: int = 0
    merged: int = 0
    known: int = 0
    quarantined: int = 0
    rejected: int = 0

    @property
    def difference(self) -> int:
        """Rows read less rows with an outcome."""
        return self.read - sum(int(getattr(self, outcome)) for outcome in OUTCOMES)

    @property
    def taken(self) -> int:
        """Rows that this batch brought into the store."""
        return self.loaded + self.merged


@dataclass(frozen=True)
class AuditPlace:
    """An event of the audit: its sequence, its hash, its moment (ISO, UTC)."""

    sequence: int
    hash: str
    moment: str


@dataclass(frozen=True)
class Delivery:
    """The batch itself. `state` is loaded or stopped; `stop_rules` are the failed critical expectations.

    `loaded_by` is a keyed pseudonym of the account, `as_of` the event by which it was loaded or stopped.
    """

    batch_id: str
    province_code: str
    state: str
    code_version: str
    model_version: str
    received_on: date
    recorded_at: datetime
    province_code_63: str | None = None
    stop_rules: tuple[str, ...] = ()
    loaded_by: str = ""
    as_of: AuditPlace | None = None


@dataclass(frozen=True)
class RowPlace:
    """Where a row, or a run of rows to `last`, stands.

    `file` is empty where it is clear which one, `line` None for a whole sheet or file.
    """

    file: str
    sheet: str | None
    line: int | None
    last: int | None = None

    @property
    def rows(self) -> int:
        """How many rows at most it stands for."""
        return 1 if self.line is None or self.last is None else self.last - self.line + 1


@dataclass(frozen=True)
class RuleCount:
    """How many rows (or places of a file) a rule spoke of, the first of them, and in which column of a file.

    `is_column`: most cells of the column share the cause.
    """

    rule_id: str
    severity: str
    rows: int
    places: tuple[RowPlace, ...] = ()
    letter: str = ""
    heading: str = ""
    is_column: bool = False


@dataclass(frozen=True)
class FileFacts:
    """One file of the batch: its outcome and reason, its sums as stored and as counted again, its messages.

    `is_twin`: another file of the same delivery has its content; it was not delivered before.
    """

    path: str
    kind: str
    encoding: str | None
    outcome: str
    reason: str | None
    balance: Balance
    messages: tuple[RuleCount, ...] = ()
    is_twin: bool = False


@dataclass(frozen=True)
class FieldFacts:
    """Of one field: rows by letter of `schemas.field.EmptyReason`, and filled rows that a rule wants reviewed.

    `changed` and `by_hand`: filled rows that a rule, or a person, changed; None where that was not counted.
    """

    field: str
    by_reason: Mapping[str, int]
    in_review: int = 0
    changed: int | None = None
    by_hand: int | None = None


@dataclass(frozen=True)
class ShownRecord:
    """One side of an example pair: its place and the id of the record, 32 hexadecimal digits."""

    place: RowPlace
    record_id: str


@dataclass(frozen=True)
class ShownPair:
    """An example pair: outcome match or review, levels by comparison of `schemas.tables.LEVEL_NAMES`."""

    outcome: str
    with_store: bool
    match_weight: float
    levels: Mapping[str, int]
    left: ShownRecord
    right: ShownRecord


@dataclass(frozen=True)
class WeightCount:
    """Pairs whose match weight lies in [weight, weight + 1), by outcome."""

    weight: int
    outcome: str
    pairs: int


@dataclass(frozen=True)
class RowPairs:
    """Pairs of rows that somebody has to look at: how many, and where the first of them stand."""

    count: int = 0
    places: tuple[tuple[RowPlace, RowPlace], ...] = ()


@dataclass(frozen=True)
class DuplicateFacts:
    """What matching found. Rows merged are counted by outcome of rows, pairs by pair.

    Attributes:
        merged_within: rows joined to a person that the same batch brought.
        merged_with_store: rows joined to a person that the store had before.
        pairs: pairs by (outcome match | review, whether the other record was in the store before).
        weights: the pairs by weight.
        match_weight: least weight of an automatic match.
        review_weight: least weight of a pair that waits for review.
        candidate_pairs: pairs compared; None where the store keeps no note of it.
        large_block_records: records in blocks too large to compare.
        examples: a few pairs, the weakest matches and the strongest reviews.
        same_number: pairs of persons in the store that bear one personal number.
        other_nationality: persons merged from rows of different nationalities.
    """

    merged_within: int = 0
    merged_with_store: int = 0
    pairs: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    weights: tuple[WeightCount, ...] = ()
    match_weight: float | None = None
    review_weight: float | None = None
    candidate_pairs: int | None = None
    large_block_records: int | None = None
    examples: tuple[ShownPair, ...] = ()
    same_number: RowPairs = field(default_factory=RowPairs)
    other_nationality: RowPairs = field(default_factory=RowPairs)


@dataclass(frozen=True)
class GateFacts:
    """The verdict of the gate as it was kept.

    Attributes:
        engine: name and version of what judged.
        persons: golden persons it looked at.
        results: one an expectation.
        limits: the bounds it judged by, by id: (low, high).
        released: the failed ones that somebody let the batch in with.
    """

    engine: str
    persons: int
    results: tuple[ExpectationResult, ...]
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    released: tuple[GateRelease, ...] = ()


@dataclass(frozen=True)
class GateRelease:
    """A failed expectation that a named person let a batch in with: who as a keyed pseudonym, when (ISO 8601)."""

    rule_id: str
    unexpected: int
    author: str
    recorded_at: str


@dataclass(frozen=True)
class PersonCount:
    """Persons of the batch by year of birth, sex code and whether their death is recorded; None = unknown."""

    birth_year: int | None
    sex_code: str | None
    is_dead: bool
    persons: int


@dataclass(frozen=True)
class CodeCount:
    """Persons of the batch by a code of a sensitive field; `code` None = no code known."""

    field: str
    code_list: str
    code: str | None
    persons: int


@dataclass(frozen=True)
class HouseholdCount:
    """Households of the batch by living members and living heads."""

    members: int
    heads: int
    households: int


@dataclass(frozen=True)
class WaitingRows:
    """Known rows that were kept out in an earlier batch and still wait for their correction."""

    batch_id: str
    rows: int


@dataclass(frozen=True)
class GroupRows:
    """Rows of a group of people that were decided about: kept out, or come in, merged or with something to look at.

    Attributes:
        dimension: sex, ethnic_group or birth_decade.
        code: code or first year of the decade; None = the row does not say, OTHERS of `quality.groups` = small ones.
        code_list: list of the code, for ethnic groups.
        rows: all of them.
        kept_out: that wait in quarantine.
        in_review: that came in with a finding of severity review.
        merged: that came to a person who was there.
    """

    dimension: str
    code: str | None
    code_list: str | None
    rows: int
    kept_out: int
    in_review: int
    merged: int


@dataclass(frozen=True)
class CellCount:
    """Cells of scans of one field, whose confidence lies in a band (0 to 9, tenths).

    cells = `accepted` by the machine alone + `waiting` for a person + read by one: `confirmed` as a recogniser had it,
    or `corrected`.
    """

    field: str
    band: int
    cells: int
    accepted: int
    waiting: int
    confirmed: int
    corrected: int


@dataclass(frozen=True)
class ReportFacts:
    """All that `quality.report.build_report` is given. Empty parts mean that nothing was loaded or kept."""

    delivery: Delivery
    balance: Balance
    recount: Balance
    files: tuple[FileFacts, ...] = ()
    fields: tuple[FieldFacts, ...] = ()
    identifiers: Mapping[str, int] = field(default_factory=dict)
    duplicates: DuplicateFacts = field(default_factory=DuplicateFacts)
    quarantine: tuple[RuleCount, ...] = ()
    gate: GateFacts | None = None
    people: tuple[PersonCount, ...] = ()
    codes: tuple[CodeCount, ...] = ()
    households: tuple[HouseholdCount, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[WaitingRows, ...] = ()
    failing: RowIndex | None = None
    history: FieldHistory = field(default_factory=FieldHistory)
    cells: tuple[CellCount, ...] = ()
    groups: tuple[GroupRows, ...] = ()
    gate_history: GateHistory = field(default_factory=GateHistory)
