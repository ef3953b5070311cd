import pytest

from pipeline.draft_proposals import proposals


@pytest.mark.parametrize(
    ("column", "text", "first"),
    [("sex_raw", "nu", "Nữ"), ("sex_raw", "naam", "Nam"), ("ethnic_group_raw", "Khơ mer", "Khơ-me"),
     ("ethnic_group_raw", "Tayy", "Tày"), ("relation_raw", "Chu ho", "Chủ hộ")],
)  # fmt: skip
def test_what_is_spelled_nearly_so_comes_first(column: str, text: str, first: str) -> None:
    assert proposals(column, text)[0] == first


def test_a_short_list_is_offered_whole_and_a_column_without_list_offers_nothing() -> None:
    assert set(proposals("sex_raw", "")) >= {"Nam", "Nữ"}
    assert proposals("full_name_raw", "Nguyen") == []
    assert proposals(None, "x") == []
    assert proposals("ethnic_group_raw", "zzzzzzzz") == []
