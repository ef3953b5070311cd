import numpy as np
import pyarrow as pa
import pytest

from readers.grid import Grid
from readers.heading_roles import Role, choose
from readers.heading_words import meanings
from readers.layout_lines import LayoutFilter
from tests.readers.files import HEADINGS, PEOPLE

Row = tuple[str | None, ...]
PERSON: Row = PEOPLE[0]


def blank(**cells: str) -> Row:
    """A row with text in some columns, by letter."""
    return tuple(cells.get("ABCDEFG"[at]) for at in range(7))


def layout(*rows: Row) -> list[bool]:
    chosen = choose([meanings(h) for h in HEADINGS], HEADINGS)
    roles = [Role(at, h, m) for at, (h, m) in enumerate(zip(HEADINGS, chosen, strict=True))]
    columns = tuple(pa.array(c, pa.string()) for c in zip(*rows, strict=True))
    flags = LayoutFilter(roles).layout_rows(Grid(np.arange(1, len(rows) + 1, dtype=np.int32), columns))
    return [bool(f) for f in flags]


NO_PERSON = [
    blank(), HEADINGS, blank(A="(1)", B="(2)", C="(3)", D="(4)", E="(5)", F="(6)", G="(7)"),
    blank(A="Tổng cộng", B="6"), blank(B="Tổng cộng", C="6", D="4", E="2"), blank(A="Cộng trang: 25 người"),
    blank(A="Tổng số: 12 hộ 45 nhân khẩu"), blank(F="Người lập biểu"), blank(G="TM. UBND XÃ"),
    blank(E="Xã Đông Hưng, ngày 5 tháng 3 năm 1990"), blank(A="Trang 2"), blank(D="Trưởng công an xã"),
    blank(C="(Ký, ghi rõ họ tên)"), blank(B="Xác nhận của công an xã"), blank(A="Hết"), blank(A="Mang sang"),
    blank(A="17"),
]  # fmt: skip


@pytest.mark.parametrize("row", NO_PERSON, ids=lambda r: next((c for c in r if c), "blank"))
def test_lines_that_are_no_person(row: Row) -> None:
    assert layout(PERSON, row, PERSON) == [False, True, False]


PERSONS = [
    ("7", "Tổng Thị Lan", "1960", "Nữ", None, None, None),
    ("8", "Cộng", "1/1/1960", "Nam", "Kinh", None, None),
    ("9", "Trang", None, "Nữ", None, "Tổ 5", None),
    ("10", "Ký Thị Hết", "1950", None, None, None, None),
    (None, "Nguyễn Văn A", "1960", None, None, None, None),
    ("11", "Lê B", None, None, None, None, None),
    (None, "Người Thị Lập", "1970", "Nữ", "Thái", "Trang 2", "Con"),
    ("12", "Nam", "1980", "Nam", "Kinh", None, "Con"),
    blank(B="Nguyễn Văn Mồ Côi"),
]  # fmt: skip


@pytest.mark.parametrize("row", PERSONS, ids=lambda r: r[1])
def test_a_person_is_never_dropped_whatever_the_words(row: Row) -> None:
    assert layout(PERSON, row, PERSON) == [False, False, False]


def test_names_under_signatures_are_no_persons_until_a_person_comes() -> None:
    rows = (PERSON, blank(B="Người lập", F="Trưởng công an xã"), blank(), blank(B="Trần Văn Ký", F="Lê Văn Dấu"),
            PERSON, blank(B="Nguyễn Văn Mồ Côi"))  # fmt: skip

    assert layout(*rows) == [False, True, True, True, False, False]
