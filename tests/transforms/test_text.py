import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.field import EmptyReason
from transforms import text as texts
from transforms.text import (
    clean_text,
    empty_reason,
    fold,
    fold_text,
    has_invisible,
    look_alikes,
    sort_keys,
    without_tone,
)

ANY_TEXT = st.text(max_size=30)
LEDGER_TEXT = st.text("aăâbcdđeêhioôơuưy ÀẢÃÁẠ ĐÊ'’-. \u200b\u00a0\u0301\u0323ÐðА", max_size=20)
CELLS = st.lists(st.none() | ANY_TEXT | LEDGER_TEXT, max_size=8)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Nguyễn  Văn\tAn ", "Nguyễn Văn An"),
        ("Nguyễn\u200bVăn", "NguyễnVăn"),
        ("Nguyễn\u00a0Văn\u3000An", "Nguyễn Văn An"),
        ("Tra\u0302\u0300n", "Trần"),
        ("Trâ\u0300n", "Trần"),
        ("Tr\u00adần", "Trần"),
        ("\u202eTrần\u202c", "Trần"),
        ("Lê\U000e0041", "Lê"),
        ("Lê\u2028An", "Lê An"),
        ("Lê\r\nAn", "Lê An"),
        ("Lê\ufeff", "Lê"),
        ("Lê\x00An", "LêAn"),
        ("hoà", "hoà"),
        ("hòa", "hòa"),
        ("H’Bia", "H’Bia"),
        ("\u200b", None),
        (" \n ", None),
        ("", None),
        (None, None),
    ],
)
def test_clean_text(raw, expected):
    assert clean_text(pa.array([raw], pa.string())).to_pylist() == [expected]


@given(CELLS)
def test_cleaning_keeps_rows_and_is_idempotent(cells):
    once = clean_text(pa.array(cells, pa.string()))
    assert len(once) == len(cells)
    assert clean_text(once).equals(once)


@given(CELLS)
def test_clean_text_is_nfc_and_stripped(cells):
    for text in clean_text(pa.array(cells, pa.string())).to_pylist():
        if text is not None:
            assert text == unicodedata.normalize("NFC", text)
            assert text == " ".join(text.split(" ")).strip()
            assert "  " not in text


@given(CELLS)
def test_a_column_is_cleaned_as_its_cells_are(cells):
    together = clean_text(pa.array(cells, pa.string())).to_pylist()
    assert together == [clean_text(pa.array([c], pa.string()))[0].as_py() for c in cells]


@given(CELLS)
def test_a_slice_of_a_column_is_cleaned_as_the_column(cells):
    column = pa.array(["đầu", *cells], pa.string())
    assert clean_text(column[1:]).to_pylist() == clean_text(column).to_pylist()[1:]
    assert fold_text(column[1:]).to_pylist() == fold_text(column).to_pylist()[1:]


def test_columns_without_text():
    assert clean_text(pa.nulls(2)).to_pylist() == [None, None]
    assert clean_text(pa.array([], pa.string())).to_pylist() == []
    assert clean_text(pa.array([" a "], pa.large_string())).to_pylist() == ["a"]
    assert has_invisible(pa.nulls(2)).tolist() == [False, False]


def test_has_invisible():
    cells = ["An", "A\u200bn", None, "A\u00a0B", "A B", "\u202eAn", ""]
    assert has_invisible(pa.array(cells)).tolist() == [False, True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hoà", "hòa"),
        ("Thuý", "THÚY"),
        ("Đặng", "dang"),
        ("Ðặng", "Đặng"),
        ("H’Bia", "H'Bia"),
        ("H`Bia", "Hʼbia"),
        ("Niê̆", "nie"),
        ("Ｎguyễn", "nguyen"),
        ("Lê Vаn", "le van"),
        ("trƣờng", "truong"),
    ],
)
def test_equal_when_folded(left, right):
    assert fold(left) == fold(right)


def test_fold_keeps_nulls_and_other_scripts():
    assert fold_text(pa.array(["ĐỖ", None, "", "日本"])).to_pylist() == ["do", None, "", "日本"]


@given(CELLS)
def test_fold_of_a_column_is_the_fold_of_its_cells(cells):
    assert fold_text(pa.array(cells, pa.string())).to_pylist() == [None if c is None else fold(c) for c in cells]


@given(ANY_TEXT | LEDGER_TEXT)
def test_fold_is_idempotent_and_blind_to_normal_form_and_case(text):
    assert fold(fold(text)) == fold(text)
    for form in ("NFC", "NFD"):
        latin = "".join(c for c in text if ord(c) < 0x250 or 0x300 <= ord(c) < 0x370 or 0x1E00 <= ord(c) < 0x1F00)
        assert fold(unicodedata.normalize(form, latin)) == fold(latin)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ðặng ðức Ɖỗ", "Đặng đức Đỗ"),
        ("Lê Vаn", "Lê Van"),
        ("Ｌê", "Lê"),
        ("０１２", "012"),
        ("٠١٢", "012"),
        ("trƣờng", "trường"),
        ("Trа\u0302\u0300n", "Trần"),
        ("Đặng", "Đặng"),
    ],
)
def test_look_alikes(text, expected):
    assert look_alikes(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-", EmptyReason.BLANK),
        ("...", EmptyReason.BLANK),
        ("…", EmptyReason.BLANK),
        ("//", EmptyReason.BLANK),
        ("?", EmptyReason.STATED_UNKNOWN),
        ("null", EmptyReason.BLANK),
        ("N/A", EmptyReason.BLANK),
        ("#N/A", EmptyReason.BLANK),
        ("NaN", EmptyReason.BLANK),
        ("nan", EmptyReason.BLANK),
        ("\\N", EmptyReason.BLANK),
        ("(trống)", EmptyReason.BLANK),
        ("Chưa cấp", EmptyReason.BLANK),
        ("KHÔNG RÕ", EmptyReason.STATED_UNKNOWN),
        ("khong ro", EmptyReason.STATED_UNKNOWN),
        ("(không rõ)", EmptyReason.STATED_UNKNOWN),
        ("chưa rõ.", EmptyReason.STATED_UNKNOWN),
        ("Không", None),
        ("Na", None),
        ("Nan", None),
        ("Nấn", None),
        ("Hoa", None),
        ("A", None),
        ("0", None),
    ],
)
def test_empty_reason(text, reason):
    assert empty_reason(text) is reason


def _sorted(names):
    keys = sort_keys(pa.array(names)).to_pylist()
    assert all(k.isascii() for k in keys)
    return [name for _, name in sorted(zip(keys, names, strict=True))]


@pytest.mark.parametrize(
    "in_order",
    [
        ["Lê Ma", "Lê Mà", "Lê Mả", "Lê Mã", "Lê Má", "Lê Mạ", "Lê Mai"],
        ["An", "Ăn", "Ân", "Ba", "Ca", "Da", "Đa", "Ea", "Êa", "Ga"],
        ["Oa", "Ôa", "Ơa", "Pa", "Ta", "Ua", "Ưa", "Va", "Xa", "Ya"],
        ["Trần Bảo An", "Lê Văn An", "Lê Thị Anh", "Lê Thị Ánh"],
        ["Lê An", "Lê Bảo An", "Lê Văn An", "Trần Văn An"],
        ["Bùi Văn Đức", "Đỗ Văn Đức", "Lê Văn Em"],
        ["Lê Minh Anh", "Lê Minh Bảo Anh"],
    ],
)
def test_vietnamese_order(in_order):
    assert _sorted(list(reversed(in_order))) == in_order


def test_vietnamese_order_by_surname():
    names = ["Bùi Văn Ý", "Đỗ Thị An", "Đỗ Bảo Ân", "Đỗ Văn Ân", "Lê An"]
    keys = sort_keys(pa.array(names[::-1]), is_surname_first=True).to_pylist()
    assert [name for _, name in sorted(zip(keys, names[::-1], strict=True))] == names


@pytest.mark.parametrize(
    ("left", "right"), [("Lê Hoà", "LÊ HÒA"), ("H'Bia", "H’Bia"), ("Ðỗ An", "Đỗ An"), ("Lê Thuý", "Lê Thúy")]
)
def test_names_with_one_key(left, right):
    keys = sort_keys(pa.array([left, right])).to_pylist()
    assert keys[0] == keys[1]


@given(CELLS)
def test_sort_keys_keep_rows_and_nulls(cells):
    keys = sort_keys(pa.array(cells, pa.string())).to_pylist()
    assert [k is None for k in keys] == [c is None for c in cells]


@given(LEDGER_TEXT)
def test_without_tone_is_idempotent(text):
    assert without_tone(without_tone(text)) == without_tone(text)


def test_a_part_of_a_name_is_ranked_once() -> None:
    texts._part_key.cache_clear()
    given_names = ["Hoa", "Hoà", "An"]
    sort_keys(pa.array([f"Lê Văn {name}" for name in given_names] + [f"Lê Thị {name}" for name in given_names]))
    assert texts._part_key.cache_info().misses == len({"Lê", "Văn", "Thị", *given_names})
