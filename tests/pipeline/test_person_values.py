"""Golden values as they may be shown."""

from datetime import date

import pytest

from pipeline.person_values import masked_values
from schemas.fields import ALL_FIELDS
from schemas.messages import Language
from schemas.tables import GOLDEN_PERSONS

EMPTY = dict.fromkeys(GOLDEN_PERSONS.column_names)


@pytest.mark.parametrize(
    ("field", "values", "shown"),
    [
        ("full_name", {"full_name": "Nguyễn Văn An", "surname": "Nguyễn"}, "N***** V** A*"),
        ("birth_date", {"birth_year": 1978, "birth_month": 2, "birth_day": 3}, "**/**/1978"),
        ("birth_date", {"birth_month": 2}, "**/????"), ("birth_date", {"birth_year": 1978}, "1978"),
        ("death", {"death_kind": "dead"}, ""), ("sex", {"sex_code": "2", "sex_raw": "nữ"}, "Nữ"),
        ("ethnic_group", {"ethnic_group_code": "01"}, "***"), ("religion", {"religion_raw": "Công giáo"}, "***"),
        ("blood_type", {}, ""), ("native_place", {"native_place_text": "Xã Tản Lĩnh, Ba Vì"}, "X* T** L***, B* V*"),
        ("temporary_residence", {"temporary_residence_text": "Huế", "temporary_residence_from": date(2020, 1, 2)},
         "H** **/**/****"),
        ("relatives", {"father_name": "Lê Tư", "spouse_name": "Vũ Ba"}, "L* T*; V* B*"),
        ("household", {"household_id": "010100001", "head_name": "Lê Tư", "relation_code": "02"}, "***001; L* T*; Vợ"),
        ("personal_number", {"personal_number": "001090012345"}, "*********345"),
        ("old_id_number", {"old_id_number": "010123456"}, "******456"),
        ("other_names", {"other_names": "Tèo"}, "T**"), ("birth_place", {"birth_place": "Trạm xá"}, "T*** x*"),
    ],
)  # fmt: skip
def test_a_value_is_shown_masked(field: str, values: dict[str, object], shown: str) -> None:
    assert masked_values({**EMPTY, **values}, "vi")[field] == shown


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_person_without_values_has_empty_texts(language: Language) -> None:
    assert masked_values(EMPTY, language) == {f.name: "" for f in ALL_FIELDS}
