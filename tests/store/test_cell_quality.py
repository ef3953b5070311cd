"""Cells of scans by field and confidence: read by the machine, waiting, confirmed, corrected; empty ones are none."""

import json
from pathlib import Path

import pytest

from store import load
from store.cell_quality import CellCount, cell_quality
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import run as run_sql

pytestmark = pytest.mark.store
READ = [{"engine": "a", "text": "Nam", "confidence": 0.64}, {"engine": "b", "text": "Năm", "confidence": 0.31}]


def test_cells_are_counted_by_who_read_them(store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe("a", rows=2, quarantined=1))
    load.load_batch(store, batch)
    one, two = made.ids("record a", 2).to_pylist()
    waiting, stranger = made.ids("quarantined a", 1)[0].as_py(), made.ids("nobody", 1)[0].as_py()
    cells = [
        (one, "sex_raw", "Nam", 0.97, True, None), (two, "sex_raw", "Nam", 1, True, None),
        (waiting, "sex_raw", "Na", 0.42, False, None), (one, "full_name_raw", "Nam", 1, True, "person"),
        (two, "full_name_raw", "Lan", 1, True, "person"), (one, "religion_raw", "", 0.9, True, None),
        (stranger, "sex_raw", "Nam", 0.9, True, None),
    ]  # fmt: skip
    for record, raw, text, sure, accepted, rule in cells:
        said = "NULL" if rule is None else f"'{rule}'"
        run_sql(store, f"""
            INSERT INTO cells (record_id, file_id, page, line, raw_column, kind, quad, text, confidence, is_accepted,
                               is_handwriting, rule, readings)
            VALUES ('{record}', '{one}', 1, 1, '{raw}', 'cell', '', '{text}', {sure}, {accepted}, false, {said},
                    '{json.dumps(READ).replace(':', chr(92) + ':')}')""")  # fmt: skip
    assert cell_quality(store, batch.batch.batch_id) == (
        CellCount("full_name", 6, 2, 0, 0, 1, 1),
        CellCount("sex", 4, 1, 0, 1, 0, 0),
        CellCount("sex", 9, 2, 2, 0, 0, 0),
    )
    assert cell_quality(store, "0" * 32) == ()
    with pytest.raises(ValueError, match="no batch id"):
        cell_quality(store, "x")
