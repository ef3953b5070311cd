"""Text typed for a keyboard that was off, and what only looks like it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.legacy_text import IN_UNICODE
from readers import typed

NAMES = ("Nguyễn Văn Bình", "Trần Thị Tuyết", "Lê Đức Thắng", "Phạm Hữu Phước", "Đỗ Thị Hường", "Dương Quý Thuở")


@pytest.mark.parametrize("way", ["telex", "vni-typed", "viqr"])
def test_a_column_of_key_strokes_becomes_letters(way: str) -> None:
    keys = [IN_UNICODE[way](n) for n in NAMES]

    assert all(k.isascii() for k in keys)
    assert typed.way_of_typing(keys) == way
    assert [typed.from_typed(k, way) for k in keys] == list(NAMES)


@pytest.mark.parametrize(
    ("keys", "text"),
    [("Nguyenxe", "Nguyễn"), ("Nguyeexn", "Nguyễn"), ("DDUOWNGF", "ĐƯỜNG"), ("hoaf", "hòa"), ("quys", "quý"),
     ("gias", "giá"), ("Thuowr", "Thuở"), ("Kpaw", "Kpă"), ("Hlangj", "Hlạng"), ("Ksor", "Ksor"), ("ngoeof", "ngoèo"),
     ("xooong", "xoong"), ("Ralan", "Ralan"), ("Kddoh", "Kđoh")],
)  # fmt: skip
def test_telex_in_any_order_of_keys(keys: str, text: str) -> None:
    read = typed.from_typed(keys, "telex")
    assert read == text


@pytest.mark.parametrize(
    "texts",
    [["Ksor H Lan", "Rmah Blo", "Siu Nay", "Y Thom Nie", "K Broi", "H Bia Mlo"],
     ["To1", "To2 ap3", "To4", "To5", "To6", "To7"],
     ["Nguyen Van An", "Tran Thi Bich", "Le Duc Tho", "Smith John", "Dawn Shawn", "Ross Max"],
     ["A1", "B2", "A3", "HK12", "HK13", "HK14"], ["Ng. T. Lan", "Tr. V. Ho", "P. (Nam)", "Le?"], []],
)  # fmt: skip
def test_other_ascii_is_left_alone(texts: list[str]) -> None:
    assert typed.way_of_typing(texts) is None


def test_names_of_other_peoples_do_not_hide_the_keys() -> None:
    others = ["Ksor H'Lan", "Rmah Sarath", "Y Thomas", "Karim Roky", "Siu Lors", "Danh Phors", "Rosmar", "Y Drix"] * 3
    keys = [IN_UNICODE["telex"](n) for n in NAMES]

    assert typed.way_of_typing([*others, *keys]) == "telex"
    assert typed.way_of_typing(others) is None


def test_viqr_is_no_telex_for_its_double_d() -> None:
    names = ["DDa(.ng Va(n DDu+'c", "DDo^~ Thi. Ye^'n", "DDinh Va(n Trie^.u", "DDa`m Thi. Lie^n", "DDoa`n Va(n Die^.p"]
    assert typed.way_of_typing(names) == "viqr"


@pytest.mark.parametrize(
    ("word", "read"),
    [("Wang", "Wang"), ("Hwing", "Hwing"), ("Howard", "Howard"), ("Bhnuwowk", "Bhnươk"), ("Bluwi", "Blưi"),
     ("Hieenf", "Hiền"), ("Yusuf", "Yusuf"), ("a" * 50, "a" * 50)],
)  # fmt: skip
def test_a_word_of_another_language_is_read_by_its_marks(word: str, read: str) -> None:
    assert typed.foreign_word(word, "telex") == read


def test_every_key_taken_for_a_key() -> None:
    assert typed.keyed("Chamaleas", "telex") == "Chamaléa"
    assert typed.tone_keys("Sarath") == "r"
    assert typed.syllable("Thooong", "telex") == "Thoong"
    assert typed.is_sure_key("Thij", "telex")
    assert not typed.is_sure_key("Max", "telex")


@given(st.text(st.characters(codec="ascii"), max_size=20), st.sampled_from(typed.WAYS))
def test_no_text_breaks_the_reading(text: str, way: str) -> None:
    assert unicodedata.is_normalized("NFC", typed.from_typed(text, way))
