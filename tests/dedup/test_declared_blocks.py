"""Pairs of declared blocking rules, beside a plain twin, and what is said of them."""

from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pytest

from dedup.declared_blocks import declared_pairs, part_keys
from dedup.declared_form import KeyPart
from tests.dedup.tables import YAML, coded, people

START = "id: nr\ncomparisons: [{column: a, levels: [exact]}]\n"


def table(*values: str | None, b: list[str] | None = None, source: list[str] | None = None) -> pa.Table:
    size = len(values)
    return pa.table({
        "nr": [f"{n:03d}" for n in range(size)], "a": pa.array(values, pa.string()), "b": b or ["x"] * size,
        "s": source or ["1"] * size,
    })  # fmt: skip


def test_each_pair_once_with_its_first_rule_as_a_plain_twin_finds_them(tmp_path: Path) -> None:
    records, declaration = coded(people(60)[0], tmp_path)
    wanted: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, rule in enumerate(declaration.blocking, 1):
        blocks = defaultdict(list)
        for row, key in enumerate(part_keys(records, rule.parts).tolist()):
            if key:
                blocks[key].append(row)
        for rows in blocks.values():
            for pair in combinations(rows, 2):
                wanted[pair].append(number)
    found = declared_pairs(records, declaration)
    assert dict(zip(zip(found.left.tolist(), found.right.tolist(), strict=True), found.rule.tolist(), strict=True)) == {
        pair: rules[0] for pair, rules in sorted(wanted.items())
    }
    alone = Counter(rules[0] for rules in wanted.values() if len(rules) == 1)
    assert [r.alone for r in found.profile.rules] == [alone[n] for n in (1, 2, 3)]
    assert sum(r.first for r in found.profile.rules) == found.profile.pairs == len(wanted)


def test_a_large_block_is_split_and_what_stays_large_is_left_out_and_counted(tmp_path: Path) -> None:
    values = table(*["an"] * 9, b=["x"] * 2 + ["y"] * 3 + ["z"] * 4)
    records, declaration = coded(values, tmp_path, START + "blocking: [{columns: [a], then: [b], most: 3}]")
    found = declared_pairs(records, declaration)
    assert len(found.left) == 1 + 3
    assert (found.profile.blocks_left_out, found.profile.records_in_them) == (1, 4)
    assert found.profile.largest_blocks == (("a", 9),)
    records, declaration = coded(values, tmp_path, START + "blocking: [{columns: [a], most: 3}]")
    whole = declared_pairs(records, declaration).profile
    assert (whole.pairs, whole.blocks_left_out, whole.records_in_them) == (0, 1, 9)


def test_those_that_lack_the_part_that_splits_a_block_are_a_block_of_their_own(tmp_path: Path) -> None:
    values = table(*["an"] * 6, b=["x", "x", "x", "", "", "y"])
    records, declaration = coded(values, tmp_path, START + "blocking: [{columns: [a], then: [b], most: 3}]")
    found = declared_pairs(records, declaration)
    assert list(zip(found.left, found.right, strict=True)) == [(0, 1), (0, 2), (1, 2), (3, 4)]
    assert found.profile.records_in_them == 0


def test_missing_values_make_no_block(tmp_path: Path) -> None:
    records, declaration = coded(table(None, None, "", ""), tmp_path, START + "blocking: [[a], [a, b]]")
    assert len(declared_pairs(records, declaration).left) == 0


def test_only_across_sources(tmp_path: Path) -> None:
    text = START + "source: s\npairs: across\nblocking: [[a]]"
    records, declaration = coded(table("an", "an", "an", source=["1", "1", "2"]), tmp_path, text)
    found = declared_pairs(records, declaration)
    assert list(zip(found.left, found.right, strict=True)) == [(0, 2), (1, 2)]


def test_two_columns_in_any_order(tmp_path: Path) -> None:
    values = table("lang", "anna", "lang", b=["anna", "lang", "lang"])
    records, _ = coded(values, tmp_path, START + "blocking: [[a, b]]")
    one, turned, other = part_keys(records, [KeyPart(("a", "b"))] * 2)
    assert one == turned != other


@pytest.mark.parametrize("rows", [0, 1])
def test_no_pairs_without_two_records(tmp_path: Path, rows: int) -> None:
    records, declaration = coded(people(3)[0].slice(0, rows), tmp_path, YAML)
    assert declared_pairs(records, declaration).profile.pairs == 0
