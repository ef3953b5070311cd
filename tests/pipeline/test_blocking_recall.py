"""The true pairs of an evaluation beside the rules of blocking."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.blocking_recall import blocking_recall
from dedup.encode import encode, ids_to_text
from pipeline.blocking_recall import rows_of
from pipeline.evaluation import Wish, as_json, evaluate_files
from pipeline.matching_step import MatchRequest, match_file
from pipeline.settings import Settings
from quality.evaluation_page import shown
from schemas.errors import UsageError
from tests.dedup.ledgers import province

TABLE, TRUTH = province(5, 800)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "records.parquet")
    pq.write_table(TRUTH, tmp_path / "truth.parquet")
    return tmp_path


def test_evaluate_says_what_blocking_finds(folder: Path) -> None:
    settings = Settings(folder / "home", workers=1)
    match_file(MatchRequest(folder / "records.parquet", folder / "out"), settings)
    wish = Wish(folder / "out", folder / "truth.parquet", folder / "records.parquet", by_rule=True)
    made = evaluate_files(wish, settings)
    assert made.blocking is not None
    records = encode([TABLE])
    person = dict(zip(TRUTH["record_id"].to_pylist(), TRUTH["person_id"].to_pylist(), strict=True))
    persons = np.array([person[i] for i in ids_to_text(records.columns.ids).to_pylist()])
    left, right = np.triu_indices(len(persons), 1)
    true = persons[left] == persons[right]
    assert made.blocking == blocking_recall(records, left[true], right[true], 100_000.0)
    assert made.blocking.found.whole == made.records.true_pairs
    assert made.pairs is not None
    assert made.blocking.found.part >= made.pairs.matches.right * 0.99
    assert as_json(made)["blocking"]["rules"][0]["rule"] == "personal number"
    show = shown(made, "vi")
    assert "blocking" in show.sections
    assert show.rules[0].label == "số định danh"


def test_without_the_question_nothing_is_counted_and_without_records_it_is_refused(folder: Path) -> None:
    settings = Settings(folder / "home", workers=1)
    clusters = TRUTH.rename_columns(["record_id", "cluster_id"])
    pq.write_table(clusters, folder / "clusters.parquet")
    asked = Wish(folder / "clusters.parquet", folder / "truth.parquet", folder / "records.parquet")
    assert evaluate_files(asked, settings).blocking is None
    with pytest.raises(UsageError, match=r"evaluation\.records_needed"):
        evaluate_files(Wish(folder / "clusters.parquet", folder / "truth.parquet", by_rule=True), settings)
    pq.write_table(TRUTH, folder / "other.parquet")
    other = Wish(folder / "clusters.parquet", folder / "truth.parquet", folder / "other.parquet", by_rule=True)
    with pytest.raises(UsageError, match=r"match\.not_ours"):
        evaluate_files(other, settings)


def test_records_are_found_by_both_halves_of_their_ids() -> None:
    records = encode([TABLE])
    records.columns.ids[5:9, 0] = records.columns.ids[5, 0]
    ids = ids_to_text(records.columns.ids)
    order = np.random.default_rng(1).permutation(len(ids))
    assert rows_of(records, pa.chunked_array([ids.take(pa.array(order))])).tolist() == order.tolist()
