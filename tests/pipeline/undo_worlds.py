"""Small made-up worlds of ledgers that have people, rows and whole files in common, for the laws of undoing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_samples.batch import write_batch
from data_samples.delimited import HEADING_LINES
from data_samples.options import GenerateOptions

Lines = list[str]


@dataclass(frozen=True)
class World:
    """Deliveries: each a province and the files that it holds."""

    deliveries: tuple[tuple[str, tuple[Path, ...]], ...]


def made_world(folder: Path, seed: int, deliveries: int, persons: int = 40) -> World:
    """A world whose deliveries share people (moved, typed again), rows (word for word) and now and then a file."""
    chance = random.Random(seed)  # noqa: S311 - made-up people
    options = GenerateOptions(
        persons, seed, ("01",), repeat_share=3.0, fault_share=0.06, notice_share=0.02, migrant_share=0.2,
        slip_scale=1.2,
    )  # fmt: skip
    write_batch(options, "csv", folder, 1)
    (file,) = (folder / "input").glob("*.csv")
    lines = file.read_text("utf-8").splitlines(keepends=True)
    heading, rows = lines[:HEADING_LINES], lines[HEADING_LINES:]
    chance.shuffle(rows)
    shares = [rows[number::deliveries] for number in range(deliveries)]
    made: list[tuple[str, tuple[Path, ...]]] = []
    for number, share in enumerate(shares):
        files = _files(folder / f"d{number}", heading, _with_others(share, shares, chance), chance)
        if made and chance.random() < 0.4:
            files.append(chance.choice(chance.choice(made)[1]))
        made.append(("01", tuple(files)))
    return World(tuple(made))


def _with_others(share: Lines, shares: Sequence[Lines], chance: random.Random) -> Lines:
    """The share and some rows of others, word for word."""
    others = [row for other in shares if other is not share for row in chance.sample(other, len(other) // 4)]
    both = [*share, *others]
    chance.shuffle(both)
    return both


def _files(folder: Path, heading: Lines, rows: Lines, chance: random.Random) -> list[Path]:
    folder.mkdir(parents=True)
    pieces = [rows] if chance.random() < 0.5 else [rows[::2], [*rows[1::2], *rows[:3]]]
    files = []
    for number, piece in enumerate(pieces):
        files.append(folder / f"{number}.csv")
        files[-1].write_text("".join([*heading, *piece]), "utf-8")
    return files
