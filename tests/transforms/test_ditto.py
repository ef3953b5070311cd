import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.ditto import (
    DITTO_COLUMNS,
    field_of,
    fill_forward,
    household_rows,
    is_ditto,
    is_ditto_mark,
    is_head,
    sheet_starts,
)

MARKS = [
    '"',
    "”",
    "„",
    "''",
    "//",
    "nt",
    "NT",
    "n/t",
    "n.t",
    "-nt-",
    "như trên",
    "Như trên.",
    "nhu tren",
    ' " ',
    "- // -",
]
NO_MARKS = ["", "-", "Kinh", "nti", "Như", "trên", "2", "n", "t", "“Hoa”", "Đinh Thị Như", None]


@pytest.mark.parametrize("text", MARKS)
def test_marks_that_repeat_the_row_above(text: str) -> None:
    assert is_ditto(pa.array([text])).tolist() == [True]
    assert is_ditto_mark(text)


@pytest.mark.parametrize("text", NO_MARKS)
def test_texts_that_repeat_nothing(text: str | None) -> None:
    assert is_ditto(pa.array([text], pa.string())).tolist() == [False]
    assert text is None or not is_ditto_mark(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Chủ hộ", True), ("CHỦ HỘ", True), ("chu ho", True), ("là chủ hộ", True), ("C.H.", True), ("ch", True),
     ("Vợ chủ hộ", False), ("con", False), (None, False)],
)  # fmt: skip
def test_a_household_begins_with_its_head(text: str | None, expected: bool) -> None:
    assert is_head(pa.array([text], pa.string())).tolist() == [expected]


def flags(pattern: str) -> np.ndarray:
    return np.array([c == "x" for c in pattern])


def test_a_value_comes_from_the_last_row_that_says_something_itself() -> None:
    values = pa.array(["a", '"', "b", '"', '"', None])
    takes = flags(".x.xx.")
    filled = fill_forward(values, takes, ~takes, flags("x....."), None)
    assert filled.values.to_pylist() == ["a", "a", "b", "b", "b", None]
    assert filled.is_filled.tolist() == flags(".x.xx.").tolist()
    assert not filled.is_empty.any()


def test_nothing_comes_from_another_sheet_and_something_from_the_part_before() -> None:
    values, takes = pa.array(["nt", "a", "nt", "nt"]), flags("x.xx")
    starts = flags("x.x.")
    filled = fill_forward(values, takes, ~takes, starts, "above")
    assert filled.values.to_pylist() == ["above", "a", None, None]
    assert filled.is_empty.tolist() == flags("..xx").tolist()
    assert fill_forward(values, takes, ~takes, starts, None).values.to_pylist() == [None, "a", None, None]


def test_members_take_the_number_of_their_head_and_a_head_without_number_passes_none_on() -> None:
    numbers = pa.array(["1", None, '"', None, None, "3", None])
    heads = flags("x..x...")
    takes, anchors = household_rows(numbers, is_ditto(numbers), heads)
    filled = fill_forward(numbers, takes, anchors, flags("x......"), None)
    assert filled.values.to_pylist() == ["1", "1", "1", None, None, "3", "3"]


def test_a_sheet_or_page_begins_where_its_name_changes() -> None:
    table = pa.table({
        "sheet": pa.array(["A", "A", "B", "B", "B"]), "page": pa.array([None, None, None, 1, 1], pa.int32()),
    })  # fmt: skip
    assert sheet_starts(table).tolist() == flags("x.xx.").tolist()


def test_names_births_and_numbers_are_never_repeated() -> None:
    assert not {"full_name_raw", "birth_date_raw", "personal_number_raw", "old_id_number_raw"} & set(DITTO_COLUMNS)
    assert field_of("relation_raw") == "household"
    assert field_of("entry_date_raw") == ""


@given(st.lists(st.sampled_from(["a", "b", '"', None]), min_size=1, max_size=20), st.data())
def test_any_cut_gives_the_same_values(cells: list[str | None], data: st.DataObject) -> None:
    values = pa.array(cells, pa.string())
    takes = is_ditto(values)
    starts = np.zeros(len(cells), bool)
    starts[0] = True
    whole = fill_forward(values, takes, ~takes, starts, None).values.to_pylist()
    cut = data.draw(st.integers(0, len(cells) - 1))
    above = whole[cut - 1] if cut else None
    begins = np.zeros(len(cells) - cut, bool)
    begins[0] = True
    tail = fill_forward(values[cut:], takes[cut:], ~takes[cut:], begins, above).values.to_pylist()
    assert tail == whole[cut:]
