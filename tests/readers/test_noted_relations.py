"""Relations beside a name."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.noted_relations import with_noted_relations
from tests.readers.typed_sheets import read_rows


@pytest.mark.parametrize(("name", "relation"), [
    ("Vợ: Lê Thị Hoa", "Vợ"), ("  - Con gái: Nguyễn Thị Lan", "Con gái"), ("3. Con: Nguyễn Văn Tú", "Con"),
    ("Nguyễn Văn Ba (chủ hộ)", "chủ hộ"), ("Nguyễn Văn Ba (CH)", "CH"), ("Lê Thị Hoa - vợ", "vợ"),
    ("LÊ THỊ HOA (MẸ VỢ)", "MẸ VỢ"), ("Lê Tư [con nuôi].", "con nuôi"),
    ("Bà: Lê Thị Hoa", None), ("Lê Thị Hoa (Tư)", None), ("Nguyễn Văn Con", None), ("Lê Hoa (con ông Ba)", None),
    ("Cao Thị Vợ", None), ("(vợ)", None), (None, None),
])  # fmt: skip
def test_what_stands_beside_a_name(name: str | None, relation: str | None) -> None:
    found = with_noted_relations(pa.array([None], pa.string()), pa.array([name], pa.string()))
    assert found.to_pylist() == [relation]


def test_a_list_that_writes_relations_beside_names(tmp_path: Path) -> None:
    rows = [["Họ và tên", "Năm sinh", "Giới tính"], ["Nguyễn Văn Ba (CH)", "1962", "Nam"], ["Vợ: Lê Hoa", "1965", "Nữ"]]
    _, records = read_rows(tmp_path, rows)
    assert [r["relation_raw"] for r in records] == ["CH", "Vợ"]


words = st.one_of(st.none(), st.sampled_from(["Vợ: Lê Hoa", "Lê Ba (con)", "Lê Tư", "x - con"]))


@given(st.lists(st.tuples(st.sampled_from([None, "Con", "Mẹ"]), words), max_size=8))
def test_what_a_row_says_itself_stays(rows: list[tuple[str | None, str | None]]) -> None:
    relations, names = (pa.array([row[at] for row in rows], pa.string()) for at in (0, 1))
    found = with_noted_relations(relations, names).to_pylist()
    assert all(own is None or own == made for (own, _), made in zip(rows, found, strict=True))
