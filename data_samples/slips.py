"""Honest typing errors: what makes two rows of one person differ. None of them may keep a row out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples import spelling
from data_samples.draw import Bools, Ints
from data_samples.identity import FULL_DATE
from data_samples.places import gazetteer
from data_samples.wording import LONG, OLD_NAME, Block, Texts, birth_texts, written
from data_samples.written_dates import Calendar, calendar, write_years

OWN_RATE, REPEAT_RATE = 0.06, 0.95
"""Expected slips of a row: of a person's only row, of each row of a person who stands in two."""


@dataclass(frozen=True)
class Draft:
    """Texts that slips are made in, and what was done to each row.

    Attributes:
        births: as written: a slip changes them here too. made: (name of the slip, rows) in order.
    """

    block: Block
    texts: Texts
    births: Calendar
    made: list[tuple[str, Ints]]

    def edit(self, column: str, rows: Ints, texts: pa.Array | list[str]) -> Ints:
        """Write other texts in some rows; which of the rows really changed."""
        before = self.texts[column].take(pa.array(rows))
        after = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
        changed: Ints = rows[pc.not_equal(before, after).to_numpy(zero_copy_only=False)]
        if len(changed):
            mask = np.zeros(len(self.texts[column]), dtype=bool)
            mask[rows] = True
            order = np.argsort(rows, kind="stable")
            self.texts[column] = pc.replace_with_mask(self.texts[column], pa.array(mask), after.take(pa.array(order)))
        return changed

    def note(self, name: str, rows: Ints) -> None:
        """Write down that a slip was made."""
        self.made.append((name, rows))


def draft_of(block: Block, texts: Texts) -> Draft:
    """A draft of well typed texts."""
    return Draft(block, texts, calendar(block.people.birth[block.entries.person]), [])


def make_slips(
    stream: np.random.Generator, draft: Draft, is_free: Bools, is_repeated: Bools, scale: float = 1.0
) -> None:
    """Make slips in the free rows, more of them where they make matching hard."""
    u = stream.random((len(is_free), len(_SLIPS)))
    extra = stream.random(len(is_free))
    rate = np.where(is_repeated, REPEAT_RATE, OWN_RATE) * is_free * scale
    for place, (name, weight, slip) in enumerate(_SLIPS):
        rows = np.flatnonzero(u[:, place] < rate * weight)
        if len(rows):
            draft.note(name, slip(draft, rows, extra[rows]))


def leave_out(stream: np.random.Generator, draft: Draft, is_free: Bools, share: float) -> None:
    """Books without columns for the parents or the native place, and people whose number nobody wrote down."""
    if share <= 0:
        return
    book = draft.block.entries.book
    by_book = stream.random((int(book.max()) + 1, 2))[book]
    by_row = stream.random((len(book), 2))
    for columns, u in (
        (("father_name", "mother_name"), by_book[:, 0]), (("native_place",), by_book[:, 1]),
        (("old_id_number",), by_row[:, 0]), (("personal_number",), by_row[:, 1]),
    ):  # fmt: skip
        rows = np.flatnonzero((u < share) & is_free)
        for column in columns:
            draft.note(f"{column}_left_out", draft.edit(column, rows, [""] * len(rows)))


def slips_by_row(draft: Draft, size: int) -> pa.Array:
    """The names of the slips of each row, joined by semicolons; null where there are none."""
    found: list[str | None] = [None] * size
    for name, rows in draft.made:
        for row in rows.tolist():
            found[row] = name if found[row] is None else f"{found[row]};{name}"
    return pa.array(found, pa.string())


_Slip = Callable[[Draft, Ints, np.ndarray], Ints]


def _respelled(column: str, change: Callable[[str, float], str]) -> _Slip:
    def slip(draft: Draft, rows: Ints, u: np.ndarray) -> Ints:
        before = draft.texts[column].take(pa.array(rows)).to_pylist()
        return draft.edit(column, rows, [change(t, x) for t, x in zip(before, u.tolist(), strict=True)])

    return slip


def _emptied(column: str) -> _Slip:
    return lambda draft, rows, u: draft.edit(column, rows, [""] * len(rows))


def _whole_births(draft: Draft, rows: Ints, years_before_entry: int) -> Ints:
    """Rows with a whole date of birth that lies well before the entry, so that no slip makes the row impossible."""
    entries, known = draft.block.entries, draft.block.identities
    entered = calendar(entries.entered[rows]).year
    whole = known.precision[entries.person[rows]] == FULL_DATE
    kept: Ints = rows[whole & (entered - draft.births.year[rows] >= years_before_entry)]
    return kept


def _rewritten(draft: Draft, rows: Ints) -> Ints:
    return draft.edit("birth_date", rows, birth_texts(draft.block, draft.births.take(rows), rows))


def _day_and_month_swapped(draft: Draft, rows: Ints, _u: np.ndarray) -> Ints:
    rows = _whole_births(draft, rows, 1)
    day, month = draft.births.day[rows], draft.births.month[rows]
    rows = rows[(day <= 12) & (day != month)]
    day, month = draft.births.day[rows], draft.births.month[rows]
    draft.births.day[rows], draft.births.month[rows] = month, day
    return _rewritten(draft, rows)


def _year_off_by_one(draft: Draft, rows: Ints, u: np.ndarray) -> Ints:
    """Without the personal number, which would tell."""
    entered = calendar(draft.block.entries.entered[rows]).year
    may_be_later = entered - draft.births.year[rows] >= 2
    draft.births.year[rows] += np.where(may_be_later & (u < 0.5), 1, -1)
    is_leap_day = (draft.births.day[rows] == 29) & (draft.births.month[rows] == 2)
    draft.births.day[rows] -= is_leap_day
    draft.note("personal_number_missing", draft.edit("personal_number", rows, [""] * len(rows)))
    return _rewritten(draft, rows)


def _day_wrong(draft: Draft, rows: Ints, _u: np.ndarray) -> Ints:
    rows = _whole_births(draft, rows, 1)
    draft.births.day[rows] = draft.births.day[rows] * 11 % 28 + 1
    return _rewritten(draft, rows)


def _year_only(draft: Draft, rows: Ints, _u: np.ndarray) -> Ints:
    return draft.edit("birth_date", rows, write_years(draft.births.year[rows], np.zeros_like(rows)))


def _old_native_name(draft: Draft, rows: Ints, _u: np.ndarray) -> Ints:
    native = draft.block.people.native[draft.block.entries.person[rows]]
    return draft.edit("native_place", rows, written(native, np.full(len(rows), OLD_NAME)))


def _other_native(draft: Draft, rows: Ints, u: np.ndarray) -> Ints:
    """Another commune of the same province."""
    places = gazetteer()
    province = places.province[draft.block.people.native[draft.block.entries.person[rows]]]
    start, stop = places.first_commune[province], places.first_commune[province + 1]
    other = start + (u * (stop - start)).astype(np.int64)
    return draft.edit("native_place", rows, written(other, np.full(len(rows), LONG)))


_SLIPS: tuple[tuple[str, float, _Slip], ...] = (
    ("marks_stripped", 0.09, _respelled("full_name", spelling.without_marks)),
    ("tone_moved", 0.05, _respelled("full_name", spelling.retoned)),
    ("telex", 0.05, _respelled("full_name", spelling.telex)),
    ("mistyped", 0.07, _respelled("full_name", spelling.mistyped)),
    ("d_for_d", 0.05, _respelled("full_name", spelling.d_for_d)),
    ("i_for_y", 0.05, _respelled("full_name", spelling.i_for_y)),
    ("as_spoken", 0.05, _respelled("full_name", spelling.as_spoken)),
    ("middle_dropped", 0.05, _respelled("full_name", spelling.without_middle)),
    ("initials", 0.04, _respelled("full_name", spelling.initials)),
    ("day_month_swapped", 0.07, _day_and_month_swapped),
    ("year_off", 0.06, _year_off_by_one),
    ("day_wrong", 0.05, _day_wrong),
    ("year_only", 0.04, _year_only),
    ("old_number_wrong", 0.04, _respelled("old_id_number", spelling.wrong_digit)),
    ("old_number_missing", 0.06, _emptied("old_id_number")),
    ("personal_number_wrong", 0.02, _respelled("personal_number", spelling.wrong_digit)),
    ("personal_number_missing", 0.05, _emptied("personal_number")),
    ("address_short", 0.06, _respelled("permanent_residence", spelling.short_address)),
    ("native_old_name", 0.06, _old_native_name),
    ("native_other", 0.04, _other_native),
    ("father_mistyped", 0.04, _respelled("father_name", spelling.mistyped)),
    ("father_marks_stripped", 0.04, _respelled("father_name", spelling.without_marks)),
    ("mother_missing", 0.04, _emptied("mother_name")),
    ("mother_as_spoken", 0.03, _respelled("mother_name", spelling.as_spoken)),
)
"""Name, how common beside the others, what is done. Shares: our own guess after the reports of digitisers."""
