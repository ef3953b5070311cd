"""Which person each cluster is: a stored one keeps its id, a new one is named after its lowest record.

Clusters are found anew whenever a batch touches them, so two stored persons may turn out to be one, and one to be two.
A person's id goes with the record that it was named after, wherever the others go: no id is ever given to two persons.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.encode import NOT_THERE, Columns, ids_to_text, rows_of
from dedup.hashing import Hashes, combine
from schemas.tables import CLUSTERS

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_NOBODY = -1
_OWN_BITS = np.uint64(48)
"""Of the first half of an id; those before them all records of a file share (`schemas.lineage.record_ids`)."""


@dataclass(frozen=True)
class _Persons:
    """The stored persons among the records.

    Attributes:
        ids: of the persons, ascending, shape (persons, 2).
        code: place in `ids` of the person of each record; -1 where it has none.
        home: label of the cluster that the id of each person goes to, if no other person of that cluster keeps its own.
    """

    ids: Hashes
    code: Rows
    home: Rows


def cluster_table(columns: Columns, labels: Rows) -> pa.Table:
    """CLUSTERS: the own records, and the stored records of all persons that change.

    Args:
        columns: the records.
        labels: cluster of each, the lowest row in it.
    """
    stored = _stored_persons(columns, labels)
    keeper = np.full(len(columns), _NOBODY, np.int64)
    codes = np.arange(len(stored.ids))[::-1]
    keeper[stored.home[codes]] = codes  # the lowest id is written last
    ids = _unlike(new_persons(columns.ids), columns, stored)
    has_id = keeper[labels] != _NOBODY
    ids = np.where(has_id[:, None], stored.ids[keeper[labels]] if len(stored.ids) else ids, ids[labels])
    wanted = np.flatnonzero(_touched(columns, labels, stored, ids)[labels])
    joined = np.where(has_id[:, None], ids, _any_person(columns, labels, stored))[wanted]
    return pa.table(
        [
            ids_to_text(columns.ids[wanted]),
            ids_to_text(ids[wanted]),
            ids_to_text(joined) if len(stored.ids) else pa.nulls(len(wanted), pa.string()),
            pa.array(~columns.own[wanted]),
        ],
        schema=CLUSTERS.schema,
    )


def new_persons(records: Hashes) -> Hashes:
    """Id of a person that is named after each of these records, shape (records, 2).

    It begins as the record's does, so that persons of one file lie side by side too; 112 well mixed bits follow.
    """
    return _named(records, (1, 2))


def names_of(records: Hashes) -> tuple[Hashes, Hashes]:
    """Every id that a person has who is named after that record: now, and since before ids of a file began alike."""
    return new_persons(records), _mixed(records, (1, 2))


def _named(records: Hashes, halves: tuple[int, int]) -> Hashes:
    ids = _mixed(records, halves)
    ids[:, 0] = (records[:, 0] >> _OWN_BITS << _OWN_BITS) | (ids[:, 0] & ((np.uint64(1) << _OWN_BITS) - np.uint64(1)))
    return ids


def _mixed(records: Hashes, halves: tuple[int, int]) -> Hashes:
    return np.stack([combine(records[:, 0], records[:, 1], np.uint64(half)) for half in halves], axis=1)


def _unlike(ids: Hashes, columns: Columns, stored: _Persons) -> Hashes:
    """The new ids; where a stored person bears one already, because somebody parted it from the record, another one."""
    if not len(stored.ids):
        return ids
    taken = rows_of(stored.ids, ids) != NOT_THERE
    ids[taken] = _named(columns.ids[taken], (3, 4))
    return ids


def _stored_persons(columns: Columns, labels: Rows) -> _Persons:
    rows = np.flatnonzero(columns.persons.any(axis=1))
    found, place = np.unique(columns.persons[rows].copy().view("u8,u8").ravel(), return_inverse=True)
    code = np.full(len(columns), _NOBODY, np.int64)
    code[rows] = place
    home = np.full(len(found), _NOBODY, np.int64)
    home[place[::-1]] = labels[rows[::-1]]  # the lowest row is written last
    own = columns.persons[rows]
    named_after = np.any([(own == named).all(axis=1) for named in names_of(columns.ids[rows])], axis=0)
    home[place[named_after]] = labels[rows[named_after]]
    return _Persons(found.view("u8").reshape(-1, 2), code, home)


def _touched(columns: Columns, labels: Rows, stored: _Persons, ids: Hashes) -> Mask:
    """Clusters that hold an own record, a record whose person changes, or a part of a person that is parted."""
    touched = np.zeros(len(columns), np.bool_)
    touched[labels[columns.own]] = True
    rows = np.flatnonzero(stored.code != _NOBODY)
    touched[labels[rows[(ids[rows] != columns.persons[rows]).any(axis=1)]]] = True
    parted = np.unique(stored.code[rows[labels[rows] != stored.home[stored.code[rows]]]])
    touched[labels[rows[np.isin(stored.code[rows], parted)]]] = True
    return touched


def _any_person(columns: Columns, labels: Rows, stored: _Persons) -> Hashes:
    """For each record the lowest stored person that its cluster has a record of; 0 where there is none."""
    lowest = np.full(len(columns), len(stored.ids), np.int64)
    rows = np.flatnonzero(stored.code != _NOBODY)
    np.minimum.at(lowest, labels[rows], stored.code[rows])
    return np.concatenate((stored.ids, np.zeros((1, 2), np.uint64)))[lowest[labels]]
