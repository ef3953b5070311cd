import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.code_lists import rows
from schemas.rules import all_rules
from schemas.units import provinces_of_units
from transforms.places import standardise_place

ADDRESSES = st.lists(
    st.none()
    | st.text(max_size=30)
    | st.lists(
        st.sampled_from(
            (
                "xã",
                "huyện",
                "tỉnh",
                "TP",
                "Thái Bình",
                "Hà",
                "Nội",
                "Nam",
                "Lai Châu",
                "Tây",
                ",",
                "-",
                "(",
                ")",
                "5",
                "38",
            )
        ),
        max_size=7,
    ).map(" ".join),
    max_size=5,
)


def _read(raw, field="native_place", province="40"):
    result = standardise_place(pa.array([raw], pa.string()), field, field, province)
    values = {k.removeprefix(field + "_"): v[0].as_py() for k, v in result.columns.items()}
    return values, result.reasons[0].as_py(), {f.rule_id.split(".")[1] for f in result.findings}


WHOLE = ("16165", "commune", "16114")
DISTRICT = ("401", "district", "38")
OF_COUNTRY = ("38", "province", "38")


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("xã Nga Thạch, huyện Nga Sơn, Thanh Hóa", WHOLE),
        ("xã Nga Thạch, huyện Nga Sơn, tỉnh Thanh Hoá.", WHOLE),
        ("tỉnh Thanh Hóa, huyện Nga Sơn, xã Nga Thạch", WHOLE),
        ("T. Thanh Hóa H. Nga Sơn X. Nga Thạch", WHOLE),
        ("Thanh Hóa; Nga Sơn; Nga Thạch", WHOLE),
        ("NGA THACH - NGA SON - THANH HOA", WHOLE),
        ("Thôn 3 xã Nga Thạch huyện Nga Sơn tỉnhThanh Hóa", WHOLE),
        ("xã Nga Thạch, xóm 5, huyện Nga Sơn, Thanh Hóa, Việt Nam", WHOLE),
        ("12/4 đường Trần Phú, X.Nga Thạch, H.Nga Sơn, TH", WHOLE),
        ("huyện Nga Sơn tỉnh Thanh Hóa", DISTRICT),
        ("Nga Sơn - Thanh Hóa", DISTRICT),
        ("Nga Sơn Thanh Hóa", DISTRICT),
        ("thanh hoa", OF_COUNTRY),
        ("38", OF_COUNTRY),
        ("038", OF_COUNTRY),
        ("THÁI-BÌNH", ("34", "province", "33")),
        ("Vũ Thư, Thái Bình, Việt Nam", ("344", "district", "33")),
        ("TP. Thái Bình", ("336", "district", "33")),
        ("Quận 3, TP. HCM", ("770", "district", "79")),
        ("P5 Q10 TPHCM", ("27199", "commune", "27169")),
        ("F.5, Q.V, Sài Gòn", ("27334", "commune", "27316")),
        ("Sài Gòn", ("79", "province", "79")),
        ("HN", ("01", "province", "01")),
        ("Ba Đình, Hà Nội (cũ)", ("001", "district", "01")),
        ("Ba Đình, Hà Nội, từ ngày 01/05/2010", ("001", "district", "01")),
        ("Ðà Nẵng", ("48", "province", "48")),
        ("Thừa Thiên - Huế", ("46", "province", "46")),
        ("Long Điền, Bà Rịa - Vũng Tàu", ("752", "district", "79")),
        ("P. Hòa Bình, TP Biên Hòa, T.Đồng Nai", ("26038", "commune", "26041")),
        ("TP Hải Dương Hải Dương", ("288", "district", "31")),
        ("P. Ngô Mây, TP Qui Nhơn, Bình Định", ("21577", "commune", "21592")),
        ("P. Tân Lợi, TP Ban Mê Thuột, Daklak", ("24136", "commune", "24133")),
        ("xã Hòa Tú I, Mỹ Xuyên, Sóc Trăng", ("31717", "commune", "31717")),
        ("phường Sa Pả, Sa Pa, Lào Cai", ("03002", "commune", "03006")),
        ("xã Phước Tỉnh, Long Điền, BR-VT", ("26674", "commune", "26662")),
        ("xã Nga Thạch (huyện Nga Sơn, Thanh Hóa)", WHOLE),
        ("Q1 HCM", ("760", "district", "79")),
        ("huyện Bạch Long Vĩ, Hải Phòng", ("318", "district", "11948")),
    ],
)
def test_the_level_that_the_text_supports(raw, wanted):
    values, reason, _ = _read(raw)
    assert (values["code"], values["level"], values["code_now"], reason) == (*wanted, ".")
    assert values["method"].split("_")[0] == values["level"]
    assert 0 < values["confidence"] <= 1


@pytest.mark.parametrize(
    ("raw", "code", "method", "rules"),
    [
        ("xã Kim Liên, Nam Đàn, Nghệ Tĩnh", "17971", "commune_name", {"province_abolished"}),
        ("phường Phước Long B, Quận 9, TPHCM", "26848", "commune_other_name", set()),
        ("xã Xuân Đỉnh, huyện Từ Liêm, Hà Nội", "00610", "commune_other_name_split", set()),
        ("xã Kỳ Long, huyện Kỳ Anh, Hà Tĩnh", "18835", "commune_old_district", set()),
        ("xã Đắk Lao, Đắk Mil, Đắk Lắk", "24667", "commune_name", set()),
        ("huyện Thủ Đức, TP Hồ Chí Minh", "79", "province_of_district", set()),
        ("xã Nga Thạhc, huyện Nga Sơn, Thanh Hóa", "16165", "commune_slip", set()),
        ("xã Nga Thạch, huyện Nga Sơn, Thah Hóa", "16165", "commune_slip", set()),
        ("xã Nga Thạch, huyện Nga Son, Nam Định", "16165", "commune_other_province", {"commune_not_in_province"}),
        ("xã Nga Thạch, Thanh Hóa", "16165", "commune_without_district", set()),
        ("xã Nga Thạch, huyện Nga Sơn", "16165", "commune_without_province", set()),
        ("xã Nga Thách Mới, huyện Nga Sơn, Thanh Hóa", "401", "district_name", {"unit_unknown"}),
        ("TT Trâu Quỳ, Gia Lâm, Hà Nội", "00565", "commune_name_split", set()),
        ("Cao Lãnh, Đồng Tháp", "87", "province_63_name", {"unit_ambiguous"}),
        ("xã Phú Hữu, Cần Thơ", None, "province_63_name", {"unit_ambiguous"}),
        ("xã Nga Thanh, huyện Nga Sơn, Thanh Hóa", "16123", "commune_name", set()),
        ("xã Cổ Loa, huyện Nghĩa Hưng, Nam Định", "361", "district_name", {"commune_not_in_province"}),
    ],
)
def test_how_a_unit_was_found_and_what_is_to_be_told(raw, code, method, rules):
    values, _, found = _read(raw)
    assert (values["code"], values["method"], found) == (code, method, rules)


def test_marks_decide_between_names_that_differ_in_nothing_else():
    names = {raw: _read(f"xã {raw}, Nga Sơn, Thanh Hóa")[0]["code"] for raw in ("Nga Thanh", "Nga Thành", "NGA THÀNH")}
    assert len(set(names.values())) == 2
    assert names["Nga Thành"] == names["NGA THÀNH"]
    assert _read("xa Minh Quan, Tran Yen, Yen Bai")[0]["code"] == "138"


@pytest.mark.parametrize(
    ("raw", "now"),
    [("phường Ba Đình, thành phố Hà Nội", "00004"), ("phường Thủ Dầu Một, TP Hồ Chí Minh", None),
     ("xã Quỳnh Phụ, tỉnh Hưng Yên", "12472")],
)  # fmt: skip
def test_communes_of_today_have_no_code_before(raw, now):
    values, _, _ = _read(raw)
    assert values["code"] is None
    assert (values["level"], values["method"]) == ("commune", "commune_of_today")
    assert now in (None, values["code_now"])


@pytest.mark.parametrize(
    ("raw", "now"),
    [
        ("Hà Tây (nay là Hà Nội)", "01"),
        ("Hà Nam Ninh", "37"),
        ("tỉnh Cần Thơ", "92"),
        ("tỉnh Hà Bắc cũ", "24"),
        ("Quảng Nam - Đà Nẵng", "48"),
        ("Hoàng Liên Sơn", "15"),
        ("Minh Hải", "96"),
        ("Gia Định", "79"),
        ("Kiến Hòa", "86"),
    ],
)
def test_provinces_of_the_past_get_the_code_of_today_only(raw, now):
    values, reason, rules = _read(raw)
    assert values["code_now"] == now
    assert reason == "."
    assert (values["code"] is None) == ("province_abolished" in rules)


@pytest.mark.parametrize(
    "raw", ["Lai Châu", "tỉnh Lai Châu", "Nghệ Tĩnh", "Sông Bé", "Gia Lai - Kon Tum", "QN", "ĐN", "BTT"]
)
def test_names_of_several_units_get_no_code(raw):
    values, reason, rules = _read(raw)
    assert [values[k] for k in ("code", "level", "code_now", "method", "confidence")] == [None] * 5
    assert (values["text"], reason, rules) == (raw, ".", {"province_ambiguous"})


@pytest.mark.parametrize(
    "raw",
    [
        "thôn 3, xã Tân Lập",
        "xã Thái Bình",
        "12 đường Điện Biên",
        "phường Hòa Bình",
        "huyện Hà Giang",
        "xã Tân Bình Dương",
        "Trung Quốc",
        "Quảng Châu, Quảng Đông, Trung Quốc",
        "Viêng Chăn, Lào",
        "như trên đây",
        "99",
        "555",
        "x" * 20_000 + ",",
    ],
)
def test_addresses_without_a_province(raw):
    values, reason, rules = _read(raw)
    assert (values["text"], values["code"], reason) == (raw, None, ".")
    assert rules == (set() if raw.endswith(("Trung Quốc", "Lào")) else {"province_unknown"})
    assert _read(raw, "permanent_residence")[2] == {"province_unknown"}
    assert not _read(raw, "birth_place")[2]


@pytest.mark.parametrize(("raw", "reason"), [(None, "b"), ("", "b"), ("-", "b"), ("không rõ", "u")])
def test_empty_addresses(raw, reason):
    values, why, rules = _read(raw)
    assert set(values.values()) == {None}
    assert (why, rules) == (reason, set())
    assert _read(raw, "permanent_residence")[1:] == (reason, {"missing"})


@pytest.mark.parametrize(
    ("raw", "province", "now"),
    [
        ("Nghệ Tĩnh", "40", "40"),
        ("Nghệ Tĩnh", "42", "42"),
        ("Nghệ Tĩnh", "01", None),
        ("Lai Châu", "12", "12"),
        ("thôn 3, xã Nga Thạch", "38", "16114"),
        ("thôn 3, xã Nga Thạch", "01", None),
        ("xã An Hiệp, huyện Châu Thành", "92", "31594"),
    ],
)
def test_delivery_decides_for_the_permanent_residence_only(raw, province, now):
    values, _, rules = _read(raw, "permanent_residence", province)
    assert values["code_now"] == now
    assert bool(rules & {"province_ambiguous", "province_unknown"}) == (now is None)
    assert _read(raw, "native_place", province)[0]["code_now"] is None


@pytest.mark.parametrize("row", rows("provinces_63"), ids=lambda r: r["gso_code"])
def test_each_of_the_63_by_its_names(row):
    for raw in (row["name"], row["full_name"], row["name"].upper(), f"xã Ất Ơ, huyện Ơ Ất, {row['full_name']}"):
        values, _, rules = _read(raw)
        rules -= {"unit_unknown"}
        if row["name"] in ("Lai Châu", "Hậu Giang"):
            assert values["code"] is None
            assert rules
        else:
            assert (values["code"], values["code_now"]) == (row["gso_code"], row["successor_code_34"])


@given(ADDRESSES, st.sampled_from(["native_place", "permanent_residence"]))
def test_rows_in_are_rows_out(cells, field):
    result = standardise_place(pa.array(cells, pa.string()), field, field, "01")
    assert {len(c) for c in result.columns.values()} == {len(cells)}
    assert {f.rule_id for f in result.findings} <= set(all_rules())
    codes = {*provinces_of_units(), None}
    now = {r["code"] for r in (*rows("provinces_34"), *rows("units_34"))} | {None}
    assert set(result.columns[f"{field}_code"].to_pylist()) <= codes
    assert set(result.columns[f"{field}_code_now"].to_pylist()) <= now
    texts = result.columns[f"{field}_text"].to_pylist()
    assert [t is not None for t in texts] == [r == "." for r in result.reasons.to_pylist()]
