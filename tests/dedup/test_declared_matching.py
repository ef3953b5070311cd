"""A table that is not ours, from its declaration to clusters."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dedup.declared_matching import DeclaredOptions, cluster_tables, match_declared, pair_tables
from dedup.declared_yaml import parse_declaration
from tests.dedup.evaluated import evaluated
from tests.dedup.tables import YAML, people

TABLE, TRUTH = people(1000)
FEW = "training: {random_pairs: 100000}\n"


def matched(
    folder: Path, table: pa.Table = TABLE, text: str = YAML + FEW, options: DeclaredOptions | None = None
) -> tuple[pa.Table, pa.Table]:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "t.parquet")
    result = match_declared([folder / "t.parquet"], parse_declaration(text), options)
    return pa.concat_tables(cluster_tables(result)), pa.concat_tables(pair_tables(result))


def test_people_are_found_without_labels(tmp_path: Path) -> None:
    clusters, pairs = matched(tmp_path)
    assert clusters.column_names == ["record_id", "cluster_id"]
    assert pairs.column_names == [
        "left_record_id", "right_record_id", "match_weight", "match_probability", "outcome", "rule",
        "names_level", "born_level", "town_level", "height_level", "tags_level",
    ]  # fmt: skip
    assert set(pairs["outcome"].to_pylist()) <= {"match", "review"}
    found = evaluated(TRUTH, clusters.rename_columns({"cluster_id": "person_id"}), pairs).whole
    assert found.clustered is not None
    assert found.matches is not None
    assert found.clustered.f1.value > 0.98
    assert found.matches.precision.value > 0.99


def test_nothing_depends_on_the_order_of_the_rows(tmp_path: Path) -> None:
    one = matched(tmp_path / "a")
    other = matched(tmp_path / "b", TABLE.take(np.random.default_rng(1).permutation(TABLE.num_rows)))
    assert one == other


def test_every_scored_pair_on_demand(tmp_path: Path) -> None:
    _, few = matched(tmp_path)
    _, every = matched(tmp_path, options=DeclaredOptions(all_pairs=True))
    assert every.filter(pc.not_equal(every["outcome"], "non_match")).equals(few)
    assert every.num_rows > few.num_rows


def test_a_model_is_used_as_it_is(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet")
    declaration = parse_declaration(YAML + FEW)
    first = match_declared([tmp_path / "t.parquet"], declaration)
    again = match_declared([tmp_path / "t.parquet"], declaration, DeclaredOptions(first.model))
    assert again.model is first.model
    assert np.array_equal(first.weight, again.weight)


def test_two_lists_that_name_each_person_once(tmp_path: Path) -> None:
    text = YAML + FEW + "source: list\npairs: across\none_per_source: true\n"
    clusters, pairs = matched(tmp_path, text=text)
    lists = dict(zip(TABLE["nr"].to_pylist(), TABLE["list"].to_pylist(), strict=True))
    sides = [[lists[r] for r in pairs[f"{side}_record_id"].to_pylist()] for side in ("left", "right")]
    assert all(a != b for a, b in zip(*sides, strict=True))
    assert max(v["counts"] for v in pc.value_counts(clusters["cluster_id"]).to_pylist()) == 2


def test_what_must_agree_or_else_waits_for_review(tmp_path: Path) -> None:
    _, before = matched(tmp_path)
    strict = YAML.replace("levels: [exact, {tokens: 0.5}]", "levels: [exact, {tokens: 0.5}]\n    must: 1")
    _, after = matched(tmp_path, text=strict + FEW)
    matches = [p.filter(pc.equal(p["outcome"], "match")) for p in (before, after)]
    unlike = [m.filter(pc.equal(m["town_level"], 1)).num_rows for m in matches]
    assert unlike[0] > 0 == unlike[1]
    held = after.filter(pc.and_(pc.equal(after["town_level"], 1), pc.greater(after["match_probability"], 0.95)))
    assert set(held["outcome"].to_pylist()) == {"review"}
    assert matches[1].num_rows > 0.9 * (matches[0].num_rows - unlike[0])


def test_a_rare_value_says_more_than_a_frequent_one(tmp_path: Path) -> None:
    """Two pairs that agree in all alike, but for how many people live in their town."""
    rows = TABLE.slice(0, 400).to_pylist()
    for number, town in enumerate(("ulm", "ulm", "weiler am see", "weiler am see")):
        rows.append(rows[0] | {"nr": f"x{number}", "town": town})
    _, pairs = matched(tmp_path, pa.Table.from_pylist(rows))
    weight = {
        (p["left_record_id"], p["right_record_id"]): p["match_weight"] for p in pairs.to_pylist()
    }  # fmt: skip
    assert weight["x2", "x3"] > weight["x0", "x1"] + 2


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_records(tmp_path: Path, rows: int) -> None:
    clusters, _ = matched(tmp_path, TABLE.slice(0, rows))
    assert clusters.num_rows == rows
