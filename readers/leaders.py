"""Dots that lead from a value to the end of its line, or to it: printed for a pen to follow, not written.

Long rows of dots are told by their look (`readers.cell_lines`); a few behind a value are told by what is read there.
"""

import re

from readers.lattice import Lattice, spelt

_BEHIND = re.compile(r"(?<=[\w)])\s*(?:[.…·_]{2,}[\s.…·_\-]*|[.…·_]{3,}[^\d]{0,3})$")
_BEFORE = re.compile(r"^[\s.…·_\-]*[.…·_]{2,}\s*(?=\w)")
_ONE_BEHIND = re.compile(r"(?<=\w)\s*[.·_]\s*$")


def without_leaders(lattice: Lattice, ends_in_letters: bool) -> tuple[int, int]:
    """First step, and the one behind the last, of what is written between leaders; all steps where there are none.

    Args:
        lattice: of a line.
        ends_in_letters: a single dot at its end says nothing either, as behind a name or a number.
    """
    text, steps = spelt(lattice)
    before, behind = _BEFORE.match(text), _BEHIND.search(text)
    if behind is None and ends_in_letters:
        behind = _ONE_BEHIND.search(text)
    first = steps[before.end() - 1] + 1 if before else 0
    return first, steps[behind.start() - 1] + 2 if behind else len(lattice.log_probs)
