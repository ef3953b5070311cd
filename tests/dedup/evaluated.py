"""Evaluate tables in memory, and the plain twins that the counting is held against."""

import itertools

import duckdb
import pyarrow as pa

from dedup.evaluate import Sources, evaluate
from schemas.evaluation import Evaluation

Pair = tuple[int, int]


def evaluated(
    truth: pa.Table, clusters: pa.Table | None = None, pairs: pa.Table | None = None, records: pa.Table | None = None
) -> Evaluation:
    """An evaluation of tables; clusters and truth have record_id, person_id."""
    with duckdb.connect() as sql:
        sql.register("truth", truth)
        if clusters is not None:
            sql.register("clusters", clusters.rename_columns({"person_id": "cluster_id"}))
        if pairs is not None:
            sql.register("pairs", pairs)
        if records is not None:
            sql.register("records", records)
        given = (("clusters", clusters), ("pairs", pairs), ("records", records))
        return evaluate(sql, Sources("truth", *(name if table is not None else None for name, table in given)))


def partition(labels: list[int]) -> pa.Table:
    """Records r0, r1 ... and the person of each."""
    ids = pa.array([f"r{n}" for n in range(len(labels))], pa.string())
    return pa.table({"record_id": ids, "person_id": pa.array([f"p{x}" for x in labels], pa.string())})


def pair_table(pairs: list[tuple[int, int, str, float | None]]) -> pa.Table:
    """Pairs of records by number, with outcome and probability."""
    return pa.table({
        "left_record_id": pa.array([f"r{p[0]}" for p in pairs], pa.string()),
        "right_record_id": pa.array([f"r{p[1]}" for p in pairs], pa.string()),
        "outcome": pa.array([p[2] for p in pairs], pa.string()),
        "match_probability": pa.array([p[3] for p in pairs], pa.float64()),
    })  # fmt: skip


def pairs_of(labels: list[int]) -> set[Pair]:
    """The pairs of records of one label."""
    return {(a, b) for a, b in itertools.combinations(range(len(labels)), 2) if labels[a] == labels[b]}


def share(part: int, whole: int) -> float:
    """A share; 1 of nothing."""
    return part / whole if whole else 1.0


def plain_b_cubed(found: list[int], true: list[int], of: list[int]) -> tuple[float, float]:
    """B-cubed precision and recall as Bagga and Baldwin define them: a mean over the records `of`."""
    precision = recall = 0.0
    for record in of:
        mine = {other for other, label in enumerate(found) if label == found[record]}
        real = {other for other, label in enumerate(true) if label == true[record]}
        precision += len(mine & real) / len(mine)
        recall += len(mine & real) / len(real)
    return precision / len(of), recall / len(of)
