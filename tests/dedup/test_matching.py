"""What becomes of the pairs that life makes, through the whole step."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.matching import MatchOptions, load_model, match_records
from dedup.memory import MIB, Memory, needed
from dedup.settled import Settled
from schemas.contract import conform
from schemas.errors import UsageError
from schemas.tables import CLUSTERS, SCORED_PAIRS
from tests.dedup.evaluated import evaluated
from tests.dedup.ledgers import province
from tests.dedup.memory_store import MemoryStore
from tests.dedup.rows import find, match_record, match_table, person_id, read_parts, record_id, write_parts

Row = dict[str, object]
TABLE, TRUTH = province(31, 3000)
PARENTS = {"father_name": "Nguyễn Đình Quang", "mother_name": "Trịnh Thị Mận"}
AT_HOME = {"permanent_residence_code": "00123", "native_place_text": "Xã An Bình, Huyện Nam Sách"}

SAME: dict[str, tuple[Row, Row]] = {
    "a book typed twice": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", **PARENTS, **AT_HOME),
        match_record(2, "NGUYỄN XUÂN TÙNG", "1980-05-17", sex_code="1", **PARENTS, **AT_HOME)),
    "marks left out": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", **PARENTS),
        match_record(2, "Nguyen Xuan Tung", "1980-05-17", sex_code="1", father_name="Nguyen Dinh Quang",
                     mother_name="Trinh Thi Man")),
    "middle name abbreviated": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", **PARENTS, **AT_HOME),
        match_record(2, "Nguyễn X. Tùng", "1980-05-17", sex_code="1", **PARENTS, **AT_HOME)),
    "day and month swapped": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-11", sex_code="1", **PARENTS, **AT_HOME),
        match_record(2, "Nguyễn Xuân Tùng", "1980-11-05", sex_code="1", **PARENTS, **AT_HOME)),
    "a year alone and a full date": (
        match_record(1, "Nguyễn Xuân Tùng", "1980", sex_code="1", **PARENTS, **AT_HOME),
        match_record(2, "Nguyễn Xuân Tùng", "1980-11-05", sex_code="1", **PARENTS, **AT_HOME)),
    "one slip in an old number": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", old_id_number="142048534", **PARENTS),
        match_record(2, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", old_id_number="142048543", **PARENTS)),
    "moved to another commune": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", home=1, **PARENTS,
                     permanent_residence_code="00123"),
        match_record(2, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", home=2, **PARENTS,
                     permanent_residence_code="09999")),
    "a woman in her parents' and her husband's book": (
        match_record(1, "Nguyễn Thị Thắm", "1980-05-17", sex_code="2", home=1, relation_code="04",
                     head_name="Nguyễn Đình Quang", **PARENTS, permanent_residence_code="00123"),
        match_record(2, "Nguyễn Thị Thắm", "1980-05-17", sex_code="2", home=2, relation_code="02",
                     head_name="Lê Công Sang", spouse_name="Lê Công Sang", father_name="Nguyễn Đình Quang",
                     permanent_residence_code="09999")),
}  # fmt: skip

DOUBTFUL: dict[str, tuple[Row, Row]] = {
    "one personal number, another name": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", personal_number="001080012345"),
        match_record(2, "Lê Thị Hoa", "1980-05-17", personal_number="001080012345")),
    "one personal number, another sex": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", personal_number="001080012345"),
        match_record(2, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="2", personal_number="001080012345")),
    "one personal number, another birth and name": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", personal_number="001080012345"),
        match_record(2, "Nguyễn Văn Bắc", "1955-01-30", personal_number="001080012345")),
    "another personal number, all else equal": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", personal_number="001080012345", **PARENTS),
        match_record(2, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", personal_number="001080054321", **PARENTS)),
    "other sexes, all else equal": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", **PARENTS, **AT_HOME),
        match_record(2, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="2", **PARENTS, **AT_HOME)),
}  # fmt: skip

APART: dict[str, tuple[Row, Row]] = {
    "siblings": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS),
        match_record(2, "Nguyễn Xuân Lâm", "1981-05-17", sex_code="1", home=1, relation_code="04", **PARENTS)),
    "twins": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS),
        match_record(2, "Nguyễn Xuân Lâm", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS)),
    "a sibling written in two books": (
        match_record(1, "Nguyễn Thị Hoa", "1980-05-17", sex_code="2", home=1, relation_code="04", **PARENTS),
        match_record(2, "Nguyễn Thị Huệ", "1982-07-01", sex_code="2", home=2, relation_code="02", **PARENTS)),
    "father and son of one name": (
        match_record(1, "Nguyễn Xuân Tùng", "1950-05-17", sex_code="1", home=1, relation_code="01", **AT_HOME),
        match_record(2, "Nguyễn Xuân Tùng", "1975-02-03", sex_code="1", home=1, relation_code="04", **AT_HOME)),
    "namesakes of one commune and birth year": (
        match_record(1, "Nguyễn Văn Hùng", "1980", sex_code="1", permanent_residence_code="00123"),
        match_record(2, "Nguyễn Văn Hùng", "1980", sex_code="1", permanent_residence_code="00123")),
    "namesakes born on one day far apart": (
        match_record(1, "Nguyễn Văn Hùng", "1980-05-17", sex_code="1", permanent_residence_code="00123"),
        match_record(2, "Nguyễn Văn Hùng", "1980-05-17", sex_code="1", permanent_residence_code="09999")),
    "an old number issued twice": (
        match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", old_id_number="142048534"),
        match_record(2, "Trần Thị Mơ", "1971-02-03", sex_code="2", old_id_number="142048534")),
    "an old number taken over by a namesake": (
        match_record(1, "Nguyễn Văn Hùng", "1980-05-17", sex_code="1", old_id_number="142048534"),
        match_record(2, "Nguyễn Văn Hùng", "1950-02-03", sex_code="1", old_id_number="142048534")),
    "twins whose names differ in a mark": (
        match_record(1, "Nguyễn Xuân Hùng", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS),
        match_record(2, "Nguyễn Xuân Hưng", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS)),
}  # fmt: skip


def cases(table: dict[str, tuple[Row, Row]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("pair", table.values(), ids=table.keys())


@cases(SAME)
def test_one_person_is_found(pair: tuple[Row, Row], tmp_path: Path) -> None:
    found = find(tmp_path, list(pair))
    assert found.outcome(1, 2) == "match"
    assert found.together(1, 2)
    assert found.counts.persons == 1


@cases(DOUBTFUL)
def test_a_pair_that_contradicts_itself_waits_for_a_person(pair: tuple[Row, Row], tmp_path: Path) -> None:
    found = find(tmp_path, list(pair))
    assert found.outcome(1, 2) == "review"
    assert not found.together(1, 2)


@cases(APART)
def test_two_persons_are_never_merged(pair: tuple[Row, Row], tmp_path: Path) -> None:
    found = find(tmp_path, list(pair))
    assert found.outcome(1, 2) != "match"
    assert not found.together(1, 2)


@pytest.mark.parametrize("commune", ["00123", "09999"])
def test_a_woman_in_two_books_that_share_no_relative_is_found(commune: str, tmp_path: Path) -> None:
    one = match_record(1, "Nguyễn Bích Thắm", "1980-05-17", sex_code="2", home=1, relation_code="04",
                       head_name="Nguyễn Đình Quang", permanent_residence_code="00123")  # fmt: skip
    two = match_record(2, "Nguyễn Bích Thắm", "1980-05-17", sex_code="2", home=2, relation_code="02",
                       head_name="Lê Công Sang", permanent_residence_code=commune)  # fmt: skip
    assert find(tmp_path, [one, two]).outcome(1, 2) in {"match", "review"}


def test_a_household_that_moved_is_found_member_by_member(tmp_path: Path) -> None:
    """None of the children could be merged alone: a year and a frequent name. Their parents' matches carry them."""
    members: list[Row] = []
    for home, commune, first in ((1, "00123", 1), (2, "09999", 11)):
        place: Row = {"home": home, "permanent_residence_code": commune, "head_name": "Đoàn Công Luân"}
        members += [
            match_record(first, "Đoàn Công Luân", "1960-03-04", sex_code="1", relation_code="01", **place,
                         spouse_name="Tạ Thị Thơm", old_id_number="142048534"),
            match_record(first + 1, "Tạ Thị Thơm", "1962-07-21", sex_code="2", relation_code="02", **place,
                         spouse_name="Đoàn Công Luân", old_id_number="142048777"),
            match_record(first + 2, "Đoàn Văn Hùng", "1985", sex_code="1", relation_code="04", **place),
            match_record(first + 3, "Đoàn Thị Hoa", "1988", sex_code="2", relation_code="04", **place),
        ]  # fmt: skip
    found = find(tmp_path, members)
    assert all(found.together(n, n + 10) for n in (1, 2, 3, 4))
    assert found.counts.persons == 4


def test_a_stored_person_keeps_its_id(tmp_path: Path) -> None:
    one, two = SAME["a book typed twice"]
    found = find(tmp_path, [one], [two | {"person_id": person_id(7)}])
    assert found.persons == {1: person_id(7), 2: person_id(7)}
    assert (found.counts.persons, found.counts.joined_persons, found.counts.stored) == (1, 1, 1)


def test_a_stored_record_that_nobody_joins_is_not_written(tmp_path: Path) -> None:
    one, two = APART["namesakes of one commune and birth year"]
    found = find(tmp_path, [one], [two | {"person_id": person_id(7)}])
    assert set(found.persons) == {1}
    assert found.persons[1] != person_id(7)


def test_a_joined_person_comes_with_all_its_records(tmp_path: Path) -> None:
    one, two = SAME["a book typed twice"]
    older = match_record(3, "Nguyễn X. Tùng", "1980", person_id=person_id(7))
    tie = pa.table({"left_record_id": [record_id(2)], "right_record_id": [record_id(3)]})
    options = MatchOptions(settled=Settled(ties=tie))
    found = find(tmp_path, [one], [two | {"person_id": person_id(7)}, older], options)
    assert found.persons == dict.fromkeys((1, 2, 3), person_id(7))


def test_two_stored_persons_turn_out_to_be_one(tmp_path: Path) -> None:
    """As if all three had come together; the lower id stays."""
    one, two = SAME["a book typed twice"]
    stored = [two | {"person_id": person_id(8)}, two | {"record_id": record_id(3), "person_id": person_id(7)}]
    found = find(tmp_path, [one], stored)
    assert {found.outcome(1, 2), found.outcome(1, 3)} == {"match"}
    assert found.persons == dict.fromkeys((1, 2, 3), min(person_id(7), person_id(8)))
    assert found.counts.joined_persons == 1


def test_a_pair_judged_to_be_two_persons_is_never_joined_again(tmp_path: Path) -> None:
    one, two = SAME["a book typed twice"]
    stored = [two | {"person_id": person_id(8)}, two | {"record_id": record_id(3), "person_id": person_id(7)}]
    apart = pa.table({"left_record_id": [record_id(2)], "right_record_id": [record_id(3)]})
    found = find(tmp_path, [one], stored, MatchOptions(settled=Settled(apart=apart)))
    assert {found.outcome(1, 2), found.outcome(1, 3)} == {"review"}
    assert set(found.persons) == {1}


def test_a_record_delivered_again_stays_with_its_person(tmp_path: Path) -> None:
    one, _ = SAME["a book typed twice"]
    found = find(tmp_path, [one], [one | {"person_id": person_id(7)}])
    assert found.persons == {1: person_id(7)}


def test_a_record_that_fits_two_people_joins_neither(tmp_path: Path) -> None:
    """Twins Hùng and Hưng in one book, and a line without marks in another: nobody can tell which one it is."""
    one, two = APART["twins whose names differ in a mark"]
    bare = match_record(3, "Nguyen Xuan Hung", "1980-05-17", sex_code="1", home=2, file_id="e" * 32, **PARENTS)
    found = find(tmp_path, [one, two, bare])
    assert len({*found.persons.values()}) == 3
    assert {found.outcome(1, 3), found.outcome(2, 3)} == {"review"}


def test_a_household_typed_twice_in_one_file_is_found(tmp_path: Path) -> None:
    one = match_record(1, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS)
    two = match_record(2, "Nguyễn X. Tùng", "1980-05-17", sex_code="1", home=1, relation_code="04", **PARENTS)
    assert find(tmp_path, [one, two]).together(1, 2)


def test_a_pair_in_review_leaves_two_persons(tmp_path: Path) -> None:
    found = find(tmp_path, list(DOUBTFUL["one personal number, another sex"]))
    assert (found.counts.reviews, found.counts.matches, found.counts.persons) == (1, 0, 2)
    assert found.persons[1] != found.persons[2]
    assert found.persons == find(tmp_path / "again", list(DOUBTFUL["one personal number, another sex"])).persons


def test_a_rare_name_weighs_more_than_a_frequent_one(tmp_path: Path) -> None:
    weights = []
    for name in ("Nguyễn Văn Hùng", "Khúc Thừa Mận"):
        pair = [match_record(n, name, "1980-05-17", sex_code="1", permanent_residence_code="00123") for n in (1, 2)]
        find(tmp_path / name, pair)
        weights += read_parts(tmp_path / name / "work" / "scored_pairs")["match_weight"].to_pylist()
    assert weights[1] > weights[0] + 3


def whole(folder: Path, table: pa.Table, rows: int = 65_536) -> tuple[pa.Table, pa.Table]:
    match_records(write_parts(table, folder / "own", rows), [], folder / "work", load_model())
    return read_parts(folder / "work" / "clusters"), read_parts(folder / "work" / "scored_pairs")


@given(seed=st.integers(0, 999), rows=st.integers(150, 4000))
@settings(max_examples=5, deadline=None)
def test_order_and_parts_do_not_matter(seed: int, rows: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    order = np.random.default_rng(seed).permutation(TABLE.num_rows)
    mixed = whole(tmp_path_factory.mktemp("mixed"), TABLE.take(pa.array(order)), rows)
    plain = whole(tmp_path_factory.mktemp("plain"), TABLE)
    assert [t.to_pylist() for t in mixed] == [t.to_pylist() for t in plain]


def test_what_is_written_keeps_its_contract_and_names_each_record_once(tmp_path: Path) -> None:
    clusters, pairs = whole(tmp_path, TABLE)
    conform(clusters, CLUSTERS)
    conform(pairs, SCORED_PAIRS)
    assert sorted(clusters["record_id"].to_pylist()) == sorted(TABLE["record_id"].to_pylist())
    assert set(pairs["outcome"].to_pylist()) == {"match", "review"}
    assert pc.all(pc.less(pairs["left_record_id"], pairs["right_record_id"])).as_py()


def test_one_line_typed_many_times_is_never_one_huge_person(tmp_path: Path) -> None:
    """A filler row repeated makes no person of more records than the model merges unseen, and no endless pairs."""
    rows = [match_record(n, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", **PARENTS) for n in range(1, 61)]
    found = find(tmp_path / "some", rows)
    largest = max(list(found.persons.values()).count(p) for p in found.persons.values())
    assert largest <= load_model().largest_cluster
    assert found.counts.matches + found.counts.reviews == found.counts.pairs == 60 * 59 // 2
    crowd = find(tmp_path / "crowd", [match_record(n, born="1980-05-17") for n in range(1, 500)])
    assert (crowd.counts.pairs, crowd.counts.persons) == (0, 499)
    assert crowd.counts.large_blocks > 0


def test_a_larger_population_asks_for_more(tmp_path: Path) -> None:
    pair = [match_record(n, "Nguyễn Bích Thắm", "1980-05-17", sex_code="2") for n in (1, 2)]
    weights = []
    for population in (1e5, 1e8):
        work = tmp_path / str(population)
        model = replace(load_model(), population=population, review_weight=-99.0)
        match_records(write_parts(match_table(*pair), work / "own"), [], work, model)
        weights += read_parts(work / "scored_pairs")["match_weight"].to_pylist()
    assert weights[0] - weights[1] == pytest.approx(np.log2(1000), abs=1)


def test_no_records(tmp_path: Path) -> None:
    found = find(tmp_path, [])
    assert (found.persons, found.outcomes, found.counts.own) == ({}, {}, 0)


@pytest.mark.parametrize(("seed", "errors"), [(41, 1.0), (42, 1.6), (43, 0.5)])
def test_quality_on_provinces_that_the_model_was_not_trained_on(seed: int, errors: float, tmp_path: Path) -> None:
    table, truth = province(seed, 8000, errors)
    clusters, pairs = whole(tmp_path, table)
    found = evaluated(truth, clusters.select(["record_id", "person_id"]), pairs)
    assert found.whole.clustered is not None
    assert found.pairs is not None
    assert found.whole.clustered.precision.value >= 0.999
    assert found.whole.clustered.recall.value >= 0.85
    assert found.pairs.review.decided.recall.value >= 0.95
    assert found.pairs.review.pairs_a_record <= 0.01


@given(seed=st.integers(0, 9999), batches=st.integers(2, 6))
@settings(max_examples=6, deadline=None)
def test_how_records_are_split_into_batches_and_their_order_do_not_matter(
    seed: int, batches: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any rows in any batch: households torn apart, persons met one record at a time."""
    random = np.random.default_rng(seed)
    table, _ = province(seed % 7 + 60, 1200, errors=1.6)
    whole, split = MemoryStore(), MemoryStore()
    whole.deliver(table, tmp_path_factory.mktemp("whole"))
    for number in random.permutation(batches).tolist():
        rows = np.flatnonzero(np.random.default_rng(seed).integers(0, batches, table.num_rows) == number)
        split.deliver(table.take(pa.array(rows)), tmp_path_factory.mktemp("split"))
    assert split.partition() == whole.partition()
    weights = [{ends: (p["outcome"], p["basis"]) for ends, p in s.pairs.items() if p["outcome"] != "non_match"}
               for s in (split, whole)]  # fmt: skip
    assert weights[0] == weights[1]


def test_memory_changes_nothing_in_what_is_found(tmp_path: Path) -> None:
    model = load_model()
    free, bound = tmp_path / "free", tmp_path / "bound"
    counts = match_records([TABLE], [], free, model)
    least = -(-max(needed(TABLE.num_rows), needed(TABLE.num_rows, counts.pairs)) // MIB)
    assert match_records([TABLE], [], bound, model, MatchOptions(memory=Memory(least))) == counts
    for table in ("scored_pairs", "clusters"):
        assert read_parts(free / table) == read_parts(bound / table)
    with pytest.raises(UsageError, match=r"match\.memory"):
        match_records([TABLE], [], tmp_path / "none", model, MatchOptions(memory=Memory(100)))
