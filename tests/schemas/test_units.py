from schemas.code_lists import rows
from schemas.units import heirs, provinces_now, provinces_of_units, successors


def test_every_unit_lies_in_a_province_and_every_heir_is_a_commune_of_today():
    today = {r["code"]: r["province"] for r in rows("units_34")}
    assert len(today) == 3_321
    provinces = {r["gso_code"]: r["successor_code_34"] for r in rows("provinces_63")}
    in_provinces = provinces_of_units()
    assert set(in_provinces.values()) == set(provinces)
    for code, now in heirs().items():
        assert {today[n] for n in now} <= {provinces[in_provinces[code]]}, code


def test_heirs():
    assert successors("00565") == ("00565", "00577")
    assert len(successors("16165")) == 1
    assert successors("318") == ("11948",)
    assert "00004" in successors("001")
    assert successors("34") == ("33",)
    assert successors("99999") == ()


def test_every_commune_of_june_2025_has_an_heir():
    without = [c for c, now in heirs().items() if len(c) == 5 and not now]
    assert len(without) < 10


def test_the_province_of_a_code_has_to_be_looked_up():
    known = provinces_of_units()
    assert [known.get(c) for c in ("79", "760", "27199", "98", "99999")] == ["79", "79", "79", None, None]
    assert provinces_now()["34"] == "33"
