"""What somebody judged binds matching: never one cluster, or one person, whatever the weights say."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.judged import JUDGED_RULE
from dedup.matching import MatchOptions
from tests.dedup.rows import Found, find, judged, match_record, person_id, read_parts

HUNG = {"sex_code": "1", "father_name": "Nguyễn Văn Sáu", "old_id_number": "010123456"}


def hung(number: int, **values: object) -> dict[str, object]:
    return match_record(number, "Nguyễn Văn Hùng", "1980-05-17", **(HUNG | values))


def son(number: int, **values: object) -> dict[str, object]:
    return match_record(number, "Lê Thị Sơn", "1955-01-02", sex_code="2", **values)


def judging(*pairs: tuple[int, int, str]) -> MatchOptions:
    return MatchOptions(judged=judged(*pairs))


def test_two_rows_judged_different_never_join_and_wait_for_nobody(tmp_path: Path) -> None:
    assert find(tmp_path / "a", [hung(1), hung(2)]).together(1, 2)
    found = find(tmp_path / "b", [hung(1), hung(2)], options=judging((2, 1, "different")))
    assert not found.together(1, 2)
    assert found.outcome(1, 2) == "review"


def test_a_chain_does_not_join_what_was_judged_different(tmp_path: Path) -> None:
    rows = [hung(1), hung(2), hung(3)]
    assert len(set(find(tmp_path / "a", rows).persons.values())) == 1
    found = find(tmp_path / "b", rows, options=judging((1, 3, "different")))
    assert not found.together(1, 3)


def test_a_new_record_that_fits_two_judged_different_alike_joins_neither(tmp_path: Path) -> None:
    stored = [hung(1, person_id=person_id(1)), hung(2, person_id=person_id(2))]
    found = find(tmp_path, [hung(9)], stored, judging((1, 2, "different")))
    assert found.persons[9] not in {person_id(1), person_id(2)}
    assert found.outcome(1, 9) == found.outcome(2, 9) == "review"


def test_two_stored_persons_judged_the_same_are_the_one_with_the_lowest_record(tmp_path: Path) -> None:
    stored = [hung(1, person_id=person_id(1)), son(2, person_id=person_id(2)), hung(3, person_id=person_id(2))]
    apart = find(tmp_path / "a", [hung(9)], stored)
    assert apart.persons[9] not in {person_id(1), person_id(2)}
    found = find(tmp_path / "b", [hung(9, sex_code=None)], stored[::2], judging((1, 3, "same")))
    assert found.persons == dict.fromkeys((1, 3, 9), person_id(1))
    unlike = find(tmp_path / "c", [hung(9)], stored, judging((2, 1, "same")))
    assert {unlike.persons.get(n, person_id(1)) for n in (1, 2, 3)} == {person_id(1)}


def test_a_row_judged_the_same_as_one_unlike_it_joins(tmp_path: Path) -> None:
    stored = [hung(1, person_id=person_id(1), sex_code=None)]
    row = match_record(9, "Lê Thị Sơn", "1955-01-02")
    assert find(tmp_path / "a", [row], stored).persons[9] != person_id(1)
    found = find(tmp_path / "b", [row], stored, judging((1, 9, "same")))
    assert (found.persons[9], found.outcome(1, 9)) == (person_id(1), "match")
    assert read_parts(tmp_path / "b" / "work" / "scored_pairs")["rule"].to_pylist() == [JUDGED_RULE]


def test_judgements_about_records_that_are_not_here_change_nothing(tmp_path: Path) -> None:
    plain = find(tmp_path / "a", [hung(1), hung(2), son(3)])
    found = find(tmp_path / "b", [hung(1), hung(2), son(3)], options=judging((1, 77, "different"), (3, 78, "same")))
    assert (found.persons, found.outcomes) == (plain.persons, plain.outcomes)


NUMBERS = st.integers(1, 8)
DECIDED = st.dictionaries(
    st.tuples(NUMBERS, NUMBERS).filter(lambda p: p[0] < p[1]), st.sampled_from(["same", "different"]), max_size=6
)


def matched(decided: dict[tuple[int, int], str], own: list[dict[str, object]]) -> Found:
    folder = Path(mkdtemp(prefix="judged-"))
    stored = [hung(n, person_id=person_id(n), sex_code=None) for n in range(1, 5)]
    try:
        return find(folder, own, stored, judging((1, 99, "same"), *((*p, d) for p, d in decided.items())))
    finally:
        shutil.rmtree(folder)


def joined(decided: dict[tuple[int, int], str]) -> dict[int, int]:
    """The plain twin: what those judged the same make one, by the lowest number."""
    label = {n: n for n in range(1, 9)}
    for _ in label:
        for (one, other), decision in decided.items():
            if decision == "same":
                label[one] = label[other] = min(label[one], label[other])
    return label


@given(DECIDED)
@settings(max_examples=40)
def test_no_cluster_holds_what_was_judged_different_and_what_was_judged_the_same_is_one(
    decided: dict[tuple[int, int], str],
) -> None:
    label = joined(decided)
    contradicts = {p for p, d in decided.items() if d == "different" and label[p[0]] == label[p[1]]}
    decided = {p: d for p, d in decided.items() if p not in contradicts}
    found = matched(decided, [hung(n) for n in range(5, 9)])
    for (one, other), decision in decided.items():
        if decision == "different":
            assert found.persons.get(one) != found.persons.get(other) or found.persons.get(one) is None
        elif one <= 4 and one in found.persons:
            assert found.together(one, other)
