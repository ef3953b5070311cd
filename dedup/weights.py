"""Match weights: log2 odds that a pair is one person, after Fellegi and Sunter (1969), with a third class of pairs.

Siblings, twins and couples agree on surname, parents, household and place without being one person. Counting that
agreement as evidence for a match is the usual false match, so relatives are a class of their own with their own
shares of levels: odds = match / (relative + chance). A frequent name says less: the chance that two people share a
name is taken from the name itself (Winkler 2000, frequency-based matching).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.compare import Compared
from dedup.encode import Records
from dedup.model import CLASSES, Model
from dedup.name_levels import NameLevel
from dedup.names import NONE, Names
from schemas.tables import LEVEL_NAMES

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
RAREST_NAME = -23.0
"""log2 of the share of the rarest whole name: syllables of a name are not independent, so it has a floor."""


@dataclass(frozen=True)
class NameRarity:
    """log2 shares by row of `Names`: of the whole folded name, of its given name, of its surname."""

    whole: Floats
    given: Floats
    surname: Floats


def name_rarity(names: Names, model: Model) -> NameRarity:
    """How rare each distinct name is under the model."""
    shares, tokens = model.names, names.tokens
    tables = [
        np.log2([table.get(t, shares.unseen) for t in tokens.texts] + [1.0])
        for table in (shares.surnames, shares.middle_names, shares.given_names)
    ]
    last = names.sizes.astype(np.int64) - 1
    place = np.arange(names.folded.shape[1])[None, :]
    inner = np.where((place > 0) & (place < last[:, None]), names.folded, NONE)
    surname, given = tables[0][names.first()], tables[2][names.last()]
    whole = surname + given + tables[1][inner].sum(axis=1)
    return NameRarity(np.maximum(whole, RAREST_NAME), given, surname)


def match_weights(records: Records, compared: Compared, left: Rows, right: Rows, model: Model) -> Floats:
    """log2 of the posterior odds of each pair.

    Args:
        records: the encoded records.
        compared: levels of the pairs.
        left: rows of one side.
        right: rows of the other side.
        model: the parameters.
    """
    logs = _class_logs(compared, model)
    rarity = name_rarity(records.names, model)
    a, b = (records.columns.names[rows, 0] for rows in (left, right))
    logs["chance"] += name_adjustment(compared.level("name_level"), rarity, a, b, model)
    return logs["match"] - np.logaddexp2(logs["relative"], logs["chance"])


def probabilities(weights: Floats) -> Floats:
    """Posterior probability of log2 odds."""
    return 1.0 / (1.0 + np.exp2(-weights))


def name_adjustment(
    levels: npt.NDArray[np.int8], rarity: NameRarity, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32],
    model: Model,
) -> Floats:  # fmt: skip
    """What the names themselves change in the chance that two people agree so far; 0 where names differ."""
    chance = np.log2(model.levels["name_level"]["chance"])
    equal_on_average = np.logaddexp2.reduce(chance[NameLevel.OTHER_MARKS - 1 :])
    whole = np.maximum(rarity.whole[left], rarity.whole[right]) - equal_on_average
    given = np.maximum(rarity.given[left], rarity.given[right]) - _mean_log(model.names.given_names)
    surname = np.maximum(rarity.surname[left], rarity.surname[right]) - _mean_log(model.names.surnames)
    part = np.where(levels >= NameLevel.SURNAME_GIVEN, given + surname, given)
    part = np.where(levels >= NameLevel.OTHER_MARKS, whole, part)
    return np.where(levels >= NameLevel.GIVEN, np.clip(part, -12.0, 12.0), 0.0)


def _mean_log(table: Mapping[str, float]) -> float:
    """log2 of the chance that two people share one of these names."""
    shares = np.array(list(table.values()))
    return float(np.log2(np.square(shares).sum()))


def _class_logs(compared: Compared, model: Model) -> dict[str, Floats]:
    logs = {}
    for kind in CLASSES:
        prior = model.priors[kind] / model.population if kind != "chance" else 1.0
        total = np.full(len(compared.levels), np.log2(prior))
        for number, name in enumerate(LEVEL_NAMES):
            table = np.concatenate(([0.0], np.log2(model.levels[name][kind])))
            total += table[compared.levels[:, number]]
        logs[kind] = total
    return logs
