"""Drafts that hold somebody who is erased: ledgers that were uploaded and are in no store yet.

He is known in them by the record ids of rows that were delivered before, and by his numbers, however they are spaced or
robbed of their zeros by a spreadsheet. A name alone tells nobody from his namesakes. A draft goes whole: it is the
original of a file, of which no row can be taken out; its clerk has the ledger and is told.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import drafts, holding
from pipeline.artefacts import read_chunks
from pipeline.context import Run
from pipeline.draft_check import dry_run
from pipeline.drafts import Draft
from pipeline.file_steps import refusal_of
from pipeline.settings import Settings
from schemas.errors import Refused, SohoaError
from schemas.tables import RAW_COLUMNS
from store.engine import Store

_GOES = frozenset({"open", "queued", "stopped", "failed"})
_BETWEEN_DIGITS = r"(\d)[\s.\-]+(\d)"
_SHORTEST = 7


@dataclass(frozen=True)
class LookedInto:
    """The drafts that hold a person, and how many could not be read whole, so that nobody can say."""

    holding: tuple[Draft, ...]
    unread: int


@dataclass(frozen=True)
class Sought:
    """Who is looked for: his records and rows kept out, the batches that brought them, his numbers."""

    record_ids: frozenset[str]
    batches: frozenset[str]
    numbers: tuple[str, ...] = field(repr=False)


def look(sought: Sought, settings: Settings, store: Store) -> LookedInto:
    """Look into every draft that is not loaded.

    Raises:
        Refused: erase.running, a draft is being loaded: what it brings is in the store when it is done.
    """
    found, unread = [], 0
    for draft in drafts.all_drafts(settings):
        if draft.standing.state == "loading" or holding.is_held(draft.folder):
            raise Refused("erase.running", batch=draft.standing.batch_id or draft.draft_id)
        if draft.standing.state in _GOES and draft.originals:
            try:
                holds, is_whole = _holds(draft, sought, settings, store)
            except SohoaError:
                holds, is_whole = False, False
            found += [draft] if holds else []
            unread += not (holds or is_whole)
    return LookedInto(tuple(found), unread)


def destroy(draft: Draft) -> None:
    """Destroy a draft with its key; its state says why, to whoever looks for it."""
    drafts.set_standing(draft, "erased")
    drafts.forget(draft)


def _pattern(numbers: Collection[str]) -> str:
    """A pattern of any of the numbers, with or without its leading zeros; "" where there is none."""
    bare = sorted({n.lstrip("0") for n in numbers if len(n.lstrip("0")) >= _SHORTEST})
    return rf"(^|\D)0*({'|'.join(map(re.escape, bare))})(\D|$)" if bare else ""


def _holds(draft: Draft, sought: Sought, settings: Settings, store: Store) -> tuple[bool, bool]:
    """Does the draft hold him; could it be read whole?"""
    pattern = _pattern(sought.numbers)
    if pattern and any(re.search(pattern, _joined(text)) for text in _corrections(draft)):
        return True, True
    with dry_run(draft, settings, store, draft.replayed) as (made, known):
        is_whole = all(refusal_of(made, f) is None for f in made.plan.files if f.file_id not in known)
        if sought.batches.intersection(known.values()):  # a file that was loaded before is not read again
            return True, is_whole
        return any(_is_in(chunk, sought.record_ids, pattern) for chunk in _rows(made, known)), is_whole


def _corrections(draft: Draft) -> Iterator[str]:
    for edit in draft.replayed.edits:
        yield from (edit.before, edit.after)


def _rows(made: Run, known: Collection[str]) -> Iterator[pa.Table]:
    for file in made.plan.files:
        if file.file_id not in known and refusal_of(made, file) is None:
            yield from read_chunks(made.table("read_file", file.file_id, "source_records"))


def _is_in(chunk: pa.Table, record_ids: frozenset[str], pattern: str) -> bool:
    if record_ids.intersection(chunk["record_id"].to_pylist()):
        return True
    if not pattern:
        return False
    return any(pc.any(pc.match_substring_regex(_joined_all(chunk[raw]), pattern)).as_py() for raw in RAW_COLUMNS)


def _joined_all(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts without what parts digits; twice, for a digit that stands alone is the end of one match only."""
    for _ in range(2):
        texts = pc.replace_substring_regex(texts, _BETWEEN_DIGITS, r"\1\2")
    return texts


def _joined(text: str) -> str:
    return str(_joined_all(pa.chunked_array([pa.array([text], pa.string())]))[0].as_py())
