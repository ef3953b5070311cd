"""A batch against the store: two rounds, so that only what may change is fetched.

The first round takes the stored records that share a blocking key with the batch and keeps the pairs that any evidence
could still make a match. Only then does the store hand over households, whole persons and what was settled of them.
"""

from pathlib import Path

import pyarrow as pa

from dedup.elsewhere import Elsewhere
from dedup.first_round import UNBOUND, first_round
from dedup.matching import MatchOptions
from dedup.memory import Memory
from dedup.model import Model
from dedup.settled import NO_DECISIONS, SIDES, Settled
from pipeline.artefacts import parts, read_chunks, write_parts
from pipeline.mended_rows import Mended
from schemas import tables as t
from store import candidates, queries
from store.engine import Store
from store.neighbours import Asked, neighbours

_PAIR = ["record_id", "corrected_record_id"]


def beside(
    store: Store, folder: Path, model: Model, found: Mended, memory: Memory = UNBOUND, silent: pa.Array | None = None,
    elsewhere: Elsewhere | None = None,
) -> MatchOptions:  # fmt: skip
    """Write the stored records that a batch has to be matched with, as `stored`; give what else matching needs.

    Args:
        store: the store, whose blocking keys follow the population of the model.
        folder: folder of the step, with the tables `own` (MATCH_RECORDS) and `block_keys`.
        model: the parameters.
        found: rows that mend stored records, or claim to.
        memory: what matching may hold.
        silent: ids of stored records that say nothing; those whose place rows of the batch take by default.
        elsewhere: other machines that may weigh pairs.
    """
    silent = found.replaced if silent is None else silent
    doubted = found.doubted["corrected_record_id"].combine_chunks()
    near = candidates.match_candidates(store, read_chunks(folder / "block_keys"), silent)
    write_parts(near, folder / "near", t.MATCH_RECORDS)
    if queries.is_without_records(store):
        write_parts([], folder / "stored", t.MATCH_RECORDS)
        return MatchOptions(frozen=True, memory=memory, elsewhere=elsewhere)
    first = first_round(parts(folder / "own"), parts(folder / "near"), model, folder, memory, elsewhere)
    homes = read_chunks(folder / "own", ["household_key"])
    asked = Asked(first.partners(matched=False), first.partners(matched=True), homes, silent, doubted)
    with neighbours(store, asked) as around:
        write_parts(around.records(), folder / "stored", t.MATCH_RECORDS)
        write_parts(around.pairs(), folder / "settled_pairs", t.SCORED_PAIRS)
        ties = pa.concat_tables([around.ties().cast(NO_DECISIONS.schema), _mended(found)])
        settled = Settled(read_chunks(folder / "settled_pairs"), ties, around.apart())
    return MatchOptions(found.doubted, settled, first, frozen=True, memory=memory, elsewhere=elsewhere)


def _mended(found: Mended) -> pa.Table:
    """A row that takes the place of a stored record belongs to its person."""
    return found.replacing.select(_PAIR).rename_columns(list(SIDES)).cast(NO_DECISIONS.schema)
