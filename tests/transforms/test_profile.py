import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.contract import conform, empty
from schemas.lineage import hash_text
from schemas.tables import PROFILE, SOURCE_RECORDS
from tests.transforms.ledgers import FILE, Row, parts, source
from transforms.profile import profile_chunks

NUMBER, OTHER_NUMBER = "038160012345", "038160054321"


def measures(*chunks: pa.Table) -> dict[tuple[str, str], tuple[str | None, int | None]]:
    table = conform(profile_chunks(chunks), PROFILE)
    return {(r["column"], r["measure"]): (r["value"], r["count"]) for r in table.to_pylist()}


def conflicts(rows: list[Row], measure: str = "number_conflict") -> set[str]:
    return {str(v) for (_, m), (v, _) in measures(source(rows)).items() if m.startswith(measure)}


def test_counts_of_a_file_and_its_columns() -> None:
    found = measures(source([{"religion_raw": "Không"}, {"religion_raw": None}, {"religion_raw": "Phật"}]))
    assert found["*", "file"] == ("so.csv", None)
    assert found["*", "rows"] == (None, 3)
    assert (found["religion_raw", "filled"], found["religion_raw", "distinct"]) == ((None, 2), (None, 2))
    assert found["blood_type_raw", "filled"] == (None, 0)
    assert ("blood_type_raw", "distinct") not in found


def test_distinct_values_are_estimated_once_there_are_many() -> None:
    rows: list[Row] = [{"notes_raw": f"ghi chú {i}"} for i in range(20_000)]
    estimate = measures(*parts(source(rows), [7_000]))["notes_raw", "distinct"][1]
    assert estimate is not None
    assert 0.85 * 20_000 < estimate < 1.15 * 20_000


@pytest.mark.parametrize(
    ("births", "expected"),
    [
        (["25/12/1980", "03/04/1980"], "dmy"),
        (["12/25/1980", "03/04/1980"], "mdy"),
        (["12/25/1980", "25/12/1980"], "unclear"),
        (["1980"], "dmy"),
    ],
)
def test_the_order_of_dates_is_decided_for_each_column(births: list[str], expected: str) -> None:
    found = measures(source([{"birth_date_raw": b, "entry_date_raw": "25/12/2000"} for b in births]))
    assert found["birth_date_raw", "date_order"][0] == expected
    assert found["entry_date_raw", "date_order"][0] == "dmy"


@pytest.mark.parametrize(("new_years", "others", "expected"), [(30, 70, True), (20, 80, False), (30, 970, False)])
def test_a_spike_of_new_years_days(new_years: int, others: int, expected: bool) -> None:
    rows: list[Row] = [{"birth_date_raw": "01/01/1950"}] * new_years + [{"birth_date_raw": "2/1/1950"}] * others
    assert (("birth_date_raw", "default_day") in measures(source(rows))) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["Nam", "Nữ", "1"], True), (["1", "2"], False), (["1.0", "2.0", "Nam"], False), ([None], False)],
)
def test_whether_sex_is_written_in_words(words: list[str | None], expected: bool) -> None:
    assert (("sex_raw", "in_words") in measures(source([{"sex_raw": w} for w in words]))) is expected


HOUSE: list[Row] = [
    {"household_id_raw": "1", "relation_raw": "Chủ hộ"},
    {"household_id_raw": None, "relation_raw": "Vợ"},
    {"household_id_raw": None, "relation_raw": "Con"},
]


def test_numbers_on_the_first_row_of_a_household_only() -> None:
    assert measures(source(HOUSE))["household_id_raw", "fill_down"] == (None, 2)
    every: list[Row] = [row | {"household_id_raw": "1"} for row in HOUSE]
    assert ("household_id_raw", "fill_down") not in measures(source(every))
    nowhere: list[Row] = [row | {"household_id_raw": None} for row in HOUSE]
    assert ("household_id_raw", "fill_down") not in measures(source(nowhere))


def test_what_stood_above_a_part_is_carried_into_it() -> None:
    table = source([*HOUSE, {"ethnic_group_raw": "nt", "household_id_raw": "2", "relation_raw": "Chủ hộ"}])
    found = measures(*parts(table, [1, 3]))
    ids = table["record_id"].to_pylist()
    assert found["household_id_raw", f"carry:{ids[1]}"] == ("1", None)
    assert found["ethnic_group_raw", f"carry:{ids[3]}"] == ("Kinh", None)
    assert found["ethnic_group_raw", "ditto"] == (None, 1)


def test_nothing_is_carried_into_another_sheet() -> None:
    table = source([{"sheet": "A"}, {"sheet": "B", "ethnic_group_raw": "nt"}])
    assert not [m for _, m in measures(*parts(table, [1])) if m.startswith("carry")]


TWO = [
    # second person, is it another one? (the first: Lê Thị Hoa, 05/03/1960)
    ({"full_name_raw": "Trần Văn Nam", "birth_date_raw": "01/02/1960"}, True),
    ({"full_name_raw": "Trần Văn Nam"}, True),
    ({"full_name_raw": "Lê Thị Hòa", "birth_date_raw": "1960"}, True),
    ({}, False),
    ({"full_name_raw": "LÊ THỊ HOA", "birth_date_raw": "5/3/1960"}, False),
    ({"full_name_raw": "Lê Thi Hoa"}, False),
    ({"birth_date_raw": "15/03/1960"}, False),  # a slip in the birth
    ({"full_name_raw": "Lê Thị Thu Hoa"}, False),  # a slip in the middle name
    ({"full_name_raw": "Trần Văn Nam", "personal_number_raw": OTHER_NUMBER}, False),
]


@pytest.mark.parametrize(("second", "expected"), TWO)
def test_a_number_of_two_people(second: Row, expected: bool) -> None:
    first: Row = {"personal_number_raw": NUMBER}
    expected_ = {hash_text(NUMBER)} if expected else set()
    if second.get("full_name_raw") == "Lê Thị Hòa":
        expected_ = set()  # folded, the names are one; only the birth differs
    assert conflicts([first, first | second]) == expected_


def test_the_number_may_stand_in_either_column_and_with_dots() -> None:
    rows: list[Row] = [
        {"personal_number_raw": NUMBER},
        {"old_id_number_raw": "038.160.012.345", "full_name_raw": "Trần Văn Nam", "birth_date_raw": "1960"},
    ]
    assert conflicts(rows) == {hash_text(NUMBER)}


def test_a_number_of_one_row_in_the_row_of_another_person() -> None:
    rows: list[Row] = [
        {"personal_number_raw": NUMBER, "full_name_raw": "Trần Văn Nam", "birth_date_raw": "01/02/1970"},
        {"personal_number_raw": NUMBER},
    ]
    assert (conflicts(rows), conflicts(rows, "number_owned")) == (set(), {hash_text(NUMBER)})


def test_files_are_told_apart_and_nothing_is_no_profile() -> None:
    both = [source([{"religion_raw": "Không"}]), source([{}], file_id=hash_text("other"))]
    table = profile_chunks([pa.concat_tables(both)])
    rows = table.filter(pa.compute.equal(table["measure"], "rows"))
    assert set(rows["file_id"].to_pylist()) == {FILE, hash_text("other")}
    assert profile_chunks([]).equals(empty(PROFILE))
    assert profile_chunks([empty(SOURCE_RECORDS)]).equals(empty(PROFILE))


CELL = st.sampled_from([None, "nt", "1", "2", "Nam", "25/12/1980", "12/25/1980", NUMBER, "Kinh"])
ANY = ("sex_raw", "household_id_raw", "birth_date_raw", "personal_number_raw", "ethnic_group_raw")
CHOSEN = {"relation_raw": st.sampled_from(["Chủ hộ", "Con", None]), "sheet": st.sampled_from([None, "A", "B"])}
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(ANY, CELL) | CHOSEN), min_size=1, max_size=10)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.sets(st.integers(1, 9)))
def test_any_cut_of_a_file_gives_the_same_profile_but_for_what_is_carried(rows: list[Row], ends: set[int]) -> None:
    table = source(rows)
    whole, cut = measures(table), measures(*parts(table, ends))
    assert {k: v for k, v in cut.items() if not k[1].startswith("carry:")} == whole


@pytest.mark.parametrize(
    ("homes", "scope"),
    [
        (["Thôn 1, xã Minh Châu, huyện Ba Vì, Hà Nội", "xóm Đình, Xã MINH CHÂU, huyện Ba Vì, Hà Nội", "?"],
         "minh chau, ba vi"),
        (["Minh Châu, Ba Vì", "Minh Châu, Ba Vì"], "minh chau, ba vi"),
        (["xã A, huyện B, tỉnh C", "xã D, huyện B, tỉnh C"], None),
        (["Hà Nội", None], None),
    ],
)  # fmt: skip
def test_the_commune_of_a_file_is_where_most_of_its_people_live(homes: list[str | None], scope: str | None) -> None:
    found = measures(source([{"permanent_residence_raw": home} for home in homes]))
    assert found.get(("*", "household_scope"), (None, None))[0] == scope
