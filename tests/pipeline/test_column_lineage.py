"""Column lineage says what the tables and fields declare: no column of one is missing, none is invented."""

import pytest

from pipeline import column_lineage
from pipeline.column_lineage import made_from, of_ledger, read_from, spec
from pipeline.steps import STEPS
from schemas import tables as t

FOLLOWED = [
    ("standardise_records", "records"), ("build_households", "records"), ("check_records", "records"),
    ("match_records", "clusters"), ("match_records", "scored_pairs"), ("survive", "golden_persons"),
    ("load_batch", "records"), ("load_batch", "golden_persons"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "table"), FOLLOWED)
def test_only_columns_that_there_are_come_from_columns_that_there_are(step: str, table: str) -> None:
    found, columns = made_from(step, table), spec(table)
    assert columns is not None
    assert set(found) <= set(columns.column_names)
    steps = [s.name for s in STEPS]
    for origin in (o for origins in found.values() for o in origins):
        name = origin.of.name
        source = spec(name.split(".")[-1])
        assert source is not None
        assert origin.column in source.column_names, (name, origin.column)
        assert origin.of.space == "sohoa.store" or steps.index(name.split(".")[0]) < steps.index(step)
        assert origin.of in column_lineage.taken(step), "what a column comes from is what the step reads"


def test_every_value_of_a_person_is_followed_to_the_text_in_a_ledger() -> None:
    for column in t.VALUE_COLUMNS:
        at = [column.name]
        for step, table in (
            ("survive", "golden_persons"),
            ("check_records", "records"),
            ("build_households", "records"),
        ):
            at = [o.column for name in at for o in made_from(step, table)[name] if o.of.space == "sohoa.steps"]
        texts = {o.column for name in at for o in made_from("standardise_records", "records")[name]}
        assert texts, column.name
        assert texts <= set(t.RAW_COLUMNS)


def test_a_field_of_several_texts_comes_from_its_own() -> None:
    found = made_from("standardise_records", "records")
    assert [o.column for o in found["mother_name"]] == ["mother_name_raw"]
    assert [o.column for o in found["relation_code"]] == ["relation_raw"]
    assert [o.column for o in found["birth_year"]] == ["birth_date_raw"]
    assert "date." in found["birth_year"][0].says, "the rules that judge it are named"


def test_columns_of_a_ledger_are_named_by_letters_alone() -> None:
    columns = [
        {"sheet": "Nguyễn Văn Bách", "letter": "B", "heading": "Trần Thị Mận", "raw_column": "full_name_raw"},
        {"sheet": "2", "letter": "C", "heading": "Họ tên", "raw_column": "full_name_raw"},
        {"sheet": "2", "letter": "D", "heading": "x", "raw_column": None},
    ]
    found = read_from(of_ledger("01", "ab12"), columns)
    assert {name: [o.column for o in origins] for name, origins in found.items()} == {"full_name_raw": ["2!B", "1!C"]}
    assert [o.column for o in read_from(of_ledger("01", "ab12"), columns[1:])["full_name_raw"]] == ["C"]
