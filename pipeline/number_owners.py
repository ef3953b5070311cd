"""The rows to which a copied personal number belongs: whoever mends the copy looks at the row that it fits."""

from collections.abc import Mapping

import duckdb

from schemas import messages

RULE = "personal_number.of_other_row"
_DIGITS = r"""
    CASE WHEN length(regexp_replace(personal_number_raw, '\.0+$|\D+', '', 'g')) = 12
        THEN regexp_replace(personal_number_raw, '\.0+$|\D+', '', 'g')
        WHEN length(regexp_replace(old_id_number_raw, '\.0+$|\D+', '', 'g')) = 12
        THEN regexp_replace(old_id_number_raw, '\.0+$|\D+', '', 'g') END"""

Place = tuple[str | None, int]
"""Sheet and line of a row."""


def owners(sql: duckdb.DuckDBPyConnection) -> Mapping[Place, Place]:
    """The first row that each copied number fits, by the row of the copy; of the views `findings` and `source`."""
    found = sql.execute(
        f"""WITH copies AS (SELECT DISTINCT record_id FROM findings WHERE rule_id = ?),
            numbered AS (SELECT record_id, sheet, line, {_DIGITS} AS number FROM source),
            copied AS (SELECT * FROM numbered SEMI JOIN copies USING (record_id))
        SELECT c.sheet, c.line, arg_min(ROW(o.sheet, o.line), o.line) FROM copied c
            JOIN (SELECT * FROM numbered ANTI JOIN copies USING (record_id)) o USING (number)
            GROUP BY c.sheet, c.line""",
        [RULE],
    ).fetchall()
    return {(sheet, int(line)): (owner[0], int(owner[1])) for sheet, line, owner in found}


def said(copies: Mapping[Place, Place], language: messages.Language, *, is_record: bool = False) -> str:
    """The sentence that names the rows of the numbers; empty where none is known."""

    def named(place: Place, beside: str | None) -> str:
        sheet, line = place
        at = messages.text("place.record" if is_record else "place.at_line", language, line=line)
        return at if sheet == beside else f"{messages.text('report.place.sheet', language, sheet=sheet)}, {at}"

    alone = len(copies) == 1
    lines = [
        named(owner, copy[0]) if alone else f"{named(copy, copy[0])} → {named(owner, copy[0])}"
        for copy, owner in copies.items()
    ]
    return messages.text("number.owners", language, owners="; ".join(lines)) if lines else ""
