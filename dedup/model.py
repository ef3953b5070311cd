"""The matching model: what each level of agreement says, how frequent names are, where the thresholds lie.

A model is a frozen JSON file with a version; a new one gets a new number and the old one stays.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from schemas.tables import LEVEL_NAMES

NEWEST = "v2"
"""The model of the package that is used unless another one is named."""
CLASSES: tuple[str, ...] = ("match", "relative", "chance")
"""The kinds of pairs: one person, two relatives, two persons who meet by chance."""


@dataclass(frozen=True)
class NameShares:
    """Shares of folded surnames, given names and middle names among people; `unseen` of one not in its table."""

    surnames: Mapping[str, float]
    given_names: Mapping[str, float]
    middle_names: Mapping[str, float]
    unseen: float


@dataclass(frozen=True)
class Model:
    """Parameters of matching.

    Attributes:
        version: name of the model, part of each manifest.
        trained_on: what it was trained on, in words, for people who have to trust it.
        fingerprint: hash of all parameters.
        population: number of records that a record is a priori compared with; more where a batch brings more.
        priors: expected partners of a record in that population, by class (`chance` is the rest).
        levels: for each comparison of LEVEL_NAMES and class the share of each level above 0, from level 1.
        names: how frequent names are.
        match_weight: least log2 odds of an automatic match.
        review_weight: least log2 odds of a pair that a person should look at.
        largest_cluster: most records of one person that are merged without a look.
        training_data: hash of the ids of the records it was trained on; empty where they were not kept.
    """

    version: str
    trained_on: str
    fingerprint: str
    population: float
    priors: Mapping[str, float]
    levels: Mapping[str, Mapping[str, tuple[float, ...]]]
    names: NameShares
    match_weight: float
    review_weight: float
    largest_cluster: int
    training_data: str = ""


def load_model(path: Path | None = None) -> Model:
    """Read a model; the one of the package by default.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no model, or its fingerprint does not fit its parameters.
    """
    text = path.read_text("utf-8") if path else files("dedup").joinpath("models", f"{NEWEST}.json").read_text("utf-8")
    try:
        raw = json.loads(text)
        levels = {n: {c: tuple(raw["levels"][n][c]) for c in CLASSES} for n in LEVEL_NAMES}
        model = Model(**{**raw, "levels": levels, "names": NameShares(**raw["names"])})
    except (KeyError, TypeError) as error:
        raise ValueError("no matching model") from error
    if fingerprint(model) != model.fingerprint:
        raise ValueError("the model's fingerprint does not fit its parameters")
    return model


def save_model(model: Model, path: Path) -> None:
    """Write a model with its fingerprint; numbers are rounded to six digits so that files compare well."""
    rounded = _rounded(asdict(model))
    rounded["fingerprint"] = _digest(rounded)
    path.write_text(json.dumps(rounded, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def fingerprint(model: Model) -> str:
    """Hash of the parameters of a model."""
    return _digest(_rounded(asdict(model)))


def _digest(raw: dict[str, Any]) -> str:
    left_out = {"fingerprint"} if raw.get("training_data") else {"fingerprint", "training_data"}
    plain = json.dumps({k: v for k, v in raw.items() if k not in left_out}, sort_keys=True)
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


def _rounded(value: Any) -> Any:  # a JSON value
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {k: _rounded(v) for k, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, (list, tuple)) else value
