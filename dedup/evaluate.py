"""How good is a partition of records into persons: precision, recall and F1 of pairs, B-cubed of clusters.

B-cubed: Bagga and Baldwin 1998, "Algorithms for scoring coreference chains".
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Scores:
    """Precision and recall, 0 to 1; 1 where there was nothing to find or nothing was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Evaluation:
    """Scores of pairs and of clusters, and the pairs counted: in the truth, found, found and true."""

    pairs: Scores
    b_cubed: Scores
    true_pairs: int
    found_pairs: int
    shared_pairs: int


def evaluate(clusters: pa.Table, truth: pa.Table) -> Evaluation:
    """Compare CLUSTERS (or any table with record_id and person_id) with the truth.

    Args:
        clusters: record_id, person_id as matched.
        truth: record_id, person_id as it is. Records that are not in both tables are left out.
    """
    with duckdb.connect() as sql:
        sql.register("found", clusters.select(["record_id", "person_id"]))
        sql.register("truth", truth.select(["record_id", "person_id"]))
        sql.execute("""
            CREATE TABLE cell AS
            SELECT f.person_id AS f, t.person_id AS t, count(*) AS n
            FROM found f JOIN truth t USING (record_id) GROUP BY ALL""")
        shared, found, true = (_pairs(sql, by) for by in ("f, t", "f", "t"))
        row = sql.sql("""
            SELECT sum(n * n / sum_f) / sum(n), sum(n * n / sum_t) / sum(n) FROM (
                SELECT n, sum(n) OVER (PARTITION BY f) AS sum_f, sum(n) OVER (PARTITION BY t) AS sum_t FROM cell)
            """).fetchall()[0]
    pairs = Scores(shared / found if found else 1.0, shared / true if true else 1.0)
    b_cubed = Scores(*(1.0 if value is None else float(value) for value in row))
    return Evaluation(pairs, b_cubed, true, found, shared)


def evaluate_pairs(pairs: pa.Table, truth: pa.Table) -> Scores:
    """Precision and recall of pairs (left_record_id, right_record_id) against the truth (record_id, person_id)."""
    with duckdb.connect() as sql:
        sql.register("pair", pairs.select(["left_record_id", "right_record_id"]))
        sql.register("truth", truth.select(["record_id", "person_id"]))
        row = sql.sql("""
            SELECT count(*), count(*) FILTER (a.person_id = b.person_id) FROM pair
            JOIN truth a ON a.record_id = left_record_id JOIN truth b ON b.record_id = right_record_id""").fetchall()[0]
        total = sql.sql("SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM truth GROUP BY person_id)")
        true = int(total.fetchall()[0][0] or 0)
    found, right = row
    return Scores(right / found if found else 1.0, right / true if true else 1.0)


def _pairs(sql: duckdb.DuckDBPyConnection, by: str) -> int:
    query = f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT sum(n)::BIGINT AS n FROM cell GROUP BY {by})"
    return int(sql.sql(query).fetchall()[0][0])
