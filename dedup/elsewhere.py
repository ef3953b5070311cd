"""What of matching may be worked on other machines: the weighing of pairs, and which records hang together.

Matching knows no machines. Whoever calls it may hand in somebody who does these two parts elsewhere; both give what
this process would, so that nothing else depends on where they were worked.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from dedup.blocking import Candidates
    from dedup.scoring import Scored
    from dedup.weights import Weigher

Rows = npt.NDArray[np.int64]


class Elsewhere(Protocol):
    """Does work elsewhere, or says with None that so little is done sooner here."""

    def weighed(self, weigher: "Weigher", candidates: "Candidates", least: float) -> "Scored | None":
        """As `scoring.score_alone`: pairs scored by themselves, less the non-matches below `least`."""

    def components(self, size: int, left: Rows, right: Rows) -> Rows | None:
        """As `cluster.components`: label of each node, the lowest node that it is connected with."""
