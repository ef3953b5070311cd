"""What became of the rows of a batch by group of people: counts alone, made while the values are at hand.

A row kept out has no record in the store, so nobody could say later of which group it was. Rows that were known or
rejected are left out: nothing was decided about them here.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.context import Run
from pipeline.outcomes import outcomes_folder
from pipeline.sql import connect, view
from schemas import tables as t

_KEYS: Mapping[str, tuple[str, str]] = {
    "sex": ("sex_code", "NULL::VARCHAR"),
    "ethnic_group": ("ethnic_group_code", "ethnic_group_list"),
    "birth_decade": ("(birth_year // 10 * 10)::VARCHAR", "NULL::VARCHAR"),
}
_DECIDED = ("loaded", "merged", "quarantined")


def count(run: Run) -> list[Mapping[str, Any]]:
    """Rows by dimension and code, with how many were kept out, merged, or came in with something to look at.

    Returns:
        dimension, code (None = the row does not say), code_list, rows, kept_out, in_review, merged.
    """
    both = ("standardise_records", "check_records")
    with connect(run.settings, run.spill()) as sql:
        view(sql, "outcomes", [outcomes_folder(run)], t.ROW_OUTCOMES)
        view(sql, "records", run.tables("standardise_records", "records"), t.RECORDS)
        view(sql, "findings", [f for step in both for f in run.tables(step, "check_results")], t.CHECK_RESULTS)
        columns = ", ".join(f"{code} AS {name}, {of} AS {name}_list" for name, (code, of) in _KEYS.items())
        sql.execute(f"""
            CREATE TEMP TABLE decided AS
            SELECT o.outcome = 'quarantined' AS is_out, o.outcome = 'merged' AS is_merged,
                   o.outcome <> 'quarantined' AND f.record_id IS NOT NULL AS is_unsure, {columns}
            FROM outcomes o LEFT JOIN records r USING (record_id)
            LEFT JOIN (SELECT DISTINCT record_id FROM findings WHERE severity = 'review') f USING (record_id)
            WHERE o.outcome IN {_DECIDED}""")
        found: list[Mapping[str, Any]] = []
        for name in _KEYS:
            rows = sql.sql(f"""
                SELECT {name}, {name}_list, count(*), count(*) FILTER (WHERE is_out),
                       count(*) FILTER (WHERE is_unsure), count(*) FILTER (WHERE is_merged)
                FROM decided GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2""").fetchall()
            found += [
                {"dimension": name, "code": code, "code_list": of, "rows": n, "kept_out": out, "in_review": unsure,
                 "merged": merged}
                for code, of, n, out, unsure, merged in rows
            ]  # fmt: skip
    return found
