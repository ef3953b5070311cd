"""Short household numbers in files that join lists: which rows are one household, however the file is cut."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.contract import empty
from schemas.tables import CHECK_RESULTS
from tests.transforms.ledgers import OPTIONS, Row, parts, source
from transforms.household_lists import HouseholdLists, keep_common, localities
from transforms.standardise import profile_batch, standardise_records

XA = "Thôn 3, xã {}, huyện Hà Trung, tỉnh Thanh Hóa"
HEADS = ("An", "Bình", "Cúc", "Dần", "Én", "Giang", "Hoa", "Khoa", "Lan", "Mai", "Nga", "Oanh")


def home(number: int, name: str, where: str | None = "A", members: int = 1, **more: str) -> list[Row]:
    address = where and XA.format(where)
    rows: list[Row] = [{"full_name_raw": f"Lê {name}", "relation_raw": "Chủ hộ"}]
    rows += [{"full_name_raw": f"Vũ {name} {HEADS[n]}", "relation_raw": "Con"} for n in range(members)]
    return [{**row, "household_id_raw": str(number), "permanent_residence_raw": address, **more} for row in rows]


def keys(rows: Sequence[Row], ends: Sequence[int] = ()) -> list[str | None]:
    table = source(rows)
    cut = parts(table, ends)
    profile = profile_batch(cut)
    done = [standardise_records(part, profile, empty(CHECK_RESULTS), options=OPTIONS).accepted for part in cut]
    found: list[str | None] = pa.concat_tables(done)["household_key"].to_pylist()
    return found


def households(rows: Sequence[Row], ends: Sequence[int] = ()) -> int:
    return len(set(keys(rows, ends)))


def listed(count: int, where: str | None = "A", first: int = 0, start: int = 1) -> list[Row]:
    return [row for n in range(count) for row in home(n + start, f"{HEADS[(n + first) % 12]} {HEADS[first]}", where)]


def test_numbers_that_begin_anew_are_another_list() -> None:
    assert households([*listed(5), *listed(5, first=3)]) == 10
    assert households([*listed(5, None), *listed(5, None, first=3), *listed(4, None, first=7)]) == 14
    assert households([*listed(5, "A"), *listed(5, "B", first=3)]) == 10
    assert households([*listed(5, start=7), *listed(5, first=3, start=8)]) == 10


def test_one_list_stays_one() -> None:
    assert households(listed(9)) == 9
    again = [*listed(9), *home(4, "Dần An", members=2)[1:]]  # members of household 4 on a last page
    assert households(again) == 9
    assert households([*listed(6), *listed(6)]) == 6  # the list typed twice


def unrelated(count: int, first: int = 0, **more: str) -> list[Row]:
    """A list without relations, numbered from 1, two rows a household."""
    rows = [{**row, "relation_raw": None, **more} for row in listed(count, None, first)]
    return [{**row, "serial_raw": str(at)} for at, row in enumerate(rows, 1)]


def test_lists_without_heads_begin_anew_with_a_sheet_or_a_running_number() -> None:
    assert households([*unrelated(5), *unrelated(4, 3)]) == 9
    assert households([*unrelated(5, sheet="a"), *unrelated(4, 3, sheet="b")]) == 9
    assert households([*unrelated(5), *unrelated(4, 3)], ends=[3, 11]) == 9


def test_members_at_the_end_of_a_list_without_heads_belong_to_its_households() -> None:
    late = [{**row, "serial_raw": str(at)} for at, row in enumerate(unrelated(3, 6)[1::2], 11)]
    assert households([*unrelated(5), *late]) == 5


@pytest.mark.parametrize("number", [1, 4])
def test_one_number_typed_wrongly_begins_no_list(number: int) -> None:
    slip = [*listed(8), *home(number, "Sai"), *listed(3, first=5, start=10)]
    assert households(slip) == 11


def test_communes_row_by_row_are_told_apart_and_members_live_with_their_head() -> None:
    rows = [row for n in range(1, 6) for where in "ABC" for row in home(n, f"Văn {where}{HEADS[n]}", where)]
    assert households(rows) == 15
    by_name = [rows[i : i + 2] for i in np.random.default_rng(3).permutation(15) * 2]
    assert households([row for pair in by_name for row in pair]) == 15
    blank = [row | {"permanent_residence_raw": None} if row["relation_raw"] == "Con" else row for row in rows]
    assert households(blank) == 15


def test_the_same_commune_has_the_same_households_alone_or_joined_with_others() -> None:
    alone, joined = keys(listed(5)), keys([*listed(5), *listed(5, "B", first=3)])
    assert joined[:10] == alone
    mixed = [row for n in range(1, 6) for where in "AB" for row in home(n, f"Văn {where}{HEADS[n]}", where)]
    assert set(keys([row for row in mixed if "xã A," in str(row["permanent_residence_raw"])])) < set(keys(mixed))


def test_a_long_number_is_one_household_wherever_it_stands() -> None:
    book = [{"household_id_raw": "380100012"}]
    assert households([*listed(4), *(home(1, "X")[0] | b for b in book), *listed(4, first=3)]) == 9


@settings(max_examples=15)
@given(st.lists(st.integers(1, 26), max_size=4))
def test_the_parts_of_a_file_change_nothing(ends: list[int]) -> None:
    rows = [*listed(5), *listed(5, first=3), *listed(3, "B", first=7)]
    assert keys(rows, ends) == keys(rows)


def test_where_a_list_begins_is_told() -> None:
    table = source([*listed(5), *listed(5, first=3)])
    found = standardise_records(table, profile_batch([table]), empty(CHECK_RESULTS), options=OPTIONS).findings
    told = [f for f in found.to_pylist() if f["rule_id"] == "household.list_restarted"]
    assert [f["record_id"] for f in told] == [table["record_id"][10].as_py()]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Thôn 2, xã Minh Châu, huyện Ba Vì, Hà Nội", "minh chau, ba vi"),
        ("xóm Đình, Xã MINH CHÂU , H. Ba Vì", "minh chau, ba vi"),
        ("12 Lý Thường Kiệt, P. Trần Hưng Đạo, Q. Hoàn Kiếm", "tran hung dao, hoan kiem"),
        ("Minh Châu, Ba Vì", "minh chau, ba vi"),
        ("TT. Tây Đằng - Ba Vì", "tay dang - ba vi"),
        ("Hà Nội", None),
        ("", None),
        (None, None),
    ],
)
def test_the_locality_of_an_address(address: str | None, expected: str | None) -> None:
    assert localities(pa.array([address], pa.string())).to_pylist() == [expected]


def test_of_a_list_that_is_over_only_its_figures_are_kept() -> None:
    known = HouseholdLists()
    for first in range(8):
        known.add(source(listed(5, "ABCDEFGH"[first], first=first)))
    assert [(each.heads, each.home) for each in known.before] == [(5, f"{letter}, ha trung") for letter in "abcdefg"]
    assert known.now is not None
    assert len(known.now.heads) == 5


def test_where_each_household_lives_elsewhere_the_rare_places_are_forgotten() -> None:
    counted = Counter({"a": 30, **{f"b{n}": 1 for n in range(9)}, "c": 20})
    keep_common(counted, 11)
    assert len(counted) == 11
    keep_common(counted, 10)
    assert counted.most_common(2) == [("a", 30), ("c", 20)]
    assert len(counted) == 5


def test_heads_that_live_everywhere_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.household_lists._MOST_LOCALITIES", 4)
    known = HouseholdLists()
    known.add(source([row for n in range(1, 12) for row in home(n, HEADS[n], f"Số {n}")]))
    assert known.now is not None
    assert len(known.now.localities) <= 4
