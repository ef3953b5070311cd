"""Train the first model again: python -m tests.dedup.retrain OUT.json [SEED] [ROWS].

dedup/models/v1.json is the result of seed 1 and 100 000 rows.
"""

import sys
from dataclasses import replace
from pathlib import Path

from dedup.encode import encode
from dedup.model import Model, load_model, save_model
from dedup.training import TrainOptions, train_model
from tests.dedup.ledgers import province

THRESHOLDS = {"match_weight": 6.0, "review_weight": -1.0}
"""From the trade-off on provinces of other seeds, error rates and poverty of fields."""


def retrained(seed: int, rows: int, options: TrainOptions | None = None) -> Model:
    """The model of the package, trained on a made-up province."""
    table, _ = province(seed, rows)
    start = load_model(Path("dedup/models/v1.json"))
    return replace(train_model(encode([table]), start, start.version, options), **THRESHOLDS)


def main(out: str, seed: str = "1", rows: str = "100000") -> None:
    save_model(retrained(int(seed), int(rows)), Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
