"""From well typed rows to real ones: planted rows, slips, ditto marks, and what is then expected of each row."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples.books import is_repeated
from data_samples.draw import Bools, Floats, Ints
from data_samples.evidence import REASONS, hard_to_match
from data_samples.faults import FAULTS, TWO_PEOPLE, plant_two_people
from data_samples.notices import NOTICES
from data_samples.options import GenerateOptions
from data_samples.plants import Plant, choose
from data_samples.slips import Draft, draft_of, leave_out, make_slips, slips_by_row
from data_samples.wording import Block, Texts, clerk_choice

ACCEPTED, QUARANTINED = "accepted", "quarantined"

_TWO_PEOPLE_SHARE = 0.0015
_DITTO_COLUMNS = ("native_place", "ethnic_group", "religion", "permanent_residence", "birth_registration_place")
_DITTO_SHARE = 0.08
_DITTO_MARKS = ("nt", '"', "như trên", "-nt-", "//")


@dataclass(frozen=True)
class Damaged:
    """The texts as they stand in the ledger, and by row: slips, expected outcome and rule, why it is difficult."""

    texts: Texts
    slips: pa.Array
    outcome: pa.Array
    rule: pa.Array
    difficult: pa.Array


def damage(stream: np.random.Generator, block: Block, texts: Texts, options: GenerateOptions, layouts: Ints) -> Damaged:
    """Plant faults and notices, make slips in the other rows, write ditto marks.

    ``layouts``: position in LAYOUT_NAMES of the file of each row.
    """
    size = len(block.entries.book)
    draft = draft_of(block, texts)
    repeated = is_repeated(block.entries, len(block.people.slot))
    rule = np.full(size, -1, dtype=np.int64)
    plants = _plant(stream, draft, options, layouts, repeated, rule)
    is_free = rule < 0
    make_slips(stream, draft, is_free, repeated, options.slip_scale)
    leave_out(stream, draft, is_free, options.left_out)
    blocked = (rule >= 0) & np.asarray([*(p.rule in _BLOCKING for p in plants), False])[rule]
    difficult = hard_to_match(draft, repeated & ~blocked)
    _write_dittos(draft, is_free)
    names = pa.array([p.rule for p in plants], pa.string())
    return Damaged(
        draft.texts, slips_by_row(draft, size),
        pc.if_else(pa.array(blocked), QUARANTINED, ACCEPTED),
        names.take(pa.array(np.maximum(rule, 0), mask=is_free)),
        pa.array(REASONS).take(pa.array(difficult, mask=difficult == 0)),
    )  # fmt: skip


_PAIR = Plant(TWO_PEOPLE, 0.0, lambda draft, rows, u: None)
_BLOCKING = frozenset(p.rule for p in (*FAULTS, _PAIR))


def _plant(
    stream: np.random.Generator, draft: Draft, options: GenerateOptions, layouts: Ints, repeated: Bools, rule: Ints
) -> list[Plant]:
    """Write the planted rows and their place in the returned list into ``rule``."""
    size = len(rule)
    u, extra = stream.random(size), stream.random(size)
    pairs = plant_two_people(draft, np.flatnonzero(~repeated), _TWO_PEOPLE_SHARE * (options.fault_share > 0))
    rule[pairs] = 0
    faults = max(options.fault_share - _TWO_PEOPLE_SHARE, 0.0)
    plants = [_PAIR]
    for mine, share, start in ((FAULTS, faults, 0.0), (NOTICES, options.notice_share, faults)):
        rows = np.flatnonzero((rule < 0) & (u >= start) & (u < start + share))
        _write(draft, mine, choose(stream, draft, mine, rows, layouts), extra, rule, len(plants))
        plants.extend(mine)
    return plants


def _write(draft: Draft, plants: tuple[Plant, ...], chosen: list[Ints], u: Floats, rule: Ints, first: int) -> None:
    for place, (plant, rows) in enumerate(zip(plants, chosen, strict=True)):
        if len(rows):
            plant.change(draft, rows, u[rows])
            rule[rows] = first + place


def _write_dittos(draft: Draft, is_free: Bools) -> None:
    """Some clerks write "as above" where a member's cell equals the one above; never next to a planted row."""
    block = draft.block
    book = block.entries.book
    u = clerk_choice(block.books, 9)[book]
    same_book = np.r_[False, (book[1:] == book[:-1]) & is_free[1:] & is_free[:-1]] & (u < _DITTO_SHARE)
    mark = pa.array(_DITTO_MARKS).take(pa.array((u / _DITTO_SHARE * len(_DITTO_MARKS)).astype(int) % len(_DITTO_MARKS)))
    for column in _DITTO_COLUMNS:
        texts = draft.texts[column]
        above = pc.equal(texts, texts.take(pa.array(np.maximum(np.arange(len(book)) - 1, 0))))
        same = same_book & above.to_numpy(zero_copy_only=False) & _numpy(pc.not_equal(texts, ""))
        draft.texts[column] = pc.if_else(pa.array(same), mark, texts)


def _numpy(mask: pa.Array) -> Bools:
    found: Bools = mask.to_numpy(zero_copy_only=False)
    return found
