from hypothesis import given
from hypothesis import strategies as st

from schemas.edits import CellEdit, CellPlace, edit_match, place_of

_SHEETS = st.none() | st.text()


@given(st.text("0123456789abcdef", min_size=32, max_size=32), _SHEETS, st.integers(1, 2**31 - 1), st.integers(0, 1023))
def test_the_place_of_a_corrected_cell_comes_back_whatever_its_sheet_is_called(
    file_id: str, sheet: str | None, line: int, position: int
) -> None:
    place = CellPlace(file_id, sheet, line, position)
    assert place_of(edit_match(place)) == place


def test_a_correction_is_a_decision_and_its_texts_do_not_show() -> None:
    edit = CellEdit(CellPlace("a" * 32, None, 7, 3), "nu", "Nữ", "lan", "2026-01-01T00:00:00+00:00")
    assert (edit.decision.kind, edit.decision.value) == ("edit", "Nữ")
    assert "Nữ" not in repr(edit)
