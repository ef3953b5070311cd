from schemas.code_lists import rows
from transforms.name_parts import data_rows
from transforms.place_units import all_units, codes_in_provinces, province_now, province_of_unit, successors


def test_every_unit_lies_in_a_province_and_every_heir_is_a_commune_of_today():
    today = {r["code"]: r["province"] for r in data_rows("place_units_34")}
    assert len(today) == 3_321
    provinces = {r["gso_code"]: r["successor_code_34"] for r in rows("provinces_63")}
    in_provinces = codes_in_provinces()
    assert set(in_provinces.values()) == set(provinces)
    for code, now in all_units().now.items():
        assert {today[n] for n in now} <= {provinces[in_provinces[code]]}, code


def test_heirs():
    assert successors("00565") == ("00565", "00577")
    assert len(successors("16165")) == 1
    assert successors("318") == ("11948",)
    assert "00004" in successors("001")
    assert successors("34") == ("33",)
    assert successors("99999") == ()


def test_every_commune_of_june_2025_has_an_heir():
    known = all_units()
    without = [c for c, now in known.now.items() if len(c) == 5 and not now]
    assert len(without) < 10


def test_the_province_of_a_code_has_to_be_looked_up():
    assert [province_of_unit(c) for c in ("79", "760", "27199", "98", "99999")] == ["79", "79", "79", None, None]
    assert province_now("34") == "33"


def test_own_lists_name_units_of_the_lists():
    known = all_units()
    listed = {code for r in data_rows("place_districts") for code in r["area"].replace("+", ";").split(";")}
    assert listed <= {c for c in known.parent if len(c) == 3}
    assert {r["code"] for r in data_rows("place_names")} <= set(known.parent)
    provinces = {r["gso_code"] for r in rows("provinces_63")}
    assert {r["province"] for r in data_rows("place_districts")} <= provinces
    assert {c for r in data_rows("province_borders") for c in (r["code"], *r["also"].split(";"))} <= provinces


def test_the_number_of_a_ward_may_be_roman():
    assert all_units().communes["774v"] == all_units().communes["7745"]
