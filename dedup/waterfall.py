"""How a match weight comes about, step by step: the prior, each comparison in order, then how frequent the names are.

With three classes of pairs a weight is no plain sum, so each step is told as what it changes where the steps before it
count already. The steps add up to the weight exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.compare import Compared
from dedup.model import Model
from dedup.weights import class_logs
from schemas.tables import LEVEL_NAMES

PRIOR, NAMES = "prior", "names"


@dataclass(frozen=True)
class Step:
    """A step: its name (prior, one of LEVEL_NAMES, names), the level found, what it changes, the sum so far."""

    name: str
    level: int
    gain: float
    total: float


def waterfall(levels: Mapping[str, int], weight: float, model: Model) -> tuple[Step, ...]:
    """The steps to a weight, all in log2 of the odds.

    Args:
        levels: level of each comparison, by LEVEL_NAMES; 0 = cannot be compared, which changes nothing.
        weight: the weight of the pair.
        model: the model that gave it.

    Returns:
        The prior, the seven comparisons and, as the last step, what the frequency of the names among the neighbours and
        the number of people there were then change. Under another model that step also holds what the models differ in.
    """
    found = np.array([levels[name] for name in LEVEL_NAMES], np.int8)
    # Row n knows the first n comparisons; the others are as if they could not be compared.
    known = np.tril(np.ones((len(found) + 1, len(found)), np.int8), -1) * found
    logs = class_logs(Compared(known, np.zeros((len(known), 3), np.int8)), model)
    totals = [*(logs["match"] - np.logaddexp2(logs["relative"], logs["chance"])).tolist(), weight]
    names = (PRIOR, *LEVEL_NAMES, NAMES)
    gains = [totals[0], *np.diff(totals).tolist()]
    reached = (0, *found.tolist(), 0)
    return tuple(Step(*step) for step in zip(names, reached, gains, totals, strict=True))


def reasons(steps: Sequence[Step], most: int = 3) -> tuple[Step, ...]:
    """The comparisons that speak most for one person, the strongest first."""
    speaking = [s for s in steps if s.level and s.gain > 0]
    return tuple(sorted(speaking, key=lambda s: -s.gain)[:most])
