"""Which form a ruled table is, by the headings read on the page: one that is known, or one learned on the spot.

The headings are understood with the word lists of hand-typed ledgers (`readers.headings`), slips of a recogniser
included. What none of them knows stays a column of its own, so nothing is lost and nothing guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from readers.forms import KIND_OF, Form, FormColumn
from readers.heading_guesses import differences
from readers.heading_roles import Role
from readers.heading_words import bare_letters, meanings, names_something
from readers.headings import Cells, find_heading

OWN = "column_"
"""Names of columns whose heading nobody knows: with their place, from 1."""

_SAME_SHARE = 0.5
_SLIPS_OF = 6
"""A recogniser may misread one letter in so many."""


def settle_form(forms: Sequence[Form], headings: Sequence[Cells], shares: Sequence[float]) -> Form | None:
    """The form of a table: `headings` by level from the top, `shares` of its width by column from the left.

    A known form is taken if it has as many columns, at least half of them read as its own and none as something else.
    Else the first form of free order gives a form with the columns that were read, if there are enough that name a
    field; else None: nobody knows what this table is.
    """
    free = next((f for f in forms if f.free_order), None)
    read = learned_columns(headings, shares, tuple(c for f in forms for c in f.columns))
    if read is None:
        return None
    known = [f for f in forms if f.layout == "table" and not f.free_order and _agree(f, read)]
    if known:
        best = max(known, key=lambda f: (_equal(f, read), -_off(f, shares)))
        columns = (replace(c, share=s) for c, s in zip(best.columns, shares, strict=True))
        return replace(best, columns=tuple(columns))
    return replace(free, columns=read) if free is not None else None


def learned_columns(
    headings: Sequence[Cells], shares: Sequence[float], known: Sequence[FormColumn] = ()
) -> tuple[FormColumn, ...] | None:
    """The columns under these headings; None if too few of them name a field of a ledger.

    `known`: columns of forms, whose wordings mend slips of the recogniser; a heading may mean one of them that has a
    name of the form's own.
    """
    heading = find_heading([[_mended(cell, known) for cell in line] for line in headings])
    if heading is None:
        return None
    roles = {role.position: role for role in heading.roles}
    columns: list[FormColumn] = []
    for at, share in enumerate(shares):
        role = roles.get(at)
        column = _column(role, at, share, known)
        is_doubled = any(c.name == column.name for c in columns)
        columns.append(replace(column, name=f"{OWN}{at + 1}", kind="text") if is_doubled else column)
    return tuple(columns)


def _column(role: Role | None, at: int, share: float, known: Sequence[FormColumn]) -> FormColumn:
    shown = (role.heading,) if role is not None and role.heading else ("",)
    if role is not None and role.meaning is not None and role.raw_column is not None and not _is_loose_part(role):
        raw, part = role.meaning.role
        return FormColumn(f"{raw}/{part}" if part else raw, KIND_OF.get(raw, "text"), share, shown)
    like = next(_resembling(role, known), None) if role is not None else None
    if like is not None:
        return replace(like, share=share, headings=shown, group=())
    return FormColumn(f"{OWN}{at + 1}", "text", share, shown)


def _is_loose_part(role: Role) -> bool:
    """Is it a part of a value (men, day) under words that nobody knows? Of which value is then anyone's guess."""
    return (
        role.meaning is not None and role.meaning.part != "" and len(role.levels) > 1 and not meanings(role.levels[0])
    )


def _resembling(role: Role, known: Sequence[FormColumn]) -> Iterator[FormColumn]:
    """The forms' own columns of which this heading, or its lowest level, is a wording."""
    for text in dict.fromkeys((role.heading, *role.levels[-1:])):
        yield from (c for c in known if c.raw_column is None and bare_letters(text) in map(bare_letters, c.headings))


def _mended(cell: str | None, known: Sequence[FormColumn]) -> str | None:
    """The one wording from which the words read differ by a slip or two; else the words as read."""
    if not cell or names_something(cell):
        return cell
    letters = bare_letters(cell)
    wordings = {bare_letters(w): w for c in known for w in (*c.headings, *c.group)}
    if letters in wordings:
        return cell
    near = [w for plainly, w in wordings.items() if 0 < _slips(plainly, letters) <= len(plainly) // _SLIPS_OF]
    return near[0] if len(near) == 1 else cell


def _slips(wording: str, letters: str) -> int:
    return differences(wording, letters, max(1, len(wording) // _SLIPS_OF))


def _agree(form: Form, read: Sequence[FormColumn]) -> bool:
    if len(form.columns) != len(read):
        return False
    pairs = list(zip(form.columns, read, strict=True))
    contradict = any(r.name != f.name and not r.name.startswith(OWN) for f, r in pairs)
    return not contradict and _equal(form, read) >= _SAME_SHARE * len(read)


def _equal(form: Form, read: Sequence[FormColumn]) -> int:
    return sum(f.name == r.name for f, r in zip(form.columns, read, strict=True))


def _off(form: Form, shares: Sequence[float]) -> float:
    return sum(abs(c.share - s) for c, s in zip(form.columns, shares, strict=True))
