"""Match weights: log2 odds that a pair is one person, after Fellegi and Sunter (1969), with a third class of pairs.

Siblings, twins and couples agree on surname, parents, household and place without being one person. Counting that
agreement as evidence for a match is the usual false match, so relatives are a class of their own with their own
shares of levels: odds = match / (relative + chance). A frequent name says less: the chance that two people share a
name, or have relatives of one name, is taken from the name itself (Winkler 2000, frequency-based matching).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.compare import Compared, FamilyLevel, PlaceLevel
from dedup.encode import Records
from dedup.hashing import Hashes
from dedup.memory import FREE, Pace
from dedup.model import CLASSES, Model
from dedup.name_levels import NameLevel
from dedup.rarity import NameRarity, commune_keys
from schemas.tables import LEVEL_NAMES

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
_MOST = 12.0
"""Most that the frequency of names moves a weight (log2), either way."""
_ONE_COMMUNE = [level for level in PlaceLevel if level.name.startswith(("COMMUNE", "ADDRESS"))]
_FATHER = 0


@dataclass(frozen=True)
class Weigher:
    """Weighs pairs of some records under a model; `communes` are the records' `commune_keys`."""

    records: Records
    model: Model
    rarity: NameRarity
    communes: Hashes
    pace: Pace = FREE

    @classmethod
    def of(cls, records: Records, model: Model, *, counted: bool = True, pace: Pace = FREE) -> "Weigher":
        """A weigher of pairs of those records, at that pace; `counted` as for `NameRarity.of`."""
        rarity = NameRarity.of(records, model.names, counted=counted)
        return cls(records, model, rarity, commune_keys(records.columns), pace)

    def weights(self, compared: Compared, left: Rows, right: Rows) -> Floats:
        """log2 of the posterior odds of each pair.

        Args:
            compared: levels of the pairs.
            left: rows of one side.
            right: rows of the other side.
        """
        logs = class_logs(compared, self.model)
        logs["chance"] += self.name_adjustment(compared, left, right) + self.kin_adjustment(compared, left, right)
        return logs["match"] - np.logaddexp2(logs["relative"], logs["chance"])

    def name_adjustment(self, compared: Compared, left: Rows, right: Rows) -> Floats:
        """What the names themselves change in the chance that two people agree so far; 0 where names differ."""
        levels, shares = compared.level("name_level"), self.model.names
        a, b = (self.records.columns.names[rows, 0] for rows in (left, right))
        chance = np.log2(self.model.levels["name_level"]["chance"])
        equal_on_average = np.logaddexp2.reduce(chance[NameLevel.OTHER_MARKS - 1 :])
        whole = self._shares(compared, left, right, 0) - equal_on_average
        given = np.maximum(self.rarity.given[a], self.rarity.given[b]) - _mean_log(shares.given_names)
        surname = np.maximum(self.rarity.surname[a], self.rarity.surname[b]) - _mean_log(shares.surnames)
        part = np.where(levels >= NameLevel.SURNAME_GIVEN, given + surname, given)
        part = np.where(levels >= NameLevel.OTHER_MARKS, whole, part)
        return np.where(levels >= NameLevel.GIVEN, np.clip(part, -_MOST, _MOST), 0.0)

    def kin_adjustment(self, compared: Compared, left: Rows, right: Rows) -> Floats:
        """What the names of the relatives change in the chance that they agree; 0 unless they do.

        A father shares the surname with his child, so where a pair has one surname his says nothing more.
        """
        result = np.zeros(len(left))
        rows = np.flatnonzero(compared.level("family_level") >= FamilyLevel.ONE)
        part, left, right = compared.take(rows), left[rows], right[rows]
        total = np.zeros(len(rows))
        for number in range(part.relatives.shape[1]):
            share = self._shares(part, left, right, number + 1)
            if number == _FATHER:
                fathers = self.records.columns.names[left, 1]
                one_surname = part.level("name_level") >= NameLevel.SURNAME_GIVEN
                share = np.where(one_surname, np.minimum(share - self.rarity.surname[fathers], 0.0), share)
            total += np.where(part.relatives[:, number] >= NameLevel.SLIP, share, 0.0)
        average = np.log2(self.model.levels["family_level"]["chance"])[part.level("family_level") - 1]
        result[rows] = np.clip(total - average, -_MOST, _MOST)
        return result

    def _shares(self, compared: Compared, left: Rows, right: Rows, name: int) -> Floats:
        """log2 share of the more frequent of the two names, among the neighbours where the pair has one commune."""
        home = np.where(np.isin(compared.level("place_level"), _ONE_COMMUNE), self.communes[left], np.uint64(0))
        codes = self.records.columns.names
        sides = [self.rarity.shares(self.records.names, codes[rows, name], home) for rows in (left, right)]
        return np.maximum(*sides)


def probabilities(weights: Floats) -> Floats:
    """Posterior probability of log2 odds."""
    return 1.0 / (1.0 + np.exp2(-weights))


def class_logs(compared: Compared, model: Model) -> dict[str, Floats]:
    """log2 of prior and likelihood of each class of pairs."""
    logs = {}
    for kind in CLASSES:
        prior = model.priors[kind] / model.population if kind != "chance" else 1.0
        total = np.full(len(compared.levels), np.log2(prior))
        for number, name in enumerate(LEVEL_NAMES):
            table = np.concatenate(([0.0], np.log2(model.levels[name][kind])))
            total += table[compared.levels[:, number]]
        logs[kind] = total
    return logs


def _mean_log(table: Mapping[str, float]) -> float:
    """log2 of the chance that two people share one of these names."""
    shares = np.array(list(table.values()))
    return float(np.log2(np.square(shares).sum()))
