"""A cell of a page while it is decided (`readers.cell_decoder`): what was seen of it, which texts may stand in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from readers.cell_costs import UNSPACED
from readers.cell_lines import CellLines
from readers.lattice import Lattice, best_path
from readers.missed_cells import Seen
from readers.respelling import Asked


@dataclass
class CellInTheMaking:
    """A cell in the making: its column, its lines as one, the texts that may stand in it with their weight."""

    kind: str
    column: str
    shape: CellLines
    by_line: Sequence[Lattice] = ()
    first: Lattice | None = None
    looks: tuple[Lattice, ...] = ()
    second: Lattice | None = None
    texts: dict[str, float] = field(default_factory=dict)
    spelt: set[str] = field(default_factory=set)
    is_low: bool = False
    is_unmarked: bool = False
    row: int | None = None
    is_missed: bool = False

    @property
    def text(self) -> str:
        """The likeliest text."""
        return max(self.texts.items(), key=lambda pair: pair[1])[0] if self.texts else ""

    @property
    def lattices(self) -> tuple[Lattice, ...]:
        """Of the recognisers that read it."""
        return tuple(lattice for lattice in (self.first, self.second) if lattice is not None)

    @property
    def seen_as(self) -> tuple[Lattice, ...]:
        """All that was said of it: by the first recogniser, at its other looks, by the second."""
        return (*self.lattices[:1], *self.looks, *self.lattices[1:])

    @property
    def asked(self) -> Asked:
        """The cell as `readers.respelling` takes it, with its best text."""
        return Asked(self.seen_as, self.text, self.kind)

    @property
    def seen(self) -> Seen:
        """The cell as `readers.missed_cells` takes it."""
        has_letters = self.shape.has_spot or bool(self.first is not None and best_path(self.first)[0])
        return Seen(self.row, self.column, self.text, has_letters)

    def may_hold(self, text: str) -> bool:
        """On a page that is written without marks nothing has any that no recogniser saw."""
        if not self.is_unmarked or text.isascii():
            return True
        return any(spaced(best_path(lattice)[0]) == text for lattice in self.lattices)


def spaced(text: str) -> str:
    """One blank behind a comma between words, as everybody writes and recognisers drop."""
    return re.sub(r"\s+", " ", UNSPACED.sub(", ", text)).strip()
