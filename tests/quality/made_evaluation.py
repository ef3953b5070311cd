"""Evaluations of some made records: 60 persons in pairs, a few mistakes, groups large and small."""

from functools import cache

import pyarrow as pa

from schemas.evaluation import Evaluation
from tests.dedup.evaluated import evaluated, pair_table, partition

PERSONS = 60
_TRUE = [n // 2 for n in range(2 * PERSONS)]


@cache
def both() -> Evaluation:
    """Clusters and pairs by group: one pair wrong, two persons not found, two pairs waiting, one of them wrong."""
    pairs = [(2 * n, 2 * n + 1, "match", 1 - n / 1000) for n in range(PERSONS - 4)]
    pairs += [(1, 2, "match", 0.93), (116, 117, "review", 0.55), (112, 114, "review", 0.35)]
    found = [n // 2 if n < 2 * PERSONS - 8 else n for n in range(2 * PERSONS)]
    found[2] = found[3] = 0
    ids = partition(_TRUE).column("record_id")
    records = pa.table({
        "record_id": ids,
        "sex_code": pa.array([None if n > 117 else "12"[n // 2 % 2] for n in range(2 * PERSONS)]),
        "ethnic_group_list": pa.array(["ethnic_groups_1019_2008"] * 2 * PERSONS),
        "ethnic_group_code": pa.array(["01" if n < 110 else "07" if n < 118 else "99" for n in range(2 * PERSONS)]),
        "birth_year": pa.array([1950 + n // 4 for n in range(2 * PERSONS)], pa.int16()),
        "province_code": pa.array(["01" if n < 60 else "92" for n in range(2 * PERSONS)]),
    })  # fmt: skip
    return evaluated(partition(_TRUE), partition(found), pair_table([*pairs]), records)


@cache
def clusters_only() -> Evaluation:
    """Clusters without pairs and groups."""
    return evaluated(partition(_TRUE), partition([n // 2 if n > 5 else 0 for n in range(2 * PERSONS)]))


@cache
def pairs_only() -> Evaluation:
    """Pairs without probability, clusters and groups."""
    return evaluated(
        partition(_TRUE), None, pair_table([(0, 1, "match", None), (2, 4, "match", None), (0, 999, "match", None)])
    )
