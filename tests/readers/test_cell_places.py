"""Places looked up from the end of an address: nothing is exchanged for what it cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_places import bonus, completed


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("xã Na Hồ, huyện Ba Bế, tỉnh Bắc Kan", "xã Na Hồ, huyện Ba Bể, tỉnh Bắc Kạn"),
        ("Hải Thịnh, Khoai Châu, Hưng Yên", "Hải Thịnh, Khoái Châu, Hưng Yên"),
        ("P.Thọ Quang, Q.Sơn Tra, TP.Đà Nẵng", "P.Thọ Quang, Q.Sơn Trà, TP.Đà Nẵng"),
    ],
)
def test_what_was_meant_is_among_the_proposals(read: str, meant: str) -> None:
    assert meant in list(completed(read))
    assert bonus(meant) > bonus(read)


def test_a_place_that_no_list_has_stands_as_it_is() -> None:
    assert list(completed("Xóm Xyzz, Qqqq")) == []
    assert bonus("Xóm Xyzz, Qqqq") == 0
    assert list(completed("xã Na Hồ, huyện Ba Bể, tỉnh Bắc Kạn")) == []


@given(st.text(max_size=40))
def test_any_text_may_be_asked(text: str) -> None:
    assert len(list(completed(text))) <= 12
    assert bonus(text) >= 0


@given(st.sampled_from(["Bắc Kan", "Hưng Yen", "Đà Năng", "Hà Nôi"]), st.sampled_from(["", "tỉnh ", "T. "]))
def test_only_the_last_names_change(name: str, unit: str) -> None:
    for told in completed(f"Thôn Hạ, Xã Lạ, {unit}{name}"):
        assert told.startswith("Thôn Hạ, Xã Lạ, " + unit)
