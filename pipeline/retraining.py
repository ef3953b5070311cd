"""A candidate for the matching model, trained on a sample of the store and on what people decided about its pairs.

`sohoa model retrain` and the DAG retrain_model take the same steps: draw a sample, train, compare the candidate with
the model in force, report. Nothing here puts a model in force; a person does that, after reading the report.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup import blocking
from dedup.hashing import hash_texts
from dedup.matching import load_model
from dedup.model import Model, save_model
from dedup.training_sample import SEED_SHARE, STRICT_RULES, TRAINING_RECORDS
from pipeline import models, sealing, workplace
from pipeline.artefacts import (
    finished_manifest,
    new_folder,
    read_chunks,
    read_json,
    read_small,
    write_json,
    write_manifest,
    write_parts,
)  # fmt: skip
from pipeline.batch_keys import batch_key, made_batch_key
from pipeline.batch_steps import store_model
from pipeline.context import is_done, working
from pipeline.inquiries import asked
from pipeline.labels import labels_of_store
from pipeline.matching_step import private
from pipeline.model_file import matching_model
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.shredding import SAMPLE, forget_sample
from pipeline.vault import open_vault
from schemas import tables as t
from schemas.errors import UsageError
from store import audit, candidates, keys, samples
from store.audit import Event
from store.engine import Store

STEPS: tuple[str, ...] = (SAMPLE, "train_candidate", "compare_models")
_HELD_OUT = 5
"""One decided pair of so many is kept from training, to judge both models by."""
_PLAN, _BASE, _IN_FORCE, _CANDIDATE, _RESULT = "plan.json", "base.json", "in_force.json", "model.json", "result.json"
Told = Callable[[str], None]
_Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """How to retrain.

    Attributes:
        sample: about how many records of the store to train on and to compare the models on.
        seed: of the sample, of the decided pairs that are held out, of the random pairs.
        base: the model to start from; the one in force by default.
    """

    sample: int = TRAINING_RECORDS
    seed: int = 1
    base: Path | None = None


def retrain(wish: Wish, settings: Settings, told: Told = lambda step: None) -> Mapping[str, Any]:
    """All steps, one after the other; the result as `result_of` gives it.

    Raises:
        UsageError: the base model cannot be read, or the store has no records.
    """
    folder = start(wish, settings)
    for step in STEPS:
        told(step)
        run_step(step, folder, settings)
    return result_of(folder)


def start(wish: Wish, settings: Settings) -> Path:
    """Open a run folder with the plan and the two models as they are now; its path is all that later steps need.

    Raises:
        UsageError: model.unreadable.
    """
    base, in_force = matching_model(wish.base or settings.model), matching_model(settings.model)
    with private():
        folder = _new_folder(settings.home / "retraining")
        _forget_older(folder.parent, settings.keep_runs)
        save_model(base, folder / _BASE)
        save_model(in_force, folder / _IN_FORCE)
        version = f"{base.version}-r{folder.name}"
        write_json(folder / _PLAN, {"sample": wish.sample, "seed": wish.seed, "version": version})
    return folder


def run_step(step: str, folder: Path, settings: Settings) -> Path:
    """One step by name; a finished one is not made again. Returns the folder of its artefacts.

    Raises:
        UsageError: the store has no records.
        SohoaError: run.unfinished where a step before is missing.
    """
    if not is_done(folder / step):
        with private():
            _STEPS[step](folder, read_json(folder / _PLAN), settings)
    return folder / step


def result_of(folder: Path) -> Mapping[str, Any]:
    """What came out: counts, codes and paths, never a value of a person.

    Raises:
        SohoaError: run.unfinished.
    """
    finished_manifest(folder / "compare_models")
    return dict(read_json(folder / "compare_models" / _RESULT))


@contextmanager
def opened_sample(folder: Path, settings: Settings) -> Iterator[Path]:
    """The drawn tables in clear, in a private place for the length of a block.

    Raises:
        SohoaError: run.unfinished.
        SettingsError: seal.damaged, batch_key.missing (the sample was removed).
    """
    finished_manifest(folder / SAMPLE)
    with workplace.borrowed_place(settings.home) as place:
        key = batch_key(folder, open_vault(settings))
        sealing.open_folder(folder / f"{SAMPLE}{sealing.ENDING}", place / SAMPLE, Place(key, _name(folder)))
        yield place / SAMPLE


def _name(folder: Path) -> str:
    return f"retraining/{folder.name}/{SAMPLE}"


def _draw_sample(folder: Path, plan: _Plan, settings: Settings) -> None:
    """Seal the drawn tables; their manifest, which counts them, stays readable and says that they are finished."""
    with workplace.borrowed_place(settings.home) as place:
        _draw(place / SAMPLE, plan, settings)
        sealed_as = Place(made_batch_key(folder, open_vault(settings)), _name(folder))
        sealing.seal_folder(place / SAMPLE, folder / f"{SAMPLE}{sealing.ENDING}", sealed_as)
        with new_folder(folder / SAMPLE) as counted:
            write_manifest(counted, finished_manifest(place / SAMPLE))


def _draw(target: Path, plan: _Plan, settings: Settings) -> None:
    with working(target, SAMPLE, plan) as work, asked(settings) as store:
        total = samples.record_count(store)
        if not total:
            raise UsageError("retrain.no_records")
        audit.record(store, Event("model.retrained", "model", plan["version"]))
        decided = labels_of_store(store)
        also = pa.concat_arrays([decided[name].combine_chunks() for name in decided.column_names[:2]])
        for name, pairs in _split(decided, plan["seed"]).items():
            work.tables[name] = write_parts([pairs], work.folder / name, t.LABELLED_PAIRS)
        share = 1.0 if total <= plan["sample"] else SEED_SHARE * plan["sample"] / total
        drawn = samples.drawn_households(store, share, plan["seed"], also)
        if share < 1:
            write_parts(drawn, work.folder / "drawn", t.MATCH_RECORDS)
            met = _met(store, work.folder / "drawn", store_model(settings).population)
            drawn = samples.whole_households(store, met)
        work.tables["records"] = write_parts(drawn, work.folder / "records", t.MATCH_RECORDS)
        shutil.rmtree(work.folder / "drawn", ignore_errors=True)
        work.facts["stored_records"] = total


def _met(store: Store, drawn: Path, population: float) -> pa.Array:
    """The drawn records and those that share a number, or a name and a date, with one of them."""
    scheme = blocking.key_scheme(population)
    keys.ensure_block_keys(store, lambda chunk: blocking.block_keys(chunk, population), scheme)
    strict = (blocking.block_keys(chunk, population, STRICT_RULES) for chunk in read_chunks(drawn))
    ids = [chunk["record_id"] for chunk in read_chunks(drawn, ["record_id"])]
    ids += [chunk["record_id"] for chunk in candidates.match_candidates(store, strict)]
    return pa.chunked_array([piece for column in ids for piece in column.chunks], pa.string()).combine_chunks()


def _split(decided: pa.Table, seed: int) -> Mapping[str, pa.Table]:
    """The decided pairs to learn from, and those that are held out."""
    names = pc.binary_join_element_wise(*(decided[n].combine_chunks() for n in decided.column_names[:2]), str(seed), "")
    held = pa.array(hash_texts(names) % _HELD_OUT == 0)
    return {"labels": decided.filter(pc.invert(held)), "held_out": decided.filter(held)}


def _train_candidate(folder: Path, plan: _Plan, settings: Settings) -> None:
    records = finished_manifest(folder / SAMPLE).tables["records"]
    with opened_sample(folder, settings) as drawn, working(
        folder / "train_candidate", "train_candidate", plan
    ) as work:  # fmt: skip
        labels = read_small(drawn / "labels", t.LABELLED_PAIRS)
        lesson = models.Lesson(folder / _BASE, labels, records, plan["seed"])
        model = models.train(drawn / "records", work.folder / _CANDIDATE, plan["version"], settings, lesson)
        work.facts["model"] = _named(model)


def _compare_models(folder: Path, plan: _Plan, settings: Settings) -> None:
    candidate = folder / "train_candidate" / _CANDIDATE
    finished_manifest(folder / "train_candidate")
    with opened_sample(folder, settings) as drawn, working(folder / "compare_models", "compare_models", plan) as work:
        held_out = read_small(drawn / "held_out", t.LABELLED_PAIRS)
        found = models.compare(folder / _IN_FORCE, candidate, drawn / "records", settings, held_out)
        tables = finished_manifest(drawn).tables
        result = {
            "folder": str(folder), "candidate": str(candidate), "model": _named(load_model(candidate)),
            "records": tables["records"], "labels": tables["labels"], "held_out": tables["held_out"],
            "comparison": asdict(found),
        }  # fmt: skip
        write_json(work.folder / _RESULT, result)
        work.facts["changes"] = list(found.changes)


_STEPS: Mapping[str, Callable[[Path, _Plan, Settings], None]] = {
    SAMPLE: _draw_sample, "train_candidate": _train_candidate, "compare_models": _compare_models,
}  # fmt: skip


def _named(model: Model) -> Mapping[str, str]:
    return {"version": model.version, "fingerprint": model.fingerprint, "trained_on": model.trained_on}


def _forget_older(runs: Path, keep: int) -> None:
    """Samples name persons: only those of the newest runs stay. What was counted and the candidates stay too."""
    numbered = sorted(p for p in runs.iterdir() if p.name.isdigit())
    for folder in numbered[: max(0, len(numbered) - max(1, keep))]:
        forget_sample(folder)


def _new_folder(runs: Path) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    runs.chmod(0o700)  # the sample names persons
    for number in itertools.count(1 + max((int(p.name) for p in runs.iterdir() if p.name.isdigit()), default=0)):
        folder = runs / f"{number:04d}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("unreachable")
