"""What goes together in a household and what does not; everyday families that must stay silent come first."""

from datetime import date

import pytest

from quality.check import check_records
from quality.check_households import RULES
from schemas.rules import all_rules
from tests.quality.tables import household, profile, records

Row = dict[str, object]
HEAD: Row = {
    "relation_code": "01",
    "sex_code": "1",
    "birth_year": 1950,
    "full_name": "Trần Văn Bình",
    "surname": "Trần",
}
WIFE: Row = {"relation_code": "02", "sex_code": "2", "birth_year": 1955, "full_name": "Lê Thị Hoa", "surname": "Lê"}
SON: Row = {
    "relation_code": "04", "sex_code": "1", "birth_year": 1980, "full_name": "Trần Văn Nam", "surname": "Trần",
    "father_name": "Trần Văn Bình", "mother_name": "Lê Thị Hoa", "ethnic_group_code": "01",
}  # fmt: skip
DEAD: Row = {"death_kind": "dead", "death_year": 1998}
SHE: Row = HEAD | {"sex_code": "2", "full_name": "Đỗ Thị Mai", "surname": "Đỗ"}


def fired(*rows: Row) -> set[tuple[str, int]]:
    """(rule, number of the row) of every finding of this module."""
    found = check_records(records(household(*rows)), profile(), received_on=date(2024, 5, 1))
    assert found.accepted.num_rows == len(rows), "no rule on households keeps a row out"
    return {(r["rule_id"], int(r["record_id"], 16)) for r in found.findings.to_pylist() if r["rule_id"] in RULES}


FINE = [
    (HEAD, WIFE, SON),
    (HEAD, WIFE, SON, SON | {"full_name": "Trần Văn Bắc"}),  # twins
    (HEAD, WIFE, SON | {"father_name": "TRAN VAN BINH", "mother_name": "Lê T. Hoa"}),
    (HEAD | DEAD, HEAD | {"full_name": "Trần Văn Nam", "birth_year": 1980}, WIFE | {"relation_code": "07"}),
    (SHE, SON | {"father_name": None, "mother_name": "Đỗ Thị Mai"}),  # the father's surname, no father here
    (HEAD | DEAD,),
    (
        HEAD | {"surname": "nguyen", "full_name": "nguyen van tam"},
        WIFE,
        SON | {"surname": "Nguyễn", "father_name": None},
    ),
    (HEAD | {"spouse_name": "Lê Thị Hoa"}, WIFE | {"spouse_name": "Trần Văn Bình"}),
    (HEAD, WIFE | DEAD, WIFE | {"full_name": "Vũ Thị Cúc", "birth_year": 1960}),
    (HEAD, WIFE, SON | {"surname": "Giàng", "full_name": "Giàng A Nam", "ethnic_group_code": "08"}),
    (HEAD | DEAD, WIFE | {"relation_code": "01"}, SON | {"birth_year": 1997, "mother_name": None}),
    (HEAD, WIFE | {"marital_status_code": "2"}),
    (HEAD, {"relation_code": "14", "birth_year": 1945}, {"relation_code": "16", "birth_year": 1950}),
    (SHE | {"death_kind": "missing", "death_year": 1972}, {"relation_code": "01", "full_name": "Đỗ Văn Ba"}),
    (HEAD | DEAD | {"temporary_absence_status": "absent", "temporary_absence_to": date(1990, 1, 1)},),
    (HEAD | {"entry_date": date(1998, 1, 1)} | DEAD,),
]


@pytest.mark.parametrize("rows", FINE)
def test_everyday_families_say_nothing(rows: tuple[Row, ...]) -> None:
    assert not fired(*rows)


WRONG: list[tuple[str, tuple[Row, ...], int]] = [
    ("household.head_dead", (HEAD | DEAD, WIFE, SON), 0),
    ("household.head_dead", (WIFE, HEAD | {"death_kind": "dead"}), 1),
    ("household.head_missing", (HEAD | {"death_kind": "missing", "death_year": 1975}, WIFE), 0),
    ("household.two_spouses", (HEAD, WIFE, WIFE | {"full_name": "Vũ Thị Cúc", "birth_year": 1960}), 2),
    ("household.sibling_order", (HEAD, {"relation_code": "14", "birth_year": 1960}), 1),
    ("household.sibling_order", (HEAD, {"relation_code": "16", "birth_year": 1940}), 1),
    ("household.ages_apart", (HEAD, WIFE | {"birth_year": 1995}), 1),
    ("household.ages_apart", (SHE, {"relation_code": "04", "birth_year": 2010}), 1),
    ("household.ages_apart", (HEAD, {"relation_code": "07", "birth_year": 1890}), 1),
    ("household.child_near_spouse", (HEAD, WIFE | {"birth_year": 1970}, SON), 2),
    ("household.born_after_parent_died", (HEAD | DEAD, WIFE | {"relation_code": None}, SON | {"birth_year": 2000}), 2),
    ("household.born_after_parent_died", (SHE | DEAD, {"relation_code": "04", "birth_year": 1999}), 1),
    ("household.parent_differs", (HEAD, SON | {"father_name": "Phạm Văn Tám"}), 1),
    ("household.parent_differs", (SHE, SON | {"mother_name": "Lê Thị Hoa"}), 1),
    ("household.parent_differs", (HEAD | {"father_name": "Vũ Ất"}, {"relation_code": "06", "full_name": "Bùi Lý"}), 1),
    ("household.other_parent_differs", (HEAD, WIFE, SON | {"mother_name": "Phạm Thị Mận"}), 2),
    ("household.spouse_differs", (HEAD, WIFE | {"spouse_name": "Phạm Văn Tám"}), 1),
    ("household.spouse_differs", (HEAD | {"spouse_name": "Phạm Thị Mận"}, WIFE), 1),
    ("household.head_name_differs", (HEAD, WIFE | {"head_name": "Phạm Tám"}, SON | {"head_name": "Phạm Tám"}), 1),
    ("household.surname_differs", (HEAD, WIFE, SON | {"surname": "Phạm", "full_name": "Phạm Văn Nam"}), 2),
    ("marital_status.relation_contradicts", (HEAD, WIFE | {"marital_status_code": "1"}), 1),
    ("marital_status.relation_contradicts", (HEAD, SON | {"marital_status_code": "2", "birth_year": 2020}), 1),
    ("death.still_absent", (HEAD, WIFE | DEAD | {"temporary_absence_status": "absent"}), 1),
    ("death_date.before_entry", (HEAD, WIFE | DEAD | {"entry_date": date(2005, 1, 1)}), 1),
    ("household.head_inferred", ({"head_record_id": f"{0:032x}", "full_name": "Trần Văn Bình"}, WIFE), 0),
    ("household.too_large", tuple({"relation_code": "99", "full_name": f"Lê {n}"} for n in range(61)), 0),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "rows", "row"), WRONG)
def test_what_does_not_go_together_waits_for_someone(rule: str, rows: tuple[Row, ...], row: int) -> None:
    assert {found for found in fired(*rows) if found[0] == rule} == {(rule, row)}


def test_every_rule_is_tried_and_known() -> None:
    assert {rule for rule, *_ in WRONG} == set(RULES)
    assert {all_rules()[rule].severity for rule in RULES} == {"review", "notice"}
