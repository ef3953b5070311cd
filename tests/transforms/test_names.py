import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rules import all_rules, quarantining
from tests.transforms.case_tables import cases, differences
from transforms import names
from transforms.names import name_contradicts_sex, standardise_full_name, standardise_person_name

NAMES = st.text("aăAÀnNgGuUyYễỄ ĐđLêÊ'’.-(),;/ 1H\u200bÐ\n", max_size=25)
CELLS = st.lists(st.none() | st.text(max_size=15) | NAMES, max_size=6)


def _read(raw):
    result = standardise_full_name(pa.array([raw], pa.string()))
    values = tuple(result.columns[c][0].as_py() for c in ("full_name", "surname", "middle_name", "given_name"))
    return values, result.reasons[0].as_py(), {f.rule_id for f in result.findings}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Nguyễn Văn An", ("Nguyễn Văn An", "Nguyễn", "Văn", "An")),
        ("  NGUYỄN  VĂN AN ", ("Nguyễn Văn An", "Nguyễn", "Văn", "An")),
        ("NGUYễN THị HOÀ", ("Nguyễn Thị Hoà", "Nguyễn", "Thị", "Hoà")),
        ("nguyễn văn an", ("Nguyễn Văn An", "Nguyễn", "Văn", "An")),
        ("Nguye\u0302\u0303n Thị Hòa", ("Nguyễn Thị Hòa", "Nguyễn", "Thị", "Hòa")),
        ("Lê Hoa", ("Lê Hoa", "Lê", None, "Hoa")),
        ("Hoa", ("Hoa", None, None, "Hoa")),
        ("Lê Thị Na", ("Lê Thị Na", "Lê", "Thị", "Na")),
        ("Và Bá Chư", ("Và Bá Chư", "Và", "Bá", "Chư")),
        ("VÀ BÁ CHƯ", ("Và Bá Chư", "Và", "Bá", "Chư")),
        ("Lê Tự Trọng", ("Lê Tự Trọng", "Lê", "Tự", "Trọng")),
        ("Nguyễn Văn\nAn", ("Nguyễn Văn An", "Nguyễn", "Văn", "An")),
        ("Công Tằng Tôn Nữ Thị Hoa", ("Công Tằng Tôn Nữ Thị Hoa", "Công Tằng Tôn Nữ", "Thị", "Hoa")),
        ("Y Thơm Niê", ("Y Thơm Niê", "Niê", None, "Y Thơm")),
        ("H’BIA NIÊ KDĂM", ("H’Bia Niê Kdăm", "Niê Kdăm", None, "H’Bia")),
        ("Ksor H'Bia", ("Ksor H'Bia", "Ksor", None, "H'Bia")),
        ("A Thơm", ("A Thơm", None, None, "A Thơm")),
        ("K'Brêu", ("K'Brêu", None, None, "K'Brêu")),
        ("Giàng A Páo", ("Giàng A Páo", "Giàng", "A", "Páo")),
    ],
)
def test_plain_names_raise_nothing(raw, expected):
    values, reason, rules = _read(raw)
    assert (values, reason, rules) == (expected, ".", set())


@pytest.mark.parametrize(
    ("raw", "name", "rules"),
    [
        ("Lê Văn An (chết)", "Lê Văn An", {"full_name.note_removed", "full_name.says_dead"}),
        ("Lê Văn An (đã chuyển", "Lê Văn An", {"full_name.note_removed"}),
        ("Lê Thị Hoa - chủ hộ", "Lê Thị Hoa", {"full_name.note_removed"}),
        ("Lê Thị Hoa, chủ hộ", "Lê Thị Hoa", {"full_name.note_removed"}),
        ("Lê Thị Hoa/chủ hộ", "Lê Thị Hoa", {"full_name.note_removed"}),
        ("Lê Thị Hoa đã chết năm 1990", "Lê Thị Hoa", {"full_name.note_removed", "full_name.says_dead"}),
        ("LÊ THỊ HOA (CHẾT)", "Lê Thị Hoa", {"full_name.note_removed", "full_name.says_dead"}),
        ("Lê Thị Hoa tức Ba", "Lê Thị Hoa", {"full_name.note_removed", "full_name.other_name"}),
        ("Lê Văn An-1950", "Lê Văn An", {"full_name.note_removed"}),
        ("Lê Văn An†", "Lê Văn An", {"full_name.note_removed", "full_name.says_dead"}),
        ("1. Lê Văn An", "Lê Văn An", {"full_name.note_removed"}),
        ("- Lê Văn An", "Lê Văn An", {"full_name.note_removed"}),
        ("Ông Lê Văn An", "Lê Văn An", {"full_name.note_removed"}),
        ("Ng. T. Lan", "Ng. T. Lan", {"full_name.abbreviated"}),
        ("Ng.T.Lan", "Ng. T. Lan", {"full_name.abbreviated"}),
        ("Nguyễn V An", "Nguyễn V An", {"full_name.abbreviated"}),
        ("Nguyễn Văn ...", "Nguyễn Văn ...", {"full_name.abbreviated"}),
        ("Ðặng Văn Ba", "Đặng Văn Ba", {"full_name.look_alike"}),
        ("Ｌê Ａn", "Lê An", {"full_name.look_alike"}),
        ("Lê\u200b Văn An", "Lê Văn An", {"text.invisible_characters"}),
        ("Lê\u00a0Văn An", "Lê Văn An", {"text.invisible_characters"}),
    ],
)
def test_names_kept_with_a_finding(raw, name, rules):
    values, reason, found = _read(raw)
    assert (values[0], reason, found) == (name, ".", rules)


@pytest.mark.parametrize(
    ("raw", "rule", "reason"),
    [
        (None, "missing", "b"),
        ("", "missing", "b"),
        ("...", "missing", "b"),
        ("không rõ", "missing", "u"),
        ("null", "missing", "b"),
        ("A", "too_short", "i"),
        ("A.", "too_short", "i"),
        ("123", "not_a_name", "i"),
        ("Nguyễn Văn 5", "not_a_name", "i"),
        ("=1+1", "not_a_name", "i"),
        ("=cmd|' /C calc'!A0", "not_a_name", "i"),
        ("@SUM(A1)", "not_a_name", "i"),
        ("<b>An</b>", "not_a_name", "i"),
        ("{{7*7}}", "not_a_name", "i"),
        ("Nguy?n V?n An", "not_a_name", "i"),
        ("Nguy\ufffdn An", "not_a_name", "i"),
        ("Nguyá»…n An", "not_a_name", "i"),
        ("Lê 😀 An", "not_a_name", "i"),
        ("Z\u0336a\u0334l\u0337go", "not_a_name", "i"),
        ("李小龍", "not_a_name", "i"),
        ("Иван Жуков", "not_a_name", "i"),
        ("Lê \ue000", "not_a_name", "i"),
        ("chủ hộ", "not_a_name", "i"),
        ("Họ và tên", "not_a_name", "i"),
        ("x" * 5000, "not_a_name", "i"),
        ("Trần A và Lê B", "two_persons", "a"),
        ("TRẦN VĂN A VÀ LÊ THỊ B", "two_persons", "a"),
        ("Lê A; Lê B", "two_persons", "a"),
        ("Lê An & Lê Ba", "two_persons", "a"),
        ("Lê An / Lê Ba", "two_persons", "a"),
        ("Lê Văn An, Trần Thị Ba", "two_persons", "a"),
        ("Lê Văn An - Trần Thị Ba", "two_persons", "a"),
        ("Lê Văn An\nTrần Thị Ba", "two_persons", "a"),
    ],
)
def test_refused_names_are_null(raw, rule, reason):
    values, why, rules = _read(raw)
    assert values == (None,) * 4
    assert why == reason
    assert rules & quarantining() == {f"full_name.{rule}"}


def test_very_long_valid_name_is_kept():
    long = "Nguyễn " + "Phúc " * 18 + "An"
    assert _read(long)[0][0] == long


@given(CELLS)
def test_rows_in_are_rows_out_and_known_rules_only(cells):
    result = standardise_full_name(pa.array(cells, pa.string()))
    assert {len(c) for c in result.columns.values()} == {len(cells)} == {len(result.reasons)} or not cells
    assert {f.rule_id for f in result.findings} <= set(all_rules())
    refused = {int(i) for f in result.findings if f.rule_id in quarantining() for i in f.rows}
    assert refused == {i for i, name in enumerate(result.columns["full_name"].to_pylist()) if name is None}


@given(CELLS)
def test_full_name_is_the_parts_together(cells):
    columns = standardise_full_name(pa.array(cells, pa.string())).columns
    for row in zip(
        *(columns[c].to_pylist() for c in ("full_name", "surname", "middle_name", "given_name")), strict=True
    ):
        parts = [p for p in row[1:] if p is not None]
        assert sorted(" ".join(parts).split()) == sorted((row[0] or "").replace("...", "").split()) or "." in row[0]


@given(CELLS)
def test_standardising_twice_changes_nothing(cells):
    once = standardise_full_name(pa.array(cells, pa.string())).columns["full_name"]
    kept = once.filter(once.is_valid())
    assert standardise_full_name(kept).columns["full_name"].to_pylist() == kept.to_pylist()


def test_person_names_never_keep_a_row_out():
    cells = ["LÊ VĂN AN", "Lê An (chết)", "123", "Lê A; Lê B", "không rõ", None, "Ng. T. Lan", "A"]
    result = standardise_person_name(pa.array(cells), "father_name", "relatives")
    assert result.columns["father_name"].to_pylist() == [
        "Lê Văn An",
        "Lê An",
        None,
        None,
        None,
        None,
        "Ng. T. Lan",
        None,
    ]
    assert result.reasons.to_pylist() == [".", ".", "i", "a", "u", "b", ".", "i"]
    rows = {f.rule_id: f.rows.tolist() for f in result.findings}
    assert rows == {"full_name.note_removed": [1], "person_name.unreadable": [2, 3, 7], "full_name.abbreviated": [6]}
    assert {f.field for f in result.findings} == {"relatives"}
    assert not rows.keys() & quarantining()


@pytest.mark.parametrize(
    ("name", "sex", "expected"),
    [
        ("Nguyễn Thị Hoa", "1", True),
        ("Nguyễn Thị Hoa", "2", False),
        ("Nguyễn Lê Thị Hoa", "1", True),
        ("Nguyễn Văn An", "2", True),
        ("Nguyễn Văn An", "1", False),
        ("Nguyen Thi Hoa", "1", True),
        ("Nguyễn Văn Thùy Trang", "2", False),
        ("Văn Thị An", "1", True),
        ("Văn An", "2", False),
        ("Lê Thị", "1", False),
        ("Lê An Thi", "1", False),
        ("Y Thị Niê", "1", False),
        ("Ksor Văn Hoa", "2", False),
        ("H'Thị Niê", "1", True),
        ("Nguyễn Thị Hoa", None, False),
        ("Nguyễn Thị Hoa", "0", False),
        (None, "1", False),
    ],
)
def test_name_contradicts_sex(name, sex, expected):
    got = name_contradicts_sex(pa.array([name], pa.string()), pa.array([sex], pa.string()))
    assert got.dtype == np.bool_
    assert got.tolist() == [expected]


@pytest.mark.parametrize(
    ("name", "group", "says"),
    [
        ("Y Thơm Niê", "11", "1"),
        ("Y Bhơi", "16", "2"),
        ("Y Bhơi", None, None),
        ("A Thơm", "16", "1"),
        ("A Lăng Pháp", "25", None),
        ("H'Bia Niê", None, "2"),
        ("Ksor H'Lan", "10", "2"),
        ("K'Brôi", "15", "1"),
        ("K'Brôi", "01", None),
        ("Ka Nhủi", "15", "2"),
        ("Néang Sóc", "05", "2"),
        ("Chau Sóc", "05", "1"),
        ("Chau Sóc", "01", None),
        ("Nguyễn Thị Hoa", "01", "2"),
    ],
)
def test_markers_of_peoples_say_a_sex(name, group, says):
    for sex in ("1", "2"):
        got = name_contradicts_sex(*(pa.array([v], pa.string()) for v in (name, sex, group)))
        assert got.tolist() == [says is not None and says != sex]


def _read_case(case):
    result = standardise_full_name(pa.array([case["given"]], pa.string()))
    kept = ("full_name", "surname", "middle_name", "given_name", "other_names")
    values = {column: result.columns[column][0].as_py() or "" for column in kept}
    rules = sorted(f.rule_id.removeprefix("full_name.") for f in result.findings)
    return values | {"rules": " ".join(rules)}


def test_names_as_clerks_write_them():
    assert differences([(case, _read_case(case)) for case in cases("names")]) == []


@given(st.sampled_from([case["full_name"] for case in cases("names") if case["full_name"]]))
def test_a_standard_name_is_its_own_standard(name):
    assert _read(name)[0][0] == name


SYLLABLES = [
    "Nguyễn",
    "Thị",
    "Thi",
    "Văn",
    "Van",
    "Hoa",
    "Y",
    "A",
    "Ka",
    "Kpă",
    "Ksor",
    "H'Bia",
    "Y-Bia",
    "Chau",
    "Neang",
    "Ma",
]


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map(" ".join))
def test_a_name_says_in_columns_what_it_says_alone(name):
    alone = names._said_sex(name)
    for sex in ("1", "2"):
        got = name_contradicts_sex(pa.array(["Lê Thị Hoa", name]), pa.array(["2", sex]))
        assert got.tolist() == [False, alone is not None and alone != sex]


def test_only_names_of_other_customs_are_looked_at_one_by_one(monkeypatch):
    seen = []
    monkeypatch.setattr(names, "_said_sex", lambda name: seen.append(name))
    monkeypatch.setattr(names, "marker", lambda name: seen.append(name))
    given_names = pa.array(["Lê Thị Hoa", "Y Thơm Niê", "Nguyễn Văn An"])
    name_contradicts_sex(given_names, pa.array(["1"] * 3), pa.array(["01"] * 3))
    assert seen == ["Y Thơm Niê"] * 2
