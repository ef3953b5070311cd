import pytest

from pipeline.masking import mask


@pytest.mark.parametrize(
    ("text", "column", "shown"),
    [
        ("Nguyễn Văn An", "full_name_raw", "N***** V** A*"),
        ("30/02/1975", "birth_date_raw", "**/**/****"),
        ("001085012345", "personal_number_raw", "*********345"),
        ("001085012345", "", "***345"),
        ("CMND 271450001 (cũ)", "old_id_number_raw", "CMND ******001 (cũ)"),
        ("015 184 608", "old_id_number_raw", "*** *** 608"),
        ("092.167.007.008", "personal_number_raw", "***.***.***.008"),
        ("CMND 015 184 608 cấp 1999", "", "CMND *** *** 608 cấp 1999"),
        ("10109O", "personal_number_raw", "10109O"),
        ("3.66E+08", "old_id_number_raw", "3.66E+08"),
        ("30-04-1975", "birth_date_raw", "**-**-****"),
        ("mồng 3 tháng giêng", "death_date_raw", "m*** * t**** g****"),
        ("12/03/1956", "entry_date_raw", "**/**/****"),
        ("Thôn 2, xã Tản Lĩnh", "permanent_residence_raw", "T*** *, x* T** L***"),
        ("Tho\u0302n 2", "native_place_raw", "T*** *"),
        ("Kinhh", "ethnic_group_raw", "Kinhh"),
        ("", "full_name_raw", ""),
    ],
)
def test_persons_are_masked_and_the_shape_of_what_was_read_stays(text: str, column: str, shown: str) -> None:
    assert mask(text, column) == shown


def test_long_texts_are_cut() -> None:
    assert len(mask("x" * 10_000, "notes_raw")) < 100
