"""The steps profile_batch and standardise_records: text of ledger rows in, RECORDS out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas import lineage
from schemas.contract import empty
from schemas.fields import FIELDS
from schemas.judged import NOTHING_JUDGED, Judged
from schemas.outcome import Outcome
from schemas.tables import CHECK_RESULTS, HOW_IT_WAS_READ, QUARANTINE, RECORDS, VALUE_COLUMNS
from transforms import ditto
from transforms.cell_checks import cell_findings
from transforms.chunk_fields import Chunk, nobody_named, standardise_fields
from transforms.column import Finding, Standardised, column_of, encode
from transforms.date_text import Order
from transforms.dates import standardise_day
from transforms.file_facts import FileFacts, file_facts
from transforms.household_lists import household_keys, keys_of_homes
from transforms.names import standardise_full_name
from transforms.outcomes import check_results, collect, judged_rows, overruled, quarantined, read_findings_of
from transforms.places import standardise_place
from transforms.profile import profile_chunks
from transforms.remarks import remark_findings
from transforms.row_context import (
    household_scopes,
    households_by_order,
    repeated_columns,
    with_columns,
    without_repeats,
)

CONTENT_COLUMNS: tuple[str, ...] = (
    *(c.name for c in VALUE_COLUMNS if not c.name.endswith(HOW_IT_WAS_READ)), "entry_date",
)  # fmt: skip
"""What a row says, whatever the spelling of its codes and the tables of places at the time of reading. The day of entry
belongs to it: the same words in a later book say that the person still lived there."""


@dataclass(frozen=True)
class StandardiseOptions:
    """Of the delivery.

    Attributes:
        province_code: of the 34.
        received_on: the day it was received, after which nothing can have happened.
        judged: what persons decided about rows that were kept out.
    """

    province_code: str
    received_on: date
    judged: Judged = NOTHING_JUDGED


def profile_batch(chunks: Iterable[pa.Table], spill: Path | None = None) -> pa.Table:
    """PROFILE of all rows of the files in `chunks` (SOURCE_RECORDS, in the order of the files).

    What does not fit in memory lies in the folder `spill` meanwhile.
    """
    return profile_chunks(chunks, spill)


def standardise_records(
    source: pa.Table, profile: pa.Table, read_findings: pa.Table, *, options: StandardiseOptions
) -> Outcome:
    """Standardise all fields of a chunk.

    Args:
        source: SOURCE_RECORDS, at most 65 536 rows.
        profile: PROFILE of its files.
        read_findings: CHECK_RESULTS of the reader; those of other rows are ignored.
        options: province and day of the delivery.

    Returns:
        accepted = RECORDS (household_size, household_position, head_record_id null); quarantined = QUARANTINE: rows
        with a finding of a blocking row rule, under the first in order of rules.csv; findings = CHECK_RESULTS, those
        of this step and the reader's. Rows in = accepted + quarantined.
    """
    file_ids = pc.unique(source.column("file_id")).to_pylist()
    parts = [
        _standardise_file(
            source.filter(pc.equal(source.column("file_id"), i)) if len(file_ids) > 1 else source,
            file_facts(profile, i), read_findings, options,
        )
        for i in file_ids
    ]  # fmt: skip
    return Outcome(
        pa.concat_tables([empty(RECORDS), *(p.accepted for p in parts)]),
        pa.concat_tables([empty(QUARANTINE), *(p.quarantined for p in parts)]),
        pa.concat_tables([empty(CHECK_RESULTS), *(p.findings for p in parts)]),
    )


def load_lists() -> None:
    """Load the lists and tables that the first rows would load: places, letters, surnames."""
    standardise_place(pa.array(["xã Tân Lập, huyện Mộc Châu, Sơn La", "phường 1, Q. 3, Sài Gòn"]), "p", "p", "01")
    standardise_full_name(pa.array(["Ng. T. Lan", "Trần Văn An (chết)"]))
    standardise_day(pa.array(["1-2-86"]), "dmy", "entry_date.unreadable", "", date(2000, 1, 1))


def _standardise_file(
    source: pa.Table, facts: FileFacts, read_findings: pa.Table, options: StandardiseOptions
) -> Outcome:
    source = source.combine_chunks()
    raw, repeats = without_repeats(source, facts)
    told = {column: raw[column] for column in repeated_columns(facts)}
    raw = {column: encode(values) for column, values in raw.items()}
    sheets, homes = column_of(source, "sheet"), households_by_order(source, facts)
    chunk = Chunk(raw, facts, options.province_code, options.received_on, source.num_rows, sheets, homes)
    fields = standardise_fields(chunk)
    entry = chunk.dates("entry_date_raw", lambda order: _entry_dates(chunk, order))
    own = [f for field in fields.values() for f in field.findings]
    own += [*nobody_named(fields), *_lists_found(source, facts)]
    own += remark_findings(raw, fields["death"].columns["death_kind"])
    taken = with_columns(source, told)
    own += judged_rows(taken, options.judged)
    found = collect([*read_findings_of(source, read_findings), *repeats, *cell_findings(raw), *own, *entry.findings])
    found = overruled(taken, found, options.judged)
    kept_out, quarantine = quarantined(taken, found)
    columns = {name: values for field in fields.values() for name, values in field.columns.items()}
    columns |= entry.columns
    scopes = household_scopes(source, facts, columns["household_id"], chunk.raw["permanent_residence_raw"])
    numbered = household_keys(columns["household_id"], chunk.province_code, scopes)
    columns["household_key"] = pc.coalesce(numbered, keys_of_homes(homes, chunk.province_code))
    records = _records(source, fields, columns, options.province_code, kept_out)
    return Outcome(records, quarantine, check_results(source, found))


def _entry_dates(chunk: Chunk, order: Order) -> Standardised:
    """The days of entry, which are no field and need no reasons."""
    raw = chunk.raw["entry_date_raw"]
    days, findings = standardise_day(raw, order, "entry_date.unreadable", "", chunk.received_on)
    return Standardised({"entry_date": days}, pa.nulls(chunk.rows, pa.string()), findings)


def _lists_found(source: pa.Table, facts: FileFacts) -> list[Finding]:
    """The rows with which another list of households begins."""
    begins = pc.is_in(column_of(source, "record_id"), value_set=pa.array(list(facts.household_lists), pa.string()))
    rows = np.flatnonzero(ditto.flags(begins))
    return [Finding("household.list_restarted", "household", rows)] if len(rows) else []


def _records(
    source: pa.Table, fields: Mapping[str, Standardised], columns: dict[str, pa.Array], province_code: str,
    kept_out: np.ndarray,
) -> pa.Table:  # fmt: skip
    columns |= {c: column_of(source, c) for c in ("record_id", "file_id", "line")}
    columns["empty_reasons"] = pc.binary_join_element_wise(*(fields[f.name].reasons for f in FIELDS), "")
    names = list(columns)
    kept = pa.table([columns[n] for n in names], names=names)
    if len(kept_out):
        keep = np.ones(source.num_rows, np.bool_)
        keep[kept_out] = False
        kept = kept.filter(pa.array(keep)).combine_chunks()
    rows = kept.num_rows
    done = {n: column_of(kept, n) for n in names}
    done["content_id"] = lineage.content_ids([done[n] for n in CONTENT_COLUMNS])
    done["province_code"] = pa.repeat(pa.scalar(province_code), rows)
    done |= {c.name: pa.nulls(rows, c.type) for c in RECORDS.columns if c.name not in done}
    return pa.table([done[n] for n in RECORDS.column_names], schema=RECORDS.schema)
