"""Two persons whom nobody compared, compared because somebody asks: the likeliest pair of their records."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.blocking import block_keys
from dedup.compare import compare
from dedup.encode import encode, ids_to_text
from dedup.model import Model
from dedup.weights import Weigher, probabilities
from schemas.tables import LEVEL_NAMES


@dataclass(frozen=True)
class AskedPair:
    """A pair compared on demand.

    Attributes:
        left, right: record ids.
        shares_key: do any two of the records have a blocking key in common, so that they may have been candidates?
        levels: level of each comparison, by LEVEL_NAMES.
        weight: log2 of the odds, from the two persons alone: links of their households are not looked for.
        probability: the same as a probability.
    """

    left: str
    right: str
    shares_key: bool
    levels: Mapping[str, int]
    weight: float
    probability: float


def compare_asked(one: pa.Table, other: pa.Table, model: Model) -> AskedPair | None:
    """Compare each record of one person with each of another (MATCH_RECORDS); None where no two differ."""
    records = encode([one, other])
    ids = ids_to_text(records.columns.ids)
    sides = [_places(table, ids) for table in (one, other)]
    left, right = (side.ravel() for side in np.meshgrid(*sides, indexing="ij"))
    left, right = left[left != right], right[left != right]
    if not len(left):
        return None
    weigher = Weigher.of(records, model, counted=False)
    compared = compare(records, left, right, model.names)
    weights = weigher.weights(compared, left, right)
    best = int(np.argmax(weights))
    keys = [set(block_keys(t, model.population)["key"].to_pylist()) for t in (one, other)]
    return AskedPair(
        ids[int(left[best])].as_py(), ids[int(right[best])].as_py(), bool(keys[0] & keys[1]),
        dict(zip(LEVEL_NAMES, map(int, compared.levels[best]), strict=True)), float(weights[best]),
        float(probabilities(weights[best : best + 1])[0]),
    )  # fmt: skip


def _places(table: pa.Table, ids: pa.Array) -> npt.NDArray[np.int64]:
    """Where the records of a table stand among those encoded."""
    return np.flatnonzero(pc.is_in(ids, table["record_id"].combine_chunks()).to_numpy(zero_copy_only=False))
