"""Masked views hide what they say they hide, as the reports of the pipeline mask it."""

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.masking import mask
from schemas import tables as contracts
from store import masks
from store.engine import Store
from store.roles import Role
from tests.store.contents import rows

pytestmark = pytest.mark.store
_WORDS = st.text(st.sampled_from("AĐÊnguyễ ộ-'ớ"), min_size=1, max_size=20).map(lambda t: " ".join(t.split()))
_TEXTS = st.lists(_WORDS.filter(bool), min_size=1, max_size=20)


@given(texts=_TEXTS)
@settings(max_examples=20)
def test_names_are_masked_as_the_pipeline_masks_them(read_store: Store, texts: list[str]) -> None:
    query = f"SELECT {masks._NAME.format('n')} FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY t (n, o) ORDER BY o"
    with read_store.reading() as connection:
        found = list(connection.execute(sa.text(query), {"texts": texts}).scalars())
    assert found == [mask(text, "full_name_raw") for text in texts]


def test_no_name_number_or_text_of_a_person_stands_in_a_masked_view(read_store: Store) -> None:
    clear = {
        str(value)
        for column in ("full_name", "father_name", "head_name", "permanent_residence_text", "household_id")
        for (value,) in rows(read_store, f"SELECT DISTINCT {column} FROM records WHERE length({column}) > 3")
    }
    assert clear
    with read_store.reading(Role.REPORT) as connection:
        for view in masks.TABLES:
            for shown in connection.execute(sa.text(f"SELECT * FROM {view}")):
                assert not clear & {str(value) for value in shown}


def test_masked_views_have_the_columns_of_their_tables(read_store: Store) -> None:
    query = "SELECT attname, atttypid FROM pg_attribute WHERE attrelid = '{}.{}'::regclass AND attnum > 0 ORDER BY 1"
    with read_store.reading(Role.REPORT) as connection:
        for table in masks.TABLES:
            masked, clear = (connection.execute(sa.text(query.format(s, table))).all() for s in ("masked", "public"))
            assert masked == clear


def test_every_name_column_of_the_contracts_is_masked() -> None:
    for column in contracts.VALUE_COLUMNS:
        if column.name.endswith("name") or "name" in column.name.split("_"):
            assert "regexp_replace" in masks._shown(column.name), column.name
