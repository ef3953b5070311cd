"""Make the matching model of the package again: python -m benchmarks.train_model OUT.json.

Three sets of generated ledgers, of people with usual, few and many slips, in provinces of their own; no labels. Nothing
is ever measured with these seeds.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.matching_data import Kind, made
from dedup.encode import encode
from dedup.model import Model, load_model, save_model
from dedup.training import train_model
from pipeline.matching_step import own_records

SETS = (
    (Kind(1.7, 1.25, 0.15), 60_000, 61, ("01", "08", "15", "40", "48", "66", "79", "92", "26", "38")),
    (Kind(1.3, 0.9, 0.03), 40_000, 62, ("14", "24", "34", "45", "60", "72", "82", "96")),
    (Kind(1.8, 1.7, 0.3), 40_000, 63, ("20", "31", "46", "56", "68", "75", "87", "95")),
)
"""How the people are written, how many there are, the seed, the provinces."""
POPULATION, MATCH_WEIGHT, REVIEW_WEIGHT = 1_000_000.0, 6.0, -1.0
"""Thresholds: from the trade-off of precision, recall and the pile on a million records of another seed."""


def trained(folder: Path) -> Model:
    """The model, from sets that are made in that folder."""
    ways = [made(kind, people, seed, folder / str(seed), places) for kind, people, seed, places in SETS]
    records = encode(own_records([way / "records.parquet" for way in ways]))
    size = len(records.columns)
    start = load_model(Path("dedup/models/v1.json"))
    model = train_model(records, replace(start, population=float(size)), "v2")
    told = (
        f"Synthetic households only ({size} records of data_samples.generate: seeds 61, 62 and 63 with usual, few and "
        "many slips, 26 provinces), without labels, starting from v1. Never on real citizens: train again on a real "
        "sample before relying on its probabilities."
    )
    limits = {"population": POPULATION, "match_weight": MATCH_WEIGHT, "review_weight": REVIEW_WEIGHT}
    return replace(model, trained_on=told, **limits)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="sohoa-bench-") as made_in:
        save_model(trained(Path(made_in)), Path(sys.argv[1]))
