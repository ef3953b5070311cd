"""Cells of keys beside names of other peoples: read, left as they are, or asked about."""

import time
import unicodedata
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import encodings
from benchmarks.legacy_text import IN_UNICODE
from readers import typed
from readers.typed_cells import read_cell, read_told

PLAIN = (
    "Y Wang Niê", "H'Wier", "K'Sor", "Ksor", "Rơ Châm", "Danh Sarath", "Siu Ner", "Rahlan Hyur", "Y Ngur Kdoh",
    "Nguyen Van Nam", "Tran Thi Ba", "Maria Rita", "Mohamad Karim", "Chen Wei", "Nguyễn Văn Nam", "Lý Thị Mỷ",
)  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("way", ["telex", "vni-typed"])
def test_names_without_keys_are_left_alone_and_never_asked_about(text: str, way: str) -> None:
    assert read_cell(text, way) == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [("Nguyeexn Vawn Nam", "Nguyễn Văn Nam"), ("Lee An", "Lê An"), ("Thachj Thij Saus", "Thạch Thị Sáu"),
     ("Row Chaam H'Wieer", "Rơ Châm H'Wiêr"), ("Y Wang Niee", "Y Wang Niê"), ("Siu Kreem", "Siu Krêm"),
     ("Ksowr", "Ksơr"), ("Chamaleas Vawn Taam", "Chamaléa Văn Tâm"), ("Y Hlangj", "Y Hlạng"),
     ("Vangf A Pos", "Vàng A Pó"), ("Nungf Thij Slaayr", "Nùng Thị Slẩy"), ("Rosa Traanf Hoa", "Rosa Trần Hoa"),
     ("Pheeroo Phamj Vawn Ba", "Phêrô Phạm Văn Ba"), ("Quangf Vawn Thooong", "Quàng Văn Thoong"),
     ("NGUYEENX VAWN NAM", "NGUYỄN VĂN NAM"), ("Danh Suwowl", "Danh Sươl")],
)  # fmt: skip
def test_keys_that_say_one_thing_only_are_read(keys: str, text: str) -> None:
    assert read_cell(keys, "telex") == text


@pytest.mark.parametrize(
    "keys",
    ["Thachj Ros", "Y Wown Niee", "Kim Soo Phal", "Lee Sung Hyun", "Dawn Shaw", "Vux Max DDuwcs", "Isaac Newton",
     "Coor Thi Nghet", "Moong Thi Lan", "K'Ros", "K'Thuyr", "DDinh Bowr", "Thomas", "K'Druowr", "Ka Sers", "Thij Thorr",
     "Nguyeexn Văn Nam", "DDinh Thij Grown"],
)  # fmt: skip
def test_keys_that_may_be_letters_are_asked_about(keys: str) -> None:
    assert read_cell(keys, "telex") is None


@pytest.mark.parametrize(
    ("keys", "text"),
    [("Nguye6n4 Va8n Nam", "Nguyễn Văn Nam"), ("Y Ba6ng Kpa8", "Y Bâng Kpă"), ("Neang1 Se6n", "Néang Sên"),
     ("thon12", None), ("Duong3", None), ("to1", None), ("Thon2 A", "Thòn A"), ("K'Druo7r", None), ("QL14", "QL14")],
)  # fmt: skip
def test_digits_that_are_no_keys_are_asked_about(keys: str, text: str | None) -> None:
    assert read_cell(keys, "vni-typed") == text


@cache
def names_of(people: str) -> list[str]:
    names = encodings.pool(people)
    return names[-600:] if people == "held out" else names[::20]


@pytest.mark.parametrize("way", ["telex", "vni-typed"])
@pytest.mark.parametrize("people", encodings.PEOPLE)
def test_no_name_is_read_wrongly(people: str, way: str) -> None:
    names = sorted({encodings.writable(n) for n in names_of(people)})
    read = [read_cell(IN_UNICODE[way](n), way) for n in names]
    wrong = [
        (r, n)
        for r, n in zip(read, names, strict=True)
        if r is not None and not encodings.is_same(unicodedata.normalize("NFC", r), n, way)
    ]
    assert wrong == []
    most = {"kinh": 0.001, "mixed": 0.02, "unlisted": 0.03, "held out": 0.4}[people]
    assert np.mean([r is None for r in read]) <= most


def test_places_are_read_by_the_list_of_units() -> None:
    place = "Thoon 3, xax {}, tinhr DDawks Lawks"
    assert read_cell(place.format("Kroong Pawcs"), "telex") == "Thôn 3, xã Krông Pắc, tỉnh Đắk Lắk"
    assert read_cell(place.format("Ea Huar"), "telex") is None
    assert read_cell("Tho6n 3, xa4 Kro6ng Buk1", "vni-typed") == "Thôn 3, xã Krông Búk"
    assert read_cell("xax Tar Phinf, tinhr Laof Cai", "telex") == "xã Tả Phìn, tỉnh Lào Cai"


def test_a_person_who_says_that_it_is_keys_is_asked_no_more() -> None:
    assert read_told("Thachj Ros", "telex") == "Thạch Ró"
    assert read_told("Danh Sarath", "telex") == "Danh Sarath"
    assert read_told("Y Ngur H'Wier", "telex") == "Y Ngur H'Wier"
    assert read_told("Nguyễn Văn Nam", "telex") == "Nguyễn Văn Nam"
    assert read_told("Nguye^~n", "viqr") == "Nguyễn"


@given(st.text(st.characters(codec="ascii"), max_size=30), st.sampled_from(typed.WAYS))
def test_no_text_breaks_the_reading(text: str, way: str) -> None:
    assert unicodedata.is_normalized("NFC", read_told(text, way))
    assert read_cell(text, way) in (None, read_told(text, way))


def test_a_word_of_many_letters_takes_no_time() -> None:
    start = time.perf_counter()
    for text in ("ar" * 16_000, "K'" + "as" * 16_000, "a'" * 16_000, "ARaf " * 6_000):
        assert read_told(text, "telex")
        read_cell(text + "1", "vni-typed")
    assert time.perf_counter() - start < 5
