from hypothesis import given
from hypothesis import strategies as st

from readers.some_cells import SomeCells, read_some, way_of_some
from readers.typed_cells import read_told
from tests.readers.test_typed_cells import PLAIN

OFTEN, RARE = (SomeCells("telex", is_often=often) for often in (True, False))


def test_single_cells_of_keys_are_known_by_their_words() -> None:
    assert way_of_some(["Lan Anh", "Y Wang", "Nguyeexn Vawn Nam"], 3) == OFTEN
    assert way_of_some(["Lan Anh", "Nguye6n4 Va8n Nam"], 3) == SomeCells("vni-typed", is_often=True)
    assert way_of_some(["Lan Anh", "Tran Thij Ba"], 10) == OFTEN
    assert way_of_some(["Lan Anh", "Lee Baor An"], 11) == RARE
    assert way_of_some(["Lee Max", "Kim Soo"], 2) is None
    assert way_of_some(["Lan Anh", "Tran Va8n Ba"], 2) == SomeCells("vni-typed", is_often=True)
    none = ["Max Brown", "Taj Lee", "To1 Khu2", "Lo6 2", "A1 B2", "Ksor H'Lan", "", *PLAIN]
    assert way_of_some(none, len(none)) is None
    for cells in (OFTEN, RARE):
        assert read_some("Nguyeexn Vawn Nam", cells) == "Nguyễn Văn Nam"
        assert [read_some(t, cells) for t in PLAIN] == list(PLAIN)
    assert read_some("Tran Thij Ba", RARE) == "Tran Thị Ba"
    assert read_some("Tran Thij Ba", OFTEN) is None
    for word in ("Lee An", "K'Duyeen", "MOONG M. XOAN"):
        assert read_some(word, RARE) == word
        assert read_some(word, OFTEN) is None


@given(st.text(st.characters(codec="ascii"), max_size=30), st.sampled_from(("telex", "vni-typed")), st.booleans())
def test_no_text_breaks_the_reading(text: str, way: str, is_often: bool) -> None:
    assert read_some(text, SomeCells(way, is_often)) in (None, text, read_told(text, way))
