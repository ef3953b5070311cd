from schemas.code_lists import rows
from schemas.units import parents
from transforms.name_parts import data_rows
from transforms.place_units import all_units


def test_own_lists_name_units_of_the_lists():
    listed = {code for r in data_rows("place_districts") for code in r["area"].replace("+", ";").split(";")}
    assert listed <= {c for c in parents() if len(c) == 3}
    assert {r["code"] for r in data_rows("place_names")} <= set(parents())
    provinces = {r["gso_code"] for r in rows("provinces_63")}
    assert {r["province"] for r in data_rows("place_districts")} <= provinces
    assert {c for r in data_rows("province_borders") for c in (r["code"], *r["also"].split(";"))} <= provinces


def test_the_number_of_a_ward_may_be_roman():
    assert all_units().communes["774v"] == all_units().communes["7745"]
