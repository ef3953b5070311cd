"""Doubtful cells keep a row out only where a field of a person is made of them."""

import numpy as np
import pyarrow as pa
import pytest

from readers.grid import Grid, Trouble
from readers.heading_roles import Role
from readers.heading_words import meanings
from readers.source_rows import Place, source_rows
from schemas.cells import UNSURE

PLACE = Place("0" * 32, "a.png", "Trang 1", 500, 1)


@pytest.mark.parametrize(("heading", "keeps_out"), [
    ("Họ và tên", True), ("Ngày sinh", True), ("Ghi chú", True), ("Nghề nghiệp", False), ("Số thứ tự", False),
    ("Cột lạ", False),
])  # fmt: skip
def test_an_unsure_cell_keeps_its_row_out_where_a_field_is_made_of_it(heading: str, keeps_out: bool) -> None:
    names = ("Họ và tên", "Giới tính", heading)
    roles = [Role(i, name, next(iter(meanings(name)), None)) for i, name in enumerate(names)]
    columns = tuple(pa.array([text, text], pa.string()) for text in ("Lê Lợi", "Nam", "?"))
    grid = Grid(np.asarray([1, 2], np.int32), columns, troubles=(Trouble(1, UNSURE, 2),))
    rows = source_rows(grid, np.asarray([True, True]), roles, PLACE)
    assert rows.records.num_rows == 2
    found = rows.findings.filter(pa.compute.equal(rows.findings["rule_id"], UNSURE))["record_id"].to_pylist()
    assert found == ([rows.records["record_id"][1].as_py()] if keeps_out else [])
