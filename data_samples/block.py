"""One block of people: drawn, written, mistyped, and laid out by ledger. The unit of work and of memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from data_samples.books import KINDS, Shares, draw_books, draw_entries, marry_off
from data_samples.damage import damage
from data_samples.draw import Ints, block_stream
from data_samples.identity import draw_identities
from data_samples.options import BLOCK_PEOPLE, LAYOUT_NAMES, GenerateOptions, Layout
from data_samples.people import draw_people
from data_samples.places import gazetteer
from data_samples.wording import Block, word
from data_samples.words import columns

_BOOKS_OF_BLOCK = 16_384
"""Serial numbers of books a block may use."""

TRUTH = pa.schema({
    "line": pa.int32(), "person_id": pa.int64(), "household": pa.int64(), "kind": pa.string(), "slips": pa.string(),
    "expected_outcome": pa.string(), "expected_rule": pa.string(), "difficult": pa.string(),
})  # fmt: skip
"""What is true of a row; `line` counts from 1 within the part of the ledger that the block gives."""


@dataclass(frozen=True)
class Task:
    """One block of one run.

    Attributes:
        layouts: of the ledgers of each province of the options. province: position in the gazetteer.
        number: of the block in its province. overall: of the block in the run. first_person: people drawn before it.
        people: to draw.
    """

    options: GenerateOptions
    layouts: tuple[Layout, ...]
    province: int
    number: int
    overall: int
    first_person: int
    people: int


@dataclass(frozen=True)
class LedgerPart:
    """Rows of one ledger: the texts by column, the book of each row (a number unique in the run), and the truth."""

    province_code: str
    texts: pa.Table
    book: Ints
    truth: pa.Table


def tasks(options: GenerateOptions, layouts: tuple[Layout, ...]) -> Iterator[Task]:
    """All blocks of a run in order; the same whatever the number of workers."""
    codes = gazetteer().province_codes
    drawn = overall = 0
    for place, code in enumerate(options.provinces):
        share = options.people // len(options.provinces) + (place < options.people % len(options.provinces))
        for number, start in enumerate(range(0, share, BLOCK_PEOPLE)):
            people = min(BLOCK_PEOPLE, share - start)
            yield Task(options, layouts, codes.index(code), number, overall, drawn, people)
            drawn, overall = drawn + people, overall + 1


def draw_block(task: Task) -> list[LedgerPart]:
    """Draw a block: its parts of the ledgers, its own province's first."""
    stream = block_stream(task.options.seed, task.province, task.number)
    block = draw_truth(stream, task)
    damaged = damage(stream, block, word(stream, block), task.options, _layouts_of_rows(task, block))
    person = block.entries.person
    texts = damaged.texts | {"serial": _roster_numbers(block.entries.book)}
    truth = {
        "person_id": task.first_person + person + 1,
        "household": task.overall * _BOOKS_OF_BLOCK + block.people.household[person] + 1,
        "kind": pa.array(KINDS).take(pa.array(block.entries.kind)),
        "slips": damaged.slips,
        "expected_outcome": damaged.outcome,
        "expected_rule": damaged.rule,
        "difficult": damaged.difficult,
    }
    return list(_parts(task, block, pa.table([texts[n] for n in columns()], names=list(columns())), truth))


def draw_truth(stream: np.random.Generator, task: Task) -> Block:
    """The people of a block, who they are, and in which books they stand."""
    options = task.options
    provinces = tuple(sorted(gazetteer().province_codes.index(c) for c in options.provinces))
    shares = Shares(options.repeat_share, options.migrant_share, provinces)
    households, people = draw_people(stream, task.province, task.people, options.minority_weight)
    people, brides, parents = marry_off(stream, people, shares)
    books = draw_books(stream, households, people, brides, shares)
    books = replace(books, number=books.number + task.overall * _BOOKS_OF_BLOCK)
    entries = draw_entries(stream, people, books, brides, parents)
    known = draw_identities(stream, households, people, task.overall, options.seed)
    return Block(people, books, known, entries)


def _layouts_of_rows(task: Task, block: Block) -> Ints:
    """Position in LAYOUT_NAMES of the file that each row is written to."""
    layout = np.zeros(len(gazetteer().province_codes), dtype=np.int64)
    for code, name in zip(task.options.provinces, task.layouts, strict=True):
        layout[gazetteer().province_codes.index(code)] = LAYOUT_NAMES.index(name)
    found: Ints = layout[block.books.ledger[block.entries.book]]
    return found


def _roster_numbers(book: Ints) -> pa.Array:
    starts = np.flatnonzero(np.r_[True, book[1:] != book[:-1]])
    rank = np.arange(len(book)) - np.repeat(starts, np.diff(np.r_[starts, len(book)]))
    return pa.array(rank + 1).cast(pa.string())


def _parts(task: Task, block: Block, texts: pa.Table, truth: dict[str, pa.Array]) -> Iterator[LedgerPart]:
    ledger = block.books.ledger[block.entries.book]
    others = sorted(set(np.unique(ledger).tolist()) - {task.province})
    for province in (task.province, *others):
        rows = np.flatnonzero(ledger == province)
        if not len(rows):
            continue
        known = pa.table(truth).take(pa.array(rows)).append_column("line", pa.array(np.arange(1, len(rows) + 1)))
        yield LedgerPart(
            gazetteer().province_codes[province], texts.take(pa.array(rows)),
            block.entries.book[rows] + task.overall * 2 * _BOOKS_OF_BLOCK,
            known.select(TRUTH.names).cast(TRUTH),
        )  # fmt: skip
