"""What the gate saw in the last batches of a province before one.

Kept with the figures of a batch, so that its report stays the same whatever comes later; and kept short: a letter and a
number for each expectation.
"""

from dataclasses import dataclass

MOST = 11
"""So many earlier batches are told beside a batch."""

HELD, FAILED, UNKNOWN = "h", "f", "-"


@dataclass(frozen=True)
class EarlierBatch:
    """A batch by what its gate saw, in the order of `GateHistory.ids`.

    Attributes:
        batch_id: its id.
        recorded_at: when it was loaded or stopped, ISO.
        state: loaded or stopped.
        verdicts: a letter an expectation: h held, f failed, - it was not judged by it.
        values: what was seen; None where nothing was measured.
    """

    batch_id: str
    recorded_at: str
    state: str
    verdicts: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class GateHistory:
    """Earlier batches of the province, oldest first, and the ids of the expectations that they were judged by."""

    ids: tuple[str, ...] = ()
    batches: tuple[EarlierBatch, ...] = ()
