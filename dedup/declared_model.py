"""The model of a declared table: what each level says, how many matches there are, where the thresholds lie."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.declared_form import Declaration

Floats = npt.NDArray[np.float64]
_KIND = "declared"


@dataclass(frozen=True)
class LevelShares:
    """Share of each level from 1 on, among records of one person and among strangers."""

    match: tuple[float, ...]
    chance: tuple[float, ...]

    def weights(self) -> Floats:
        """log2 of what each level says, from level 0, which says nothing."""
        return np.append(0.0, np.log2(self.match) - np.log2(self.chance))


@dataclass(frozen=True)
class DeclaredModel:
    """Parameters.

    Attributes:
        version: name of the model.
        fingerprint: hash of all parameters.
        prior: share of the matches among all pairs.
        levels: by name of the comparison.
        slope, shift: make a weight into log2 odds where labels were there to calibrate it.
        match, review: least probability of a match, and of a pair to look at.
    """

    version: str
    fingerprint: str
    prior: float
    levels: Mapping[str, LevelShares]
    match: float
    review: float
    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, declaration: Declaration, levels: Mapping[str, LevelShares], prior: float) -> "DeclaredModel":
        """A model just learnt."""
        rounded = {n: LevelShares(_round(s.match), _round(s.chance)) for n, s in levels.items()}
        limits = declaration.thresholds
        return cls("trained", "", float(f"{prior:.9g}"), rounded, limits.match, limits.review).marked()

    def marked(self) -> "DeclaredModel":
        """The same with the fingerprint of its parameters."""
        plain = json.dumps({k: v for k, v in asdict(self).items() if k != "fingerprint"}, sort_keys=True)
        return replace(self, fingerprint=hashlib.blake2b(plain.encode(), digest_size=16).hexdigest())

    def fits(self, declaration: Declaration) -> bool:
        """Are the levels those that are declared?"""
        declared = {c.name: len(c.levels) + 1 for c in declaration.comparisons}
        return declared == {n: len(s.match) for n, s in self.levels.items()}


def save_declared(model: DeclaredModel, path: Path) -> None:
    """Write a model."""
    text = json.dumps({"kind": _KIND, **asdict(model)}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", "utf-8")


def load_declared(path: Path) -> DeclaredModel:
    """Read a model.

    Raises:
        OSError: if there is no such file.
        ValueError: if it is no model of a declared table, or its fingerprint does not fit its parameters.
    """
    raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    try:
        if raw.pop("kind") != _KIND:
            raise ValueError("no model of a declared table")
        levels = {n: LevelShares(tuple(s["match"]), tuple(s["chance"])) for n, s in raw.pop("levels").items()}
        model = DeclaredModel(levels=levels, **raw)
        is_sound = model.marked().fingerprint == model.fingerprint
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no model of a declared table") from error
    if not is_sound:
        raise ValueError("the model's fingerprint does not fit its parameters")
    return model


def _round(shares: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(float(f"{s:.9g}") for s in shares)
