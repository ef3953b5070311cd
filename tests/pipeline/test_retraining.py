"""A candidate model from the store: what it learns from, what it is held against, and what stays as it was."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from dedup.model import load_model, save_model
from pipeline import retraining, run
from pipeline.artefacts import read_chunks
from pipeline.retraining import Wish
from pipeline.settings import Settings
from pipeline.workplace import FOLDER
from schemas.errors import SettingsError, SohoaError, UsageError
from store import provision, reviews
from store.embedded import Server
from store.engine import open_store
from store.reviews import Judgement

pytestmark = [pytest.mark.store, pytest.mark.slow]
CANARY = "cán bộ Lan"


@pytest.fixture(scope="module")
def filled(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with badly written ledgers, whose waiting pairs are decided by their weights; it is only read."""
    folder = tmp_path_factory.mktemp("retraining")
    with provision._superuser(server) as connection:
        connection.execute("CREATE DATABASE retraining OWNER sohoa TEMPLATE template0")
    passfile = server.home.passfile(provision.STORE)
    url = f"postgresql://sohoa@/retraining?host={server.socket}&port={server.port}&passfile={passfile}"
    settings = Settings(folder / "home", store_url=url, workers=1, received_on=date(2024, 6, 1), keep_runs=9)
    write_batch(GenerateOptions(2000, 7, slip_scale=2.5, repeat_share=3.0, left_out=0.5), "csv", folder)
    run.run_batch([folder / "input"], "01", settings)
    store = open_store(settings.store_url, settings.home)
    for pair in reviews.open_reviews(store).to_pylist():
        verdict = "same" if pair["match_weight"] > 2 else "different"
        ids = pair["left_record_id"], pair["right_record_id"]
        reviews.decide(store, Judgement(*ids, verdict, CANARY, CANARY))  # type: ignore[arg-type]
    store.close()
    return settings


@pytest.fixture
def settings(filled: Settings, tmp_path: Path) -> Settings:
    """The same store, and a home without runs."""
    return replace(filled, home=tmp_path / "home")


def records(folder: Path, settings: Settings) -> set[str]:
    with retraining.opened_sample(folder, settings) as drawn:
        return {one for chunk in read_chunks(drawn / "records") for one in chunk["record_id"].to_pylist()}


def test_a_candidate_learns_from_the_store_and_replaces_nothing(settings: Settings) -> None:
    heard: list[str] = []
    result = retraining.retrain(Wish(), settings, heard.append)
    assert tuple(heard) == retraining.STEPS
    folder = Path(result["folder"])
    manifests = [json.loads((folder / step / "manifest.json").read_text("utf-8")) for step in retraining.STEPS]
    assert [m["step"] for m in manifests] == list(retraining.STEPS)
    candidate = load_model(Path(result["candidate"]))
    assert candidate.version == f"{load_model().version}-r0001"
    assert f"{result['labels']} pairs that people decided" in candidate.trained_on
    assert result["labels"] > result["held_out"] > 0
    in_force, new = result["comparison"]["models"]
    assert (in_force["fingerprint"], new["fingerprint"]) == (load_model().fingerprint, candidate.fingerprint)
    told = [row for row in result["comparison"]["labels"] if row["version"] == candidate.version]
    assert sum(row["matches"] + row["reviews"] + row["non_matches"] for row in told) == result["held_out"]
    texts = "".join(p.read_text("utf-8", "replace") for p in folder.rglob("*.json"))
    assert CANARY not in texts
    assert not [p for p in settings.home.rglob("*.parquet") if "models" not in p.parts], "no record lies in clear"
    assert not list((settings.home / FOLDER).iterdir())
    assert {oct(p.stat().st_mode)[-2:] for p in (settings.home / "retraining").rglob("*")} == {"00"}


def test_a_smaller_sample_is_whole_households_and_repeats_itself(settings: Settings) -> None:
    made = []
    for seed in (1, 1, 2):
        folder = retraining.start(Wish(sample=500, seed=seed), settings)
        retraining.run_step("draw_sample", folder, settings)
        made.append(records(folder, settings))
    every = pa.concat_tables(read_chunks_of(settings))
    assert made[0] == made[1] != made[2]
    assert 300 < len(made[0]) < len(every)
    homes = dict(zip(every["record_id"].to_pylist(), every["household_key"].to_pylist(), strict=True))
    drawn = {homes[one] for one in made[0]} - {None}
    assert {one for one, home in homes.items() if home in drawn} <= made[0]


def read_chunks_of(settings: Settings) -> list[pa.Table]:
    folder = retraining.start(Wish(), settings)
    retraining.run_step("draw_sample", folder, settings)
    with retraining.opened_sample(folder, settings) as drawn:
        return list(read_chunks(drawn / "records"))


def test_the_base_model_is_the_start_and_the_model_in_force_the_measure(settings: Settings, tmp_path: Path) -> None:
    save_model(replace(load_model(), version="old", match_weight=9.0), tmp_path / "old.json")
    save_model(replace(load_model(), version="ours"), tmp_path / "ours.json")
    settings = replace(settings, model=tmp_path / "ours.json")
    folder = retraining.start(Wish(base=tmp_path / "old.json"), settings)
    (tmp_path / "ours.json").unlink()
    for step in retraining.STEPS:
        retraining.run_step(step, folder, settings)
    in_force, candidate = retraining.result_of(folder)["comparison"]["models"]
    assert (in_force["version"], candidate["version"]) == ("ours", "old-r0001")
    assert load_model(folder / "train_candidate" / "model.json").match_weight == 9.0


def test_a_finished_step_is_not_made_again_and_an_unfinished_one_is_told(settings: Settings) -> None:
    folder = retraining.start(Wish(), settings)
    with pytest.raises(SohoaError, match=r"run\.unfinished"):
        retraining.run_step("train_candidate", folder, settings)
    with pytest.raises(SohoaError, match=r"run\.unfinished"):
        retraining.result_of(folder)
    made = retraining.run_step("draw_sample", folder, settings) / "manifest.json"
    before = made.stat().st_mtime_ns
    retraining.run_step("draw_sample", folder, settings)
    assert made.stat().st_mtime_ns == before


def test_only_the_samples_of_the_newest_runs_stay(settings: Settings) -> None:
    settings = replace(settings, keep_runs=1)
    folders = []
    for _ in range(2):
        folders.append(retraining.start(Wish(), settings))
        retraining.run_step("draw_sample", folders[-1], settings)
    assert not (folders[0] / "draw_sample.sealed").exists()
    with pytest.raises(SettingsError, match=r"batch_key\.missing"), retraining.opened_sample(folders[0], settings):
        pass
    assert (folders[0] / "draw_sample" / "manifest.json").exists()
    assert records(folders[1], settings)


def test_an_empty_store_and_a_file_that_is_no_model_are_told(store_url: str, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", store_url=store_url)
    with pytest.raises(UsageError, match=r"retrain\.no_records"):
        retraining.retrain(Wish(), settings)
    with pytest.raises(UsageError, match=r"model\.unreadable"):
        retraining.start(Wish(base=tmp_path / "none.json"), settings)
