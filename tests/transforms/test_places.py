import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.code_lists import rows
from schemas.rules import all_rules
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


@pytest.mark.parametrize(
    ("raw", "code", "now"),
    [
        ("xã Nga Thạch, huyện Nga Sơn, Thanh Hóa", "38", "38"),
        ("xã Nga Thạch, huyện Nga Sơn, tỉnh Thanh Hoá.", "38", "38"),
        ("tỉnh Thanh Hóa, huyện Nga Sơn, xã Nga Thạch", "38", "38"),
        ("huyện Nga Sơn tỉnh Thanh Hóa", "38", "38"),
        ("Nga Sơn - Thanh Hóa", "38", "38"),
        ("Nga Sơn Thanh Hóa", "38", "38"),
        ("thanh hoa", "38", "38"),
        ("THÁI-BÌNH", "34", "33"),
        ("Vũ Thư, Thái Bình, Việt Nam", "34", "33"),
        ("TP. Thái Bình", "34", "33"),
        ("Quận 3, TP. HCM", "79", "79"),
        ("Q.1 TPHCM", "79", "79"),
        ("Sài Gòn", "79", "79"),
        ("Phường 5, Thành phố Hồ Chí Minh", "79", "79"),
        ("HN", "01", "01"),
        ("Ba Đình, Hà Nội (cũ)", "01", "01"),
        ("Ðà Nẵng", "48", "48"),
        ("Huế", "46", "46"),
        ("Thừa Thiên - Huế", "46", "46"),
        ("xã A, T. Đắc Lắc", "66", "66"),
        ("Daklak", "66", "66"),
        ("Long Điền, Bà Rịa - Vũng Tàu", "77", "79"),
        ("P. Hòa Bình, TP Biên Hòa, T.Đồng Nai", "75", "75"),
        ("Xã Hải Dương Hải Dương", "30", "31"),
        ("TP Hải Dương Hải Dương", "30", "31"),
        ("38", "38", "38"),
        ("Ba Đình, Hà Nội từ 5/2010", "01", "01"),
        ("Ba Đình, Hà Nội (từ 01/05/2010)", "01", "01"),
        ("Ba Đình, Hà Nội, từ ngày 01/05/2010", "01", "01"),
        ("Hà Nội - Việt Nam", "01", "01"),
        ("Vũ Thư Thái Bình VN", "34", "33"),
        ("038", "38", "38"),
    ],
)
def test_provinces_of_63(raw, code, now):
    values, reason, rules = _read(raw)
    assert (values["code"], values["code_now"], values["level"], reason, rules) == (code, now, "province", ".", set())
    assert values["method"].startswith("province_")
    assert 0 < values["confidence"] <= 1


@pytest.mark.parametrize(
    ("raw", "now"),
    [
        ("Ba Vì, Hà Tây", "01"),
        ("Hà Tây (nay là Hà Nội)", "01"),
        ("Lý Nhân, Nam Hà", "37"),
        ("Hà Nam Ninh", "37"),
        ("Phụng Hiệp, Hậu Giang", "92"),
        ("tỉnh Cần Thơ", "92"),
        ("tỉnh Hà Bắc cũ", "24"),
        ("Quảng Nam - Đà Nẵng", "48"),
        ("Hoàng Liên Sơn", "15"),
        ("Minh Hải", "96"),
    ],
)
def test_provinces_of_the_past_get_the_code_of_today_only(raw, now):
    values, reason, rules = _read(raw)
    assert (values["code"], values["code_now"], values["method"]) == (None, now, "province_historical")
    assert (reason, rules) == (".", {"province_abolished"})


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
        "TP Biên Hòa",
        "Trung Quốc",
        "như trên đây",
        "99",
        "555",
        "x" * 20_000 + ",",
    ],
)
def test_addresses_without_a_province(raw):
    values, reason, rules = _read(raw)
    assert (values["text"], values["code"], reason, rules) == (raw, None, ".", set())
    assert _read(raw, "permanent_residence")[2] == {"province_unknown"}


@pytest.mark.parametrize(("raw", "reason"), [(None, "b"), ("", "b"), ("-", "b"), ("không rõ", "u")])
def test_empty_addresses(raw, reason):
    values, why, rules = _read(raw)
    assert set(values.values()) == {None}
    assert (why, rules) == (reason, set())
    assert _read(raw, "permanent_residence")[1:] == (reason, {"missing"})


@pytest.mark.parametrize(
    ("raw", "province", "now"),
    [("Nghệ Tĩnh", "40", "40"), ("Nghệ Tĩnh", "42", "42"), ("Nghệ Tĩnh", "01", None), ("Lai Châu", "12", "12")],
)
def test_delivery_decides_for_the_permanent_residence_only(raw, province, now):
    values, _, rules = _read(raw, "permanent_residence", province)
    assert values["code_now"] == now
    assert ("province_ambiguous" in rules) == (now is None)
    assert _read(raw, "native_place", province)[0]["code_now"] is None


@pytest.mark.parametrize("row", rows("provinces_63"), ids=lambda r: r["gso_code"])
def test_each_of_the_63_by_its_names(row):
    for raw in (row["name"], row["full_name"], row["name"].upper(), f"xã An Lạc, huyện An Lão, {row['full_name']}"):
        values, _, rules = _read(raw)
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
    codes = {r["gso_code"] for r in rows("provinces_63")} | {None}
    now = {r["code"] for r in rows("provinces_34")} | {None}
    assert set(result.columns[f"{field}_code"].to_pylist()) <= codes
    assert set(result.columns[f"{field}_code_now"].to_pylist()) <= now
    texts = result.columns[f"{field}_text"].to_pylist()
    assert [t is not None for t in texts] == [r == "." for r in result.reasons.to_pylist()]
