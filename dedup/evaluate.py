"""How good is a matching: pairs, clusters and groups of records against the truth, counted by DuckDB.

Pairs and clusters of one truth: pair precision, recall and F1; B-cubed of clusters (Bagga and Baldwin 1998,
"Algorithms for scoring coreference chains"). docs/evaluation.md says what each figure means.
"""

from dataclasses import dataclass

import duckdb

from dedup import evaluate_groups, evaluate_pairs
from dedup.intervals import BUCKETS, harmonic, rate
from schemas.evaluation import ClusterEvaluation, Evaluation, RecordCounts


@dataclass(frozen=True)
class Sources:
    """Names of tables or views of a connection.

    Attributes:
        truth: record_id, person_id; each record once.
        clusters: record_id, cluster_id.
        pairs: left_record_id, right_record_id, outcome, match_probability (null where it is not known).
        records: record_id and any of sex_code, ethnic_group_code with ethnic_group_list, birth_year, province_code.
    """

    truth: str
    clusters: str | None = None
    pairs: str | None = None
    records: str | None = None


def evaluate(sql: duckdb.DuckDBPyConnection, sources: Sources) -> Evaluation:
    """Evaluate clusters, pairs or both against the truth.

    Records that the truth, the clusters and the records (as far as given) do not have in common are left out and
    counted; what the matcher did not get it cannot find.

    Args:
        sql: a connection; tables are made in it: judged, person, cell, record, pair, sums.
        sources: what to compare.
    """
    counts = _judged(sql, sources)
    _records(sql, sources)
    pairs = None if sources.pairs is None else evaluate_pairs.pairs(sql, sources.pairs, counts)
    clusters = None if sources.clusters is None else _clusters(sql)
    whole, groups = evaluate_groups.groups(sql, sources.records, sources.pairs is not None, clusters is not None)
    return Evaluation(counts, whole, pairs, clusters, groups)


def _judged(sql: duckdb.DuckDBPyConnection, sources: Sources) -> RecordCounts:
    """Tables judged (record_id, t, f) and person (t, n, bucket); without clusters each record is one by itself."""
    joins = "" if sources.clusters is None else f"JOIN {sources.clusters} c USING (record_id)"
    if sources.records is not None:
        joins += f" SEMI JOIN {sources.records} r USING (record_id)"
    own = "record_id" if sources.clusters is None else "c.cluster_id"
    sql.execute(f"CREATE TABLE judged AS SELECT record_id, person_id AS t, {own} AS f FROM {sources.truth} {joins}")
    # md5 gives the same buckets on every machine and in every version of DuckDB, which hash() does not promise
    sql.execute(
        f"CREATE TABLE person AS SELECT t, count(*) AS n, (md5_number_lower(t) % {BUCKETS})::INTEGER AS bucket "
        "FROM judged GROUP BY t"
    )
    known, persons, pairs = _row(
        sql, "SELECT coalesce(sum(n), 0), count(*), coalesce(sum(n * (n - 1) // 2), 0) FROM person"
    )
    (truth,) = _row(sql, f"SELECT count(*) FROM {sources.truth}")
    matched = sources.clusters or sources.records
    without = None if matched is None else _row(sql, f"SELECT count(*) FROM {matched}")[0] - known
    return RecordCounts(known, truth - known, without, persons, pairs)


def _records(sql: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Tables cell (f, t, n) and record: of each record the sizes of its cluster, person and of what they share."""
    sql.execute("CREATE TABLE cell AS SELECT f, t, count(*) AS n FROM judged GROUP BY f, t")
    sql.execute("CREATE TABLE cluster AS SELECT f, sum(n)::BIGINT AS n, count(*) AS persons FROM cell GROUP BY f")
    sql.execute("""
        CREATE TABLE record AS
        SELECT record_id, f, t, bucket, cluster.n AS in_cluster, person.n AS in_person, cell.n AS in_both
        FROM judged JOIN person USING (t) JOIN cell USING (f, t) JOIN cluster USING (f)""")


def _clusters(sql: duckdb.DuckDBPyConnection) -> ClusterEvaluation:
    clusters, several, merged, merged_records = _row(sql, """
        SELECT count(*), count(*) FILTER (n > 1), count(*) FILTER (persons > 1),
            coalesce(sum(n) FILTER (persons > 1), 0) FROM cluster""")  # fmt: skip
    split, split_records = _row(sql, """
        SELECT count(*), coalesce(sum(n), 0) FROM (
            SELECT t, sum(n) AS n FROM cell GROUP BY t HAVING count(*) > 1)""")  # fmt: skip
    (persons,) = _row(sql, "SELECT count(*) FROM person WHERE n > 1")
    (exact,) = _row(sql, """
        SELECT count(*) FROM cell JOIN cluster USING (f) JOIN person USING (t)
        WHERE cell.n > 1 AND cell.n = cluster.n AND cell.n = person.n""")  # fmt: skip
    right, found = rate(exact, several), rate(exact, persons)
    return ClusterEvaluation(
        clusters, several, persons, right, found, harmonic(right.value, found.value), merged, merged_records, split,
        split_records,
    )  # fmt: skip


def _row(sql: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(int(value) for value in sql.sql(query).fetchall()[0])
