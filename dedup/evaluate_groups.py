"""Scores by group, with intervals: of everybody, then by sex, ethnic group, decade of birth and province.

A pair counts to a group if one of its records belongs to it; B-cubed is the mean over the records of the group.
"""

from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt

from dedup.intervals import BUCKETS, Sums, bootstrap, rate
from schemas.evaluation import FEW_TRUE_PAIRS, WHOLE, BCubedScores, Group, PairScores

_KEY = "by_"
_LIST_END = ":"
_COLUMNS: dict[str, tuple[tuple[str, ...], str]] = {
    "sex": (("sex_code",), "sex_code"),
    "ethnic_group": (
        ("ethnic_group_list", "ethnic_group_code"), f"ethnic_group_list || '{_LIST_END}' || ethnic_group_code",
    ),
    "birth_decade": (("birth_year",), "(birth_year // 10 * 10)::VARCHAR"),
    "province": (("province_code",), "province_code"),
}  # fmt: skip
_SUMS = (
    "records", "true_pairs", "matched", "matched_right", "clustered", "clustered_right", "b_precision", "b_recall",
)  # fmt: skip
_AT = {name: place for place, name in enumerate(_SUMS)}


def groups(
    sql: duckdb.DuckDBPyConnection, records: str | None, with_pairs: bool, with_clusters: bool
) -> tuple[Group, tuple[Group, ...]]:
    """The scores of all records, and of each group that the columns of `records` make.

    Args:
        sql: a connection with tables record and person, and pair where there are pairs.
        records: what is known of the records; None = no groups.
        with_pairs: pairs were given.
        with_clusters: clusters were given.
    """
    keys = _keyed(sql, records)
    found = {dimension: _groups_by(sql, dimension, with_pairs, with_clusters) for dimension in (WHOLE, *keys)}
    (whole,) = found.pop(WHOLE) or [_group(WHOLE, "", np.zeros((BUCKETS, len(_SUMS))), with_pairs, with_clusters)]
    return whole, tuple(group for same in found.values() for group in same)


def _keyed(sql: duckdb.DuckDBPyConnection, records: str | None) -> tuple[str, ...]:
    """Table keyed: the records with a column of keys for each dimension; returns these dimensions."""
    columns: set[str] = set()
    if records is not None:
        columns = {row[0] for row in sql.sql(f"DESCRIBE SELECT * FROM {records}").fetchall()}
    keys = {d: expression for d, (needed, expression) in _COLUMNS.items() if set(needed) <= columns}
    made = [f"'' AS {_KEY}{WHOLE}", *(f"coalesce({expression}, '') AS {_KEY}{d}" for d, expression in keys.items())]
    sql.execute(f"""
        CREATE TABLE keyed AS
        SELECT record_id, f, t, bucket, in_cluster, in_person, in_both, {", ".join(made)}
        FROM record {"" if records is None else f"JOIN {records} USING (record_id)"}""")
    return tuple(keys)


def _groups_by(sql: duckdb.DuckDBPyConnection, dimension: str, with_pairs: bool, with_clusters: bool) -> list[Group]:
    """Groups of one dimension, by code; who is in none comes first as not known."""
    _summed(sql, f"{_KEY}{dimension}", with_pairs)
    return [_group(dimension, name, sums, with_pairs, with_clusters) for name, sums in _by_group(sql)]


def _summed(sql: duckdb.DuckDBPyConnection, key: str, with_pairs: bool) -> None:
    """Table sums: a row a group, bucket and sum. A found pair of two persons lies in the bucket of the lesser.

    Most records are alone, in the truth and as found: they are right, and make no pair.
    """
    sql.execute(f"""
        CREATE OR REPLACE TABLE part AS
        SELECT {key} AS g, f, t, bucket, in_cluster, in_person, in_both, count(*) AS n FROM keyed
        WHERE in_cluster > 1 OR in_person > 1 GROUP BY ALL""")
    sql.execute(f"""
        CREATE OR REPLACE TABLE sums AS
        WITH alone AS (
            SELECT {key} AS g, bucket, count(*)::DOUBLE AS n FROM keyed
            WHERE in_cluster = 1 AND in_person = 1 GROUP BY ALL)
        SELECT g, bucket, unnest(['records', 'b_precision', 'b_recall']) AS name, unnest([n, n, n]) AS value FROM alone
        UNION ALL
        SELECT g, bucket, unnest(['records', 'b_precision', 'b_recall']),
            unnest([sum(n)::DOUBLE, sum(n * in_both / in_cluster), sum(n * in_both / in_person)])
        FROM part GROUP BY g, bucket
        UNION ALL {_touched("clustered_right", "g, f, t", "in_both")}
        UNION ALL {_touched("clustered", "g, f", "in_cluster")}
        UNION ALL {_touched("true_pairs", "g, t", "in_person")}""")
    if with_pairs:
        sql.execute(f"""
            INSERT INTO sums
            SELECT g, bucket, unnest(['matched', 'matched_right']), unnest([count(*), count(*) FILTER (is_right)])
            FROM (SELECT unnest(list_distinct([a.{key}, b.{key}])) AS g, person.bucket, is_right FROM pair
                JOIN keyed a ON a.record_id = l JOIN keyed b ON b.record_id = r JOIN person ON person.t = pair.t
                WHERE outcome = 'match')
            GROUP BY g, bucket""")


def _touched(name: str, by: str, size: str) -> str:
    """Pairs inside sets of `size` records of which one at least is of the group: all pairs less those of the others."""
    return f"""
        SELECT g, bucket, '{name}', sum((size * (size - 1) - (size - n) * (size - n - 1)) // 2) FROM (
            SELECT {by}, min(bucket) AS bucket, sum(n) AS n, any_value({size}) AS size FROM part
            WHERE {size} > 1 GROUP BY {by})
        GROUP BY g, bucket"""


def _by_group(sql: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Sums]]:
    """Of each group its sums, a row a bucket and a column a sum."""
    found = sql.sql("SELECT g, bucket, name, value::DOUBLE FROM sums ORDER BY g").fetchall()
    tables: dict[str, Sums] = {}
    for group, bucket, name, value in found:
        tables.setdefault(group, np.zeros((BUCKETS, len(_SUMS))))[bucket, _AT[name]] += value
    yield from tables.items()


def _group(dimension: str, name: str, sums: Sums, with_pairs: bool, with_clusters: bool) -> Group:
    code_list, _, code = name.rpartition(_LIST_END)
    whole = {s: round(float(sums[:, place].sum())) for s, place in _AT.items()}
    return Group(
        dimension, code or None, code_list or None, whole["records"], whole["true_pairs"],
        whole["true_pairs"] < FEW_TRUE_PAIRS,
        _pair_scores(sums, whole, "matched") if with_pairs else None,
        _pair_scores(sums, whole, "clustered") if with_clusters else None,
        _b_cubed(sums, whole["records"]) if with_clusters else None,
    )  # fmt: skip


def _pair_scores(sums: Sums, whole: dict[str, int], found: str) -> PairScores:
    """F1 = twice the right pairs over the found and the true ones."""
    right, found_at, true = _AT[f"{found}_right"], _AT[found], _AT["true_pairs"]

    def f1(drawn: Sums) -> Sums:
        return _over(2 * drawn[:, right], drawn[:, found_at] + drawn[:, true])

    got = whole[f"{found}_right"]
    seen = whole[found] + whole["true_pairs"] - got
    return PairScores(rate(got, whole[found]), rate(got, whole["true_pairs"]), bootstrap(sums, f1, seen))


def _b_cubed(sums: Sums, records: int) -> BCubedScores:
    def precision(drawn: Sums) -> Sums:
        return _over(drawn[:, _AT["b_precision"]], drawn[:, _AT["records"]])

    def recall(drawn: Sums) -> Sums:
        return _over(drawn[:, _AT["b_recall"]], drawn[:, _AT["records"]])

    def f1(drawn: Sums) -> Sums:
        one, other = precision(drawn), recall(drawn)
        return _over(2 * one * other, one + other)

    return BCubedScores(*(bootstrap(sums, figure, records) for figure in (precision, recall, f1)))


def _over(above: Sums, below: npt.NDArray[np.float64]) -> Sums:
    """A quotient; NaN where there is nothing below."""
    quotients: Sums = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return quotients
