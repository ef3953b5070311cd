"""Rows planted with one thing that one rule of schemas/rules.csv must find."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from data_samples.draw import Bools, Floats, Ints
from data_samples.options import LAYOUT_NAMES, Layout
from data_samples.slips import Draft

LAYOUTS_OF_LINES: tuple[Layout, ...] = ("csv", "tcvn3")
LAYOUTS_OF_UNICODE: tuple[Layout, ...] = ("csv", "xlsx")
ALL_LAYOUTS: tuple[Layout, ...] = ("csv", "xlsx", "tcvn3")

Change = Callable[[Draft, Ints, Floats], None]
Fits = Callable[[Draft, Ints], Bools]


@dataclass(frozen=True)
class Plant:
    """One kind of planted row.

    Attributes:
        rule: id in rules.csv. weight: how common beside the others. change: writes it into rows, given a uniform
        number for each. fits: rows in which it can stand. layouts: in which files it can stand.
    """

    rule: str
    weight: float
    change: Change
    fits: Fits | None = None
    layouts: tuple[Layout, ...] = ALL_LAYOUTS


def filled(column: str) -> Fits:
    """Rows with something in a column."""
    return lambda draft, rows: _numpy(pc.not_equal(draft.texts[column].take(rows), ""))


def texts(column: str, change: Callable[[str, float], str]) -> Change:
    """A change of the text of one column."""

    def write(draft: Draft, rows: Ints, u: Floats) -> None:
        before = draft.texts[column].take(rows).to_pylist()
        draft.edit(column, rows, [change(t, x) for t, x in zip(before, u.tolist(), strict=True)])

    return write


def one_of(*choices: str) -> Callable[[str, float], str]:
    """One of these texts instead, equally likely."""
    return lambda _, u: choices[int(u * len(choices))]


def choose(
    stream: np.random.Generator, draft: Draft, plants: tuple[Plant, ...], rows: Ints, layouts: Ints
) -> list[Ints]:
    """For each plant, which of the rows get it; a row that the drawn one does not fit draws again, twice.

    ``layouts``: position in LAYOUT_NAMES of the file of every row of the draft.
    """
    shares = np.cumsum([p.weight for p in plants])
    chosen: list[list[Ints]] = [[] for _ in plants]
    for _ in range(3):
        kind = np.searchsorted(shares / shares[-1], stream.random(len(rows)), side="right")
        left = []
        for place, plant in enumerate(plants):
            mine = rows[kind == place]
            fits = np.isin(layouts[mine], [LAYOUT_NAMES.index(n) for n in plant.layouts])
            if plant.fits:
                fits &= plant.fits(draft, mine)
            chosen[place].append(mine[fits])
            left.append(mine[~fits])
        rows = np.sort(np.concatenate(left))
    return [np.sort(np.concatenate(parts)) for parts in chosen]


def _numpy(mask: object) -> Bools:
    found: Bools = mask.to_numpy(zero_copy_only=False)  # type: ignore[attr-defined]
    return found
