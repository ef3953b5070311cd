"""Pairs against the truth: by outcome, from each probability up, calibration, the pile that waits for people."""

from typing import Any

import duckdb

from dedup.intervals import DIGITS, harmonic, rate
from schemas.evaluation import (
    Bin,
    Calibration,
    CurvePoint,
    OutcomeCount,
    PairEvaluation,
    Point,
    RecordCounts,
    ReviewPile,
)

THRESHOLDS: tuple[float, ...] = (0.5, 0.9, 0.95, 0.99)
_EDGES = tuple(n / 10 for n in range(11))
_TOP_EDGES = (0.9, 0.95, 0.99, 0.999, 0.9999, 1.0)
_SAFE_FROM = 0.9
_CURVE_POINTS = 200


def pairs(sql: duckdb.DuckDBPyConnection, source: str, counts: RecordCounts) -> PairEvaluation:
    """Evaluate pairs. Makes table pair: each unordered pair of two judged records once, with `is_right`.

    Args:
        sql: a connection with table judged (record_id, t).
        source: left_record_id, right_record_id, outcome, match_probability.
        counts: records that are judged.
    """
    left_out = _paired(sql, source)
    matches = _point(sql, "outcome = 'match'", counts.true_pairs)
    has_odds = bool(_rows(sql, "SELECT 1 FROM pair WHERE p IS NOT NULL LIMIT 1"))
    at = tuple(_point(sql, f"p >= {t}", counts.true_pairs, t) for t in THRESHOLDS) if has_odds else ()
    if has_odds:
        _cumulated(sql)
    return PairEvaluation(
        left_out, _outcomes(sql), matches, at, _best(sql, counts.true_pairs) if has_odds else None,
        _pile(sql, counts), _calibration(sql) if has_odds else None, _curve(sql, counts) if has_odds else (),
    )  # fmt: skip


def _paired(sql: duckdb.DuckDBPyConnection, source: str) -> int:
    """A pair given twice, in either order, counts once, with the more decided outcome; returns those left out."""
    sql.execute(f"""
        CREATE TABLE given AS
        SELECT least(left_record_id, right_record_id) AS l, greatest(left_record_id, right_record_id) AS r,
            max(match_probability) AS p,
            min_by(outcome, CASE outcome WHEN 'match' THEN 0 WHEN 'review' THEN 1 ELSE 2 END) AS outcome
        FROM {source} WHERE left_record_id <> right_record_id GROUP BY l, r""")
    sql.execute("""
        CREATE TABLE pair AS
        SELECT l, r, p, outcome, a.t = b.t AS is_right, least(a.t, b.t) AS t
        FROM given JOIN judged a ON a.record_id = l JOIN judged b ON b.record_id = r""")
    (difference,) = _rows(sql, "SELECT (SELECT count(*) FROM given) - (SELECT count(*) FROM pair)")[0]
    sql.execute("DROP TABLE given")
    return int(difference)


def _point(sql: duckdb.DuckDBPyConnection, chosen: str, true: int, threshold: float | None = None) -> Point:
    found, right = _rows(sql, f"SELECT count(*), count(*) FILTER (is_right) FROM pair WHERE {chosen}")[0]
    return _scored(threshold, found, right, true)


def _scored(threshold: float | None, found: int, right: int, true: int) -> Point:
    precision, recall = rate(right, found), rate(right, true)
    return Point(threshold, found, right, precision, recall, harmonic(precision.value, recall.value))


def _outcomes(sql: duckdb.DuckDBPyConnection) -> tuple[OutcomeCount, ...]:
    found = _rows(sql, "SELECT outcome, count(*), count(*) FILTER (is_right) FROM pair GROUP BY 1 ORDER BY 1")
    return tuple(OutcomeCount(outcome, pairs, rate(right, pairs)) for outcome, pairs, right in found)


def _cumulated(sql: duckdb.DuckDBPyConnection) -> None:
    """Table curve: of each probability, the pairs from there up."""
    sql.execute("""
        CREATE TABLE curve AS
        SELECT p, sum(n) OVER down AS found, sum(k) OVER down AS hits
        FROM (SELECT p, count(*) AS n, count(*) FILTER (is_right) AS k FROM pair WHERE p IS NOT NULL GROUP BY p)
        WINDOW down AS (ORDER BY p DESC ROWS UNBOUNDED PRECEDING)""")


def _best(sql: duckdb.DuckDBPyConnection, true: int) -> Point:
    p, found, right = _rows(sql, f"""
        SELECT p, found::BIGINT, hits::BIGINT FROM curve
        ORDER BY hits / (found + {true}) DESC, p DESC LIMIT 1""")[0]  # fmt: skip
    return _scored(p, found, right, true)


def _curve(sql: duckdb.DuckDBPyConnection, counts: RecordCounts) -> tuple[CurvePoint, ...]:
    """The last point of each of 200 equal steps along the found pairs: what a picture can show."""
    points = _rows(sql, f"""
        SELECT min(p), arg_min(hits, p)::BIGINT, arg_min(found, p)::BIGINT FROM curve
        GROUP BY (found - 1) * {_CURVE_POINTS} // (SELECT max(found) FROM curve) ORDER BY 1 DESC""")  # fmt: skip
    true = counts.true_pairs or 1
    return tuple(CurvePoint(p, right / found, right / true) for p, right, found in points)


def _pile(sql: duckdb.DuckDBPyConnection, counts: RecordCounts) -> ReviewPile:
    """If people decide each waiting pair rightly, the true ones are found and no other."""
    waiting, found, right, right_waiting = _rows(sql, """
        SELECT count(*) FILTER (outcome = 'review'), count(*) FILTER (outcome = 'match'),
            count(*) FILTER (outcome = 'match' AND is_right), count(*) FILTER (outcome = 'review' AND is_right)
        FROM pair""")[0]  # fmt: skip
    (records,) = _rows(sql, """
        SELECT count(DISTINCT id) FROM (
            SELECT l AS id FROM pair WHERE outcome = 'review' UNION ALL SELECT r FROM pair WHERE outcome = 'review')
        """)[0]  # fmt: skip
    decided = _scored(None, found + right_waiting, right + right_waiting, counts.true_pairs)
    all_records = counts.judged or 1
    return ReviewPile(waiting, records, records / all_records, waiting / all_records, decided)


def _calibration(sql: duckdb.DuckDBPyConnection) -> Calibration:
    bins, top = _bins(sql, _EDGES), _bins(sql, _TOP_EDGES)
    below = [b for b in bins if b.low < _SAFE_FROM]
    return Calibration(bins, top, _error(bins) or 0.0, _error(below))


def _bins(sql: duckdb.DuckDBPyConnection, edges: tuple[float, ...]) -> tuple[Bin, ...]:
    """Bins from each edge up to the next, the last with its upper edge; those without pairs are left out."""
    inner = " + ".join(f"(p >= {edge})::INTEGER" for edge in edges[1:-1])
    found = _rows(sql, f"""
        SELECT {inner} AS place, count(*), favg(p), count(*) FILTER (is_right) FROM pair WHERE p >= {edges[0]}
        GROUP BY place ORDER BY place""")  # fmt: skip
    return tuple(
        Bin(edges[n], edges[n + 1], pairs, round(said, DIGITS), rate(right, pairs)) for n, pairs, said, right in found
    )


def _error(bins: tuple[Bin, ...] | list[Bin]) -> float | None:
    pairs = sum(b.pairs for b in bins)
    return sum(b.pairs * abs(b.said - b.true.value) for b in bins) / pairs if pairs else None


def _rows(sql: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return sql.sql(query).fetchall()
