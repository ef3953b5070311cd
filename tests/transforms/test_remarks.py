"""Remarks about a death or a departure are told; remarks about anything else stay silent."""

import pytest

from tests.transforms.ledgers import source, standardise
from transforms.remarks import SAYS_DEAD, SAYS_GONE, says_death, says_departure

DEAD = ["Đã chết ngày 15/7/2005", "Chết 15/7/2005", "Đã chết", "da mat nam 1999", "Mất 2001", "Đã mất", "Liệt sĩ",
        "CMND cũ; đã chết", "Xóa khẩu do chết", "Hy sinh 1972", "Năm 2001 chết", "mất tích 1975"]  # fmt: skip
GONE = ["Chuyển đi Hòa Bình 2001", "Tách khẩu 2008", "Đã cắt khẩu", "Tách hộ", "xóa khẩu 1999", "Đã chuyển đi (2001)",
        "không còn cư trú", "Định cư tại Mỹ"]  # fmt: skip
OTHER = ["Mất sức", "Đã mất CMND", "mất giấy khai sinh", "con liệt sĩ", "Chồng chết 1990", "vợ đã mất năm 2001",
         "Chuyển đến từ Hòa Bình 2001", "Tách khẩu từ hộ ông An", "đi bộ đội", "chưa chết", "thương binh", "chết hụt",
         "Chuyển từ Nam Định đến", "", "tạm vắng", "Mẹ Việt Nam anh hùng", "khai sinh quá hạn"]  # fmt: skip


@pytest.mark.parametrize("remark", DEAD)
def test_remarks_of_a_death(remark: str) -> None:
    assert says_death(remark)
    assert not says_departure(remark)


@pytest.mark.parametrize("remark", GONE)
def test_remarks_of_a_departure(remark: str) -> None:
    assert says_departure(remark)
    assert not says_death(remark)


@pytest.mark.parametrize("remark", OTHER)
def test_remarks_of_other_things(remark: str) -> None:
    assert not says_death(remark)
    assert not says_departure(remark)


def test_a_remark_is_told_and_fills_in_nothing() -> None:
    given = source([
        {"notes_raw": "Đã chết ngày 15/7/2005"},
        {"notes_raw": "Chuyển đi Hòa Bình 2001"},
        {"notes_raw": "Chết 2005", "death_date_raw": "15/7/2005"},  # told by its own column
        {"notes_raw": "thương binh"},
    ])  # fmt: skip
    result = standardise(given)
    found = [(r["record_id"], r["rule_id"], r["field"]) for r in result.findings.to_pylist() if "notes" in r["rule_id"]]
    ids = given["record_id"].to_pylist()
    assert sorted(found) == sorted([(ids[0], SAYS_DEAD, "death"), (ids[1], SAYS_GONE, "household")])
    assert result.accepted["death_kind"].to_pylist() == [None, None, "dead", None]
