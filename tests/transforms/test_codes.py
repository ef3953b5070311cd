import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.code_lists import code_list
from schemas.fields import by_name
from schemas.rules import all_rules
from tests.transforms.case_tables import cases, differences
from transforms.codes import lexicon, standardise_code
from transforms.text import fold

FIELDS = ("sex", "ethnic_group", "religion", "nationality", "marital_status", "blood_type", "household")


def _read(field, raw):
    stem = "relation" if field == "household" else field
    result = standardise_code(pa.array([raw], pa.string()), field)
    rules = {f.rule_id for f in result.findings}
    assert {f.field for f in result.findings} <= {field}
    return result.columns[f"{stem}_code"][0].as_py(), result.reasons[0].as_py(), rules


SURE = {
    "sex": {
        "Nam": "1", "NỮ": "2", "nu": "2", "Nu": "2", "F": "2", "M": "1", "1": "1", "2": "2", "nam.": "1", "gái": "2",
        "Giới tính: Nam": "1", "Ｎam": "1", "Nữ (đã chết)": "2", "Na\u200bm": "1",
    },
    "ethnic_group": {
        "Kinh": "01", "KINH": "01", "Lào": "35", "H'Mông": "08", "H’mông": "08", "Hmong": "08", "Mèo": "08",
        "Ede": "11", "Ê đê": "11", "Êđê": "11", "Dân tộc Tày": "02", "người Hoa": "06", "Kinh (Việt)": "01",
        "Nung": "07", "Muong": "04", "Gia rai": "10", "gia-rai": "10", "Cham": "14", "Co": "30", "Khơme": "05",
        "Thái đen": "03", "Bru - Vân Kiều": "24",
    },
    "religion": {
        "Không": "99", "không": "99", "K": "99", "0": "99", "99": "99", "1": "01", "01": "01", "Không có": "99",
        "Hoà Hảo": "03", "Phật giáo (Hòa Hảo)": "03", "Hòa Hảo": "03", "PHẬT GIÁO": "01", "Phat": "01",
        "Thiên chúa giáo": "02", "Tin lành": "08", "đạo Cao Đài": "05",
    },
    "nationality": {
        "Việt Nam": "VN", "VN": "VN", "viet nam": "VN", "Mỹ": "US", "LA": "LA", "Lào": "LA", "China": "CN",
        "Thái": "TH", "quốc tịch Việt Nam": "VN",
    },
    "marital_status": {
        "Có vợ": "2", "độc thân": "1", "1": "1", "Đang có vợ/chồng": "2", "goá": "3", "góa": "3", "ly hon": "3",
        "co chong": "2",
    },
    "blood_type": {"O": "04", "o": "04", "AB": "03", "A+": "01", "O Rh+": "04", "01": "01", "nhóm máu B": "02"},
    "household": {
        "Chủ hộ": "01", "CHỦ HỘ": "01", "chu ho": "01", "CH": "01", "Vợ": "02", "vo": "02", "con trai": "04",
        "Con thứ 2": "04", "con dâu": "33", "mẹ": "07", "me": "07", "cố": "49", "cô": "23", "cháu nội": "17",
        "Con ruột chủ hộ": "04", "Mẹ vợ": "36", "Ông": "47", "Con (đẻ)": "04",
        "con1": "04", "Vợ (đã chết)": "02",
    },
}  # fmt: skip


@pytest.mark.parametrize(("field", "raw", "code"), [(f, r, c) for f, words in SURE.items() for r, c in words.items()])
def test_words_with_one_meaning(field, raw, code):
    got, reason, rules = _read(field, raw)
    assert (got, reason) == (code, ".")
    assert rules <= {"text.invisible_characters"}


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        *(
            ("ethnic_group", w)
            for w in ("Thổ", "Tho", "Lao", "lao", "Mán", "Pa Cô", "Chil", "Kinh - Hoa", "Tày (Nùng)")
        ),
        *(
            ("household", w)
            for w in (
                "cháu",
                "chau",
                "ba",
                "Ba",
                "bà",
                "BÀ",
                "con dau",
                "con đầu",
                "co",
                "chủ hộ/vợ",
                "Con (con dâu)",
                "vợ ông Hùng",
                "Con - lớp 5",
            )
        ),
        *(("nationality", w) for w in ("Triều Tiên", "Liên Xô", "Việt Nam, Hoa Kỳ")),
        *(("religion", w) for w in ("Cơ đốc Phục lâm", "Cơ đốc", "có đạo")),
        *(("blood_type", w) for w in ("0", "1", "II")),
        ("marital_status", "ly thân"),
    ],
)
def test_words_with_several_meanings(field, raw):
    stem = "relation" if field == "household" else field
    assert _read(field, raw) == (None, "a", {f"{stem}.ambiguous"})


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        *(("sex", w) for w in ("x", "N", "Nam/Nữ", "3", "khác", "Nám")),
        *(("ethnic_group", w) for w in ("Kinhh", "Kính", "Khác", "99 dân tộc")),
        *(("household", w) for w in ("quen", "C", "=1+1", "Nguyễn Văn An", "cổ")),
        ("religion", "đạo lạ"),
        ("nationality", "Xứ lạ"),
        ("nationality", "la"),
        ("marital_status", "đính hôn"),
        ("marital_status", "9"),
        ("blood_type", "C"),
        ("blood_type", "x" * 4000),
    ],
)
def test_unknown_words(field, raw):
    stem = "relation" if field == "household" else field
    if (field, raw) == ("nationality", "la"):
        # An alpha-2 code in small letters is a word, and "la" is none: Lào without marks is "lao".
        assert _read(field, raw)[0] is None
        return
    assert _read(field, raw) == (None, "i", {f"{stem}.unknown_code"})


@pytest.mark.parametrize(
    ("field", "raw", "reason", "rules"),
    [
        ("sex", None, "b", {"sex.missing"}),
        ("sex", "", "b", {"sex.missing"}),
        ("sex", "0", "u", {"sex.missing"}),
        ("sex", "không rõ", "u", {"sex.missing"}),
        ("ethnic_group", None, "b", {"ethnic_group.missing"}),
        ("ethnic_group", "-", "b", {"ethnic_group.missing"}),
        ("household", "...", "b", {"relation.missing"}),
        ("religion", None, "b", set()),
        ("religion", "không rõ", "u", set()),
        ("nationality", "", "b", set()),
        ("marital_status", "0", "u", set()),
        ("blood_type", "00", "u", set()),
        ("blood_type", "chưa rõ", "u", set()),
    ],
)
def test_empty_cells(field, raw, reason, rules):
    assert _read(field, raw) == (None, reason, rules)


def test_the_word_is_kept_beside_its_code_and_the_list_is_named():
    columns = standardise_code(pa.array([" Mèo ", "04", None]), "ethnic_group").columns
    assert columns["ethnic_group_code"].to_pylist() == ["08", None, None]
    assert columns["ethnic_group_raw"].to_pylist() == ["Mèo", "04", None]
    assert columns["ethnic_group_list"].to_pylist() == ["ethnic_groups_1019_2008", None, None]


def test_relation_may_be_asked_by_its_own_name():
    assert standardise_code(pa.array(["Vợ"]), "relation").columns["relation_code"].to_pylist() == ["02"]


@pytest.mark.parametrize("field", FIELDS)
def test_every_label_and_accepted_spelling_is_known(field):
    codes = code_list(by_name(field).code_list or "").codes
    for code in codes:
        for word in (code.label, *code.accepted):
            got, reason, _ = _read(field, word)
            assert got == code.code or reason in ("a", "u"), (field, word, got)


@pytest.mark.parametrize("field", FIELDS)
def test_a_word_without_its_marks_never_gets_another_code(field):
    for code in code_list(by_name(field).code_list or "").codes:
        for word in (code.label, *code.accepted):
            assert _read(field, fold(word))[0] in (code.code, None), (field, word)


@pytest.mark.parametrize("field", FIELDS)
def test_lexicon_uses_codes_of_its_list_only(field):
    book = lexicon("relation" if field == "household" else field)
    assert {c for codes in book.marked.values() for c in codes} - {""} <= book.codes


@given(
    st.sampled_from(FIELDS),
    st.lists(st.none() | st.text(max_size=12) | st.sampled_from([*SURE["household"], "0", "-"])),
)
def test_rows_in_are_rows_out(field, cells):
    result = standardise_code(pa.array(cells, pa.string()), field)
    assert {len(c) for c in result.columns.values()} == {len(cells)}
    assert {f.rule_id for f in result.findings} <= set(all_rules())
    stem = "relation" if field == "household" else field
    filled = [c is not None for c in result.columns[f"{stem}_code"].to_pylist()]
    assert filled == [r == "." for r in result.reasons.to_pylist()]


@pytest.mark.parametrize("raw", ["04", "1", "54", "99", "11.", "số 4", "Mã: 11"])
def test_a_bare_number_names_no_ethnic_group(raw):
    assert _read("ethnic_group", raw) == (None, "a", {"ethnic_group.bare_number"})


def test_words_that_need_their_marks():
    assert _read("household", "chú họ")[0] == "99"
    assert _read("household", "chu ho")[0] == "01"


def _read_case(case):
    stem = "relation" if case["field"] == "household" else case["field"]
    result = standardise_code(pa.array([case["given"]], pa.string()), case["field"])
    code = result.columns[f"{stem}_code"][0].as_py()
    rules = " ".join(sorted(f.rule_id for f in result.findings))
    return {"code": code or "", "reason": result.reasons[0].as_py(), "rules": rules}


def test_words_as_clerks_write_them():
    assert differences([(case, _read_case(case)) for case in cases("codes")]) == []
