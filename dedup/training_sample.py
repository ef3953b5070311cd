"""Which records a model is trained on: whole households, with the households that their members may stand in again.

A part of a country holds few people twice: those who moved stand elsewhere. So the sample begins with some households
and takes in every household that shares a number, or a name and a full date of birth, with one of them.
"""

import numpy as np

from dedup.blocking import Candidates
from dedup.encode import Columns, Records
from dedup.hashing import Hashes, combine, mix
from dedup.labels import Rows

TRAINING_RECORDS = 100_000
"""As many as the model of the package was trained on; more change its figures in the third digit only."""
STRICT_RULES = 4
"""The first rules find hardly any strangers: numbers, name and date, surname and sound of the given name and date."""
SEED_SHARE = 0.6
"""Of the records that are wanted, how many the sample begins with; the rest share something with these."""


def training_sample(
    records: Records, candidates: Candidates, most: int = TRAINING_RECORDS, also: Rows | None = None
) -> Records:
    """About `most` records.

    Args:
        records: all records.
        candidates: their candidate pairs.
        most: how many are enough.
        also: rows of records whose households are wanted whatever happens: of pairs that people decided.

    Returns:
        The sample; the same for any order of the records. All of them if there are not more than `most`.
    """
    columns = records.columns
    if len(columns) <= most:
        return records
    homes = _homes(columns)
    seeds = (mix(homes) >> np.uint64(11)).astype(np.float64) / 2.0**53 < SEED_SHARE * most / len(columns)
    seeds |= np.isin(homes, homes[also]) if also is not None else False
    strict = candidates.rule <= STRICT_RULES
    left, right = candidates.left[strict], candidates.right[strict]
    met = np.concatenate((homes[right[seeds[left]]], homes[left[seeds[right]]]))
    return Records(columns.take(np.flatnonzero(seeds | np.isin(homes, np.unique(met)))), records.names)


def _homes(columns: Columns) -> Hashes:
    """A key of the household of each record; a record without one is a household of its own."""
    alone = combine(columns.ids[:, 0], columns.ids[:, 1])
    return np.where(columns.household != 0, columns.household, alone)
