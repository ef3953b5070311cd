import pytest

from schemas.code_lists import rows
from transforms.name_parts import data_rows
from transforms.place_words import name_key
from transforms.province_index import province_by_code, province_names


def test_every_historical_province_is_known():
    for row in rows("provinces_historical"):
        if "(" not in row["name"]:
            province = province_names().get(name_key(row["name"]))
            assert province is not None, row["name"]
            assert set(province.codes_now) <= {r["code"] for r in rows("provinces_34")}


def test_own_lists_name_codes_of_the_lists():
    codes_63 = {r["gso_code"] for r in rows("provinces_63")}
    codes_34 = {r["code"] for r in rows("provinces_34")}
    assert {r["code"] for r in data_rows("province_spellings")} <= codes_63
    assert {c for r in data_rows("province_same_names") for c in r["codes_now"].split(";")} <= codes_34


def test_a_name_means_all_provinces_that_its_districts_may_lie_in():
    known = province_names()
    assert known["nghetinh"].within == {"40", "42"}
    assert (known["nghetinh"].code, known["nghetinh"].codes_now) == (None, ("40", "42"))
    assert known["dacnong"] is not known["daknong"]
    assert known["dacnong"].code == known["daknong"].code == "67"
    for province in known.values():
        assert province.code is None or province.code in province.within


@pytest.mark.parametrize(("digits", "code"), [("38", "38"), ("038", "38"), ("138", None), ("3", None), ("99", None)])
def test_codes(digits, code):
    found = province_by_code(digits)
    assert (found and found.code) == code
