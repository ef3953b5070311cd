"""How rare a name is: under the model, in the batch itself and in the commune; the most frequent of these counts.

A model knows a country; a village has names of its own. A clan's "Sùng A Páo" is rare in any table of shares and is
still borne by every tenth man where it lives, so equal names are also counted among the records at hand.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.encode import Columns, Records
from dedup.hashing import Hashes, combine, mix
from dedup.model import NameShares
from dedup.names import NONE, Codes, Names

Floats = npt.NDArray[np.float64]
RAREST_NAME = -20.0
"""log2 of the share of the rarest whole name: syllables of a name are not independent, so it has a floor."""
COMMON_AT_HOME = -11.0
"""The same for two people of one commune, where nothing was counted: one clan, one book of names."""
_ONE_PERSON = 2
"""Records that one person usually has at most: only what lies above them is borne by others."""
_LEAST_BATCH, _LEAST_COMMUNE = 10_000, 2_000
"""Records below which a batch or a commune is counted as if it had so many: small counts say little."""


@dataclass(frozen=True)
class NameRarity:
    """log2 shares of names among people.

    Attributes:
        whole: of the folded whole name, by row of `Names`: the model's or the batch's, whichever is larger.
        given, surname: of its last and its first syllable under the model.
        keys, local: shares within one commune: sorted keys of name and commune, and the share of each.
        at_home: least share of any name within one commune.
    """

    whole: Floats
    given: Floats
    surname: Floats
    keys: Hashes
    local: Floats
    at_home: float = -np.inf

    @classmethod
    def of(cls, records: Records, shares: NameShares, *, counted: bool = True) -> "NameRarity":
        """Count the names of the batch's own records and look up all others in the model's shares.

        Where the result must not depend on what else came in the batch, nothing is counted: the model's shares stand.
        """
        names, columns = records.names, records.columns
        surname, given, whole = _model_shares(names, shares)
        if not counted:
            return cls(whole, given, surname, np.zeros(0, np.uint64), np.zeros(0), COMMON_AT_HOME)
        owned = names.hashes[columns.names[columns.own, 0]]
        keys, borne = _counted(owned, owned, np.array([len(owned)]), _LEAST_BATCH)
        whole = np.maximum(whole, _look_up(keys, borne, names.hashes))
        return cls(whole, given, surname, *_by_commune(columns, owned))

    def shares(self, names: Names, codes: Codes, communes: Hashes) -> Floats:
        """log2 shares of names where the people live: communes as `commune_keys` gives them, 0 for anywhere."""
        found = self.whole[codes]
        rows = np.flatnonzero(communes)
        here = _look_up(self.keys, self.local, combine(names.hashes[codes[rows]], communes[rows]))
        is_named = names.sizes[codes[rows]] > 0
        found[rows] = np.maximum(found[rows], np.where(is_named, np.maximum(here, self.at_home), here))
        return found


def commune_keys(columns: Columns) -> Hashes:
    """Hash of the commune of residence of each record; 0 where no unit of that size is known."""
    codes = columns.residence
    return np.where(codes >= 500_000, mix(codes.astype(np.int64)), np.uint64(0))


def _model_shares(names: Names, shares: NameShares) -> tuple[Floats, Floats, Floats]:
    """log2 shares of surname, given name and whole name of each distinct name."""
    tables = [
        np.log2([table.get(t, shares.unseen) for t in names.tokens.texts] + [1.0])
        for table in (shares.surnames, shares.middle_names, shares.given_names)
    ]
    last = names.sizes.astype(np.int64) - 1
    place = np.arange(names.folded.shape[1])[None, :]
    inner = np.where((place > 0) & (place < last[:, None]), names.folded, NONE)
    surname, given = tables[0][names.first()], tables[2][names.last()]
    return surname, given, np.maximum(surname + given + tables[1][inner].sum(axis=1), RAREST_NAME)


def _by_commune(columns: Columns, owned: Hashes) -> tuple[Hashes, Floats]:
    communes = commune_keys(columns)[columns.own]
    here = communes != 0
    _, place, sizes = np.unique(communes[here], return_inverse=True, return_counts=True)
    return _counted(owned[here], combine(owned[here], communes[here]), sizes[place], _LEAST_COMMUNE)


def _counted(names: Hashes, keys: Hashes, people: npt.NDArray[np.int64], least: int) -> tuple[Hashes, Floats]:
    """Sorted keys borne by more than one person, and log2 of their share of the people around."""
    there = names != 0
    found, first, counts = np.unique(keys[there], return_index=True, return_counts=True)
    several = np.flatnonzero(counts > _ONE_PERSON)
    around = np.broadcast_to(people, keys.shape)[there][first[several]]
    return found[several], np.log2((counts[several] - _ONE_PERSON) / np.maximum(around, least))


def _look_up(keys: Hashes, shares: Floats, wanted: Hashes) -> Floats:
    """Share of each wanted key; -inf for one that is not there."""
    if len(keys) == 0:
        return np.full(len(wanted), -np.inf)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, shares[place], -np.inf)
