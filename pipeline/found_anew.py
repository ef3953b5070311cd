"""Persons found anew from what the store holds now, as if their records were a batch that comes to the rest of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dedup import blocking, matching
from dedup.blocking import MENDED_RULE
from dedup.first_round import first_round
from dedup.former_ids import with_former_ids
from dedup.matching import MatchOptions
from dedup.memory import Memory
from dedup.model import Model
from dedup.settled import NO_DECISIONS, Settled
from pipeline import batch_steps
from pipeline.artefacts import parts, read_chunks, write_parts
from pipeline.settings import Settings
from pipeline.sql import connect, view
from schemas import tables as t
from store import candidates, queries
from store.batch import BatchTables
from store.batch_undo import Undoing
from store.neighbours import Asked, neighbours
from store.queries import NOTHING_REPLACED


@dataclass(frozen=True)
class Found:
    """Folder tables of the persons as they are now, and where former ids lead."""

    tables: BatchTables
    led: Mapping[str, str]


def find_anew(work: Undoing, model: Model, settings: Settings, folder: Path) -> Found:
    """Match the records at stake again, by themselves and with the rest of the store, and build their persons.

    Args:
        work: an undoing whose rows are taken out.
        model: of the store.
        settings: of this machine.
        folder: an empty folder; what people say lies in it.
    """
    if not len(work.at_stake):
        return Found(BatchTables(), {})
    write_parts(work.records(), folder / "own", t.MATCH_RECORDS)
    keys = (blocking.block_keys(chunk, model.population) for chunk in read_chunks(folder / "own"))
    write_parts(keys, folder / "own_keys", t.BLOCK_KEYS)
    doubted = work.pairs_of_rule(MENDED_RULE)
    options = _beside(work, model, doubted, folder, Memory(settings.match_memory_mib))
    matching.match_records(parts(folder / "own"), parts(folder / "stored"), folder, model, options)
    led = _name(work, folder)
    _survive(work, settings, folder)
    _write_new_keys(work, folder)
    made = (t.GOLDEN_PERSONS, t.VALUE_SOURCES, t.HOUSEHOLD_MEMBERS, t.SCORED_PAIRS, t.BLOCK_KEYS)
    tables = {spec.name: (folder / spec.name,) for spec in made}
    return Found(BatchTables(clusters=(folder / "named",), **tables), led)


def _beside(work: Undoing, model: Model, doubted: pa.Table, folder: Path, memory: Memory) -> MatchOptions:
    """Write the rest of the store that the records at stake meet, as `stored`; give what else matching needs."""
    ours = work.at_stake
    near = (_without(c, ours) for c in candidates.match_candidates(work.store, read_chunks(folder / "own_keys")))
    write_parts(near, folder / "near", t.MATCH_RECORDS)
    first = first_round(parts(folder / "own"), parts(folder / "near"), model, folder, memory)
    homes = read_chunks(folder / "own", ["household_key"])
    partners, matched = first.partners(matched=False), first.partners(matched=True)
    with neighbours(work.store, Asked(partners, matched, homes, NOTHING_REPLACED, ours)) as around:
        write_parts((_without(c, ours) for c in around.records()), folder / "stored", t.MATCH_RECORDS)
        write_parts(around.pairs(), folder / "settled_pairs", t.SCORED_PAIRS)
        ties = around.ties().cast(NO_DECISIONS.schema)
        settled = Settled(read_chunks(folder / "settled_pairs"), ties, around.apart())
    return MatchOptions(doubted, settled, first, frozen=True, memory=memory)


def _without(chunk: pa.Table, ids: pa.Array) -> pa.Table:
    return chunk.filter(pc.invert(pc.is_in(chunk["record_id"], value_set=ids)))


def _name(work: Undoing, folder: Path) -> Mapping[str, str]:
    """Write `named`: all of them are in the store already, and who comes apart bears former ids again."""
    clusters = pa.concat_tables(read_chunks(folder / "clusters"))
    known = {p for chunk in read_chunks(folder / "own", ["person_id"]) for p in chunk["person_id"].to_pylist()}
    known |= set(pc.unique(clusters["stored_person_id"]).drop_null().to_pylist())
    named, led = with_former_ids(clusters, frozenset(known), work.former_ids())
    place = t.CLUSTERS.schema.get_field_index("is_stored")
    stored = named.set_column(place, t.CLUSTERS.schema.field(place), pa.repeat(True, named.num_rows))
    write_parts([stored], folder / "named", t.CLUSTERS)
    return led


def _survive(work: Undoing, settings: Settings, folder: Path) -> None:
    ids = pa.concat_tables(read_chunks(folder / "named", ["record_id"]))["record_id"]
    write_parts(queries.stored_records(work.store, ids), folder / "all", t.RECORDS)
    write_parts([], folder / "none", t.RECORDS)
    with connect(settings, folder / "spill") as sql:
        view(sql, "records", [folder / "all"], t.RECORDS)
        view(sql, "stored", [folder / "none"], t.RECORDS)
        view(sql, "clusters", [folder / "named"], t.CLUSTERS)
        batch_steps.write_survivors(sql, folder)


def _write_new_keys(work: Undoing, folder: Path) -> None:
    new = work.new_records()
    keys = (chunk.filter(pc.is_in(chunk["record_id"], value_set=new)) for chunk in read_chunks(folder / "own_keys"))
    write_parts(keys, folder / t.BLOCK_KEYS.name, t.BLOCK_KEYS)
