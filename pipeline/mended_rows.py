"""Rows of returned error files that correct a row which came in before: settled before matching.

A returned row names the row it comes from. Where that one is in the store and the returned one says something else, it
takes its place: it belongs to the same person, and the stored record says nothing any more. What was said on that row
before, now or by an earlier correction, is nothing new. A row id that several unlike rows bear, of lines that were
copied to make new ones, settles nothing.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup import mended
from dedup.model import Model
from pipeline.artefacts import read_chunks
from pipeline.context import Run
from pipeline.sql import view
from schemas import tables as t
from store import queries
from store.engine import Store

CLAIMS = """
    SELECT record_id, substr(corrects_raw, 1, 32) AS corrected_record_id, '{batch}' AS batch_id FROM source
    WHERE regexp_matches(corrects_raw, '^[0-9a-f]{{32}}-')"""
"""Query of CORRECTIONS: which earlier row each row of `source` names, whatever stands there."""

_SEVERAL = """
    SELECT {0} FROM said GROUP BY {0} HAVING count(DISTINCT content_id) > 1"""
_SETTLED = f"""
    SELECT record_id, corrected_record_id FROM said SEMI JOIN records USING (record_id)
    WHERE is_live AND record_id NOT IN (SELECT record_id FROM said WHERE content_id = stored_content_id)
    AND named NOT IN ({_SEVERAL.format("named")})
    AND corrected_record_id NOT IN ({_SEVERAL.format("corrected_record_id")})
    AND record_id NOT IN (SELECT record_id FROM said WHERE is_live GROUP BY record_id HAVING count(*) > 1)
    QUALIFY row_number() OVER (PARTITION BY corrected_record_id
        ORDER BY record_id IN (SELECT record_id FROM known), record_id) = 1
    ORDER BY record_id"""


@dataclass(frozen=True)
class Mended:
    """Mended rows: with person_id those that take a stored record's place; those that name another person."""

    replacing: pa.Table
    doubted: pa.Table

    @property
    def replaced(self) -> pa.Array:
        """Ids of the stored records whose place is taken."""
        return self.replacing["corrected_record_id"].combine_chunks()


def settle(run: Run, store: Store, sql: duckdb.DuckDBPyConnection, model: Model) -> Mended:
    """Find the rows of a batch that correct stored records, and the persons of these.

    `sql` must have the views `records`, RECORDS of the batch that were accepted, and `known`, KNOWN_CONTENT.
    """
    view(sql, "source", run.tables("read_file", "source_records"), t.SOURCE_RECORDS)
    claims = sql.sql(CLAIMS.format(batch=run.plan.batch_id)).to_arrow_table().cast(t.CORRECTIONS.schema)
    found = queries.corrected_records(store, claims, run.plan.province_code)
    if not found.num_rows:
        return Mended(mended.NO_PAIRS.append_column("person_id", pa.array([], pa.string())), mended.NO_PAIRS)
    pairs = _pairs(run, sql, claims, found)
    stored = queries.match_records_of(store, pairs["corrected_record_id"].combine_chunks())
    own = _own(sql, pairs)
    is_one = mended.is_one_person(pairs, own, stored, model) if pairs.num_rows else np.zeros(0, np.bool_)
    replacing = pairs.filter(pa.array(is_one))
    place = pc.index_in(replacing["corrected_record_id"].combine_chunks(), stored["record_id"].combine_chunks())
    persons = stored["person_id"].combine_chunks().take(place)
    return Mended(replacing.append_column("person_id", persons), pairs.filter(pa.array(~is_one)))


def replaced_before(run: Run) -> pa.Array:
    """Ids of the stored records whose place rows of this batch take, as `match_records` wrote them down."""
    parts = list(read_chunks(run.table("match_records", None, "replaced_records"), ["corrected_record_id"]))
    return pa.concat_tables(parts)["corrected_record_id"].combine_chunks() if parts else queries.NOTHING_REPLACED


def _pairs(run: Run, sql: duckdb.DuckDBPyConnection, claims: pa.Table, found: pa.Table) -> pa.Table:
    """record_id and corrected_record_id of the rows that say something new of one stored record."""
    kept_out = [*run.tables("standardise_records", "quarantine"), *run.tables("check_records", "quarantine")]
    view(sql, "kept_out", kept_out, t.QUARANTINE)
    sql.register("claimed", claims)
    sql.register("corrected", found)
    sql.execute("""
        CREATE OR REPLACE TEMP TABLE said AS
        SELECT record_id, named, corrected_record_id, is_live, c.content_id AS stored_content_id, s.content_id
        FROM (SELECT record_id, corrected_record_id AS named FROM claimed) JOIN corrected c USING (record_id)
        JOIN (SELECT record_id, content_id FROM records UNION ALL SELECT record_id, content_id FROM kept_out) s
            USING (record_id)""")
    return sql.sql(_SETTLED).to_arrow_table().cast(mended.NO_PAIRS.schema)


def _own(sql: duckdb.DuckDBPyConnection, pairs: pa.Table) -> pa.Table:
    sql.register("mended_pairs", pairs)
    names = ", ".join(f"NULL::VARCHAR AS {c}" if c == "person_id" else f"r.{c}" for c in t.MATCH_RECORDS.column_names)
    query = f"SELECT {names} FROM records r SEMI JOIN mended_pairs USING (record_id)"
    return sql.sql(query).to_arrow_table().cast(t.MATCH_RECORDS.schema)
