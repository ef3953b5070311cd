"""The whole register matched against itself under the present model, part by part: figures, and reviews for people.

A part is a province, or a share of a large one, matched as if it were delivered to a store of all others: what holds
for a batch holds for it. Finished parts are sealed and not made again, so a run that was cut off goes on. No person is
changed; `store.national` says what becomes of the pairs.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedup import blocking, matching
from dedup.memory import Memory
from dedup.mended import NO_PAIRS
from pipeline import against_store, batch_keys, sealing, workplace
from pipeline.artefacts import (
    count_rows,
    finished_manifest,
    new_folder,
    parts,
    read_chunks,
    read_json,
    write_json,
    write_manifest,
    write_parts,
)
from pipeline.batch_keys import batch_key, made_batch_key
from pipeline.batch_steps import store_model
from pipeline.context import is_done, working
from pipeline.inquiries import asked
from pipeline.matching_step import private
from pipeline.mended_rows import Mended
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas import tables as t
from schemas.errors import SohoaError, UsageError
from store import keys, national

ROOM = "national"
ROWS_OF_A_PART = 500_000
_PLAN, _RESULT, _PAIRS = "plan.json", "result.json", "scored_pairs"
Told = Callable[[str], None]


def rematch(settings: Settings, told: Told = lambda part: None) -> Mapping[str, Any]:
    """All parts, one after the other; the result as `result_of` gives it. One that was cut off is taken up.

    Raises:
        UsageError: national.no_records; match.memory, where a part does not fit what may be held.
    """
    folder = unfinished(settings) or start(settings)
    for part in list_parts(folder):
        told(part)
        match_part(folder, part, settings)
    propose(folder, settings)
    return result_of(folder)


def unfinished(settings: Settings) -> Path | None:
    """The newest run that was begun under the present model and has no result."""
    folders = sorted((settings.home / ROOM).glob("[0-9]*"), reverse=True)
    newest = next((folder for folder in folders if (folder / _PLAN).exists()), None)
    if newest is None or (newest / _RESULT).exists():
        return None
    return newest if read_json(newest / _PLAN)["model"] == _model(settings) else None


def start(settings: Settings) -> Path:
    """Open a run folder with its parts; its path is all that later steps need.

    Raises:
        UsageError: national.no_records.
    """
    with asked(settings) as store:
        counts = national.provinces(store)
    if not counts:
        raise UsageError("national.no_records")
    listed = [
        f"{province}-{number + 1}-{of}"
        for province, count in counts.items()
        for of in (-(-count // ROWS_OF_A_PART),)
        for number in range(of)
    ]
    with private():
        folder = _new_folder(settings.home / ROOM)
        made_batch_key(folder, open_vault(settings))
        write_json(folder / _PLAN, {"parts": listed, "records": sum(counts.values()), "model": _model(settings)})
    return folder


def list_parts(folder: Path) -> list[str]:
    """The parts of a run: province, number, of how many."""
    return list(read_json(folder / _PLAN)["parts"])


def match_part(folder: Path, part: str, settings: Settings) -> Mapping[str, Any]:
    """Match one part against itself and the store of all others; its counts. A finished part is not made again.

    Raises:
        UsageError: match.memory; national.other_model, where another model is in force than when the run was begun.
    """
    if not is_done(folder / part):
        if read_json(folder / _PLAN)["model"] != _model(settings):
            raise UsageError("national.other_model")
        with private(), workplace.borrowed_place(settings.home) as place:
            _match(place / part, part, settings)
            sealing.seal_folder(place / part / _PAIRS, _sealed(folder, part), _place(folder, part, settings))
            with new_folder(folder / part) as counted:
                write_manifest(counted, finished_manifest(place / part))
    return dict(finished_manifest(folder / part).facts)


def propose(folder: Path, settings: Settings) -> None:
    """Ask people about what was found between persons, once all parts are done.

    Raises:
        SohoaError: run.unfinished.
    """
    if (folder / _RESULT).exists():
        return
    listed = list_parts(folder)
    if missing := [part for part in listed if not is_done(folder / part)]:
        raise SohoaError("run.unfinished", step=missing[0])
    with workplace.borrowed_place(settings.home) as place, asked(settings) as store:
        for part in listed:
            sealing.open_folder(_sealed(folder, part), place / part, _place(folder, part, settings))
        pairs = itertools.chain.from_iterable(read_chunks(place / part) for part in listed)
        found = national.propose(store, pairs, folder.name)
    made = [finished_manifest(folder / part) for part in listed]
    counted = {name: sum(int(m.facts[name]) for m in made) for name in ("records", "pairs")}
    plan = {"model": read_json(folder / _PLAN)["model"], "parts": len(listed)}
    seconds = round(sum(m.seconds for m in made), 1)
    write_json(folder / _RESULT, {**counted, **asdict(found), **plan, "seconds": seconds})
    # What was found stands in the store now: nothing of it has to open any more.
    batch_keys.destroy(folder)
    for part in listed:
        _sealed(folder, part).unlink(missing_ok=True)


def result_of(folder: Path) -> Mapping[str, Any]:
    """Counts and the version of the model. Raises SohoaError run.unfinished."""
    if not (folder / _RESULT).exists():
        raise SohoaError("run.unfinished", step="propose")
    return {"run": folder.name, **read_json(folder / _RESULT)}


def _match(target: Path, part: str, settings: Settings) -> None:
    province, number, of = part.split("-")
    model, memory = store_model(settings), Memory(settings.match_memory_mib)
    with working(target, part) as work, asked(settings) as store:
        keys.settle_recent(store)
        scheme = blocking.key_scheme(model.population)
        keys.ensure_block_keys(store, lambda chunk: blocking.block_keys(chunk, model.population), scheme)
        rows = write_parts(
            national.records_of(store, province, int(number) - 1, int(of)), work.folder / "own", t.MATCH_RECORDS
        )
        memory.demand(rows)
        own_keys = (blocking.block_keys(chunk, model.population) for chunk in read_chunks(work.folder / "own"))
        write_parts(own_keys, work.folder / "block_keys", t.BLOCK_KEYS)
        nothing_mended = Mended(NO_PAIRS, NO_PAIRS)
        options = against_store.beside(store, work.folder, model, nothing_mended, memory, _ids(work.folder))
        counts = matching.match_records(
            parts(work.folder / "own"), parts(work.folder / "stored"), work.folder, model, options
        )
        work.tables[_PAIRS] = count_rows(work.folder / _PAIRS)
        work.facts.update(records=rows, pairs=counts.pairs, matches=counts.matches, reviews=counts.reviews)


def _ids(folder: Path) -> pa.Array:
    """The records of the part: what they say in the store themselves does not count meanwhile."""
    ids = [chunk["record_id"].combine_chunks() for chunk in read_chunks(folder / "own", ["record_id"])]
    return pa.concat_arrays([pa.array([], pa.string()), *ids])


def _model(settings: Settings) -> str:
    model = store_model(settings)
    return f"{model.version} {model.fingerprint}"


def _sealed(folder: Path, part: str) -> Path:
    return folder / f"{part}{sealing.ENDING}"


def _place(folder: Path, part: str, settings: Settings) -> Place:
    return Place(batch_key(folder, open_vault(settings)), f"{ROOM}/{folder.name}/{part}")


def _new_folder(runs: Path) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    runs.chmod(0o700)
    for number in itertools.count(1 + max((int(p.name) for p in runs.iterdir() if p.name.isdigit()), default=0)):
        folder = runs / f"{number:04d}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("unreachable")
