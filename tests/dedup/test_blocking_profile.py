"""What each blocking rule found, on pairs made for one rule."""

from dedup.blocking import RULES, candidate_pairs
from dedup.blocking_profile import profile_blocking, rule_names
from dedup.encode import encode
from tests.dedup.rows import match_record, match_table


def test_a_pair_counts_for_its_first_rule_and_for_the_one_that_alone_finds_it() -> None:
    table = match_table(
        match_record(1, "Nguyễn Văn Hùng", "1980-05-17", old_id_number="142048534"),
        match_record(2, "Trần Thị Mai", "1991-02-03", old_id_number="142048534"),
        match_record(3, "Lê Công Sang", "1970-08-09", old_id_number="142048599"),
        match_record(4, "Lê Công Sang", "1970-08-09", old_id_number="142048599"),
    )
    records = encode([table])
    profile = profile_blocking(candidate_pairs(records))
    by_name = {r.rule: r for r in profile.rules}
    assert profile.pairs == 2
    assert (by_name["old number"].first, by_name["old number"].alone) == (2, 1)
    assert (by_name["old number"].blocks, by_name["old number"].largest) == (2, 2)
    assert by_name["name, date"].first == 0
    assert by_name["name, date"].blocks == 1
    assert profile.largest_blocks[0][1] == 2
    assert len(rule_names()) == len(RULES) + 2


def test_nothing_was_found_in_nothing() -> None:
    records = encode([])
    profile = profile_blocking(candidate_pairs(records))
    assert profile.pairs == 0
    assert profile.largest_blocks == ()
