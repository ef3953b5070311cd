"""Runs one format under atheris: ``python -m tests.fuzz.harness FORMAT -runs=N [-max_total_time=S]``.

Coverage guides the changes; the first files are those of the catalogue. A file that breaks the law is written to
`crash-*` beside the call and shown; it becomes a case of the catalogue with its repair.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["readers"]):
    from readers import parsers  # noqa: F401 - instrumented before anything else imports it

from tests.fuzz.formats import FORMATS
from tests.fuzz.law import holds, is_read_or_refused

_DEEP = 16
"""One file in so many goes on to be standardised and checked."""


def main() -> None:
    """Fuzz the format of the first argument."""
    name, *options = sys.argv[1:]
    wanted = FORMATS[name]

    def one(data: bytes) -> None:
        (holds if len(data) % _DEEP == 0 else is_read_or_refused)(wanted.wrap(data), wanted.file)

    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for number, data in enumerate(wanted.seeds()):
        (folder / f"seed-{number:03d}").write_bytes(data)
    atheris.Setup([sys.argv[0], "-timeout=30", "-rss_limit_mb=3000", "-max_len=65536", *options, str(folder)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
