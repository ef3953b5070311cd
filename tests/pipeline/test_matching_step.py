"""`sohoa match` on our own records: what it writes, what it takes, what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dedup.model import load_model
from pipeline.matching_step import PAIR_COLUMNS, STEPS, MatchRequest, match_file, own_records, table_files
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.tables import LEVEL_NAMES, MATCH_RECORDS
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table
from tests.dedup.tables import YAML, people

TABLE, TRUTH = province(5, 1500)


def matched(tmp_path: Path, table: pa.Table = TABLE, **options: bool) -> tuple[pa.Table, pa.Table, dict[str, object]]:
    tmp_path.mkdir(exist_ok=True)
    pq.write_table(table, tmp_path / "records.parquet")
    out = tmp_path / "out"
    written = match_file(MatchRequest(tmp_path / "records.parquet", out, **options), Settings(tmp_path / "home"))
    clusters, pairs = pq.read_table(out / "clusters.parquet"), pq.read_table(out / "pairs.parquet")
    assert written == {str(out / "clusters.parquet"): clusters.num_rows, str(out / "pairs.parquet"): pairs.num_rows}
    return clusters, pairs, json.loads((out / "profile.json").read_text("utf-8"))


def test_clusters_pairs_and_profile(tmp_path: Path) -> None:
    clusters, pairs, profile = matched(tmp_path)
    assert clusters.column_names == ["record_id", "cluster_id"]
    assert sorted(clusters["record_id"].to_pylist()) == sorted(TABLE["record_id"].to_pylist())
    assert pairs.column_names == [*PAIR_COLUMNS, "rule", *LEVEL_NAMES, "worth"]
    outcomes = {v["values"]: v["counts"] for v in pc.value_counts(pairs["outcome"]).to_pylist()}
    assert set(outcomes) == {"match", "review"}
    assert profile["records"] == TABLE.num_rows
    assert profile["outcomes"] == outcomes | {"non_match": profile["outcomes"]["non_match"]}  # type: ignore[index]
    assert profile["model"]["fingerprint"] == load_model().fingerprint  # type: ignore[index]
    sizes = profile["clusters"]
    assert sizes["count"] == len(clusters["cluster_id"].unique())  # type: ignore[index]
    assert sum(int(s) * n for s, n in sizes["by_size"].items()) == TABLE.num_rows  # type: ignore[index]
    assert set(profile["seconds"]) == set(STEPS) - {"train"}  # type: ignore[call-overload]
    assert sum(r["first"] for r in profile["blocking"]["rules"]) == profile["blocking"]["pairs"]  # type: ignore[index]


def test_nothing_of_a_person_stands_in_the_profile(tmp_path: Path) -> None:
    matched(tmp_path)
    text = (tmp_path / "out" / "profile.json").read_text("utf-8")
    names = [n for n in TABLE["full_name"].to_pylist() if n and len(n) > 8]
    assert not [n for n in names if n in text]


def test_every_scored_pair_on_demand(tmp_path: Path) -> None:
    _, few, before = matched(tmp_path / "few")
    _, every, profile = matched(tmp_path / "all", all_pairs=True)
    non_matches = every.filter(pc.equal(every["outcome"], "non_match")).num_rows
    assert non_matches == profile["outcomes"]["non_match"] == before["outcomes"]["non_match"] > 0  # type: ignore[index]
    assert every.num_rows == few.num_rows + non_matches
    assert every.filter(pc.not_equal(every["outcome"], "non_match")).equals(few)


def test_a_model_trained_on_the_table_can_be_used_again(tmp_path: Path) -> None:
    _, pairs, profile = matched(tmp_path, train=True)
    model = load_model(tmp_path / "out" / "model.json")
    assert profile["model"]["fingerprint"] == model.fingerprint != load_model().fingerprint  # type: ignore[index]
    again = MatchRequest(tmp_path / "records.parquet", tmp_path / "again", model=tmp_path / "out" / "model.json")
    match_file(again, Settings(tmp_path / "home"))
    assert pq.read_table(tmp_path / "again" / "pairs.parquet").equals(pairs)


def test_a_folder_of_parts_is_a_table(tmp_path: Path) -> None:
    for number in range(2):
        pq.write_table(TABLE.slice(number * 700, 700), tmp_path / f"part-{number:05d}.parquet")
    assert len(table_files(tmp_path)) == 2
    match_file(MatchRequest(tmp_path, tmp_path / "out"), Settings(tmp_path / "home"))
    assert pq.read_table(tmp_path / "out" / "clusters.parquet").num_rows == 1400


def test_the_result_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    clusters, pairs, _ = matched(tmp_path / "a")
    others, turned, _ = matched(tmp_path / "b", TABLE.take(list(range(TABLE.num_rows))[::-1]))
    assert (clusters, pairs) == (others, turned)


def test_households_are_known_by_their_number_where_no_key_was_made(tmp_path: Path) -> None:
    rows = [match_record(1, household_id="010155555"), match_record(2, household_id="010155555"), match_record(3)]
    bare = match_table(*rows).drop_columns(["household_key", "mother_name"])
    pq.write_table(bare, tmp_path / "records.parquet")
    (chunk,) = own_records([tmp_path / "records.parquet"])
    assert chunk.column_names == list(MATCH_RECORDS.column_names)
    first, second, third = chunk["household_key"].to_pylist()
    assert first == second != third is None
    assert chunk["mother_name"].null_count == 3


def test_only_the_wanted_columns_are_read(tmp_path: Path) -> None:
    pq.write_table(
        match_table(match_record(1, household_id="010155555")).drop_columns(["household_key"]), tmp_path / "r"
    )
    (chunk,) = own_records([tmp_path / "r"], ["record_id", "household_key"])
    assert chunk.column_names == ["record_id", "household_key"]
    assert chunk["household_key"].null_count == 0
    (chunk,) = own_records([tmp_path / "r"], ["record_id"])
    assert chunk.column_names == ["record_id"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"id": [1], "name": ["A"]}), "missing"),
        (match_table(match_record(1)).set_column(0, "record_id", pa.array(["x-1"])), "wrong"),
        (match_table(match_record(1)).append_column("birth_year", pa.array(["1980"])), "doubled"),
        (match_table(match_record(1)).drop(["birth_year"]).append_column("birth_year", pa.array(["?"])), "wrong_type"),
    ],
)
def test_a_table_that_is_not_ours_is_refused(tmp_path: Path, table: pa.Table, said: str) -> None:
    pq.write_table(table, tmp_path / "records.parquet")
    with pytest.raises(UsageError) as refused:
        list(own_records([tmp_path / "records.parquet"]))
    assert refused.value.code == "match.not_ours"
    assert said in refused.value.details


def test_a_bound_on_memory_is_told_before_the_work_begins(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "records.parquet")
    request = MatchRequest(tmp_path / "records.parquet", tmp_path / "out", memory_mib=50)
    heard: list[str] = []
    with pytest.raises(UsageError) as error:
        match_file(request, Settings(tmp_path / "home"), lambda step, share: heard.append(step))
    assert error.value.code == "match.memory"
    assert error.value.details["records"] == TABLE.num_rows
    assert heard == ["read"]
    with pytest.raises(UsageError, match=r"match\.memory"):
        match_file(replace(request, memory_mib=None), Settings(tmp_path / "home", match_memory_mib=50))
    match_file(replace(request, memory_mib=2000), Settings(tmp_path / "home", match_memory_mib=50))
    with pytest.raises(UsageError, match=r"match\.memory_of_others"):
        match_file(replace(request, comparisons=tmp_path / "x.yml"), Settings(tmp_path / "home"))


def test_an_empty_table_has_no_clusters(tmp_path: Path) -> None:
    clusters, pairs, profile = matched(tmp_path, TABLE.slice(0, 0))
    assert (clusters.num_rows, pairs.num_rows, profile["records"]) == (0, 0, 0)


def declared(tmp_path: Path, **options: object) -> tuple[MatchRequest, list[tuple[str, float]]]:
    """A request for a table that is not ours, and what was told meanwhile."""
    pq.write_table(people(300)[0], tmp_path / "people.parquet")
    (tmp_path / "people.yml").write_text(YAML + "training: {random_pairs: 50000}\n", "utf-8")
    out, told = tmp_path / "out", list[tuple[str, float]]()
    request = MatchRequest(tmp_path / "people.parquet", out, comparisons=tmp_path / "people.yml")
    match_file(replace(request, **options), Settings(tmp_path / "home"), lambda step, share: told.append((step, share)))
    return request, told


def test_a_table_that_is_not_ours_is_matched_by_its_declaration(tmp_path: Path) -> None:
    request, told = declared(tmp_path)
    assert [step for step, share in told if not share] == list(dict.fromkeys(s for s, _ in told))
    assert {s for s, _ in told} == set(STEPS)
    assert ("score", 1.0) in told
    pairs = pq.read_table(request.out / "pairs.parquet")
    assert pairs.column_names[:5] == list(PAIR_COLUMNS)
    profile = json.loads((request.out / "profile.json").read_text("utf-8"))
    assert sum(profile["outcomes"].values()) == profile["blocking"]["pairs"]
    assert profile["columns"]["born"]["missing"] > 0 == profile["columns"]["born"]["unreadable"]
    assert (request.out / "pairs.parquet").stat().st_mode & 0o077 == 0
    model = request.out / "model.json"
    match_file(replace(request, model=model, out=tmp_path / "again"), Settings(tmp_path / "home"))
    assert pq.read_table(tmp_path / "again" / "pairs.parquet").equals(pairs)
    assert not (tmp_path / "again" / "model.json").exists()


def test_a_model_of_other_comparisons_or_of_our_records_is_refused(tmp_path: Path) -> None:
    request, _ = declared(tmp_path)
    (tmp_path / "other.yml").write_text(YAML.replace("name: names", "name: other"), "utf-8")
    for changed, code in (
        ({"comparisons": tmp_path / "other.yml", "model": request.out / "model.json"}, "comparisons.other_model"),
        ({"model": tmp_path / "people.yml"}, "model.unreadable"),
        ({"comparisons": None, "model": request.out / "model.json"}, "match.not_ours"),
        ({"comparisons": tmp_path / "none.yml"}, "comparisons.unreadable"),
    ):
        with pytest.raises(UsageError, match=code):
            match_file(replace(request, **changed), Settings(tmp_path / "home"))
