"""What a run of the generator is asked for."""

from dataclasses import dataclass
from typing import Literal

Layout = Literal["csv", "xlsx", "tcvn3"]
LAYOUT_NAMES: tuple[Layout, ...] = ("csv", "xlsx", "tcvn3")

BLOCK_PEOPLE = 32_768
"""People drawn at a time: the unit of the random streams, so that the result never depends on how output is cut."""

LAST_ENTRY_YEAR = 2021
"""Paper books were no longer written after 30 June 2021 (Law 68/2020/QH14 art. 38)."""


@dataclass(frozen=True)
class GenerateOptions:
    """One delivery of synthetic ledgers.

    Attributes:
        people: true persons, spread evenly over the provinces.
        seed: any whole number; equal options give equal rows.
        provinces: codes of 63.
        repeat_share: scales how many people stand in a second ledger (1.0: about one row in eleven).
        fault_share: share of rows planted with something that must be quarantined.
        notice_share: share of rows planted with something unusual that loads.
        minority_weight: scales how many households live where minorities live.
        migrant_share: share of households that live in another of the provinces.
        slip_scale: scales how many honest slips are made.
        left_out: share of books without parents and native place, and of rows without a number that the person has.
        sheet_rows: rows of a worksheet, about.
    """

    people: int
    seed: int = 1
    provinces: tuple[str, ...] = ("01",)
    repeat_share: float = 1.0
    fault_share: float = 0.03
    notice_share: float = 0.02
    minority_weight: float = 1.0
    migrant_share: float = 0.02
    slip_scale: float = 1.0
    left_out: float = 0.0
    sheet_rows: int = 20_000
