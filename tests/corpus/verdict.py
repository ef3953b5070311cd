"""The verdict on one variant: what is wrong with it, its outcome class, how long it took."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.cases import Case, Item
from tests.corpus.observe import faults, observe


@dataclass(frozen=True)
class Verdict:
    """Faults (none: right), outcome class, seconds."""

    faults: tuple[str, ...]
    letter: str
    seconds: float


def judge(item: Item, case: Case, folder: Path, *, in_child: bool = False) -> Verdict:
    """Run a case and compare: rules, lines, values, leaks, and the class that the catalogue names."""
    start = time.perf_counter()
    seen = observe(case, folder, in_child=in_child)
    seconds = time.perf_counter() - start
    found = faults(case, seen)
    wanted = (case.letter or item.letter).split("/")
    refusable = seen.refused is not None and seen.refused.code in case.refusable
    if not found and seen.letter not in wanted and "C" not in wanted and not refusable:
        found = [f"class {seen.letter}, not {'/'.join(wanted)}"]
    return Verdict(tuple(found), seen.letter, seconds)
