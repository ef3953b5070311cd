"""Units in addresses: known as they lie in each other, and nothing is cut that may stand whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_places import Unit, bonus, known_units, parted, units_of, without_level
from transforms.text import fold


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("xã Na Hồ, huyện Ba Bể, tỉnh Bắc Kạn", 2), ("P.Thọ Quang, Q.Sơn Trà, TP.Đà Nẵng", 3), ("Xóm Xyzz, Qqqq", 0),
        ("Lệ Thủy, Bình Trị Thiên", 2), ("Lệ Thủy, Quảng Bình", 2), ("Lệ Thủy, Nam Định", 1), ("", 0),
        ("huyện Mù Căng Chải, tỉnh Yên Bái", 2), ("huyện Mù Cang Chải, tỉnh Yên Bái", 2),
    ],
)  # fmt: skip
def test_units_are_known_from_the_end(text: str, known: int) -> None:
    assert len(known_units(text)) == known


def test_a_known_unit_costs_its_own_price_whatever_its_words_cost() -> None:
    assert bonus("Hải Hậu, Nam Định", lambda name: -20.0) == pytest.approx(33.0)
    assert bonus("Hải Hậu, Nam Định", lambda name: 0.0) == 0
    assert bonus("Qqqq", lambda name: -20.0) == 0


@given(st.sampled_from(units_of("")), st.data())
def test_units_lie_in_their_province(province: Unit, data: st.DataObject) -> None:
    below = units_of(province.code)
    if below:
        district = data.draw(st.sampled_from(below))
        found = known_units(f"Xóm 1, {district.name}, {province.name}")
        assert found[0] == province
        assert fold(found[1].name) == fold(district.name)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Gò Quao Kiên Giang", "Gò Quao, Kiên Giang"), ("Ấp 2 Gò Quao, Kiên Giang", "Ấp 2, Gò Quao, Kiên Giang"),
        ("xã Hải Long tỉnh Nam Định", "xã Hải Long, tỉnh Nam Định"),
        ("PVĩnh Tuy, Hà Nội", "P.Vĩnh Tuy, Hà Nội"), ("TP Đà Nẵng", "TP.Đà Nẵng"),
    ],
)  # fmt: skip
def test_signs_that_were_not_seen_are_proposed(read: str, meant: str) -> None:
    assert meant in list(parted(read))


@given(st.text(max_size=60))
def test_only_signs_are_added(text: str) -> None:
    for told in parted(text):
        assert [c for c in told if c.isalnum()] == [c for c in text if c.isalnum()]
    assert "".join(without_level(text)) == text
