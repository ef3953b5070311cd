"""Whether the household number stands on the head's row only: told by sheet, as each may have had its own clerk.

Where no row says that it is the head's, a row with another number than the row above leads its household, if it leaves
its relation blank and as many rows or more have no number: somebody without a household would be none's member.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

FILL_DOWN, NOT_HERE = "fill_down", "fill_down_not:"
_MOST_NUMBERED = 0.2
"""Share of members with a number of their own from which a blank one is not that of the head above."""

_Flags = npt.NDArray[np.bool_]


@dataclass
class _Counted:
    numbered_heads: int = 0
    numbered_members: int = 0
    blank_members: int = 0
    leading: int = 0

    @property
    def is_on_heads_only(self) -> bool:
        heads = self.numbered_heads or (self.leading if self.blank_members >= self.leading else 0)
        return bool(heads and self.blank_members) and not self.is_on_members

    @property
    def is_on_members(self) -> bool:
        numbered = self.numbered_members + (self.leading if self.numbered_heads else 0)
        return numbered > _MOST_NUMBERED * (numbered + self.blank_members)


@dataclass
class NumberHabits:
    """Running figures of one file."""

    sheets: dict[str | None, _Counted] = field(default_factory=dict)

    def add(self, sheets: pa.Array, heads: _Flags, numbered: _Flags, blank: _Flags, leading: _Flags) -> None:
        """Count the rows of a part.

        Args:
            sheets: the sheet of each row; null where the file has none.
            heads: rows of heads.
            numbered: rows with a number of their own.
            blank: rows of members without any.
            leading: rows with another number than the row above and no relation.
        """
        codes = sheets.dictionary_encode()
        names = [None, *codes.dictionary.to_pylist()]
        of_row = np.asarray(pc.fill_null(codes.indices, -1).to_numpy(zero_copy_only=False)) + 1
        leads = leading & ~heads & numbered
        counts = [
            np.bincount(of_row[rows], minlength=len(names))
            for rows in (heads & numbered, ~heads & numbered & ~leads, blank, leads)
        ]
        for at in np.unique(of_row).tolist():
            counted = self.sheets.setdefault(names[at], _Counted())
            counted.numbered_heads += int(counts[0][at])
            counted.numbered_members += int(counts[1][at])
            counted.blank_members += int(counts[2][at])
            counted.leading += int(counts[3][at])

    def measures(self) -> Iterator[tuple[str, int]]:
        """Measure and count: `fill_down` where a sheet, or the file as a whole, has the number on heads only, and
        `fill_down_not:<sheet>` of each sheet that then has it on its members too.
        """  # noqa: D205
        whole = _Counted()
        for each in self.sheets.values():
            whole.numbered_heads += each.numbered_heads
            whole.numbered_members += each.numbered_members
            whole.blank_members += each.blank_members
            whole.leading += each.leading
        if not whole.is_on_heads_only and not any(each.is_on_heads_only for each in self.sheets.values()):
            return
        others = [sheet for sheet, each in self.sheets.items() if sheet is not None and each.is_on_members]
        blank = whole.blank_members - sum(self.sheets[sheet].blank_members for sheet in others)
        yield FILL_DOWN, blank
        for sheet in others:
            yield f"{NOT_HERE}{sheet}", self.sheets[sheet].blank_members
