"""Write the committed batch of three provinces again: the same bytes on every run.

python -m data_samples.three_provinces [--out FOLDER]
"""

import argparse
from pathlib import Path

from data_samples.three_provinces.make import make


def main() -> None:
    """Write input/ and expected/ beside this module, or elsewhere."""
    parser = argparse.ArgumentParser(prog="python -m data_samples.three_provinces", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
