"""STEPS in order: the table of contents of the whole system."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dedup import matching, survivorship
from quality import check, report, validate
from readers import registry
from schemas import tables as t
from schemas.field import TableSpec
from store import load
from transforms import households, standardise

Shape = Literal["file", "rows", "block", "whole"]


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: verb_noun; the name of its task, its folder and its manifest.
        run: the function that does the work.
        takes: tables that go in.
        gives: tables that come out.
        shape: file = one file; rows = any split is fine; block = all rows of one `key` together; whole = out of core.
        key: column whose rows stay together, for shape block.
        by_file: the step goes file by file; else it takes the whole batch.
    """

    name: str
    run: Callable[..., Any]
    takes: tuple[TableSpec, ...]
    gives: tuple[TableSpec, ...]
    shape: Shape
    key: str | None = None
    by_file: bool = False


STEPS: tuple[Step, ...] = (
    Step("read_file", registry.read_file, (), (t.SOURCE_RECORDS, t.CHECK_RESULTS), "file", by_file=True),
    Step("profile_batch", standardise.profile_batch, (t.SOURCE_RECORDS,), (t.PROFILE,), "whole", by_file=True),
    Step(
        "standardise_records", standardise.standardise_records, (t.SOURCE_RECORDS, t.PROFILE, t.CHECK_RESULTS),
        (t.RECORDS, t.QUARANTINE, t.CHECK_RESULTS), "rows", by_file=True,
    ),
    Step(
        "build_households", households.build_households, (t.RECORDS,), (t.RECORDS,), "block", "household_key",
        by_file=True,
    ),
    Step(
        "check_records", check.check_records, (t.RECORDS, t.PROFILE), (t.RECORDS, t.QUARANTINE, t.CHECK_RESULTS),
        "block", "household_key", by_file=True,
    ),
    Step("match_records", matching.match_records, (t.MATCH_RECORDS,), (t.SCORED_PAIRS, t.CLUSTERS), "whole"),
    Step(
        "survive", survivorship.survive, (t.RECORDS, t.CLUSTERS),
        (t.GOLDEN_PERSONS, t.VALUE_SOURCES, t.HOUSEHOLD_MEMBERS), "block", "person_id",
    ),
    Step("validate_batch", validate.validate_batch, (t.GOLDEN_PERSONS,), (), "whole"),
    Step("load_batch", load.load_batch, (t.RECORDS, t.GOLDEN_PERSONS, t.ROW_OUTCOMES), (), "whole"),
    Step("report_batch", report.build_report, (t.BATCHES, t.BATCH_FILES), (), "whole"),
)  # fmt: skip

FILE_STEPS: tuple[str, ...] = tuple(s.name for s in STEPS if s.by_file)
BATCH_STEPS: tuple[str, ...] = tuple(s.name for s in STEPS if not s.by_file)
