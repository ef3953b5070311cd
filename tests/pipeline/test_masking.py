import pytest

from pipeline.masking import mask


@pytest.mark.parametrize(
    ("text", "column", "shown"),
    [
        ("Nguyễn Văn An", "full_name_raw", "N***** V** A*"),
        ("30/02/1975", "birth_date_raw", "30/02/1975"),
        ("001085012345", "personal_number_raw", "*********345"),
        ("001085012345", "", "***345"),
        ("CMND 271450001 (cũ)", "old_id_number_raw", "CMND ******001 (cũ)"),
        ("015 184 608", "old_id_number_raw", "*** *** 608"),
        ("092.167.007.008", "personal_number_raw", "***.***.***.008"),
        ("CMND 015 184 608 cấp 1999", "notes_raw", "CMND *** *** 608 cấp 1999"),
        ("10109O", "personal_number_raw", "10109O"),
        ("3.66E+08", "old_id_number_raw", "3.66E+08"),
        ("30-04-1975", "birth_date_raw", "30-04-1975"),
        ("", "full_name_raw", ""),
    ],
)
def test_names_and_numbers_are_masked_and_dates_are_not(text: str, column: str, shown: str) -> None:
    assert mask(text, column) == shown


def test_long_texts_are_cut() -> None:
    assert len(mask("x" * 10_000, "notes_raw")) < 100
