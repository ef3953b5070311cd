import pyarrow as pa
import pytest

from readers.value_parts import joined_birth, joined_name, joined_place, joined_texts, sex_by_column, sex_by_mark


def column(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.string())


@pytest.mark.parametrize(
    ("day", "month", "year", "joined"),
    [("5", "3", "1960", "5/3/1960"), (None, "3", "1960", "3/1960"), (None, None, "1960", "1960"),
     ("5", None, "1960", "5/00/1960"), (None, None, None, None), ("5", "3", "5/3/1960", "5/3/1960"),
     ("5", "3", None, "5/3")],
)  # fmt: skip
def test_day_month_and_year(day: str | None, month: str | None, year: str | None, joined: str | None) -> None:
    assert joined_birth(column(day), column(month), column(year)).to_pylist() == [joined]


def test_names_are_joined_in_their_order() -> None:
    parts = [column("Nguyễn", "Lê", None), column("Văn", None, None), column("A", "B", None)]

    assert joined_name(parts).to_pylist() == ["Nguyễn Văn A", "Lê B", None]


def test_an_address_runs_from_small_to_large() -> None:
    commune, province = column("Xã A", None), column("Hà Nội", "Huế")

    assert joined_place([commune, province], ["Quê quán Xã", "Quê quán Tỉnh"]).to_pylist() == ["Xã A, Hà Nội", "Huế"]
    assert joined_place([province, commune], ["Quê quán Tỉnh", "Quê quán Xã"]).to_pylist() == ["Xã A, Hà Nội", "Huế"]


def test_the_marked_column_says_the_sex() -> None:
    men, women = column("x", None, "0", "1", "1960", None, "Nữ"), column(None, "X", "x", "-", None, None, None)

    assert sex_by_column(men, women).to_pylist() == ["Nam", "Nữ", "Nữ", "Nam", "Nam", None, "Nữ"]
    assert sex_by_column(column("x"), column("x")).to_pylist() == ["Nam / Nữ"]


def test_texts_side_by_side_leave_blanks_out() -> None:
    assert joined_texts([column("a", None, None), column("b", "c", None)], "-").to_pylist() == ["a-b", "c", None]


@pytest.mark.parametrize(
    ("cells", "expected", "blank"),
    [
        (["x", None, "X", "-"], ["Nữ", "Nam", "Nữ", "Nam"], [1, 3]), ([None, None], [None, None], []),
        (["Nữ", "Nam", None], ["Nữ", "Nam", "Nam"], [2]), ([], [], []),
    ],
)  # fmt: skip
def test_sex_by_one_column_of_marks(cells: list[str | None], expected: list[str | None], blank: list[int]) -> None:
    values, rows = sex_by_mark(pa.array(cells, pa.string()), "Nữ", "Nam")
    assert (values.to_pylist(), rows.tolist()) == (expected, blank)
