import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sheet_names import in_message, is_plain, shown_by
from store.acting import Acting

ACTING = Acting("a", b"k" * 32)


@pytest.mark.parametrize(
    "name", ["Sheet1", "Trang tính 2", "Sổ 1", "Sổ hộ khẩu 1994–2003", "sheet", "Tổ 5", "2", "Bảng (3)"]
)
def test_a_name_that_only_says_which_sheet_it_is_stays(name: str) -> None:
    assert is_plain(name)
    assert shown_by(ACTING)("so.xlsx", name) == name


@pytest.mark.parametrize("name", [
    "Hộ ông Nguyễn Văn An", "NGUYEN VAN AN", "Lý", "Hồ", "Tô", "Sổ Lan", "Sheet 010100001", "001056012345", "",
    "H'Mông 2", "Sheet1; Lan", "Tổ", "Sổ 1 Bách",
])  # fmt: skip
def test_a_name_that_may_be_a_person_s_becomes_a_pseudonym(name: str) -> None:
    shown = shown_by(ACTING)("so.xlsx", name)
    assert shown is not None
    assert shown.startswith("#")
    assert shown_by(ACTING)("so.xlsx", shown) == shown
    assert shown != shown_by(Acting("a", b"o" * 32))("so.xlsx", name)
    assert shown != shown_by(ACTING)("khac.xlsx", name)


@given(st.text(max_size=20))
def test_what_is_shown_is_plain_or_a_pseudonym(name: str) -> None:
    shown = shown_by(ACTING)("so.xlsx", name)
    assert shown is not None
    assert (shown == name and (is_plain(name) or name.startswith("#"))) or (len(shown) == 9 and shown[0] == "#")


def test_files_without_sheets_have_none_and_messages_keep_all_else() -> None:
    shown = shown_by(ACTING)
    assert shown("so.csv", None) is None
    message = {"code": "c", "places": [{"sheet": "Lan", "line": 3}, {"sheet": None, "line": None}]}
    told = in_message("so.xlsx", message, shown)
    assert told == {
        "code": "c",
        "places": [{"sheet": shown("so.xlsx", "Lan"), "line": 3}, {"sheet": None, "line": None}],
    }
