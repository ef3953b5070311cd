"""Which records a model is trained on: whole communes, so that the records of one person stay together."""

import numpy as np

from dedup.encode import Records
from dedup.hashing import mix

TRAINING_RECORDS = 100_000
"""As many as the model of the package was trained on; more change its figures in the third digit only."""


def training_sample(records: Records, most: int = TRAINING_RECORDS) -> Records:
    """About `most` records: communes in the order of a hash, each whole, until the next one would be too much.

    Args:
        records: all records.
        most: how many are enough. The first commune is taken even where it alone has more.

    Returns:
        The sample; the same for any order of the records. All of them if there are not more than `most`.
    """
    columns = records.columns
    if len(columns) <= most:
        return records
    communes = np.where(columns.residence > 0, mix(columns.residence.astype(np.int64)), columns.province)
    found, group, sizes = np.unique(communes, return_inverse=True, return_counts=True)
    order = np.argsort(mix(found))
    taken = np.zeros(len(found), np.bool_)
    taken[order] = np.cumsum(sizes[order]) <= most
    taken[order[0]] = True
    return Records(columns.take(np.flatnonzero(taken[group])), records.names)
