import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.names import WIDTH, NameBook, match_forms


def rows_of(*names: str | None) -> tuple[list[int], object]:
    book = NameBook()
    codes = book.add([pa.chunked_array([pa.array(list(names), pa.string())])])[0]
    table, place = book.names()
    return place[codes].tolist(), table


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa", "Hoà"),
        ("HÙNG", "hùng"),
        ("Mỹ", "Mĩ"),
        ("Quý", "Quí"),
        ("H’Bia", "H'Bia"),
        ("Nguyeenx", "Nguyễn"),
        ("DDUWCS", "Đức"),
        ("Hoaf", "Hoà"),
        ("Huowngf", "Hường"),
        ("Tuyeets", "Tuyết"),
        ("Quyf", "Quì"),
        ("Thij", "Thị"),
    ],
)
def test_spellings_of_one_syllable(one: str, other: str) -> None:
    assert match_forms(one) == match_forms(other)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Nguyễn", "nguyen"), ("Nguyeenx", "nguyen"), ("DDuwcs", "duc"), ("Đức", "duc"), ("Hungf", "hung"),
        ("Quỳnh", "quynh"), ("Thúy", "thuy"), ("Thúi", "thui"), ("Ksor", "kso"), ("A", "a"), ("Y", "y"),
    ],
)  # fmt: skip
def test_folded_form(written: str, folded: str) -> None:
    assert match_forms(written)[1] == folded


def test_marks_tell_names_apart_but_fold_alike() -> None:
    assert match_forms("Hùng")[0] != match_forms("Hưng")[0]
    assert match_forms("Hùng")[1] == match_forms("Hưng")[1]


def test_rows_of_names() -> None:
    rows, names = rows_of("Lê Hòa", None, "LÊ HOÀ", "", "Le Hoa", "N.V. Nam")
    assert rows[0] == rows[2] != rows[4]
    assert rows[1] == rows[3] == 0
    assert names.hashes[rows[0]] == names.hashes[rows[4]] != names.hashes[rows[5]]  # type: ignore[attr-defined]
    assert names.sizes[rows[5]] == 3  # type: ignore[attr-defined]
    assert names.hashes[0] == 0  # type: ignore[attr-defined]


def test_a_long_name_keeps_its_ends() -> None:
    rows, names = rows_of("Công Tằng Tôn Nữ Thị Ngọc Lan Anh")
    words = [names.tokens.texts[c] for c in names.folded[rows[0]]]  # type: ignore[attr-defined]
    assert words == ["cong", "tang", "thi", "ngoc", "lan", "anh"]


def test_long_names_names_in_one_word_and_plain_ones_stand_beside_each_other() -> None:
    rows, names = rows_of("Lê Hòa", "A.B.C.D.E.F.G.H", "-", "Một Hai Ba Bốn Năm Sáu Bảy", "N.V. Nam - Anh")
    table = [" ".join(names.tokens.texts[c] for c in names.folded[row] if c >= 0) for row in rows]  # type: ignore[attr-defined]
    assert table == ["le hoa", "a b e f g h", "", "mot hai bon nam sau bay", "n v nam anh"]


@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), max_size=12))
def test_any_text_gets_a_row_and_chunks_do_not_matter(names: list[str | None]) -> None:
    book = NameBook()
    column = pa.array(names, pa.string())
    whole = book.add([pa.chunked_array([column])])[0]
    single = [book.add([pa.chunked_array([column.slice(i, 1)])])[0] for i in range(len(names))]
    table, place = book.names()
    assert [place[s[0]] for s in single] == place[whole].tolist()
    assert table.folded.shape[1] == WIDTH
