"""`sohoa match --comparisons`: a table that is not ours, through the comparisons that a YAML file declares."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.classify import OUTCOME_NAMES
from dedup.declared_matching import DeclaredOptions, DeclaredResult, cluster_tables, match_declared, pair_tables
from dedup.declared_model import DeclaredModel, load_declared, save_declared
from dedup.declared_yaml import load_declaration
from pipeline.match_profile import weight_bins
from pipeline.matching_step import (
    Clock,
    MatchRequest,
    Written,
    by_size,
    made_folder,
    private,
    table_files,
    write_profile,
    write_table,
)
from pipeline.pair_worth import Scorer, log_odds, with_worth
from schemas.errors import UsageError


def match_declared_file(request: MatchRequest, comparisons: Path, clock: Clock) -> Written:
    """Match a table that is not ours, by its declaration; the model that was learnt is written beside the result."""
    declaration = load_declaration(comparisons)
    model = None
    if request.model is not None and not request.train:
        model = _declared_model(request.model)
        if not model.fits(declaration):
            raise UsageError("comparisons.other_model", path=str(request.model))
    options = DeclaredOptions(model, request.all_pairs, clock.part)
    with private():
        files = table_files(request.records)
        made_folder(request.out)
        result = match_declared(files, declaration, options)
        clock.step("write")
        if model is None:
            save_declared(result.model, request.out / "model.json")
        written = {
            "clusters": write_table(cluster_tables(result), request.out / "clusters.parquet"),
            "pairs": write_table(_declared_pairs(result), request.out / "pairs.parquet"),
        }
        clock.step("")
        write_profile(_declared_profile(result, clock), request.out)
    return {str(request.out / f"{name}.parquet"): rows for name, rows in written.items()}


def _declared_model(path: Path) -> DeclaredModel:
    try:
        return load_declared(path)
    except (OSError, ValueError):
        raise UsageError("model.unreadable", path=str(path)) from None


def _declared_pairs(result: DeclaredResult) -> Iterator[pa.Table]:
    scorer = Scorer(log_odds(result.model.match), is_ours=False)
    return with_worth(partial(pair_tables, result), partial(cluster_tables, result), scorer)


def _declared_profile(result: DeclaredResult, clock: Clock) -> dict[str, Any]:
    model, sizes = result.model, np.unique(result.labels, return_counts=True)[1]
    found = {name: int((result.outcome == number).sum()) for number, name in enumerate(OUTCOME_NAMES)}
    found["non_match"] = result.blocking.pairs - found["match"] - found["review"]
    return {
        "records": len(result.table),
        "columns": {
            name: {"distinct": len(c.texts) - 1, "missing": c.missing, "unreadable": c.unreadable}
            for name, c in result.table.columns.items()
        },
        "model": {
            "version": model.version, "fingerprint": model.fingerprint, "prior": model.prior,
            "match_probability": model.match, "review_probability": model.review,
        },
        "blocking": asdict(result.blocking),
        "outcomes": found,
        "weights": weight_bins(table.select(["match_weight", "outcome"]) for table in pair_tables(result)),
        "clusters": by_size(sizes),
        "seconds": clock.seconds,
    }  # fmt: skip
