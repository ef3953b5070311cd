"""Under one frozen model the order of batches, and how ledgers are split into batches, do not matter."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from data_samples.batch import write_batch
from data_samples.delimited import HEADING_LINES
from data_samples.options import GenerateOptions
from pipeline.run import opened, run_batch
from pipeline.settings import Settings
from store.digest import StoreDigest, store_digest
from store.invariants import store_check

pytestmark = [pytest.mark.store, pytest.mark.slow]
PROVINCES = ("01", "40")
PIECES = 3


def ledgers(folder: Path, seed: int) -> dict[str, list[Path]]:
    """Ledgers of two provinces, cut into pieces anywhere: many people stand in two of them, many households moved."""
    made = GenerateOptions(
        700, seed, PROVINCES, repeat_share=2.0, fault_share=0.0, notice_share=0.0, migrant_share=0.2, slip_scale=1.3
    )
    write_batch(made, "csv", folder, 1)
    pieces: dict[str, list[Path]] = {}
    for file in sorted((folder / "input").glob("*.csv")):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        heading, rows = lines[:HEADING_LINES], lines[HEADING_LINES:]
        size = -(-len(rows) // PIECES)
        for number in range(PIECES):
            piece = folder / f"{file.stem}-{number}.csv"
            piece.write_text("".join([*heading, *rows[number * size : (number + 1) * size]]), "utf-8")
            pieces.setdefault(file.name[:2], []).append(piece)
    return pieces


def digest_after(batches: Iterable[tuple[str, list[Path]]], settings: Settings) -> StoreDigest:
    for province, files in batches:
        assert run_batch(files, province, settings).state == "loaded"
    with opened(settings) as store:
        assert not store_check(store)
        return store_digest(store)


def test_any_order_and_any_split_of_batches_give_one_store(
    new_settings: Callable[[], Settings], tmp_path: Path
) -> None:
    pieces = ledgers(tmp_path, seed=11)
    together = digest_after(pieces.items(), new_settings())
    assert together.parts["value_sources"][0] > 10
    one_by_one = [(province, [file]) for province, files in pieces.items() for file in files]
    assert digest_after(one_by_one[::-1], new_settings()) == together
    assert digest_after([*one_by_one[1::2], *one_by_one[::2]], new_settings()) == together
