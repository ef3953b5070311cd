"""Write the committed pages again.

python -m data_samples.scanned_pages [--out FOLDER]
"""

import argparse
from pathlib import Path

from data_samples.scanned_pages.make import make


def main() -> None:
    """Write input/ and expected/ beside this module, or elsewhere."""
    parser = argparse.ArgumentParser(prog="python -m data_samples.scanned_pages", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
