"""Rows of returned error files beside the stored records that they mend: one person, or a matter for review?

The returned file names the record, which is stronger evidence than any agreement. Only where the row names a wholly
different person is it not believed: a clerk may have typed another person over the line.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.blocking import MENDED_RULE, Candidates
from dedup.classify import Outcome
from dedup.compare import BirthLevel, NumberLevel, SexLevel, compare
from dedup.encode import Records, encode, ids_from_text, rows_of
from dedup.model import Model
from dedup.name_levels import NameLevel
from dedup.scoring import Scored, joined, score_alone
from dedup.weights import Weigher
from schemas.tables import REPLACED_RECORDS

Rows = npt.NDArray[np.int64]
# Of no arrays: making one would import pandas, a quarter of a second before anything is read.
NO_PAIRS = pa.Table.from_batches([], pa.schema([("record_id", pa.string()), ("corrected_record_id", pa.string())]))


def is_one_person(pairs: pa.Table, own: pa.Table, stored: pa.Table, model: Model) -> npt.NDArray[np.bool_]:
    """Which mended rows name the person of the stored record: by given name, birth year and sex, or number.

    Args:
        pairs: record_id of the row, corrected_record_id of the stored record.
        own: MATCH_RECORDS of the rows.
        stored: MATCH_RECORDS of the stored records.
        model: knows given names.
    """
    records = encode([own], [stored])
    found = compare(records, *_rows(records, pairs), model.names)
    born = found.level("birth_level") >= BirthLevel.YEAR
    agrees = (found.level("name_level") >= NameLevel.GIVEN) | (found.level("number_level") >= NumberLevel.OLD_SLIP)
    return np.asarray(agrees | (born & (found.level("sex_level") != SexLevel.DIFFERENT)))


def with_doubted(scored: Scored, weigher: Weigher, pairs: pa.Table) -> Scored:
    """The scored pairs, and those of a mended row and another person's record: at least for review, none doubled.

    Args:
        scored: matches and reviews, sorted by left and right row.
        weigher: weighs pairs of the records.
        pairs: record_id and corrected_record_id, as `is_one_person` refused them.
    """
    if not pairs.num_rows:
        return scored
    one, other = _rows(weigher.records, pairs)
    size = len(weigher.records.columns)
    left, right = np.divmod(np.unique(np.minimum(one, other) * size + np.maximum(one, other)), size)
    fresh = ~np.isin(left * size + right, scored.left * size + scored.right)
    rule = np.full(int(fresh.sum()), MENDED_RULE, np.int8)
    added = score_alone(weigher, Candidates(left[fresh], right[fresh], rule, 0, 0), -np.inf)
    added.outcome[:] = Outcome.REVIEW
    both = joined([scored, added])
    return both.take(np.lexsort((both.right, both.left)))


def replaced_of(pairs: pa.Table, batch_id: str) -> pa.Table:
    """REPLACED_RECORDS of pairs that are one person."""
    columns = {**{n: pairs[n] for n in NO_PAIRS.column_names}, "batch_id": pa.repeat(batch_id, pairs.num_rows)}
    return pa.table([columns[n] for n in REPLACED_RECORDS.column_names], schema=REPLACED_RECORDS.schema)


def _rows(records: Records, pairs: pa.Table) -> tuple[Rows, Rows]:
    one, other = (rows_of(records.columns.ids, ids_from_text(pairs[n])) for n in NO_PAIRS.column_names)
    return one, other
