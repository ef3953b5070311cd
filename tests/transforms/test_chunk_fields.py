from datetime import date

import pyarrow as pa
import pytest

from schemas.fields import ALL_FIELDS
from schemas.tables import RAW_COLUMNS
from transforms.chunk_fields import Chunk, standardise_fields
from transforms.column import Standardised
from transforms.file_facts import FileFacts


def read(facts: FileFacts | None = None, **cells: list[str | None]) -> dict[str, Standardised]:
    rows = len(next(iter(cells.values())))
    raw = {c: pa.array(cells.get(c, [None] * rows), pa.string()).dictionary_encode() for c in RAW_COLUMNS}
    return standardise_fields(Chunk(raw, facts or FileFacts(), "38", date(2024, 5, 1), rows))


def rules(result: Standardised) -> dict[str, list[int]]:
    return {f.rule_id: f.rows.tolist() for f in result.findings}


def test_every_field_gives_its_columns_and_a_reason_for_each_row() -> None:
    found = read(full_name_raw=["Lê Thị Hoa", None])
    assert set(found) == {f.name for f in ALL_FIELDS}
    for field in ALL_FIELDS:
        assert {n: c.type for n, c in found[field.name].columns.items()} == {c.name: c.type for c in field.columns}
        assert len(found[field.name].reasons) == 2


def test_a_column_that_the_form_lacks_is_told_from_a_blank_cell() -> None:
    facts = FileFacts(absent=frozenset({"religion_raw", "father_name_raw"}))
    found = read(facts, full_name_raw=["Lê Thị Hoa"])
    assert found["religion"].reasons.to_pylist() == ["f"]
    assert found["nationality"].reasons.to_pylist() == ["b"]
    assert found["relatives"].reasons.to_pylist() == ["b"]  # the form has other relatives


MISSING = [
    ("full_name", "full_name.missing"), ("birth_date", "birth_date.missing"), ("sex", "sex.missing"),
    ("ethnic_group", "ethnic_group.missing"), ("permanent_residence", "place.missing"),
    ("household", "household.no_number"),
    ("household", "relation.missing"), ("nationality", None), ("marital_status", None), ("blood_type", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "rule_id"), MISSING)
def test_a_blank_required_field_is_told_and_nothing_is_put_there(field: str, rule_id: str | None) -> None:
    result = read(notes_raw=["x"])[field]
    assert all(c.null_count == 1 for c in result.columns.values())
    assert (rule_id in rules(result)) if rule_id else not result.findings


@pytest.mark.parametrize("column", [c for c in RAW_COLUMNS if c.endswith("number_raw") or c == "nationality_raw"])
@pytest.mark.parametrize("word", ["NULL", "chưa cấp", "không rõ"])
def test_a_word_for_an_empty_cell_is_told(column: str, word: str) -> None:
    field = next(f for f in ALL_FIELDS if column in f.raw_columns)
    if field.name == "household":
        return
    result = read(**{column: [word, "-", None]})[field.name]
    assert rules(result)["text.empty_word"] == [0]
    assert next(iter(result.columns.values())).null_count == 3


def test_a_number_that_moved_leaves_no_empty_word_behind() -> None:
    found = read(personal_number_raw=["172345678 cấp ngày 5/6/1990"], birth_date_raw=["1960"], sex_raw=["Nữ"])
    assert "text.empty_word" not in rules(found["personal_number"])
    assert found["old_id_number"].columns["old_id_number"].to_pylist() == ["172345678"]


HOUSEHOLD_NUMBERS = [
    ("12", "12", set()), ("12.0", "12", set()), (" HK 012 ", "HK 012", set()), ("'012", "012", set()),
    ("NK3-123/5", "NK3-123/5", set()), ("1.2E+05", None, {"household.number_damaged", "household.no_number"}),
    ("không", None, {"household.no_number"}), ("-", None, {"household.no_number"}),
    (None, None, {"household.no_number"}),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "number", "found"), HOUSEHOLD_NUMBERS)
def test_household_numbers(raw: str | None, number: str | None, found: set[str]) -> None:
    result = read(household_id_raw=[raw], relation_raw=["Chủ hộ"])["household"]
    assert result.columns["household_id"].to_pylist() == [number]
    assert set(rules(result)) == found


def test_the_head_beside_the_household() -> None:
    result = read(
        household_id_raw=["1", "1"], head_name_raw=["LÊ VĂN AN", "123"], head_number_raw=["172 345 678", "x"],
        relation_raw=["Vợ", "Con"],
    )["household"]  # fmt: skip
    assert result.columns["head_name"].to_pylist() == ["Lê Văn An", None]
    assert result.columns["head_number"].to_pylist() == ["172345678", None]
    assert rules(result) == {"person_name.unreadable": [1]}


STAYS = [
    ("12 Lê Lợi, Hà Nội từ 01/02/2010", "12 Lê Lợi, Hà Nội", date(2010, 2, 1), ".", set()),
    ("không", None, None, "n", set()), ("từ 2010", None, None, "b", {"period.unreadable"}),
    ("NULL", None, None, "b", {"text.empty_word"}), (None, None, None, "b", set()),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "address", "start", "reason", "found"), STAYS)
def test_temporary_residence(
    raw: str | None, address: str | None, start: date | None, reason: str, found: set[str]
) -> None:  # fmt: skip
    result = read(temporary_residence_raw=[raw])["temporary_residence"]
    got = (result.columns["temporary_residence_text"][0].as_py(), result.columns["temporary_residence_from"][0].as_py())
    assert (got, result.reasons[0].as_py(), set(rules(result))) == ((address, start), reason, found)


@pytest.mark.parametrize(
    ("word", "in_words", "code"), [("1", False, "1"), ("2", False, "2"), ("1", True, None), ("Nữ", True, "2")]
)
def test_a_digit_is_a_sex_only_where_the_file_writes_codes(word: str, in_words: bool, code: str | None) -> None:
    result = read(FileFacts(has_sex_in_words=in_words), sex_raw=[word])["sex"]
    assert result.columns["sex_code"].to_pylist() == [code]
    assert result.columns["sex_raw"].to_pylist() == [word]
    assert set(rules(result)) == (set() if code else {"sex.unknown_code"})


def test_births_on_new_years_day_are_suspect_where_the_file_has_too_many() -> None:
    cells: list[str | None] = ["01/01/1950", "02/01/1950", "1950"]
    assert rules(read(FileFacts(has_default_day=True), birth_date_raw=cells)["birth_date"])[
        "birth_date.default_day"
    ] == [0]
    assert "birth_date.default_day" not in rules(read(birth_date_raw=cells)["birth_date"])
