import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.model import load_model
from dedup.name_levels import NameLevel, known_given_names, name_levels
from dedup.names import NameBook

SHARES = load_model().names


def level(one: str | None, other: str | None) -> NameLevel:
    book = NameBook()
    codes = book.add([pa.chunked_array([pa.array([one, other], pa.string())])])[0]
    names, place = book.names()
    left, right = place[codes][:1], place[codes][1:]
    return NameLevel(name_levels(names, left, right, known_given_names(names.tokens, SHARES))[0])


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("Nguyễn Văn Hùng", "NGUYỄN VĂN HÙNG", NameLevel.EXACT),
        ("Trần Thị Hòa", "Trần Thị Hoà", NameLevel.EXACT),
        ("Nguyễn Văn Hùng", "Nguyen Van Hung", NameLevel.NO_MARKS),
        ("Nguyễn Văn Hùng", "Nguyễn Vân Hùng", NameLevel.OTHER_MARKS),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", NameLevel.GIVEN_LIKE),
        ("Nguyễn Văn Hùng", "Nguyễn Hùng", NameLevel.DROPPED),
        ("Nguyễn Văn Hùng", "Nguyễn V. Hùng", NameLevel.DROPPED),
        ("Nguyễn Thị Thu Hà", "Nguyễn Thị Hà", NameLevel.DROPPED),
        ("Nguyễn Văn Hùng", "N. V. Hùng", NameLevel.DROPPED),
        ("Nguyễn Văn Hùng", "Nguyễn Vawnn Hùng", NameLevel.SLIP),
        ("Nguyễn Văn Hùng", "Nguyễm Văn Hùng", NameLevel.SLIP),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hùngg", NameLevel.SLIP),
        ("Nguyễn Văn Hoa", "Nguyễn Văn Hoan", NameLevel.GIVEN_LIKE),
        ("Nguyễn Văn Hùng", "Nguyễn Đức Hùng", NameLevel.SURNAME_GIVEN),
        ("Nguyễn Văn Hùng", "Trần Văn Hùng", NameLevel.GIVEN),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Minh", NameLevel.DIFFERENT),
        ("Nguyễn Văn Hùng", None, NameLevel.UNKNOWN),
        ("Nguyễn Văn Hùng", "...", NameLevel.UNKNOWN),
    ],
)
def test_levels(one: str, other: str | None, wanted: NameLevel) -> None:
    assert level(one, other) is wanted


WORDS = ("Nguyễn", "Nguyen", "Văn", "V.", "Đức", "Hùng", "Hưng", "Hung", "Hoa", "Hoan", "Thị", "N", "A")
NAMES = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)


@given(NAMES, NAMES)
def test_sides_may_be_swapped(one: str, other: str) -> None:
    assert level(one, other) is level(other, one)


@given(NAMES.filter(bool))
def test_a_name_is_itself(name: str) -> None:
    assert level(name, name) is NameLevel.EXACT


def test_no_pairs() -> None:
    names, _ = NameBook().names()
    none = np.zeros(0, np.int32)
    assert len(name_levels(names, none, none, known_given_names(names.tokens, SHARES))) == 0
