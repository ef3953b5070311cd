"""The cells of scanned pages: where each text of a row stands, who read it, and how sure that is."""

import pyarrow as pa

from schemas.field import Column, TableSpec

UNSURE = "cell.unsure"
"""Rule of a row with a cell of which no recogniser is sure."""

HARMLESS = ("serial_raw", "occupation_raw")
"""Raw columns that no field of a person is made of and no rule reads: an unsure cell there keeps nobody out."""

_TEXT = pa.string()


def _need(name: str, kind: pa.DataType = _TEXT, description: str = "") -> Column:
    return Column(name, kind, nullable=False, description=description)


CELLS = TableSpec(
    "cells",
    (
        _need("record_id", description="the row that the cell is of; of a header field each row of its page"),
        _need("file_id"),
        _need("page", pa.int32(), "page of the scan, from 1"),
        _need("line", pa.int32(), "line of the row in its sheet"),
        _need(
            "raw_column",
            description="the column of source_records that it feeds (of a part: x_raw/part), else its heading",
        ),
        _need("kind", description="cell | header"),
        _need("quad", description="its four corners in pixels of the page as stored: x,y x,y x,y x,y"),
        _need("text", description="what was decided to stand there; empty for an empty cell"),
        _need("confidence", pa.float32(), "calibrated probability that it stands there exactly so"),
        _need("is_accepted", pa.bool_(), "nobody needs to look at it"),
        _need("is_handwriting", pa.bool_(), "it looks written with a pen"),
        Column(
            "rule",
            pa.string(),
            description="the column rule that chose among the readings; null: a reading as it stands",
        ),
        _need("readings", description="JSON: engine, text and confidence of each recogniser"),
        Column("crop", pa.string(), description="PNG of the cell in base64, where a person has to look at it"),
    ),
    ("record_id", "raw_column"),
    "Where on a scanned page each text of a row stands, who read it, and how sure that is.",
)
