import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.units import parents, provinces_now, provinces_of_units, successors
from transforms.place_reading import NOWHERE, Reader

PIECES = st.sampled_from(
    ("xã", "huyện", "P.", "Q.", "TX", "tỉnh", "TP", "Nga", "Sơn", "Thanh Hóa", "Hà", "Nội", "Châu Thành", "5", "II",
     "-", ",", "(", ")", "Nam", "Lai Châu", "tổ 3", "Cao Lãnh", "Thủ Đức", "Việt Nam", "x", "Huế")
)  # fmt: skip


def test_addresses_of_one_tail_are_read_once():
    reader = Reader(None)
    places = [reader.read(f"số {n}, xã Nga Thạch, huyện Nga Sơn, Thanh Hóa") for n in range(50)]
    assert len(set(places)) == 1
    assert len(reader.tails) == 1


def test_a_note_says_nothing_of_the_time_of_the_ledger():
    place = Reader(None).read("Xã Thạch Kim, huyện Thạch Hà (nay là huyện Lộc Hà), Hà Tĩnh nay thuộc xã khác")
    assert place.code == "18580"


@pytest.mark.parametrize("text", ["...", "( )", "Bắc Kinh, Trung Quốc", "xóm trên"])
def test_nowhere(text):
    assert Reader(None).read(text) == NOWHERE


@given(st.lists(PIECES, max_size=9).map(" ".join), st.sampled_from([None, "38", "92"]))
def test_codes_agree_with_their_level_and_with_one_another(text, home):
    place = Reader(home).read(text)
    if place.level is None:
        assert (place.code, place.code_now, place.method, place.confidence) == (None,) * 4
        return
    assert 0 <= (place.confidence or 0) <= 1
    if place.code is not None:
        assert len(place.code) == {"province": 2, "district": 3, "commune": 5}[place.level]
        province = provinces_of_units().get(place.code)
        assert province is not None
        now = successors(place.code)
        assert place.code_now in (provinces_now()[province], *now)
        assert place.code in parents() or place.code == province
