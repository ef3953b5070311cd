"""Names that one heading spreads over several columns."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.heading_roles import Role
from readers.heading_words import Meaning
from readers.name_columns import with_parted_names
from tests.readers.typed_sheets import Rows, grid_of, read_rows

HEAD = ["TT", "Họ và tên", None, "Ngày sinh", "Giới tính"]
PEOPLE: Rows = [
    ["1", "Nguyễn Văn", "Tấn", "5/3/1962", "Nam"],
    ["2", "Lê Thị", "Hương", "12/9/1965", "Nữ"],
    ["3", "Trần Quang", "Khải", "1/1/1970", "Nam"],
]


def names(tmp_path: Path, head: list[str | None], people: Rows, **more: object) -> list[str]:
    _, records = read_rows(tmp_path, [head, *people], **more)  # type: ignore[arg-type]
    return [r["full_name_raw"] for r in records]


def test_a_merged_heading_over_two_columns_of_a_name(tmp_path: Path) -> None:
    found = names(tmp_path, HEAD, PEOPLE, merged={0: ((2, "Họ và tên"),)})
    assert found == ["Nguyễn Văn Tấn", "Lê Thị Hương", "Trần Quang Khải"]


def test_a_merged_heading_over_three_columns(tmp_path: Path) -> None:
    people = [["1", "Nguyễn", "Văn", "Tấn", "1962", "Nam"], ["2", "Lê", "Thị", "Hương", "1965", "Nữ"]]
    merged = {0: ((2, "Họ và tên"), (3, "Họ và tên"))}
    head = ["TT", "Họ và tên", None, None, "Năm sinh", "Giới tính"]
    assert names(tmp_path, head, people, merged=merged) == ["Nguyễn Văn Tấn", "Lê Thị Hương"]


def test_the_second_column_without_a_heading(tmp_path: Path) -> None:
    assert names(tmp_path, HEAD, PEOPLE) == ["Nguyễn Văn Tấn", "Lê Thị Hương", "Trần Quang Khải"]


BESIDE = [
    ("Nam", "Nữ", "Nam"), ("Kinh", "Kinh", "Kinh"), ("x", None, None), ("Chủ hộ", "Vợ", "Con"),
    ("làm ruộng", "giáo viên", "bộ đội"), ("12", "13", "14"),
]  # fmt: skip


@pytest.mark.parametrize("beside", BESIDE)
def test_other_columns_without_a_heading_are_no_names(tmp_path: Path, beside: tuple[str | None, ...]) -> None:
    whole = ["Nguyễn Văn Tấn", "Lê Thị Hương", "Trần Quang Khải"]
    people = [[a, n, b, *rest] for (a, _, _, *rest), n, b in zip(PEOPLE, whole, beside, strict=True)]
    assert names(tmp_path, HEAD, people) == whole


def test_whole_names_beside_nicknames_stay_whole(tmp_path: Path) -> None:
    people = [["1", "Nguyễn Văn Tấn", "Ba", "1962", "Nam"], ["2", "Lê Thị Hương", "Tư", "1965", "Nữ"]]
    assert names(tmp_path, HEAD, people) == ["Nguyễn Văn Tấn", "Lê Thị Hương"]


@given(
    st.lists(st.tuples(st.sampled_from(["Nguyễn Văn", "Lê Thị", "Y"]), st.sampled_from(["Tấn", "Hạnh", "Bhăm", ""])))
)
def test_only_parts_change_and_both_or_none(rows: list[tuple[str, str]]) -> None:
    whole = Meaning("full_name_raw", "", 1.0)
    roles = (Role(0, "Họ và tên", whole), Role(1, "", None), Role(2, "Năm sinh", None))
    found = with_parted_names(roles, grid_of([[a, b, "1962"] for a, b in rows] or [[None, None, None]]))
    parts = [r.meaning.part if r.meaning else None for r in found]
    assert parts in (["", None, None], ["family", "given", None])
    assert [r.position for r in found] == [0, 1, 2]
