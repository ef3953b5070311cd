from schemas import code_lists
from schemas.fields import ALL_FIELDS, EXTRAS, FIELDS, IDENTIFIERS, by_name, by_number
from schemas.tables import RAW_COLUMNS, RECORDS, SOURCE_RECORDS


def test_there_are_seventeen_fields_in_the_order_of_the_law() -> None:
    assert [f.number for f in FIELDS] == list(range(1, 18))
    assert [f.name for f in FIELDS[:3]] == ["full_name", "birth_date", "sex"]
    assert by_number(16).name == "household"
    assert by_name("death").number == 17


def test_identifiers_and_extras_are_not_among_the_seventeen() -> None:
    assert {f.name for f in IDENTIFIERS} == {"personal_number", "old_id_number"}
    assert all(f.number is None for f in (*IDENTIFIERS, *EXTRAS))


def test_no_column_belongs_to_two_fields() -> None:
    columns = [c.name for f in ALL_FIELDS for c in f.columns]
    raw = [r for f in ALL_FIELDS for r in f.raw_columns]
    assert len(columns) == len(set(columns))
    assert len(raw) == len(set(raw))


def test_every_field_reaches_source_records_and_records() -> None:
    for field in FIELDS:
        assert set(field.raw_columns) <= set(SOURCE_RECORDS.column_names)
        assert {c.name for c in field.columns} <= set(RECORDS.column_names)
    assert set(RAW_COLUMNS) <= set(SOURCE_RECORDS.column_names)


def test_every_named_code_list_exists_and_the_words_stand_beside_their_codes() -> None:
    for field in FIELDS:
        if field.code_list:
            assert code_lists.code_list(field.code_list).codes
            stem = "relation" if field.name == "household" else field.name
            assert {f"{stem}_code", f"{stem}_raw"} <= {c.name for c in field.columns}


def test_sensitive_fields_are_those_of_the_law_on_personal_data() -> None:
    assert {f.name for f in FIELDS if f.sensitivity == "sensitive"} == {"ethnic_group", "religion", "blood_type"}
