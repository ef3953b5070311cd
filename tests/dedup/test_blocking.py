import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.blocking import RULES, block_keys, candidate_pairs, key_parts, rule_keys, scope_of
from dedup.encode import Records, encode
from schemas.contract import conform
from schemas.tables import BLOCK_KEYS
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table, person_id

TABLE, _ = province(3, 600)


def pairs_of(records: Records, cap: int = 64) -> list[tuple[int, int]]:
    found = candidate_pairs(records, 1, cap)
    return list(zip(found.left.tolist(), found.right.tolist(), strict=True))


def rule_number(name: str) -> int:
    return 1 + [rule for rule, *_ in RULES].index(name)


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ({"personal_number": "001080012345"}, {"name": "Lê A", "personal_number": "001080012345"}, "personal number"),
        ({"born": "1980-05-17"}, {"name": "NGUYEN VAN HUNG", "born": "1980-05-17"}, "name, date"),
        ({"born": "1980-05-11"}, {"born": "1980-11-05"}, "name, date"),
        ({"born": "1980-05-17"}, {"name": "Nguyễn Hùng", "born": "1980-05-17"}, "surname, given name, date"),
        ({"home": 7}, {"name": "N. V. Hùng", "home": 7}, "given name, household"),
        ({"father_name": "Nguyễn Văn Nam"}, {"father_name": "Nguyen Van Nam"}, "name, father"),
        ({"father_name": "Nguyễn Văn Nam"}, {"name": "Nguyễn V. Hùng", "father_name": "Nguyen Van Nam"},
         "surname, given name, father, province"),
        ({"born": "1980", "head_name": "Lê Hoa"}, {"name": "Nguyễn Hùng", "born": "1980", "head_name": "LE HOA"},
         "surname, given name, year, head"),
        ({"born": "1980-05-17", "mother_name": "Lê Thị Mơ"}, {"name": "Nguyễn Văn Hừn", "born": "1980-05-17",
         "mother_name": "Lê Thị Mơ"}, "date, mother"),
        ({"born": "1980", "native_place_text": "Xã A"}, {"born": "1980-05-17", "native_place_text": "xa a"},
         "name, year, native place"),
        ({"born": "1980-05-17"}, {"born": "1981-05-17"}, "name, day and month"),
    ],
)  # fmt: skip
def test_a_pair_is_found_by_its_first_rule(one: dict[str, object], other: dict[str, object], rule: str) -> None:
    found = candidate_pairs(encode([match_table(match_record(1, **one), match_record(2, **other))]), 1)  # type: ignore[arg-type]
    assert found.rule.tolist() == [rule_number(rule)]


def test_missing_parts_make_no_key() -> None:
    assert pairs_of(encode([match_table(match_record(1, born=""), match_record(2, born=""))])) == []


@pytest.mark.parametrize("born", ["1980", "1980-01-01"])
def test_the_first_of_january_is_a_year_alone(born: str) -> None:
    found = candidate_pairs(encode([match_table(match_record(1, born=born), match_record(2, born=born))]), 1)
    assert [RULES[rule - 1][0] for rule in found.rule.tolist()] == ["sound, year, province"]


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ({"name": "Nguyễn Văn Trung", "born": "1980"}, {"name": "Nguyễn Văn Chung", "born": "1980"},
         "sound, year, province"),
        ({"name": "Nguyễn Văn Nam", "born": "1980-05-17"}, {"name": "Nguyễn Văn Anm", "born": "1980-05-17"},
         "other syllables, date"),
        ({"name": "Nguyễn Thị Huệ", "born": "1980-05-17"}, {"name": "Nguyễn Huệ", "born": "1981-05-17"},
         "surname, given name, day and month, years"),
        ({"name": "Nguyễn Thị Huệ", "born": "1979-05-17"}, {"name": "Nguyễn Huệ", "born": "1980-05-17"},
         "surname, given name, day and month, later years"),
        ({"born": "1980", "native_place_text": "Xã A"}, {"name": "Nguyễn Hùng", "born": "1981",
         "native_place_text": "xa a"}, "surname, given name, native place, years"),
    ],
)  # fmt: skip
def test_a_slip_does_not_hide_a_pair(one: dict[str, object], other: dict[str, object], rule: str) -> None:
    found = candidate_pairs(encode([match_table(match_record(1, **one), match_record(2, **other))]), 1)  # type: ignore[arg-type]
    assert found.rule.tolist() == [rule_number(rule)]


def test_threads_change_nothing() -> None:
    alone, shared = (candidate_pairs(encode([TABLE]), threads=threads) for threads in (1, 3))
    assert (alone.left.tolist(), alone.right.tolist()) == (shared.left.tolist(), shared.right.tolist())
    assert alone.rule.tolist() == shared.rule.tolist()


def test_pairs_are_those_of_the_plain_twin() -> None:
    records = encode([TABLE])
    parts, wanted = key_parts(records), set()
    for number in range(1, len(RULES) + 1):
        blocks: dict[int, list[int]] = {}
        for row, key in enumerate(rule_keys(parts, number).tolist()):
            blocks.setdefault(key, []).append(row)
        wanted |= {p for key, rows in blocks.items() if key for p in itertools.combinations(rows, 2)}
    found = pairs_of(records, cap=10_000)
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_never_stored_with_stored() -> None:
    own = TABLE.slice(0, 300)
    stored = TABLE.slice(300).set_column(1, "person_id", pa.array([person_id(n) for n in range(TABLE.num_rows - 300)]))
    records = encode([own], [stored])
    found = candidate_pairs(records, 1)
    both = {p for p in pairs_of(encode([TABLE])) if records.columns.own[list(p)].any()}
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == both


def test_a_large_block_is_split_and_then_counted() -> None:
    rows = [match_record(n, born="1980-05-17", sex_code="1" if n < 10 else "2") for n in range(1, 31)]
    found = candidate_pairs(encode([match_table(*rows)]), cap=12)
    assert len(found.left) == 9 * 8 // 2
    assert found.large_blocks > 0
    assert found.large_block_records >= 21


@given(st.integers(1, 599), st.randoms())
def test_keys_do_not_depend_on_chunks_or_order(cut: int, random: object) -> None:
    order = list(range(TABLE.num_rows))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = TABLE.take(pa.array(order))
    split = pa.concat_tables([block_keys(mixed.slice(0, cut)), block_keys(mixed.slice(cut))])
    by = [("record_id", "ascending"), ("rule", "ascending")]
    assert split.sort_by(by).equals(block_keys(TABLE).sort_by(by))


def test_keys_keep_their_contract() -> None:
    conform(block_keys(TABLE), BLOCK_KEYS)
    assert block_keys(TABLE.slice(0, 0)).num_rows == 0


def test_records_that_share_a_key_are_candidates() -> None:
    keys = block_keys(TABLE).to_pandas()
    shared = keys.merge(keys, on=["rule", "key"])
    shared = shared[shared.record_id_x < shared.record_id_y]
    ids = sorted(TABLE["record_id"].to_pylist())
    found = {(ids[a], ids[b]) for a, b in pairs_of(encode([TABLE]), cap=10_000)}
    assert found == set(zip(shared.record_id_x, shared.record_id_y, strict=True))


def test_no_records() -> None:
    assert len(candidate_pairs(encode([])).left) == 0
    assert candidate_pairs(encode([])).left.dtype == np.int64


@pytest.mark.parametrize(
    ("rule", "population", "scope"),
    [
        ("personal number", 1e9, ()), ("name, date", 1e6, ()), ("name, date", 1e8, ("province",)),
        ("name, day and month", 1e5, ()), ("name, day and month", 1e6, ("province",)),
        ("name, day and month", 1e8, ("commune",)), ("sound, year, province", 1e5, ()),
        ("sound, year, province", 1e6, ("commune",)), ("date, commune", 1e6, ("letter",)),
        ("surname, given name, native place, years", 1e7, ("sound",)),
    ],
)  # fmt: skip
def test_a_rule_is_scoped_where_a_record_would_meet_too_many_strangers(
    rule: str, population: float, scope: tuple[str, ...]
) -> None:
    assert scope_of(rule_number(rule), population) == scope


def test_a_scoped_rule_finds_a_part_of_what_it_found() -> None:
    records = encode([TABLE])
    few, many = (candidate_pairs(records, population) for population in (1e9, 1))
    found = [set(zip(c.left.tolist(), c.right.tolist(), strict=True)) for c in (few, many)]
    assert found[0] < found[1]
