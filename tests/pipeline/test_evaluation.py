"""Files of `sohoa evaluate`: what it takes for clusters, pairs and truth, and how it says that it cannot."""

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import single_steps
from pipeline.evaluation import Wish, as_json, evaluate_files, write
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.evaluation import Evaluation
from tests.dedup.evaluated import pair_table, partition

SAMPLES = Path(__file__).parents[2] / "data_samples" / "three_provinces"
TRUE, FOUND = [1, 1, 2, 2, 3], [1, 1, 1, 2, 3]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", workers=1)


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    return saved(partition(TRUE), tmp_path / "truth.parquet")


def saved(table: pa.Table, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        duckdb.from_arrow(table).write_csv(str(path))
    else:
        pq.write_table(table, path)
    return path


def right(made: Evaluation) -> tuple[int, int, int]:
    assert made.whole.clustered is not None
    scores = made.whole.clustered
    return scores.precision.part, scores.precision.whole, scores.recall.whole


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("key", ["person_id", "cluster_id"])
def test_clusters_and_truth_by_either_name_as_parquet_or_csv(
    ending: str, key: str, settings: Settings, tmp_path: Path
) -> None:
    found = saved(partition(FOUND).rename_columns(["record_id", key]), tmp_path / f"a [1] 'b'*.{ending}")
    true = saved(partition(TRUE).rename_columns(["record_id", key]), tmp_path / f"truth.{ending}")
    assert right(evaluate_files(Wish(found, true), settings)) == (1, 3, 2)


def test_the_folder_of_match_has_both(settings: Settings, truth: Path, tmp_path: Path) -> None:
    saved(partition(FOUND), tmp_path / "m" / "clusters.parquet")
    pairs = pair_table([(0, 1, "match", 0.99), (0, 2, "review", 0.4)])
    saved(pairs, tmp_path / "m" / "scored_pairs.parquet")
    made = evaluate_files(Wish(tmp_path / "m", truth), settings)
    assert right(made) == (1, 3, 2)
    assert made.pairs is not None
    assert (made.pairs.matches.found, made.pairs.review.pairs) == (1, 1)
    alone = evaluate_files(Wish(tmp_path / "m" / "scored_pairs.parquet", truth), settings)
    assert alone.clusters is None
    assert alone.pairs == made.pairs


def test_pairs_without_outcome_are_matches_and_a_weight_gives_the_probability(
    settings: Settings, truth: Path, tmp_path: Path
) -> None:
    pairs = pair_table([(0, 1, "match", None), (0, 2, "match", None)]).select(["left_record_id", "right_record_id"])
    made = evaluate_files(Wish(saved(pairs, tmp_path / "pairs.csv"), truth), settings).pairs
    assert made is not None
    assert (made.matches.found, made.matches.right, made.calibration) == (2, 1, None)
    weighed = pairs.append_column("match_weight", pa.array([3.0, -1.0]))
    made = evaluate_files(Wish(saved(weighed, tmp_path / "pairs.parquet"), truth), settings).pairs
    assert made is not None
    assert [c.threshold for c in made.curve] == [pytest.approx(8 / 9), pytest.approx(1 / 3)]


def test_records_make_groups(settings: Settings, truth: Path, tmp_path: Path) -> None:
    records = partition(TRUE).select(["record_id"]).append_column("province_code", pa.array(["01"] * 5))
    saved(records, tmp_path / "checked" / "records.parquet")
    found = saved(partition(FOUND), tmp_path / "clusters.parquet")
    made = evaluate_files(Wish(found, truth, tmp_path / "checked"), settings)
    assert [(g.dimension, g.code, g.records) for g in made.groups] == [("province", "01", 5)]


@pytest.mark.parametrize("name", ["ha_noi.csv", "nghe_an.xlsx"])
def test_truth_by_place_is_joined_by_the_ledgers_themselves(name: str, settings: Settings, tmp_path: Path) -> None:
    single_steps.read(SAMPLES / "input" / name, tmp_path / "read", settings)
    rows = pq.read_table(tmp_path / "read" / "source_records.parquet", columns=["record_id"])
    found = saved(rows.append_column("cluster_id", rows.column("record_id")), tmp_path / "clusters.parquet")
    wish = Wish(found, SAMPLES / "expected" / "truth.csv", ledgers=SAMPLES / "input")
    made = evaluate_files(wish, settings)
    assert made.records.judged == rows.num_rows
    assert made.records.without_truth == 0
    with pytest.raises(UsageError) as told:
        evaluate_files(Wish(found, wish.truth), settings)
    assert told.value.code == "evaluation.ledgers_needed"
    with pytest.raises(UsageError) as told:
        evaluate_files(Wish(found, wish.truth, ledgers=SAMPLES / "input" / name), settings)
    assert told.value.code == "evaluation.ledger_missing"


def test_two_ledgers_of_one_name_are_not_guessed_between(settings: Settings, tmp_path: Path) -> None:
    for folder, text in (("a", "1"), ("b", "2")):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "so.csv").write_text(text, encoding="utf-8")
    places = pa.table({"file": ["so.csv"], "line": pa.array([2]), "person_id": ["p"]})
    wish = Wish(
        saved(partition(FOUND), tmp_path / "c.parquet"), saved(places, tmp_path / "t.csv"), None, tmp_path / "in"
    )
    with pytest.raises(UsageError) as told:
        evaluate_files(wish, settings)
    assert told.value.code == "evaluation.ledger_twice"


def wrong_pairs(**columns: list[object]) -> pa.Table:
    return pa.table({"left_record_id": ["r0"], "right_record_id": ["r1"], **columns})


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (None, "path.not_found"),
        (pa.table({"record_id": ["r0"], "x": ["1"]}), "evaluation.columns"),
        (pa.table({"x": ["1"]}), "evaluation.columns"),
        (partition([1, 1]).take([0, 0]), "evaluation.record_twice"),
        (pa.table({"record_id": ["z"], "cluster_id": ["1"]}), "evaluation.nothing_in_common"),
        (wrong_pairs(outcome=["maybe"]), "evaluation.pairs_unusable"),
        (wrong_pairs(match_probability=[1.5]), "evaluation.pairs_unusable"),
        (wrong_pairs(match_probability=["high"]), "evaluation.pairs_unusable"),
        (pa.table({"left_record_id": ["y"], "right_record_id": ["z"]}), "evaluation.nothing_in_common"),
    ],
)
def test_what_cannot_be_evaluated_is_told(
    found: pa.Table | None, code: str, settings: Settings, truth: Path, tmp_path: Path
) -> None:
    path = tmp_path / "found.parquet"
    if found is not None:
        saved(found, path)
    with pytest.raises(UsageError) as told:
        evaluate_files(Wish(path, truth), settings)
    assert told.value.code == code


def test_what_is_no_table_is_told(settings: Settings, truth: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "picture.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "folder").mkdir()
    codes = {"evaluation.unreadable", "evaluation.columns"}
    for found, allowed in (("empty.csv", codes), ("picture.bin", codes), ("folder", {"evaluation.not_found"})):
        with pytest.raises(UsageError) as told:
            evaluate_files(Wish(tmp_path / found, truth), settings)
        assert told.value.code in allowed
    with pytest.raises(UsageError) as told:
        evaluate_files(Wish(truth, tmp_path / "folder"), settings)
    assert told.value.code == "evaluation.unreadable"
    places = saved(pa.table({"file": ["a"], "line": ["two"], "person_id": ["p"]}), tmp_path / "t.csv")
    with pytest.raises(UsageError) as told:
        evaluate_files(Wish(saved(partition(FOUND), tmp_path / "c.parquet"), places, None, tmp_path), settings)
    assert told.value.code == "evaluation.columns"


def test_what_is_written_is_complete_and_the_same_each_time(settings: Settings, truth: Path, tmp_path: Path) -> None:
    found = saved(partition(FOUND), tmp_path / "clusters.parquet")
    made = evaluate_files(Wish(found, truth), settings)
    paths = write(made, tmp_path / "out" / "deep")
    assert (
        {p.name for p in (tmp_path / "out" / "deep").iterdir()} == {"evaluation.json", "evaluation.html"} == set(paths)
    )
    first = {name: path.read_bytes() for name, path in paths.items()}
    assert json.loads(first["evaluation.json"]) == json.loads(json.dumps(as_json(made)))
    again = write(evaluate_files(Wish(found, truth), settings), tmp_path / "out" / "deep")
    assert {name: path.read_bytes() for name, path in again.items()} == first
    with pytest.raises(UsageError) as told:
        write(made, truth)
    assert told.value.code == "path.cannot_write"
