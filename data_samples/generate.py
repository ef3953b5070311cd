"""Write ledgers of any number of synthetic people, and the truth about each row.

    python -m data_samples.generate --people 100000 --seed 7 --provinces 01 40 92 --layout csv --out /tmp/ledgers

Gives OUT/input/<province>-<number>.<csv|xlsx> and OUT/truth.parquet. Equal options give equal bytes, whatever the
number of workers. Memory holds a few blocks of 32 768 people.
"""

import argparse
import sys
import time
from pathlib import Path

from data_samples.batch import write_batch
from data_samples.options import LAYOUT_NAMES, GenerateOptions
from data_samples.places import gazetteer


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, write the batch, say how much and how fast."""
    given = _parser().parse_args(arguments)
    unknown = sorted(set(given.provinces) - set(gazetteer().province_codes))
    if unknown:
        sys.exit(f"not a province code of 63: {', '.join(unknown)}")
    if given.people < 1:
        sys.exit("--people must be 1 or more")
    options = GenerateOptions(given.people, given.seed, tuple(given.provinces))
    start = time.perf_counter()
    rows = write_batch(options, given.layout, given.out, given.workers)
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{rows} rows of {given.people} people in {seconds:.1f} s ({rows / seconds:.0f}/s): {given.out}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data_samples.generate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, required=True, help="true persons, over all provinces")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--provinces", nargs="+", default=["01"], metavar="CODE", help="codes of the 63 provinces")
    parser.add_argument("--layout", choices=LAYOUT_NAMES, default="csv")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2, help="processes; changes the speed, never the result")
    return parser


if __name__ == "__main__":
    main()
