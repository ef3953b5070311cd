"""`sohoa model thresholds`: pairs in, the cheapest thresholds out, a model with them."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dedup.declared_model import DeclaredModel, load_declared
from dedup.model import load_model
from pipeline.matching_step import MatchRequest, match_file
from pipeline.settings import Settings
from pipeline.thresholds import ThresholdWish, choose_thresholds, costs_of, write, write_model
from schemas.errors import UsageError
from schemas.thresholds import Costs, Limits
from tests.dedup.ledgers import province
from tests.dedup.tables import YAML, people

TABLE, TRUTH = province(5, 1500)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """Records, their truth, and the folders of two matchings: of all pairs, and of matches and reviews only."""
    here = tmp_path_factory.mktemp("thresholds")
    pq.write_table(TABLE, here / "records.parquet")
    pq.write_table(TRUTH, here / "truth.parquet")
    for name, every in (("all", True), ("few", False)):
        match_file(MatchRequest(here / "records.parquet", here / name, all_pairs=every), settings)
    return here


def test_present_thresholds_lead_to_what_matching_found(folder: Path, settings: Settings) -> None:
    outcomes = json.loads((folder / "all" / "profile.json").read_text("utf-8"))["outcomes"]
    made = choose_thresholds(ThresholdWish(folder / "all", folder / "truth.parquet"), settings).thresholds
    assert (made.present.matches, made.present.reviews) == (outcomes["match"], outcomes["review"])
    assert made.pairs == sum(outcomes.values())
    pairs = pq.read_table(folder / "all" / "pairs.parquet").to_pylist()
    person = dict(zip(TRUTH["record_id"].to_pylist(), TRUTH["person_id"].to_pylist(), strict=True))
    wrong = [
        p for p in pairs if p["outcome"] == "match" and person[p["left_record_id"]] != person[p["right_record_id"]]
    ]
    assert made.present.wrong == len(wrong)
    assert made.chosen.cost <= made.present.cost
    sizes = TRUTH.group_by("person_id").aggregate([("record_id", "count")])["record_id_count"].to_pylist()
    assert made.true_pairs == sum(n * (n - 1) // 2 for n in sizes)


def test_records_and_pairs_give_the_same(folder: Path, settings: Settings) -> None:
    of_pairs = choose_thresholds(ThresholdWish(folder / "all" / "pairs.parquet"), settings).thresholds
    assert choose_thresholds(ThresholdWish(folder / "records.parquet"), settings).thresholds == of_pairs
    assert of_pairs.basis == "probability"
    assert 0 < of_pairs.present.wrong < of_pairs.present.matches
    assert of_pairs.present.missed < of_pairs.true_pairs / 10


def test_a_model_with_the_chosen_thresholds_decides_by_them(folder: Path, settings: Settings, tmp_path: Path) -> None:
    wish = ThresholdWish(folder / "all", costs=Costs(merge=1e6), limits=Limits(0.99, 1.0))
    chosen = choose_thresholds(wish, settings)
    made = write_model(chosen, tmp_path / "new" / "v3.json", "")
    assert (made.version, load_model().version) == ("v2-cost", "v2")
    model = load_model(tmp_path / "new" / "v3.json")
    point = chosen.thresholds.chosen
    assert (model.match_weight, model.review_weight) == (point.match_weight, point.review_weight)
    assert model.fingerprint != load_model().fingerprint
    assert point.match_weight > load_model().match_weight
    match_file(MatchRequest(folder / "records.parquet", tmp_path / "out", tmp_path / "new" / "v3.json"), settings)
    matches = [o for o in pq.read_table(tmp_path / "out" / "pairs.parquet")["outcome"].to_pylist() if o == "match"]
    # what households link is weighed again, so a stricter threshold may also unlink a few
    assert abs(len(matches) - point.matches) <= 0.01 * point.matches


def test_a_table_that_is_not_ours_has_thresholds_too(tmp_path: Path, settings: Settings) -> None:
    table, truth = people(300)
    pq.write_table(table, tmp_path / "people.parquet")
    pq.write_table(truth, tmp_path / "truth.parquet")
    (tmp_path / "people.yml").write_text(YAML + "training: {random_pairs: 50000}\n", "utf-8")
    request = MatchRequest(tmp_path / "people.parquet", tmp_path / "out", comparisons=tmp_path / "people.yml")
    match_file(replace(request, all_pairs=True), settings)
    chosen = choose_thresholds(ThresholdWish(tmp_path / "out", tmp_path / "truth.parquet"), settings)
    made = write_model(chosen, tmp_path / "new.json", "people-2")
    assert isinstance(made, DeclaredModel)
    assert load_declared(tmp_path / "new.json").version == "people-2"
    assert made.match == pytest.approx(1 / (1 + 2**-chosen.thresholds.chosen.match_weight))


def test_figures_and_page_are_written(folder: Path, settings: Settings, tmp_path: Path) -> None:
    made = choose_thresholds(ThresholdWish(folder / "all"), settings).thresholds
    write(made, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "thresholds.json").read_text("utf-8"))["basis"] == "probability"
    assert "Ngưỡng ghép chọn theo giá" in (tmp_path / "out" / "thresholds.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("given", "costs"), [("", Costs()), ("merge=5", Costs(merge=5)), (" review=0.5 , duplicate=2", Costs(1000, 2, 0.5))]
)
def test_costs_are_named(given: str, costs: Costs) -> None:
    assert costs_of(given) == costs


@pytest.mark.parametrize("given", ["merge", "merge=x", "merge=-1", "look=1", "merge=nan", "merge=inf"])
def test_costs_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(UsageError, match=r"thresholds\.costs"):
        costs_of(given)


def test_what_does_not_tell_everything_is_refused(folder: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"thresholds\.not_all_pairs"):
        choose_thresholds(ThresholdWish(folder / "few"), settings)
    (tmp_path / "pairs.parquet").write_bytes((folder / "all" / "pairs.parquet").read_bytes())
    with pytest.raises(UsageError, match=r"thresholds\.no_profile"):
        choose_thresholds(ThresholdWish(tmp_path), settings)
    profile = json.loads((folder / "all" / "profile.json").read_text("utf-8"))
    profile["model"]["fingerprint"] = "another"
    (tmp_path / "profile.json").write_text(json.dumps(profile), "utf-8")
    with pytest.raises(UsageError, match=r"thresholds\.other_model"):
        write_model(choose_thresholds(ThresholdWish(tmp_path), settings), tmp_path / "m.json", "")
    with pytest.raises(UsageError, match=r"path\.not_a_step"):
        choose_thresholds(ThresholdWish(tmp_path / "nowhere"), settings)
    with pytest.raises(UsageError, match=r"model\.unreadable"):
        choose_thresholds(ThresholdWish(folder / "all", model=tmp_path / "none.json"), settings)
