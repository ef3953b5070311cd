"""The figures of a whole batch that the gate judges: summed chunk by chunk.

A figure that says nothing (a sex ratio of ten people, a share of no rows) is null, and a null breaks no expectation.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.distinct import Doubled
from quality.profiling import whipple_index

_FEW_ROWS = 20
FEW_PERSONS = 200
_YEARS = 2200
WHIPPLE_AGES = (23, 62)
MYERS_AGES = (10, 89)

TALLIED = ("person_id", "personal_number", "sex_code", "birth_day", "birth_month", "birth_year")
"""Columns of GOLDEN_PERSONS that `Tally` reads."""


@dataclass(frozen=True)
class BatchFacts:
    """What the pipeline knows of a batch before it is loaded. Counts of data rows.

    Attributes:
        received_on: day of delivery; no year after it is possible.
        read: data rows of all files, those of refused files as far as they could be counted.
        matched: rows that went to matching, to be loaded or merged.
        known: rows whose content was delivered before.
        quarantined: rows kept out.
        rejected: rows of refused files.
        unsure: rows of scans that wait because a cell could not be read with certainty: no fault of the batch.
    """

    received_on: date
    read: int
    matched: int
    known: int = 0
    quarantined: int = 0
    rejected: int = 0
    unsure: int = 0


@dataclass(frozen=True)
class BatchMetrics:
    """One row for `quality.suite.batch_expectations`; None where the figure would say nothing."""

    rows_unaccounted: float
    quarantined_share: float | None
    rejected_share: float | None
    records_without_person: float
    doubled_person_ids: float
    doubled_number_share: float | None
    male_share: float | None
    new_year_share: float | None
    commonest_birth_year_share: float | None
    whipple_index: float | None


class Tally:
    """Adds up the chunks of GOLDEN_PERSONS; ids and personal numbers are kept as 8 bytes each, many of them on disk."""

    def __init__(self, spill: Path | None = None) -> None:
        """What does not fit in memory lies in the folder `spill` (None = the system's own)."""
        self.persons = 0
        self._ids, self._numbers = Doubled(spill), Doubled(spill)
        self._males = self._females = self._dated = self._new_year = 0
        self._years = np.zeros(_YEARS, np.int64)

    def __enter__(self) -> "Tally":
        """The tally itself; what it has on disk goes with the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the disk back."""
        for each in (self._ids, self._numbers):
            each.__exit__(kind, error, trace)

    def add(self, golden: pa.Table) -> None:
        """Count one chunk."""
        self.persons += golden.num_rows
        self._ids.add(_hashes(golden.column("person_id")))
        self._numbers.add(_hashes(golden.column("personal_number").drop_null()))
        self._males += _sum(pc.equal(golden.column("sex_code"), "1"))
        self._females += _sum(pc.equal(golden.column("sex_code"), "2"))
        day, month = golden.column("birth_day"), golden.column("birth_month")
        self._dated += len(day) - day.null_count
        self._new_year += _sum(pc.and_(pc.equal(day, 1), pc.equal(month, 1)))
        years = golden.column("birth_year").drop_null().to_numpy()
        self._years += np.bincount(np.clip(years, 0, _YEARS - 1), minlength=_YEARS)

    def metrics(self, facts: BatchFacts) -> BatchMetrics:
        """The figures of all chunks counted so far."""
        reachable = facts.read - facts.rejected
        kept_out = max(0, facts.quarantined - facts.unsure)
        year = facts.received_on.year
        born = self._years[: year + 1]
        return BatchMetrics(
            rows_unaccounted=facts.read - facts.matched - facts.known - facts.quarantined - facts.rejected,
            # With nothing to load there is nothing to keep out: each row waits with its own reason.
            quarantined_share=_share(kept_out, reachable, _FEW_ROWS) if facts.matched else None,
            rejected_share=_share(facts.rejected, facts.read, _FEW_ROWS),
            records_without_person=facts.matched if self.persons == 0 else 0,
            doubled_person_ids=self._ids.count(),
            doubled_number_share=_share(self._numbers.count(), self._numbers.size, 1),
            male_share=_share(self._males, self._males + self._females, FEW_PERSONS),
            new_year_share=_share(self._new_year, self._dated, FEW_PERSONS),
            commonest_birth_year_share=_share(int(born.max()), int(born.sum()), FEW_PERSONS),
            whipple_index=whipple_index(born, year - WHIPPLE_AGES[1], year - WHIPPLE_AGES[0], fewest=FEW_PERSONS),
        )


def _hashes(texts: pa.ChunkedArray) -> np.ndarray:
    import pandas as pd  # a third of a second that those who only draw pages need not spend

    return pd.util.hash_array(texts.to_numpy(zero_copy_only=False), categorize=False)


def _sum(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _share(part: int, whole: int, fewest: int) -> float | None:
    """The share, where there are more than a few to take it of."""
    return round(part / whole, 6) if whole >= fewest else None
