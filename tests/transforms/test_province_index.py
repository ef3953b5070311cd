import pytest

from schemas.code_lists import rows
from transforms.name_parts import data_rows
from transforms.province_index import province_of


def test_every_historical_province_is_known():
    for row in rows("provinces_historical"):
        if "(" not in row["name"]:
            province = province_of(row["name"])
            assert province is not None, row["name"]
            assert set(province.codes_now) <= {r["code"] for r in rows("provinces_34")}


def test_own_lists_name_codes_of_the_lists():
    codes_63 = {r["gso_code"] for r in rows("provinces_63")}
    codes_34 = {r["code"] for r in rows("provinces_34")}
    assert {r["code"] for r in data_rows("province_spellings")} <= codes_63
    assert {c for r in data_rows("province_same_names") for c in r["codes_now"].split(";")} <= codes_34


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("Thanh Hóa", "TP Thanh Hóa"),
        ("Nga Sơn, Thanh Hóa", "Nga Sơn Thanh Hóa"),
        ("Hà Nam Ninh", "Châu Đốc"),
        ("Hà Nội", "HN"),
    ],
)
def test_the_surer_the_reading_the_higher_its_confidence(more, less):
    surer, weaker = province_of(more), province_of(less)
    assert surer is not None
    assert weaker is not None
    assert surer.confidence > weaker.confidence
