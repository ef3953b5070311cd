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
from dedup.shared_keys import by_key, not_alone, starts_of, table_for

Floats = npt.NDArray[np.float64]
RAREST_NAME = -20.0
"""log2 of the share of the rarest whole name: syllables of a name are not independent, so it has a floor."""
COMMON_AT_HOME = -11.0
"""The same for two people of one commune, where nothing was counted: one clan, one book of names."""
RARE_GIVEN, OF_A_RARE_GIVEN = -10.0, -3.3
"""Where nothing was counted: a given name that fewer than one in a thousand bear is often that of a small people with
few surnames (Triệu Thị Mẩy, Thạch Thị Phol): whoever bears it bears any one whole name with a chance of a tenth."""
_ONE_PERSON = 2
"""Records that one person usually has at most: only what lies above them is borne by others."""
_COMMUNES = 500_000
"""Codes of units from here on have five digits."""
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
            rare = given < RARE_GIVEN
            whole = np.where(rare, np.maximum(whole, given + OF_A_RARE_GIVEN), whole)
            return cls(whole, given, surname, np.zeros(0, np.uint64), np.zeros(0), COMMON_AT_HOME)
        codes = columns.names[:, 0][columns.own]
        whole = np.maximum(whole, _in_batch(names.hashes, codes))
        return cls(whole, given, surname, *_by_commune(names.hashes.take(codes), columns.residence[columns.own]))

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
    return _commune_keys(columns.residence)


def _commune_keys(codes: Codes) -> Hashes:
    return np.where(codes >= _COMMUNES, mix(codes), np.uint64(0))


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


def _in_batch(hashes: Hashes, codes: Codes) -> Floats:
    """log2 share of the batch's own records, whose names are those codes, that bear each name; -inf for few."""
    order = by_key(hashes)
    starts = starts_of(hashes.take(order))
    counts = np.add.reduceat(np.bincount(codes, minlength=len(hashes)).take(order), starts)
    found = np.empty(len(hashes))
    found[order] = np.repeat(_shares(counts, np.array([len(codes)]), _LEAST_BATCH), np.diff(starts, append=len(order)))
    found[hashes == 0] = -np.inf
    return found


def _by_commune(names: Hashes, residence: Codes) -> tuple[Hashes, Floats]:
    """Sorted keys of name and commune that are borne by more than one person, and log2 of their share of the commune.

    Args:
        names: hashes of the own records' names.
        residence: codes of their communes.
    """
    communes = _commune_keys(residence)
    keys = np.where((names != 0) & (communes != 0), combine(names, communes), np.uint64(0))
    rows = not_alone(keys, table_for(len(keys)))
    rows = rows.take(by_key(keys.take(rows)))
    starts = starts_of(keys.take(rows))
    people = np.bincount(np.maximum(residence, 0))
    first = rows.take(starts)
    shares = _shares(np.diff(starts, append=len(rows)), people.take(residence.take(first)), _LEAST_COMMUNE)
    several = np.flatnonzero(shares > -np.inf)
    found = keys.take(first.take(several))
    order = np.argsort(found)
    return found.take(order), shares.take(several).take(order)


def _shares(counts: npt.NDArray[np.int64], people: npt.NDArray[np.int64], least: int) -> Floats:
    """log2 share of the people around of a name that so many records bear; -inf for one person's."""
    around = np.maximum(np.broadcast_to(people, counts.shape), least)
    several = counts > _ONE_PERSON
    return np.log2((counts - _ONE_PERSON) / around, where=several, out=np.full(len(counts), -np.inf))


def _look_up(keys: Hashes, shares: Floats, wanted: Hashes) -> Floats:
    """Share of each wanted key; -inf for one that is not there."""
    if len(keys) == 0:
        return np.full(len(wanted), -np.inf)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, shares[place], -np.inf)
