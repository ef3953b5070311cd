"""`sohoa model thresholds`: the scored pairs of a table, what errors and looks cost, the thresholds that cost least.

Pairs are read as `sohoa match --all-pairs` writes them; of a table of records that is done first, in a folder that is
removed again. With a truth the pairs are counted as they are, without one as their probabilities expect it.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.classify import OUTCOME_NAMES
from dedup.declared_model import DeclaredModel, load_declared, save_declared
from dedup.model import Model, load_model, save_model
from dedup.thresholds import Asked, Fate, Tally, choose, fates
from pipeline import workplace
from pipeline.artefacts import read_json, write_texts
from pipeline.evaluation import Wish, scan, scratch, truth_of
from pipeline.matching_step import MatchRequest, match_file, private
from pipeline.model_file import matching_model
from pipeline.pair_worth import log_odds
from pipeline.settings import Settings
from quality.thresholds_page import render_thresholds
from schemas.errors import UsageError
from schemas.tables import LEVEL_NAMES
from schemas.thresholds import Costs, Limits, Thresholds

_NAMES = ("merge", "duplicate", "review")
_ROWS = 1 << 16


@dataclass(frozen=True)
class ThresholdWish:
    """What thresholds are wanted.

    Attributes:
        found: records, or the folder of `sohoa match --all-pairs` (or its pairs.parquet).
        truth: as `sohoa evaluate` takes it; None = the probabilities say what to expect.
        ledgers: the ledgers that truth by place speaks of.
        model: the model that scores the records, or that scored the pairs.
        costs, limits: what errors and looks cost, and what has to be kept.
    """

    found: Path
    truth: Path | None = None
    ledgers: Path | None = None
    model: Path | None = None
    costs: Costs = field(default_factory=Costs)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Chosen:
    """The thresholds, and the model that they are thresholds of, as far as it was found."""

    thresholds: Thresholds
    model: Model | DeclaredModel | None


def costs_of(given: str) -> Costs:
    """`merge=1000,duplicate=20,review=1` as costs; what is not named keeps its default.

    Raises:
        UsageError: thresholds.costs, for another name, or what is no number from 0 up.
    """
    named: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in given.split(","))):
        name, _, value = part.partition("=")
        try:
            named[name.strip()] = float(value)
        except ValueError:
            raise UsageError("thresholds.costs", given=given) from None
    if not set(named) <= set(_NAMES) or any(not 0 <= v < math.inf for v in named.values()):
        raise UsageError("thresholds.costs", given=given)
    return replace(Costs(), **named)


def choose_thresholds(wish: ThresholdWish, settings: Settings) -> Chosen:
    """Choose thresholds by cost.

    Raises:
        UsageError: what was given cannot be read, or does not hold every scored pair.
    """
    with _matched(wish, settings) as folder:
        profile = _profile(folder)
        match, review = _present(profile["model"])
        with scratch(settings) as sql:
            asked = Asked("probability", int(profile["records"]), 0, None, match, review, wish.costs, wish.limits)
            sql.execute(f"CREATE VIEW pairs AS SELECT * FROM {scan(folder / 'pairs.parquet')}")
            query = "SELECT *, match_probability AS share FROM pairs"
            if wish.truth is not None:
                query, asked = _by_truth(sql, folder, wish, wish.truth, asked)
            tally = _tally(sql, query, asked)
        if profile["outcomes"].get("non_match") and not _has_non_matches(folder):
            raise UsageError("thresholds.not_all_pairs", path=str(wish.found))
        model = _model(wish, settings, folder, profile["model"]["fingerprint"])
    return Chosen(choose(tally, asked), model)


def write(made: Thresholds, out: Path) -> dict[str, Path]:
    """Write thresholds.json and thresholds.html into a folder. Raises UsageError path.cannot_write."""
    contents = {
        "thresholds.json": json.dumps(asdict(made), ensure_ascii=False, indent=2) + "\n",
        "thresholds.html": render_thresholds(made),
    }
    return write_texts(contents, out)


def write_model(chosen: Chosen, path: Path, version: str) -> Model | DeclaredModel:
    """Write the model with the chosen thresholds as a new version.

    Raises:
        UsageError: thresholds.other_model, where the model that scored the pairs is not at hand; path.cannot_write.
    """
    made, model = chosen.thresholds, chosen.model
    if model is None:
        raise UsageError("thresholds.other_model", path=str(path))
    name = version or f"{model.version}-cost"
    weights = made.chosen.match_weight, made.chosen.review_weight
    try:
        with private():
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(model, DeclaredModel):
                match, review = (1 / (1 + 2.0**-w) for w in weights)
                save_declared(replace(model, version=name, match=match, review=review).marked(), path)
                return load_declared(path)
            told = f"{model.trained_on}; thresholds by cost on {made.records} records, by {made.basis}"
            save_model(
                replace(model, version=name, match_weight=weights[0], review_weight=weights[1], trained_on=told), path
            )
            return load_model(path)
    except OSError:
        raise UsageError("path.cannot_write", path=str(path)) from None


@contextmanager
def _matched(wish: ThresholdWish, settings: Settings) -> Iterator[Path]:
    """The folder of a matching: the given one, or one made of the records and removed again."""
    given = wish.found.parent if wish.found.name == "pairs.parquet" else wish.found
    if (given / "pairs.parquet").exists():
        yield given
        return
    with private(), workplace.borrowed_place(settings.home) as folder:
        out = folder / "matched"
        match_file(MatchRequest(wish.found, out, model=wish.model, all_pairs=True), settings)
        yield out


def _profile(folder: Path) -> dict[str, Any]:
    try:
        profile = dict(read_json(folder / "profile.json"))
    except (OSError, ValueError):
        profile = {}
    if not {"records", "model", "outcomes"} <= set(profile):
        raise UsageError("thresholds.no_profile", path=str(folder))
    return profile


def _present(model: dict[str, Any]) -> tuple[float, float]:
    """The thresholds that the pairs were decided at, as log2 odds."""
    if "match_weight" in model:
        return float(model["match_weight"]), float(model["review_weight"])
    return log_odds(float(model["match_probability"])), log_odds(float(model["review_probability"]))


def _by_truth(
    sql: duckdb.DuckDBPyConnection, folder: Path, wish: ThresholdWish, truth: Path, asked: Asked
) -> tuple[str, Asked]:
    """The query of pairs that the truth knows, and how many true pairs there are among the records matched."""
    name = truth_of(sql, Wish(folder, truth, ledgers=wish.ledgers))
    clusters = scan(folder / "clusters.parquet")
    joins = f"JOIN {name} a ON a.record_id = left_record_id JOIN {name} b ON b.record_id = right_record_id"
    (known,) = sql.sql(f"SELECT count(*) FROM {name} SEMI JOIN {clusters} c USING (record_id)").fetchall()[0]
    if not known:
        raise UsageError("evaluation.nothing_in_common", path=str(truth))
    persons = f"SELECT count(*) AS n FROM {name} SEMI JOIN {clusters} c USING (record_id) GROUP BY person_id"
    (true_pairs,) = sql.sql(f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM ({persons})").fetchall()[0]
    (left_out,) = sql.sql(f"SELECT (SELECT count(*) FROM pairs) - (SELECT count(*) FROM pairs {joins})").fetchall()[0]
    query = f"SELECT pairs.*, (a.person_id = b.person_id)::DOUBLE AS share FROM pairs {joins}"
    return query, replace(asked, basis="truth", true_pairs=float(true_pairs), left_out=int(left_out))


def _tally(sql: duckdb.DuckDBPyConnection, query: str, asked: Asked) -> Tally:
    """All pairs of the query, a slab at a time."""
    known = {row[0] for row in sql.sql("DESCRIBE SELECT * FROM pairs").fetchall()}
    levels = list(LEVEL_NAMES) if set(LEVEL_NAMES) <= known else []
    columns = ", ".join(("match_weight", "outcome", "share", *levels))
    tally = Tally()
    with sql.sql(f"SELECT {columns} FROM ({query})").to_arrow_reader(_ROWS) as reader:
        for batch in reader:
            weight, share = (batch.column(n).to_numpy(zero_copy_only=False) for n in ("match_weight", "share"))
            outcome = pc.index_in(batch.column("outcome"), pa.array(OUTCOME_NAMES)).to_numpy(zero_copy_only=False)
            found = (
                np.stack([batch.column(n).to_numpy(zero_copy_only=False) for n in levels], axis=1) if levels else None
            )
            fate = fates(found, weight, outcome.astype(np.int8), asked.match, asked.review)
            if asked.basis == "probability":
                share = np.where(fate == Fate.OUT, 0.0, share)  # what says that these are two persons is no weight
            tally.add(weight, fate, share)
    return tally


def _has_non_matches(folder: Path) -> bool:
    with duckdb.connect() as sql:
        query = f"SELECT 1 FROM {scan(folder / 'pairs.parquet')} WHERE outcome = 'non_match' LIMIT 1"
        return bool(sql.sql(query).fetchall())


def _model(wish: ThresholdWish, settings: Settings, folder: Path, fingerprint: str) -> Model | DeclaredModel | None:
    """The model of that fingerprint: the one beside the pairs, the given one, or the usual one."""
    beside = folder / "model.json"
    for path in (wish.model, beside if beside.exists() else None):
        found = None if path is None else _read_model(path)
        if found is not None and found.fingerprint == fingerprint:
            return found
    usual = matching_model(settings.model)
    return usual if usual.fingerprint == fingerprint else None


def _read_model(path: Path) -> Model | DeclaredModel:
    try:
        return load_declared(path)
    except (OSError, ValueError):
        return matching_model(path)
